"""The demo: the main job on real HTTP, each step with evidence read back from the other side."""
