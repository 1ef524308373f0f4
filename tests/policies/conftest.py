"""Fixtures of the policy tests: they look at the same database as the database tests."""

from tests.database.conftest import shared

__all__ = ["shared"]
