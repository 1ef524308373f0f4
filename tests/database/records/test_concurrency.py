"""Whoever names the version that they saw loses nothing that was changed meanwhile, and hears who changed it."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.database.racing import race
from tests.database.records.writing import held, open_as, write
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, refusal
from tests.database.workspaces.stage import Stage
from tests.databases import Connection

_CHANGE = "update public.contacts set job_title = %(title)s, version = %(version)s where id = %(contact)s"


def test_version_counts_up(own_stage: Stage) -> None:
    write(own_stage, "member", _CHANGE, title="Baker", version=1)
    write(own_stage, "member", _CHANGE, title="Miller", version=2)
    assert held(own_stage, "contacts", "contact", "job_title, version") == {"job_title": "Miller", "version": 3}


@pytest.mark.parametrize("version", [1, 7, None])
def test_change_of_a_version_that_is_no_more_is_refused_and_tells_who_and_when(
    own_stage: Stage, version: int | None
) -> None:
    write(own_stage, "admin", _CHANGE, title="Baker", version=1)
    before = held(own_stage, "contacts", "contact")
    with pytest.raises(Refused) as refused:
        write(own_stage, "member", _CHANGE, title="Miller", version=version)
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)
    details = json.loads(refused.value.details or "{}")
    assert (details["version"], details["changed_by"]) == (2, str(own_stage.id("admin")))
    assert details["changed_at"][:19] == before["updated_at"].isoformat()[:19]
    assert held(own_stage, "contacts", "contact") == before


def test_bulk_change_with_a_version_is_all_or_nothing(own_stage: Stage) -> None:
    write(own_stage, "admin", _CHANGE, title="Baker", version=1)
    with pytest.raises(Refused, match="changed_meanwhile"):
        write(own_stage, "member", "update public.contacts set job_title = 'Miller', version = 1")
    assert held(own_stage, "contacts", "trashed_contact", "job_title, version") == {"job_title": None, "version": 1}


def test_last_write_wins_without_a_version(own_stage: Stage) -> None:
    for who, title in (("admin", "Baker"), ("member", "Miller")):
        write(own_stage, who, "update public.contacts set job_title = %(title)s where id = %(contact)s", title=title)
    assert held(own_stage, "contacts", "contact", "job_title, version") == {"job_title": "Miller", "version": 3}


def _both_change(stage: Stage) -> list[str]:
    first, second = open_as(stage, "admin"), open_as(stage, "member")

    def change(connection: Connection, title: str) -> str:
        try:
            connection.execute(
                "update public.contacts set job_title = %s, version = 1 where id = %s",
                (title, stage.records["contact"]),
            )
        except psycopg.Error as error:
            return refusal(error).code
        return "changed"

    with first, second:
        return list(
            race(stage.database, (first, lambda: change(first, "Baker")), (second, lambda: change(second, "Miller")))
        )


def test_of_two_who_change_the_same_version_at_once_one_wins(own_stage: Stage) -> None:
    assert _both_change(own_stage) == ["changed", "changed_meanwhile"]
    assert held(own_stage, "contacts", "contact", "job_title, version") == {"job_title": "Baker", "version": 2}


def test_change_is_lost_without_the_guard(own_stage: Stage) -> None:
    remove_guard(
        own_stage.database,
        "private.stamp_record()",
        "if new.version is distinct from old.version then",
        "if false then",
    )
    assert _both_change(own_stage) == ["changed", "changed"]
