"""Another workspace's data cannot be inferred: what is there and what is not answer alike, word for word."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.database.records.answers import answer_to
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.cells import NEW, ROW, parameters
from tests.database.workspaces.stage import Stage

_TABLES = sorted({*NEW, "sent_messages", "deal_stage_changes", "record_changes"})


@pytest.mark.parametrize("table", _TABLES)
def test_insert_into_another_workspace_answers_as_into_none(stage: Stage, table: str) -> None:
    row = NEW.get(table, "(workspace_id) values (%(workspace)s)")
    theirs = answer_to(stage, f"insert into public.{table} {row}", workspace=stage.workspace_id)
    assert theirs == answer_to(stage, f"insert into public.{table} {row}", workspace=uuid4())
    assert theirs.startswith("42501")


def test_insert_tells_nothing_of_the_fields_of_another_workspace(stage: Stage) -> None:
    statement = (
        "insert into public.contacts (workspace_id, full_name, attributes) "
        "values (%(workspace)s, 'New', jsonb_build_object(%(key)s::text, 43))"
    )
    answers = {
        answer_to(stage, statement, workspace=workspace, key=key)
        for workspace in (stage.workspace_id, uuid4())
        for key in ("shoe_size", "hat_size")
    }
    assert len(answers) == 1


def test_insert_tells_nothing_of_how_many_fields_another_workspace_has(own_stage: Stage) -> None:
    own_stage.database.execute(
        "insert into public.attribute_definitions (workspace_id, table_name, key, label, kind) "
        "select %s, 'contacts', 'k' || n, 'K', 'text' from generate_series(1, 49) as n", (own_stage.workspace_id,),
    )  # fmt: skip
    statement = f"insert into public.attribute_definitions {NEW['attribute_definitions']}"
    full = answer_to(own_stage, statement, workspace=own_stage.workspace_id)
    assert full == answer_to(own_stage, statement, workspace=uuid4())


def test_inference_is_seen_if_a_check_runs_before_the_row_policy(own_stage: Stage) -> None:
    own_stage.database.execute(
        "drop trigger check_attributes on public.contacts; "
        "create trigger check_attributes before insert on public.contacts for each row "
        "execute function private.check_attributes()"
    )
    with pytest.raises(AssertionError):
        test_insert_tells_nothing_of_the_fields_of_another_workspace(own_stage)


@pytest.mark.parametrize("name", ["company", "contact", "deal", "activity", "pipeline"])
def test_id_that_another_workspace_took_is_free(stage: Stage, name: str) -> None:
    table = {"company": "companies", "activity": "activities"}.get(name, f"{name}s")
    columns, _, values = NEW[table].partition(" values (")
    row = f"{columns.replace('(workspace_id', '(id, workspace_id')} values (%(id)s, {values}"
    own = {**stage.records_elsewhere, "workspace": stage.elsewhere_id}
    taken = answer_to(stage, f"insert into public.{table} {row}", **{**own, "id": stage.records[name]})
    assert taken.startswith("done 1")
    assert taken == answer_to(stage, f"insert into public.{table} {row}", **{**own, "id": uuid4()})


@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "select count(*) from public.{} where {}",
        "select workspace_id from public.{} where workspace_id = %(workspace)s",
        "select exists (select from public.{} where {})",
        "select max(workspace_id::text) from public.{} where {}",
        "delete from public.{} where {}",
    ],
)
def test_asking_for_records_of_another_workspace_answers_as_for_none(stage: Stage, table: str, statement: str) -> None:
    asked = statement.format(table, ROW[table])
    nobodys = {name: uuid4() for name in (*stage.records, "workspace")}
    theirs = {name: value for name, value in parameters(stage).items() if name in nobodys}
    assert answer_to(stage, asked, **theirs) == answer_to(stage, asked, **nobodys)


def test_changing_a_record_of_another_workspace_answers_as_of_none(stage: Stage) -> None:
    statement = "update public.contacts set full_name = 'Changed', version = 99 where id = %(id)s"
    theirs = answer_to(stage, statement, id=stage.records["contact"])
    assert theirs == answer_to(stage, statement, id=uuid4())
    assert theirs.startswith("done 0")


def test_leaving_to_somebody_of_another_workspace_answers_as_to_nobody(stage: Stage) -> None:
    codes = set()
    for heir in (stage.id("owner"), uuid4()):
        with pytest.raises(Refused) as refused:
            call(
                stage.database,
                stage.persona("stranger"),
                "leave_workspace",
                workspace_id=stage.elsewhere_id,
                reassign_to=heir,
            )
        codes.add((refused.value.code, refused.value.details))
    assert codes == {("member_not_found", None)}


@pytest.mark.parametrize("column", ["xmin", "ctid"])
def test_what_is_not_granted_can_be_neither_read_nor_asked_about(stage: Stage, column: str) -> None:
    for statement in (
        f"select {column} from public.contacts",
        f"select id from public.contacts where {column} is not null",
        f"select id from public.contacts order by {column}::text",
    ):
        assert answer_to(stage, statement).startswith("42501")


_SHARED_NUMBERS = """
select classes.relname || '.' || columns.attname as it
from pg_class as classes
inner join pg_attribute as columns on columns.attrelid = classes.oid and columns.attidentity <> ''
where has_column_privilege('authenticated', classes.oid, columns.attnum, 'select') and (
    classes.relname in ('deal_stage_changes', 'record_changes')
    or exists (select from pg_trigger where tgrelid = classes.oid and tgname = 'stamp_record')
)
"""


def test_no_number_that_all_workspaces_share_is_shown(stage: Stage) -> None:
    """Between two numbers of one's own lies how much everybody else did."""
    assert stage.database.rows(_SHARED_NUMBERS) == []


def test_number_that_all_workspaces_share_is_found(own_stage: Stage) -> None:
    own_stage.database.execute(
        "alter table public.deals add column number bigint generated always as identity; "
        "grant select (number) on public.deals to authenticated"
    )
    assert own_stage.database.rows(_SHARED_NUMBERS) == [{"it": "deals.number"}]
