"""Which version binds whom: several that are to come, several channels, and somebody who never agreed to any."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.workspaces.calling import call
from tests.database.workspaces.stage import publish
from tests.databases import Database
from tests.personas import Person, add_person, add_session

_SOON, _LATER = "now() + interval '10 days'", "now() + interval '20 days'"


def _missing(database: Database, person: Person) -> list[str]:
    return call(database, person.persona(), "own_state")["missing"]


def _kinds(database: Database, person: Person) -> list[tuple[int, str]]:
    rows = database.rows(
        "select policy_version_id, kind from public.agreements where user_id = %s order by agreed_at", (person.id,)
    )
    return [(row["policy_version_id"], row["kind"]) for row in rows][1:]


def _announce(database: Database, version: str, effective: str) -> dict[str, Any]:
    coming = publish(database, "privacy_policy", version, effective=effective)
    database.value("select private.announce_policy_versions()")
    return coming


def _deliver(database: Database, person: Person, version: dict[str, Any]) -> None:
    notice_id = database.value(
        "select id from public.policy_notices where user_id = %s and policy_version_id = %s", (person.id, version["id"])
    )
    call(database, person.persona(), "mark_policy_notice_delivered", notice_id=notice_id)


def _let_time_pass(database: Database, version: dict[str, Any]) -> None:
    """The day comes on which the version takes effect."""
    with database.connect() as connection, connection.transaction():
        connection.execute("alter table public.policy_versions disable trigger keep_for_good")
        connection.execute(
            "update public.policy_versions set published_at = published_at - interval '30 days', "
            "effective_at = clock_timestamp() where id = %s",
            (version["id"],),
        )
        connection.execute("alter table public.policy_versions enable trigger keep_for_good")


def test_use_before_the_day_is_no_acceptance_and_after_it_is(database: Database) -> None:
    person, coming = add_person(database), _announce(database, "coming", _SOON)
    _deliver(database, person, coming)
    add_session(database, person.id)
    call(database, person.persona(), "create_workspace", name="Bakery")
    assert _kinds(database, person) == []
    _let_time_pass(database, coming)
    assert _missing(database, person) == []
    add_session(database, person.id)
    add_session(database, person.id)
    assert _kinds(database, person) == [(coming["id"], "use")]


def test_two_that_are_to_come_are_told_and_agreed_to_one_by_one(database: Database) -> None:
    person = add_person(database)
    first, second = _announce(database, "first", _SOON), _announce(database, "second", _LATER)
    _deliver(database, person, second)
    _let_time_pass(database, first)
    assert _missing(database, person) == ["agreement_missing"]
    _deliver(database, person, first)
    add_session(database, person.id)
    _let_time_pass(database, second)
    add_session(database, person.id)
    assert _kinds(database, person) == [(first["id"], "use"), (second["id"], "use")]


def test_agreeing_to_the_later_one_early_covers_the_earlier(database: Database) -> None:
    person = add_person(database)
    first, second = _announce(database, "first", _SOON), _announce(database, "second", _LATER)
    shown = {"policy_version_id": second["id"], "text_sha256": second["text_sha256"]}
    call(database, person.persona(), "accept_policy", **shown)
    _let_time_pass(database, first)
    assert _missing(database, person) == []
    add_session(database, person.id)
    assert _kinds(database, person) == [(second["id"], "explicit")]


def test_agreeing_to_an_old_one_does_not_open_a_newer(database: Database) -> None:
    person, old = add_person(database, is_ready=False), publish(database, "privacy_policy", "old")
    call(database, person.persona(), "attest_adult", is_adult=True)
    publish(database, "privacy_policy", "new")
    shown = {"policy_version_id": old["id"], "text_sha256": old["text_sha256"]}
    assert call(database, person.persona(), "accept_policy", **shown) == {"outcome": "agreed"}
    assert _missing(database, person) == ["agreement_missing"]


def test_use_is_no_first_agreement(database: Database) -> None:
    """A notice that reached somebody who never agreed to any version makes no use an acceptance."""
    person = add_person(database, is_ready=False)
    call(database, person.persona(), "attest_adult", is_adult=True)
    coming = _announce(database, "changed", "now()")
    assert database.value("select count(*) from public.policy_notices where user_id = %s", (person.id,)) == 0
    database.execute(
        "insert into public.policy_notices (user_id, policy_version_id, channel, delivered_at) "
        "values (%s, %s, 'email', clock_timestamp())",
        (person.id, coming["id"]),
    )
    add_session(database, person.id)
    assert _missing(database, person) == ["agreement_missing"]
    assert database.value("select count(*) from public.agreements where user_id = %s", (person.id,)) == 0


@pytest.mark.parametrize("channels", [("email",), ("in_app", "email")], ids=str)
def test_notice_counts_by_whichever_way_it_came(database: Database, channels: tuple[str, ...]) -> None:
    person, coming = add_person(database), publish(database, "privacy_policy", "changed")
    for channel in channels:
        database.execute(
            "insert into public.policy_notices (user_id, policy_version_id, channel, delivered_at) "
            "values (%s, %s, %s, clock_timestamp())",
            (person.id, coming["id"], channel),
        )
    add_session(database, person.id)
    assert _kinds(database, person) == [(coming["id"], "use")]


def test_delivery_of_a_mail_is_not_for_its_reader_to_claim(database: Database) -> None:
    person, coming = add_person(database), publish(database, "privacy_policy", "changed")
    notice_id = database.value(
        "insert into public.policy_notices (user_id, policy_version_id, channel) values (%s, %s, 'email') returning id",
        (person.id, coming["id"]),
    )
    with pytest.raises(Exception, match="notice_not_found"):
        call(database, person.persona(), "mark_policy_notice_delivered", notice_id=notice_id)
