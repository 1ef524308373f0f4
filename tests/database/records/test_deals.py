"""A deal goes through the stages of its pipeline: its way is on record, stages add up, won and lost are closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.database.racing import race
from tests.database.records.writing import attempt, held, open_as, write
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused
from tests.database.workspaces.stage import Stage

_MOVE = "update public.deals set stage_id = %(to)s where id = %(deal)s"


def _move(stage: Stage, who: str, to: str) -> None:
    write(stage, who, _MOVE, to=stage.records[to])


def _way(stage: Stage) -> list[tuple[Any, Any, Any]]:
    names = {stage.id(name): name for name in stage.people} | {key: name for name, key in stage.records.items()}
    rows = stage.database.rows(
        "select from_stage_id, to_stage_id, changed_by from public.deal_stage_changes "
        "where deal_id = %s order by changed_at",
        (stage.records["deal"],),
    )
    return [tuple(names.get(row[key]) for key in ("from_stage_id", "to_stage_id", "changed_by")) for row in rows]  # type: ignore[misc]


def test_way_of_a_deal_is_on_record(own_stage: Stage) -> None:
    _move(own_stage, "member", "won_stage")
    _move(own_stage, "admin", "pipeline_stage")
    write(own_stage, "admin", "update public.deals set stage_id = stage_id, name = 'Rolls' where id = %(deal)s")
    assert _way(own_stage) == [
        (None, "pipeline_stage", "owner"),
        ("pipeline_stage", "won_stage", "member"),
        ("won_stage", "pipeline_stage", "admin"),
    ]


def test_way_of_a_new_deal_begins_with_it(own_stage: Stage) -> None:
    write(
        own_stage, "member",
        "insert into public.deals (workspace_id, name, pipeline_id, stage_id) "
        "select workspace_id, 'Rolls', pipeline_id, stage_id from public.deals where id = %(deal)s",
    )  # fmt: skip
    noted = own_stage.database.rows(
        "select changes.from_stage_id, changes.to_stage_id = deals.stage_id as reached, changes.changed_by "
        "from public.deals as deals inner join public.deal_stage_changes as changes on changes.deal_id = deals.id "
        "where deals.name = 'Rolls'"
    )
    assert noted == [{"from_stage_id": None, "reached": True, "changed_by": own_stage.id("member")}], "note_new_deal"


def test_deal_is_closed_while_its_stage_means_an_end(own_stage: Stage) -> None:
    assert held(own_stage, "deals", "deal", "closed_at") == {"closed_at": None}
    _move(own_stage, "member", "won_stage")
    closed = held(own_stage, "deals", "deal", "closed_at")
    assert closed["closed_at"] is not None
    write(own_stage, "member", "update public.deals set name = 'Rolls' where id = %(deal)s")
    assert held(own_stage, "deals", "deal", "closed_at") == closed
    _move(own_stage, "member", "pipeline_stage")
    assert held(own_stage, "deals", "deal", "closed_at") == {"closed_at": None}


def test_deals_are_closed_and_opened_by_what_their_stage_comes_to_mean(own_stage: Stage) -> None:
    change = "update public.pipeline_stages set outcome = %(outcome)s where id = %(pipeline_stage)s"
    write(own_stage, "admin", change, outcome="lost")
    closed = held(own_stage, "deals", "deal", "closed_at, updated_by")
    assert closed["closed_at"] is not None
    assert closed["updated_by"] == own_stage.id("admin")
    write(own_stage, "admin", change, outcome="won")
    assert held(own_stage, "deals", "deal", "closed_at, updated_by") == closed
    write(own_stage, "admin", change, outcome="open")
    assert held(own_stage, "deals", "deal", "closed_at") == {"closed_at": None}
    assert len(_way(own_stage)) == 1, "it did not move"


def test_deal_that_is_moved_while_its_stage_comes_to_mean_an_end_is_closed(own_stage: Stage) -> None:
    change = "update public.pipeline_stages set outcome = %s where id = %s"
    own_stage.database.execute(change, ("open", own_stage.records["won_stage"]))
    with open_as(own_stage, "admin") as admin, open_as(own_stage, "member") as member:
        move = "update public.deals set stage_id = %s where id = %s"
        race(
            own_stage.database,
            (admin, lambda: admin.execute(change, ("won", own_stage.records["won_stage"]))),
            (member, lambda: member.execute(move, (own_stage.records["won_stage"], own_stage.records["deal"]))),
        )
    assert held(own_stage, "deals", "deal", "closed_at")["closed_at"] is not None


def test_deal_would_stay_open_without_the_lock(own_stage: Stage) -> None:
    remove_guard(own_stage.database, "private.note_closing()", "stages.id = new.stage_id for share;", "false;")
    with pytest.raises(AssertionError):
        test_deal_that_is_moved_while_its_stage_comes_to_mean_an_end_is_closed(own_stage)


def test_deal_is_not_in_a_stage_of_another_pipeline(own_stage: Stage) -> None:
    (stage_of_another,) = write(
        own_stage, "admin", "insert into public.pipeline_stages (workspace_id, pipeline_id, name) "
        "values (%(workspace)s, %(empty_pipeline)s, 'Elsewhere') returning id",
    )  # fmt: skip
    with pytest.raises(Refused, match="deal_stage_is_of_its_pipeline"):
        write(own_stage, "member", _MOVE, to=stage_of_another["id"])
    write(
        own_stage, "member", "update public.deals set pipeline_id = %(empty_pipeline)s, stage_id = %(to)s "
        "where id = %(deal)s", to=stage_of_another["id"],
    )  # fmt: skip


@pytest.mark.parametrize("what", ["pipeline", "pipeline_stage"])
def test_stage_that_holds_deals_stays(stage: Stage, what: str) -> None:
    with pytest.raises(Refused, match="deal_stage_is_of_its_pipeline"):
        attempt(stage, "owner", f"delete from public.{what}s where id = %({what})s")


def test_way_outlives_a_stage_that_is_no_more(own_stage: Stage) -> None:
    _move(own_stage, "member", "won_stage")
    own_stage.database.execute("delete from public.deals where id = %s", (own_stage.records["trashed_deal"],))
    write(own_stage, "admin", "delete from public.pipeline_stages where id = %(pipeline_stage)s")
    assert _way(own_stage) == [(None, None, "owner"), (None, "won_stage", "member")]


def test_stages_add_up_by_currency_without_the_trash(own_stage: Stage) -> None:
    write(
        own_stage, "member", "insert into public.deals (workspace_id, name, pipeline_id, stage_id, amount, currency) "
        "values (%(workspace)s, 'A', %(pipeline)s, %(pipeline_stage)s, 0.10, 'CAD'), "
        "(%(workspace)s, 'B', %(pipeline)s, %(pipeline_stage)s, 0.20, 'CAD'), "
        "(%(workspace)s, 'C', %(pipeline)s, %(pipeline_stage)s, 7, 'EUR'), "
        "(%(workspace)s, 'D', %(pipeline)s, %(pipeline_stage)s, null, null)",
    )  # fmt: skip
    rows = write(own_stage, "unattested", "select currency, deal_count, amount, stage_id from public.stage_totals")
    assert {row.pop("stage_id") for row in rows} == {own_stage.records["pipeline_stage"]}
    assert {row["currency"]: (row["deal_count"], row["amount"]) for row in rows} == {
        "CAD": (3, Decimal("120.30")), "EUR": (1, Decimal(7)), None: (1, None),
    }  # fmt: skip


def test_contact_says_when_it_first_became_a_customer(own_stage: Stage) -> None:
    change = "update public.contacts set lifecycle = %(to)s where id = %(contact)s"
    write(own_stage, "member", change, to="qualified")
    assert held(own_stage, "contacts", "contact", "converted_at") == {"converted_at": None}
    write(own_stage, "member", change, to="customer")
    converted = held(own_stage, "contacts", "contact", "converted_at")
    assert converted["converted_at"] is not None
    write(own_stage, "member", change, to="former_customer")
    write(own_stage, "member", change, to="customer")
    assert held(own_stage, "contacts", "contact", "converted_at") == converted
    (row,) = attempt(
        own_stage, "member", "insert into public.contacts (workspace_id, full_name, lifecycle) "
        "values (%(workspace)s, 'New', 'customer') returning converted_at",
    )  # fmt: skip
    assert row["converted_at"] is not None


def test_history_is_written_by_nobody(stage: Stage) -> None:
    for statement in (
        "insert into public.deal_stage_changes (workspace_id, deal_id) values (%(workspace)s, %(deal)s)",
        "update public.deal_stage_changes set changed_at = now()",
        "delete from public.deal_stage_changes",
        "update public.deals set closed_at = now()",
        "update public.contacts set converted_at = now()",
    ):
        with pytest.raises(Refused, match="42501"):
            attempt(stage, "owner", statement)
