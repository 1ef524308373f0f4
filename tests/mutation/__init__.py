"""Weakens the database by one step at a time and looks which test notices; `make mutate` tries every step there is."""
