"""The live catalogue keeps every rule of ours, and each rule sees the fault that it is there for."""

import pytest

from tests.database.advisor_rules import ADVISOR_RULES
from tests.database.catalogue_rule import OUR_SCHEMAS, Rule
from tests.database.catalogue_rules import RULES
from tests.database.record_rules import RECORD_RULES
from tests.databases import Database

each_rule = pytest.mark.parametrize("rule", [*RULES, *ADVISOR_RULES, *RECORD_RULES], ids=lambda rule: rule.name)


def _offenders(database: Database, rule: Rule) -> list[str]:
    return [name for row in database.rows(rule.offenders) for name in row.values()]


@each_rule
def test_catalogue_keeps_the_rule(shared: Database, rule: Rule) -> None:
    assert _offenders(shared, rule) == [], rule.sentence


@each_rule
def test_rule_goes_red_if_it_is_broken(shared: Database, rule: Rule) -> None:
    assert rule.faults
    for fault in rule.faults:
        with shared.connection.transaction(force_rollback=True):
            shared.execute(fault)
            assert _offenders(shared, rule), f"{rule.name} did not see: {fault}"


def test_private_files_and_policies_about_their_owner_are_no_listing(shared: Database) -> None:
    (rule,) = [rule for rule in ADVISOR_RULES if rule.name == "public_buckets_are_not_listed"]
    fault = rule.faults[1]
    for harmless in (
        fault.replace("'avatars', true", "'avatars', false"),
        fault.replace("bucket_id = 'avatars'", "bucket_id = 'avatars' and owner_id = (select auth.uid()::text)"),
        fault.replace("bucket_id = 'avatars'", "bucket_id = 'others'"),
    ):
        assert harmless != fault
        with shared.connection.transaction(force_rollback=True):
            shared.execute(harmless)
            assert _offenders(shared, rule) == []


def test_rules_look_at_every_schema_that_a_migration_made(shared: Database) -> None:
    made = shared.rows(
        "select nspname from pg_namespace where nspowner = 'postgres'::regrole "
        "and nspname not in ('extensions', 'supabase_migrations')"
    )
    assert {row["nspname"] for row in made} | {"public"} == set(OUR_SCHEMAS.strip("()").replace("'", "").split(", "))


def test_functions_of_service_api_each_have_a_file_of_tests(shared: Database, request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "tests" / "database" / "service_api"
    functions = shared.rows("select proname from pg_proc where pronamespace = 'service_api'::regnamespace")
    assert {row["proname"] for row in functions} <= {path.stem.removeprefix("test_") for path in folder.glob("*.py")}


def test_clients_reach_nothing_of_the_platforms_secrets(shared: Database) -> None:
    reachable = shared.rows(
        "select roles.rolname, classes.oid::regclass::text as name "
        "from pg_roles as roles cross join pg_class as classes "
        "where roles.rolname in ('anon', 'authenticated', 'google_service', 'google_operator') "
        "and classes.relnamespace in "
        "('vault'::regnamespace, 'auth'::regnamespace, 'cron'::regnamespace, 'supabase_migrations'::regnamespace) "
        "and classes.relkind in ('r', 'p', 'v') and has_table_privilege(roles.oid, classes.oid, "
        "'select, insert, update, delete, truncate, references, trigger, maintain')"
    )
    assert reachable == []


def test_roles_of_the_service_have_no_powers_of_their_own(shared: Database) -> None:
    roles = shared.rows(
        "select rolname, rolsuper, rolcanlogin, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit "
        "from pg_roles where rolname in ('google_service', 'google_operator') order by 1"
    )
    assert [role.pop("rolname") for role in roles] == ["google_operator", "google_service"]
    assert not any(any(role.values()) for role in roles)
    memberships = shared.rows(
        "select roleid::regrole::text as granted, member::regrole::text as member from pg_auth_members "
        "where roleid in ('google_service'::regrole, 'google_operator'::regrole) "
        "or member in ('google_service'::regrole, 'google_operator'::regrole)"
    )
    assert {(row["granted"], row["member"]) for row in memberships} == {
        (role, member) for role in ("google_service", "google_operator") for member in ("authenticator", "postgres")
    }


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "google_service", "google_operator"])
def test_new_objects_are_given_to_nobody(shared: Database, role: str) -> None:
    with shared.connection.transaction(force_rollback=True):
        shared.execute("create table public.planted (id integer generated always as identity)")
        shared.execute("create function public.planted() returns integer return 1")
        rights = "select, insert, update, delete, truncate, references, trigger, maintain"
        assert not shared.value("select has_table_privilege(%s, 'public.planted', %s)", (role, rights))
        assert not shared.value("select has_sequence_privilege(%s, 'public.planted_id_seq', 'usage, select')", (role,))
        assert not shared.value("select has_function_privilege(%s, 'public.planted()', 'execute')", (role,))
