"""The reviewed files in policies/ against their schemas, the live database and the tests they name."""
