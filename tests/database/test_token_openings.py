"""audit.token_openings: append-only, forgets who was erased, and its months come and go in time."""

from datetime import UTC, datetime

import psycopg
import pytest

from tests.database.connections import Caller, Connected, connect
from tests.database.looking import openings_of
from tests.database.service_api.test_open_token import open_token
from tests.databases import Database
from tests.personas import Person, add_person


@pytest.mark.parametrize(
    "change",
    [
        "delete from audit.token_openings where subject = %(user)s",
        "update audit.token_openings set subject = null where subject = %(user)s",
        "update audit.token_openings set subject = gen_random_uuid() where subject = %(user)s",
        "update audit.token_openings set outcome = 'not_connected' where subject = %(user)s",
        "update audit.token_openings set purpose = 'show_events' where subject = %(user)s",
        "update audit.token_openings set opened_at = opened_at - interval '1 second' where subject = %(user)s",
    ],
    ids=["delete", "forget", "blame_another", "outcome", "purpose", "time"],
)
def test_openings_are_append_only(shared: Database, service: Caller, connected: Connected, change: str) -> None:
    open_token(service, connected.person)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        shared.connection.execute(change.encode(), {"user": connected.person.id})
    assert openings_of(shared, connected.person) == [("send_message", "opened")]


def test_openings_stay_append_only_for_the_tables_months(
    shared: Database, service: Caller, connected: Connected
) -> None:
    open_token(service, connected.person)
    month = shared.value("select 'audit.token_openings_' || to_char(now(), 'YYYY_MM')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        shared.execute(f"delete from {month} where subject = %s", (connected.person.id,))


@pytest.mark.parametrize("path", ["auth.users where id", "public.profiles where user_id"])
def test_erasure_of_a_person_takes_the_person_out_and_keeps_the_opening(database: Database, path: str) -> None:
    erased, other = add_person(database), add_person(database)
    with Caller(database) as service:
        for person in (erased, other):
            connect(service, person)
            open_token(service, person)
    database.execute(f"delete from {path} = %s", (erased.id,))
    rows = database.rows("select purpose, outcome, subject from audit.token_openings")
    assert sorted(rows, key=str) == sorted(
        (
            {"purpose": "send_message", "outcome": "opened", "subject": None},
            {"purpose": "send_message", "outcome": "opened", "subject": other.id},
        ),
        key=str,
    )


def test_opening_of_an_erased_person_cannot_be_changed_otherwise(database: Database) -> None:
    person = add_person(database)
    with Caller(database) as service:
        open_token(service, person)
    database.execute("delete from auth.users where id = %s", (person.id,))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        database.execute("update audit.token_openings set outcome = 'opened'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        database.execute("update audit.token_openings set subject = %s", (person.id,))


def _months(database: Database) -> list[str]:
    rows = database.rows(
        "select relname from pg_inherits inner join pg_class on pg_class.oid = inhrelid "
        "where inhparent = 'audit.token_openings'::regclass order by 1"
    )
    return [row["relname"].removeprefix("token_openings_") for row in rows]


def _month(offset: int) -> str:
    today = datetime.now(UTC)
    years, month = divmod(today.year * 12 + today.month - 1 + offset, 12)
    return f"{years}_{month + 1:02}"


def _add_month(database: Database, offset: int) -> None:
    begin, end = (f"{_month(month).replace('_', '-')}-01" for month in (offset, offset + 1))
    database.execute(
        f"create table audit.token_openings_{_month(offset)} partition of audit.token_openings "
        f"for values from ('{begin}') to ('{end}')"
    )


def test_months_are_made_six_ahead(database: Database) -> None:
    assert _months(database) == [_month(offset) for offset in range(7)]
    assert database.value("select audit.keep_partitions()") == 0


def test_missing_month_is_made_again_with_all_its_guards(database: Database) -> None:
    last = _month(6)
    database.execute(f"drop table audit.token_openings_{last}")
    assert database.value("select audit.keep_partitions()") == 1
    assert _months(database)[-1] == last
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot be truncated"):
        database.execute(f"truncate audit.token_openings_{last}")
    assert database.value(f"select relrowsecurity from pg_class where relname = 'token_openings_{last}'")


def test_months_go_after_thirteen(database: Database) -> None:
    for offset in (-15, -14, -13, -1):
        _add_month(database, offset)
    assert database.value("select audit.keep_partitions()") == 2
    assert _months(database)[:2] == [_month(-13), _month(-1)]


def test_months_join_without_a_gap_if_the_server_or_session_has_another_time_zone(database: Database) -> None:
    last = _month(6)
    database.execute(f"drop table audit.token_openings_{last}")
    database.execute("set timezone = 'America/Toronto'")
    database.execute("select audit.keep_partitions()")
    database.execute("set timezone = 'UTC'")
    begin = f"{last.replace('_', '-')}-01 00:00+00"
    database.execute(
        "insert into audit.token_openings (opened_at, purpose, outcome) values (%s, 'show_events', 'opened')", (begin,)
    )


def _insert_free_text(database: Database, person: Person, purpose: str, outcome: str) -> None:
    database.execute(
        "insert into audit.token_openings (purpose, outcome, subject) values (%s, %s, %s)",
        (purpose, outcome, person.id),
    )


@pytest.mark.parametrize(
    ("purpose", "outcome"), [("send_message", "opened for ada@example.com"), ("read all mail", "opened")]
)
def test_openings_hold_no_free_text(shared: Database, person: Person, purpose: str, outcome: str) -> None:
    with pytest.raises(psycopg.IntegrityError):
        _insert_free_text(shared, person, purpose, outcome)
    assert openings_of(shared, person) == []
