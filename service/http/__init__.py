"""What holds for every request: ids, limits, errors, headers, CORS and the access log."""
