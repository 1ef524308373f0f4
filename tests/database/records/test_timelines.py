"""A timeline shows each thing once, and only to whom may see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.records.writing import write
from tests.database.workspaces.stage import Stage

_LINES = {"contact": "contact_timeline", "company": "company_timeline", "deal": "deal_timeline"}


def _line(stage: Stage, who: str, of: str, record: str | None = None) -> list[tuple[Any, Any]]:
    names = {key: name for name, key in stage.records.items()}
    rows = write(
        stage, who, f"select entry, record_id from public.{_LINES[of]} where {of}_id = %(id)s order by happened_at",
        id=stage.records[record or of],
    )  # fmt: skip
    return sorted((row["entry"], names.get(row["record_id"], "another")) for row in rows)


_WHOLE = {
    "contact": [("activity", "activity"), ("deal_stage", "deal"), ("message", "sent_message")],
    "company": [("activity", "activity"), ("contact", "contact"), ("deal_stage", "deal")],
    "deal": [("activity", "activity"), ("deal_stage", "deal")],
}


@pytest.mark.parametrize("who", ["owner", "admin", "member", "unattested"])
@pytest.mark.parametrize("of", _LINES)
def test_member_sees_each_thing_once(stage: Stage, of: str, who: str) -> None:
    assert _line(stage, who, of) == _WHOLE[of]


@pytest.mark.parametrize("who", ["stranger", "removed", "invited"])
@pytest.mark.parametrize("of", _LINES)
def test_others_see_nothing(stage: Stage, of: str, who: str) -> None:
    assert _line(stage, who, of) == []


def test_message_that_is_not_shared_is_seen_by_its_sender_alone(own_stage: Stage) -> None:
    shown = ("message", "sent_message")
    write(own_stage, "owner", "update public.sent_messages set is_shared = false where id = %(sent_message)s")
    assert shown in _line(own_stage, "owner", "contact")
    for who in ("admin", "member"):
        assert shown not in _line(own_stage, who, "contact")
        assert write(own_stage, who, "select id from public.sent_messages") == []
    assert write(own_stage, "admin", "update public.sent_messages set is_shared = true") == []
    write(own_stage, "owner", "update public.sent_messages set is_shared = true where id = %(sent_message)s")
    assert shown in _line(own_stage, "member", "contact")


def test_message_of_a_member_who_was_removed_is_no_longer_theirs_to_see(own_stage: Stage) -> None:
    own_stage.database.execute("update public.sent_messages set sender_id = %s", (own_stage.id("removed"),))
    assert write(own_stage, "removed", "select id from public.sent_messages") == []
    assert write(own_stage, "removed", "update public.sent_messages set is_shared = true") == []


def test_attendee_who_is_the_activitys_contact_is_not_listed_twice(own_stage: Stage) -> None:
    write(
        own_stage, "member", "insert into public.activity_attendees (workspace_id, activity_id, contact_id) "
        "values (%(workspace)s, %(activity)s, %(trashed_contact)s)",
    )  # fmt: skip
    assert _line(own_stage, "member", "contact") == _WHOLE["contact"]
    assert _line(own_stage, "member", "contact", "trashed_contact") == [("activity", "activity")]


def test_each_move_of_a_deal_is_one_entry(own_stage: Stage) -> None:
    write(own_stage, "member", "update public.deals set stage_id = %(won_stage)s where id = %(deal)s")
    for of in _LINES:
        assert _line(own_stage, "member", of).count(("deal_stage", "deal")) == 2


@pytest.mark.parametrize("what", ["activity", "deal"])
def test_what_lies_in_the_trash_is_not_shown(own_stage: Stage, what: str) -> None:
    table = {"activity": "activities"}.get(what, f"{what}s")
    write(own_stage, "member", f"update public.{table} set trashed_at = now() where id = %({what})s")
    for of in _LINES:
        assert what not in {name for _, name in _line(own_stage, "member", of)}
    write(own_stage, "member", f"update public.{table} set trashed_at = null where id = %({what})s")
    for of in _LINES:
        assert _line(own_stage, "member", of) == _WHOLE[of]


def test_entries_stand_at_the_time_they_are_about(own_stage: Stage) -> None:
    at = "2030-05-01 10:00+00"
    write(own_stage, "member", f"update public.activities set starts_at = '{at}' where id = %(activity)s")
    (last,) = write(
        own_stage, "member", "select entry, happened_at = %(at)s as it from public.contact_timeline "
        "where contact_id = %(contact)s order by happened_at desc limit 1", at=at,
    )  # fmt: skip
    assert last == {"entry": "activity", "it": True}
