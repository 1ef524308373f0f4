"""A user reads their own rows and nobody else's; nobody writes; the rest of the world reads nothing."""

import psycopg
import pytest

from tests.database.connections import Caller, Connected, connect
from tests.database.looking import nothing_changes
from tests.databases import Database
from tests.personas import ANON, GOOGLE_OPERATOR, GOOGLE_SERVICE, SERVICE_ROLE, Person, add_person, add_session, run_as

_TABLES = ("profiles", "google_connections", "security_notices")
each_table = pytest.mark.parametrize("table", _TABLES)
each_outsider = pytest.mark.parametrize(
    "outsider", [ANON, SERVICE_ROLE, GOOGLE_SERVICE, GOOGLE_OPERATOR], ids=lambda persona: persona.name
)


@pytest.fixture
def owner(shared: Database, connected: Connected) -> Person:
    """A user with a row in each table that clients may read."""
    shared.execute(
        "insert into public.security_notices (user_id, kind) values (%s, 'google_authorization_used_by_another_user')",
        (connected.person.id,),
    )
    return connected.person


@pytest.fixture
def teammate(shared: Database, service: Caller, connected: Connected) -> Person:
    """Somebody who uses the same Google account, as a shared mailbox is used."""
    person = add_person(shared, "teammate")
    connect(service, person, google_sub=connected.google_sub)
    return person


@each_table
def test_owner_reads_their_own_row_and_no_other(shared: Database, owner: Person, teammate: Person, table: str) -> None:
    rows = run_as(shared, owner.persona(), f"select * from public.{table}")
    assert [row["user_id"] for row in rows] == [owner.id]


@each_table
def test_another_user_does_not_see_the_owners_row(
    shared: Database, owner: Person, teammate: Person, stranger: Person, table: str
) -> None:
    for person in (teammate, stranger):
        query = f"select * from public.{table} where user_id = %s"
        assert run_as(shared, person.persona(), query, (owner.id,)) == []


@each_table
@each_outsider
def test_everybody_else_is_denied(shared: Database, owner: Person, table: str, outsider) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_as(shared, outsider, f"select * from public.{table}")


@each_table
@pytest.mark.parametrize(
    "write",
    [
        "insert into public.{table} (user_id) values ('{user}')",
        "update public.{table} set user_id = user_id where user_id = '{user}'",
        "delete from public.{table} where user_id = '{user}'",
        "truncate public.{table}",
        "lock table public.{table} in access exclusive mode",
    ],
    ids=["insert", "update", "delete", "truncate", "lock"],
)
def test_nobody_writes(shared: Database, owner: Person, stranger: Person, table: str, write: str) -> None:
    writers = (owner.persona(), stranger.persona(), ANON, SERVICE_ROLE, GOOGLE_SERVICE, GOOGLE_OPERATOR)
    for writer in writers:
        with nothing_changes(shared, owner), pytest.raises(psycopg.errors.InsufficientPrivilege):
            run_as(shared, writer, write.format(table=table, user=owner.id))


@pytest.mark.parametrize("schema", ["private", "audit", "ops", "vault", "cron"])
def test_owner_does_not_even_reach_the_schema(shared: Database, owner: Person, schema: str) -> None:
    table = shared.value(
        "select relname from pg_class where relnamespace = %s::regnamespace and relkind in ('r', 'p', 'v') "
        "order by 1 limit 1",
        (schema,),
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_as(shared, owner.persona(), f"select * from {schema}.{table}")


def test_owner_sees_nothing_of_a_token_in_the_rows_they_may_read(shared: Database, owner: Person) -> None:
    (row,) = run_as(shared, owner.persona(), "select * from public.google_connections")
    assert not {name for name in row if any(word in name for word in ("token", "secret", "document", "kid"))}


def test_policies_see_a_users_rows_from_each_of_their_sessions(shared: Database, owner: Person) -> None:
    elsewhere = Person(owner.id, owner.email, add_session(shared, owner.id))
    assert len(run_as(shared, elsewhere.persona(), "select * from public.google_connections")) == 1


@each_table
def test_owner_would_see_others_without_the_policy(database: Database, table: str) -> None:
    people = [add_person(database), add_person(database)]
    with Caller(database) as service:
        for person in people:
            connect(service, person)
            database.execute(
                "insert into public.security_notices (user_id, kind) "
                "values (%s, 'google_authorization_used_by_another_user')",
                (person.id,),
            )
    database.execute(f"alter table public.{table} disable row level security")
    assert len(run_as(database, people[0].persona(), f"select * from public.{table}")) == len(people)
