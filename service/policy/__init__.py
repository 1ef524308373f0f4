"""The reviewed files in policies/ for operators: read, checked, compared with the live database, loaded into it."""
