"""A process of the service killed at each of its steps, and what must be true afterwards."""
