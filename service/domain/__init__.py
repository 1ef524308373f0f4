"""What the service does, in terms of its users: no framework, no client library, no environment."""
