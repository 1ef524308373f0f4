"""Each check of the database says ok on a fresh one, and finds exactly what is broken for it."""

from __future__ import annotations

import pytest

from service.config.token_keys import TokenKey
from service.doctor.database import database_checks
from service.doctor.findings import Finding, Verdict
from tests.database.connections import KID, Caller, connect
from tests.databases import Database
from tests.personas import add_person

_KEYS = (TokenKey(KID, b"\x07" * 32),)


def _examined(database: Database, *kids: str, is_production: bool = False) -> dict[str, Finding]:
    keys = [TokenKey(kid, b"\x07" * 32) for kid in kids] or _KEYS
    return {each.name: each.run() for each in database_checks(database.url(), keys, is_production=is_production)}


@pytest.fixture
def database(database: Database) -> Database:
    """A database whose schedules have just run."""
    with database.connect("supabase_admin") as admin:
        admin.execute(
            "insert into cron.job_run_details (jobid, runid, status, start_time, end_time) "
            "select jobid, jobid, 'succeeded', now(), now() from cron.job"
        )
    return database


def _connected(database: Database) -> None:
    with Caller(database) as service:
        connect(service, add_person(database))


def test_fresh_database_is_found_well(database: Database):
    _connected(database)
    verdicts = {name: each.verdict for name, each in _examined(database).items()}
    assert verdicts.pop("vault") == Verdict.UNKNOWN
    assert set(verdicts.values()) == {Verdict.OK}


_BROKEN = {
    "migrations": "delete from supabase_migrations.schema_migrations where version = "
    "(select max(version) from supabase_migrations.schema_migrations)",
    "registers": "update private.processors set country = 'US' where name = 'Supabase'",
    "rights": "grant select on ops.vault_health to authenticated",
    "schedules": "select cron.unschedule('expire-records')",
    "vault-health": "select vault.create_secret('x', null, 'cxtrack google access')",
    "breaker": "insert into ops.refresh_breaker_openings (invalid_grant_count, refresh_count) values (9, 9)",
    "outbox": "insert into private.outbox (kind, available_at, ends_at) values "
    "('revoke_google_grant', now() - interval '1 hour', now() + interval '1 hour')",
}


@pytest.mark.parametrize("name", _BROKEN)
def test_what_is_broken_is_found_and_nothing_else(database: Database, name: str):
    database.execute(_BROKEN[name])
    found = [each.check for each in _examined(database).values() if each.verdict == Verdict.FINDING]
    assert found == [name]


@pytest.mark.parametrize(
    ("check", "statement", "what"),
    [
        ("registers", "delete from private.processors", "(processors: Google is in the file alone) and 1 more"),
        ("rights", "grant delete on public.consents to anon", "anon may delete table public.consents"),
        ("rights", "insert into storage.buckets (id, name, public) values ('a', 'a', true)", "public bucket a"),
    ],
)
def test_difference_from_the_files_is_named(database: Database, check: str, statement: str, what: str):
    database.execute(statement)
    finding = _examined(database)[check]
    assert finding.verdict == Verdict.FINDING
    assert what in finding.text


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update cron.job set active = false where jobname = 'expire-records'", "expire-records"),
        (
            "update cron.job_run_details set start_time = now() - interval '4 hours' "
            "where jobid = (select jobid from cron.job where jobname = 'expire-outbox')",
            "expire-outbox",
        ),
        ("delete from cron.job_run_details", "none has ever run"),
    ],
)
def test_schedule_that_does_not_run_is_found(database: Database, statement: str, what: str):
    with database.connect("supabase_admin") as admin:
        admin.execute(statement.encode())
    finding = _examined(database)["schedules"]
    assert finding.verdict == Verdict.FINDING
    assert what in finding.text


def test_stand_in_of_vault_is_found_in_production(database: Database):
    assert _examined(database, is_production=True)["vault"].verdict == Verdict.FINDING


def test_entry_that_was_given_up_is_a_warning(database: Database):
    database.execute(
        "insert into private.outbox (kind, ends_at, parked_at, parked_because) values "
        "('revoke_google_grant', now() + interval '1 hour', now(), 'poison')"
    )
    assert _examined(database)["outbox"].verdict == Verdict.WARNING


@pytest.mark.parametrize(
    ("kids", "verdict"),
    [(("other",), Verdict.FINDING), (("other", KID), Verdict.WARNING), ((KID, "other"), Verdict.OK)],
)
def test_keys_are_compared_with_what_is_sealed(database: Database, kids: tuple[str, ...], verdict: Verdict):
    _connected(database)
    assert _examined(database, *kids)["keys-in-use"].verdict == verdict


def test_retired_key_that_seals_is_found(database: Database):
    database.execute("insert into private.retired_keys (kid) values (%s)", (KID,))
    assert _examined(database)["keys-in-use"].verdict == Verdict.FINDING


def test_statements_in_logs_are_a_warning(database: Database):
    with database.connect("supabase_admin") as admin:
        admin.execute(f"alter database {database.name} set log_statement = 'all'".encode())
    assert _examined(database)["statements-in-logs"].verdict == Verdict.WARNING


def test_database_that_is_not_there_is_found_without_its_password(database: Database):
    url = "postgresql://postgres:geheim@127.0.0.1:1/postgres"
    found = [each.run() for each in database_checks(url, _KEYS, is_production=True)]
    assert {each.verdict for each in found} == {Verdict.FINDING}
    assert "geheim" not in str(found)
