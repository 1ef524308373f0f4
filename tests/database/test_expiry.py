"""What has run out goes by itself: attempts at their time, claims after 7 days, records after 13 months."""

from uuid import uuid4

import pytest

from tests.database.connections import Caller, begin, claim, come_back, connect
from tests.database.looking import held_of
from tests.database.service_api.test_claim_gmail_send import claim_send
from tests.databases import Database
from tests.personas import Person, add_person

_SCHEDULES = {
    "announce-policy-versions": ("* * * * *", "select private.announce_policy_versions()"),
    "expire-invitations": ("11 3 * * *", "select private.expire_invitations()"),
    "expire-google-attempts": ("* * * * *", "select private.expire_google_attempts()"),
    "expire-google-revocations": ("*/5 * * * *", "select private.expire_google_revocations()"),
    "expire-gmail-send-claims": ("* * * * *", "select private.expire_gmail_send_claims()"),
    "expire-outbox": ("* * * * *", "select private.expire_outbox()"),
    "expire-pending-revocations": ("* * * * *", "select private.expire_pending_revocations()"),
    "queue-unused-connection-checks": ("37 1 * * *", "select private.queue_unused_connection_checks()"),
    "delete-vault-orphans": ("17 * * * *", "select ops.delete_vault_orphans()"),
    "keep-token-openings-partitions": ("23 3 * * *", "select audit.keep_partitions()"),
    "expire-activity-reminders": ("47 4 * * *", "select private.expire_activity_reminders()"),
    "expire-records": ("41 3 * * *", "select private.expire_records()"),
    "expire-cron-run-details": (
        "53 3 * * *",
        "delete from cron.job_run_details where end_time < pg_catalog.now() - interval '7 days'",
    ),
    "empty-trash": ("29 * * * *", "select private.empty_trash()"),
    "expire-record-changes": ("7 4 * * *", "select private.expire_record_changes()"),
    "expire-imports": ("11 * * * *", "select private.expire_imports()"),
    "expire-list-exports": ("13 4 * * *", "select private.expire_list_exports()"),
    "expire-contact-merges": ("31 * * * *", "select private.expire_contact_merges()"),
    "run-imports": ("* * * * *", "set local statement_timeout = 0; select private.run_imports()"),
}


def test_schedules_are_these_and_active(shared: Database) -> None:
    jobs = shared.rows("select jobname, schedule, command, active, username from cron.job")
    assert {job["jobname"]: (job["schedule"], job["command"]) for job in jobs} == _SCHEDULES
    assert {(job["active"], job["username"]) for job in jobs} == {(True, "postgres")}


@pytest.mark.parametrize("command", [command for _, command in _SCHEDULES.values()], ids=_SCHEDULES.keys())
def test_schedules_run_as_the_role_they_belong_to(database: Database, command: str) -> None:
    database.connection.execute(command.encode())


@pytest.mark.parametrize("step", [begin, come_back, claim], ids=["started", "returned", "exchanging"])
def test_attempts_go_when_their_time_is_over(database: Database, step) -> None:
    over, running = add_person(database), add_person(database)
    with Caller(database) as service:
        step(service, over)
        step(service, running)
    database.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '31 minutes', "
        "expires_at = now() - interval '1 second' where user_id = %s",
        (over.id,),
    )
    assert database.value("select private.expire_google_attempts()") == 1
    assert held_of(database, over, "attempt") == []
    assert len(held_of(database, running, "attempt")) == 1


@pytest.fixture
def sender(database: Database) -> Person:
    """Somebody who sends."""
    person = add_person(database)
    with Caller(database) as service:
        connect(service, person)
    return person


def _age_claim(database: Database, person: Person, key: str, age: str) -> None:
    database.execute(
        "update private.gmail_send_claims set created_at = clock_timestamp() - %s::interval "
        "where user_id = %s and idempotency_key = %s",
        (age, person.id, key),
    )


def test_sends_without_an_answer_are_unknown_after_five_minutes(database: Database, sender: Person) -> None:
    old, young = uuid4(), uuid4()
    with Caller(database) as service:
        for key in (old, young):
            claim_send(service, sender, key)
        _age_claim(database, sender, str(old), "301 seconds")
        _age_claim(database, sender, str(young), "290 seconds")
        assert database.value("select private.expire_gmail_send_claims()") == 0
        assert claim_send(service, sender, old)["state"] == "unknown"
        assert claim_send(service, sender, young)["state"] == "sending"


def test_claims_go_after_seven_days(database: Database, sender: Person) -> None:
    old, young = uuid4(), uuid4()
    with Caller(database) as service:
        for key in (old, young):
            claim_send(service, sender, key)
    _age_claim(database, sender, str(old), "7 days 1 second")
    _age_claim(database, sender, str(young), "6 days 23 hours")
    assert database.value("select private.expire_gmail_send_claims()") == 1
    assert [row["held"]["idempotency_key"] for row in held_of(database, sender, "claim")] == [str(young)]


def test_records_go_after_thirteen_months(database: Database) -> None:
    person = add_person(database)
    for age in ("13 months 1 day", "12 months"):
        database.execute(
            "insert into ops.check_runs (check_name, ran_at, found_count, deleted_count) "
            "values ('vault_orphans', now() - %s::interval, 0, 0)",
            (age,),
        )
        database.execute(
            "insert into public.security_notices (user_id, kind, created_at) "
            "values (%s, 'google_authorization_used_by_another_user', now() - %s::interval)",
            (person.id, age),
        )
    database.execute("select private.expire_records()")
    assert database.value("select count(*) from ops.check_runs") == 1
    assert len(held_of(database, person, "notice")) == 1
