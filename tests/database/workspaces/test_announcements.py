"""A material change is announced before it takes effect, once, and its delivery is on record."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.unguarded import remove_guard
from tests.database.workspaces.agreeing import agree, missing
from tests.database.workspaces.calling import call
from tests.database.workspaces.stage import Stage, publish
from tests.databases import Database
from tests.personas import add_person


def test_minor_change_asks_for_nothing(database: Database) -> None:
    person = add_person(database)
    database.value(
        "select ops.publish_policy_version('privacy_policy', 'typo', 'Text.', 'https://example.com/t', 'A typo.', "
        "now(), false)"
    )
    assert missing(database, person) == []
    assert database.value("select private.announce_policy_versions()") == 0


def _publish_now(database: Database, effective: str) -> None:
    database.value(
        "select ops.publish_policy_version('privacy_policy', 'hasty', 'Text.', 'https://example.com/t', "
        f"'It changed.', {effective}, true)"
    )


@pytest.mark.parametrize("effective", ["now()", "now() - interval '9 days'", "now() + interval '23 hours'"])
def test_material_change_is_announced_a_day_before_it_takes_effect(database: Database, effective: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="takes effect a day after") as refused:
        _publish_now(database, effective)
    assert refused.value.diag.constraint_name == "material_change_is_announced_first"
    assert database.value("select count(*) from public.policy_versions where version = 'hasty'") == 0


def test_material_change_would_take_effect_at_once_without_the_guard(database: Database) -> None:
    remove_guard(database, "private.announce_material_change()", "new.is_material and", "false and")
    _publish_now(database, "now()")
    assert database.value("select count(*) from public.policy_versions where version = 'hasty'") == 1


def test_coming_version_is_announced_once_and_binds_nobody_yet(database: Database) -> None:
    person, later = (
        add_person(database),
        publish(database, "privacy_policy", "later", effective="now() + interval '9 days'"),
    )
    assert database.value("select private.announce_policy_versions()") == 1
    assert database.value("select private.announce_policy_versions()") == 0
    assert missing(database, person) == []
    assert agree(database, person, later) == {"outcome": "agreed"}


def test_delivery_of_a_notice_is_written_down_once(own_stage: Stage) -> None:
    database, owner = own_stage.database, own_stage.persona("owner")
    first = call(database, owner, "mark_policy_notice_delivered", notice_id=own_stage.notice_id)
    assert call(database, owner, "mark_policy_notice_delivered", notice_id=own_stage.notice_id) == first
    for change in ("delivered_at = null", "delivered_at = delivered_at + interval '1 day'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            database.execute(f"update public.policy_notices set {change} where id = %s", (own_stage.notice_id,))
