"""The database as its users and the service meet it, and what its catalogue says."""
