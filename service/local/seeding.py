"""Fills a migrated local database with what a hosted one gets from its operator: registers, a policy, consent texts."""

import psycopg

from service.local.parts import REPOSITORY
from service.policy.registers import load_registers


def seed(database_url: str) -> None:
    """Load the registers and supabase/seed.sql; a second time changes nothing."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        load_registers(connection)
        connection.execute((REPOSITORY / "supabase" / "seed.sql").read_bytes())
