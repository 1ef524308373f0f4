"""Searching: what is found, in which order, page by page, and by whom."""
