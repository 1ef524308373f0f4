"""Records outlive whoever made them: no way to go is blocked by them, and none leaves a trace of the person on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database.traces import traces_of
from tests.database.workspaces.calling import call
from tests.database.workspaces.stage import Stage
from tests.databases import Database

_MANY = 1100
# The columns that name a member, by table; all of them are the member's own in `burdened`.
_OWNED = {"companies": "owner_id", "contacts": "owner_id", "deals": "owner_id", "activities": "assignee_id"}


def _through_auth(stage: Stage, statement: str) -> None:
    with stage.database.connect("supabase_auth_admin") as auth:
        auth.execute(statement.encode(), (stage.id("member"),))


def _leave(stage: Stage, **arguments: Any) -> None:
    call(stage.database, stage.persona("member"), "leave_workspace", workspace_id=stage.workspace_id, **arguments)


def _remove(stage: Stage, **arguments: Any) -> None:
    arguments = {"workspace_id": stage.workspace_id, "user_id": stage.id("member"), **arguments}
    call(stage.database, stage.persona("owner"), "remove_member", **arguments)


_DELETIONS: dict[str, Callable[[Stage], Any]] = {
    "deleted": lambda stage: _through_auth(stage, "delete from auth.users where id = %s"),
    "soft_deleted": lambda stage: _through_auth(stage, "update auth.users set deleted_at = now() where id = %s"),
    "child": lambda stage: call(stage.database, stage.persona("member"), "attest_adult", is_adult=False),
}
_DEPARTURES: dict[str, Callable[[Stage], Any]] = {
    "left": _leave,
    "left_to_an_heir": lambda stage: _leave(stage, reassign_to=stage.id("admin")),
    "removed": _remove,
    "removed_to_an_heir": lambda stage: _remove(stage, reassign_to=stage.id("admin")),
}


@pytest.fixture
def burdened(own_stage: Stage) -> Stage:
    """The stage with a member to whom writing is closed, and who owns more records than one call may change."""
    deals = {"p": own_stage.records["pipeline"], "s": own_stage.records["pipeline_stage"]}
    for table, rest, values in (
        ("companies", "name", "'Company ' || n"),
        ("contacts", "full_name", "'Contact ' || n"),
        ("deals", "name, pipeline_id, stage_id", "'Deal ' || n, %(p)s, %(s)s"),
        ("activities", "kind, title", "'note', 'Note ' || n"),
    ):
        own_stage.database.execute(
            f"insert into public.{table} (workspace_id, {_OWNED[table]}, created_by, {rest}) "
            f"select %(w)s, %(m)s, %(m)s, {values} from generate_series(1, {_MANY}) as n",
            {"w": own_stage.workspace_id, "m": own_stage.id("member"), **deals},
        )
    own_stage.database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (own_stage.id("member"),)
    )
    return own_stage


def _belonging_to(database: Database, user_id: Any) -> dict[str, int]:
    return {
        table: database.value(f"select count(*) from public.{table} where {column} is not distinct from %s", (user_id,))
        for table, column in _OWNED.items()
    }


def _notes_of_owners(database: Database) -> list[Any]:
    return database.rows(
        "select made_by, count(*), count(distinct record_id) as records from public.record_changes "
        "where fields && '{owner_id,assignee_id}' and operation = 'update' group by made_by"
    )


@pytest.mark.parametrize("way", _DELETIONS)
def test_records_of_a_deleted_account_stay_without_a_name(burdened: Stage, way: str) -> None:
    before = _belonging_to(burdened.database, None)
    _DELETIONS[way](burdened)
    assert _belonging_to(burdened.database, None) == {table: count + _MANY for table, count in before.items()}
    left = traces_of(burdened.database, str(burdened.id("member")))
    assert {table for table in left if not table.startswith("auth.")} == set()
    # Each loss of an owner is noted once, in nobody's name.
    assert _notes_of_owners(burdened.database) == [{"made_by": "system", "count": 4 * _MANY, "records": 4 * _MANY}]


@pytest.mark.parametrize("way", _DEPARTURES)
def test_records_of_a_member_who_goes_pass_to_the_heir_or_to_nobody(burdened: Stage, way: str) -> None:
    heir = burdened.id("admin") if way.endswith("heir") else None
    before = _belonging_to(burdened.database, heir)
    made = "select count(*) from public.contacts where created_by = %s"
    made_before = burdened.database.value(made, (burdened.id("member"),))
    _DEPARTURES[way](burdened)
    assert _belonging_to(burdened.database, heir) == {table: count + _MANY for table, count in before.items()}
    assert _belonging_to(burdened.database, burdened.id("member")) == dict.fromkeys(_OWNED, 0)
    made_after = burdened.database.value(made, (burdened.id("member"),))
    assert made_after == made_before >= _MANY, "who made it stays on record"
    who = burdened.id("owner") if way.startswith("removed") else burdened.id("member")
    assert burdened.database.value("select count(*) from public.contacts where updated_by = %s", (who,)) >= _MANY


def test_workspace_of_one_person_goes_with_all_its_records(own_stage: Stage) -> None:
    own_stage.database.execute("delete from auth.users where id = %s", (own_stage.id("stranger"),))
    assert traces_of(own_stage.database, str(own_stage.elsewhere_id)) == set()


@pytest.mark.parametrize(
    ("fault", "way"),
    [
        ("drop trigger limit_update on public.contacts; create trigger limit_update after update on public.contacts "
         "referencing new table as changed_rows for each statement execute function private.limit_rows()", "left"),
        ("drop trigger limit_update on public.deals; create trigger limit_update after update on public.deals "
         "referencing new table as changed_rows for each statement execute function private.limit_rows()",
         "removed_to_an_heir"),
    ],
)  # fmt: skip
def test_going_would_be_blocked_by_a_limit_for_everybody(burdened: Stage, fault: str, way: str) -> None:
    burdened.database.execute(fault)
    with pytest.raises(Exception, match="too_many_rows"):
        {**_DELETIONS, **_DEPARTURES}[way](burdened)
