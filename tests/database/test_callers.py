"""Nobody gets through the door of service_api but whom policies/access/ names, and one grant too many opens nothing."""

from pathlib import Path

import psycopg
import pytest
import yaml

from tests.databases import Database, Row
from tests.personas import ANON, GOOGLE_OPERATOR, GOOGLE_SERVICE, Person, Persona, run_as

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
_ACCESS = Path(__file__).resolve().parents[2] / "policies" / "access"
each_outsider = pytest.mark.parametrize("outsider", ["anon", "authenticated", "google_operator", "google_service"])


def _persona(outsider: str, person: Person) -> Persona:
    personas = (ANON, person.persona(), GOOGLE_OPERATOR, GOOGLE_SERVICE)
    return next(persona for persona in personas if persona.role == outsider)


def _closed_to(database: Database, outsider: str) -> list[Row]:
    """The functions that are not for this role."""

    def roles(function: str) -> set[str]:
        named = yaml.safe_load((_ACCESS / f"service_api.{function}.yaml").read_text())
        return {right["role"] for right in named["rights"]}

    return [row for row in database.rows(_CALLS) if outsider not in roles(row["name"])]


@each_outsider
def test_functions_are_denied_to_everybody_else(shared: Database, person: Person, outsider: str) -> None:
    calls = _closed_to(shared, outsider)
    assert calls
    for row in calls:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            run_as(shared, _persona(outsider, person), row["call"])


@each_outsider
def test_functions_refuse_everybody_else_even_if_a_grant_slipped_in(
    database: Database, person: Person, outsider: str
) -> None:
    # What is left then is the first line of each: private.require_caller.
    database.execute(f"grant usage on schema service_api to {outsider}")
    for row in _closed_to(database, outsider):
        database.execute(row["grant_start"] + outsider)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this function is not for this role"):
            run_as(database, _persona(outsider, person), row["call"])


def test_functions_refuse_a_migration_or_studio_role_too(shared: Database) -> None:
    for row in shared.rows(_CALLS):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this function is not for this role"):
            shared.execute(row["call"])
