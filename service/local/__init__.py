"""The local platform: everything around the service on a machine without Docker. Never deployed."""
