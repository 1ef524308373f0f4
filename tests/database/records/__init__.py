"""Tests of the records of a workspace: companies, contacts, deals, activities and what hangs on them."""
