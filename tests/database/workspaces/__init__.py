"""Workspaces, agreement and consent: who may do what, and what is refused by which name."""
