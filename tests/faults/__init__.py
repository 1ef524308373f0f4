"""What breaks around the service, and what it says then."""
