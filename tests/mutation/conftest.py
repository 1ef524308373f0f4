"""The database that the list of mutations is read from."""

from tests.database.conftest import shared

__all__ = ["shared"]
