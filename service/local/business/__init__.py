"""A small business for a local database: its file of records, and what writes them as one of its people would."""
