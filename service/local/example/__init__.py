"""The example page: a small frontend in plain HTML and JavaScript, served beside the service on a local platform."""
