"""Nobody but the service gets through the door of service_api, and one grant too many opens nothing."""

import psycopg
import pytest

from tests.databases import Database
from tests.personas import ANON, GOOGLE_OPERATOR, Person, Persona, run_as

_CALLS = """
select
    functions.proname as name,
    pg_catalog.format('select service_api.%I(%s)', functions.proname, (
        select pg_catalog.string_agg(pg_catalog.format('null::%s', type::regtype), ', ')
        from pg_catalog.unnest(functions.proargtypes) as type
    )) as call,
    pg_catalog.format('grant execute on function %s to ', functions.oid::regprocedure) as grant_start
from pg_catalog.pg_proc as functions
where functions.pronamespace = 'service_api'::regnamespace
order by 1
"""
each_outsider = pytest.mark.parametrize("outsider", ["anon", "authenticated", "google_operator"])


def _persona(outsider: str, person: Person) -> Persona:
    return {"anon": ANON, "authenticated": person.persona(), "google_operator": GOOGLE_OPERATOR}[outsider]


@each_outsider
def test_functions_are_denied_to_everybody_but_the_service(shared: Database, person: Person, outsider: str) -> None:
    calls = shared.rows(_CALLS)
    assert calls
    for row in calls:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            run_as(shared, _persona(outsider, person), row["call"])


@each_outsider
def test_functions_refuse_everybody_but_the_service_even_if_a_grant_slipped_in(
    database: Database, person: Person, outsider: str
) -> None:
    database.execute(f"grant usage on schema service_api to {outsider}")
    for row in database.rows(_CALLS):
        database.execute(row["grant_start"] + outsider)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this function is not for this role"):
            run_as(database, _persona(outsider, person), row["call"])


def test_functions_refuse_a_migration_or_studio_role_too(shared: Database) -> None:
    for row in shared.rows(_CALLS):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this function is not for this role"):
            shared.execute(row["call"])
