"""Fields of a workspace's own hold what their kind says; at most 50 for each table; values go with their field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.database.racing import race
from tests.database.records.writing import attempt, held, open_as, write
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Refused, refusal
from tests.database.workspaces.stage import Stage
from tests.databases import Connection

_SET = "update public.contacts set attributes = %(attributes)s where id = %(contact)s returning id"
_DEFINE = "insert into public.attribute_definitions (workspace_id, table_name, key, label, kind)"


@pytest.fixture
def fields(own_stage: Stage) -> Stage:
    """The stage with a field of each kind on contacts; shoe_size is a number."""
    own_stage.database.execute(
        f"{_DEFINE[:-1]}, choices) values (%(w)s, 'contacts', 'nickname', 'Nickname', 'text', null), "
        "(%(w)s, 'contacts', 'birthday', 'Birthday', 'date', null), "
        "(%(w)s, 'contacts', 'size', 'Size', 'choice', '{S,M,L}')",
        {"w": own_stage.workspace_id},
    )
    return own_stage


@pytest.mark.parametrize(
    "attributes",
    [{}, {"shoe_size": 43.5}, {"nickname": "Gigi", "birthday": "1906-12-09", "size": "M"}, {"nickname": ""}],
)
def test_field_takes_what_its_kind_says(fields: Stage, attributes: dict[str, Any]) -> None:
    assert attempt(fields, "member", _SET, attributes=json.dumps(attributes))


_WRONG = [
    ("shoe_size", '"43"'), ("shoe_size", "1e15"), ("shoe_size", "0." + "1" * 50), ("shoe_size", "null"),
    ("nickname", "7"), ("nickname", json.dumps("x" * 2001)), ("nickname", '["Gigi"]'),
    ("birthday", '"1906-02-30"'), ("birthday", '"09.12.1906"'), ("birthday", '"infinity"'), ("size", '"XXL"'),
    ("hat", '"blue"'), ("", '"blue"'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), _WRONG)
def test_field_refuses_another_kind_and_one_that_is_not_defined(fields: Stage, key: str, value: str) -> None:
    before = held(fields, "contacts", "contact")
    with pytest.raises(Refused) as refused:
        attempt(fields, "member", _SET, attributes=f'{{"{key}": {value}}}')
    assert (refused.value.code, refused.value.status, refused.value.details) == ("attribute_is_wrong", 422, key)
    assert held(fields, "contacts", "contact") == before


def test_field_is_of_one_table(stage: Stage) -> None:
    with pytest.raises(Refused, match="attribute_is_wrong"):
        attempt(
            stage, "member", "update public.companies set attributes = '{\"shoe_size\": 43}' where id = %(company)s"
        )


def _fill(stage: Stage, count: int) -> None:
    stage.database.execute(
        f"{_DEFINE} select %s, 'contacts', 'k' || number, 'K', 'text' from generate_series(1, %s) as number",
        (stage.workspace_id, count),
    )


def test_fifty_first_field_of_a_table_is_refused(own_stage: Stage) -> None:
    _fill(own_stage, 49)
    with pytest.raises(Refused, match="too_many_attributes"):
        write(own_stage, "admin", f"{_DEFINE} values (%(workspace)s, 'contacts', 'more', 'More', 'text')")
    write(own_stage, "admin", f"{_DEFINE} values (%(workspace)s, 'deals', 'more', 'More', 'text')")
    with pytest.raises(Refused, match="too_many_attributes"):
        _define_many(own_stage)


def _define_many(stage: Stage) -> None:
    write(
        stage,
        "admin",
        f"{_DEFINE} select %(workspace)s, 'companies', 'k' || n, 'K', 'text' from generate_series(1, 51) n",
    )


def _both_add_the_fiftieth(stage: Stage) -> list[str]:
    _fill(stage, 48)
    first, second = open_as(stage, "owner"), open_as(stage, "admin")

    def add(connection: Connection, key: str) -> str:
        try:
            connection.execute(
                f"{_DEFINE} values (%s, 'contacts', %s, 'More', 'text')".encode(), (stage.workspace_id, key)
            )
        except Exception as error:
            return refusal(error).code  # type: ignore[arg-type]
        return "added"

    with first, second:
        return list(race(stage.database, (first, lambda: add(first, "a")), (second, lambda: add(second, "b"))))


def test_two_who_add_the_fiftieth_at_once_add_one(own_stage: Stage) -> None:
    assert _both_add_the_fiftieth(own_stage) == ["added", "too_many_attributes"]


def test_race_is_lost_without_the_guard(own_stage: Stage) -> None:
    remove_guard(
        own_stage.database, "private.limit_attribute_definitions()",
        "perform from public.workspaces as workspaces where workspaces.id = new.workspace_id for no key update;",
    )  # fmt: skip
    with pytest.raises(AssertionError, match="did not wait"):
        _both_add_the_fiftieth(own_stage)


def test_values_go_with_their_field_and_others_stay(fields: Stage) -> None:
    write(fields, "member", _SET, attributes='{"shoe_size": 43, "size": "M"}')
    write(fields, "admin", "update public.attribute_definitions set choices = '{S,L}' where key = 'size'")
    write(fields, "admin", "delete from public.attribute_definitions where id = %(attribute_definition)s")
    assert held(fields, "contacts", "contact", "attributes") == {"attributes": {"size": "M"}}


def test_record_with_a_choice_that_is_no_more_can_still_be_changed(fields: Stage) -> None:
    write(fields, "member", _SET, attributes='{"size": "M"}')
    write(fields, "admin", "update public.attribute_definitions set choices = '{S,L}' where key = 'size'")
    write(fields, "member", _SET, attributes='{"size": "M", "shoe_size": 43}')
    with pytest.raises(Refused, match="attribute_is_wrong"):
        write(
            fields, "member", 'update public.contacts set attributes = \'{"size": "M"}\' where id = %(trashed_contact)s'
        )


def _value_meets_deletion(stage: Stage) -> Any:
    """Somebody fills a field while somebody else deletes it."""
    first, second = open_as(stage, "member"), open_as(stage, "admin")
    value, ids = '{"shoe_size": 43}', stage.records
    with first, second:
        race(
            stage.database,
            (first, lambda: first.execute(
                "update public.contacts set attributes = %s where id = %s", (value, ids["contact"])
            )),
            (second, lambda: second.execute(
                "delete from public.attribute_definitions where id = %s", (ids["attribute_definition"],)
            )),
        )  # fmt: skip
    return held(stage, "contacts", "contact", "attributes")["attributes"]


def test_value_that_is_written_while_its_field_is_deleted_goes_too(own_stage: Stage) -> None:
    assert _value_meets_deletion(own_stage) == {}


def test_value_stays_behind_without_the_guard(own_stage: Stage) -> None:
    remove_guard(own_stage.database, "private.check_attributes()", "order by definitions.key for key share")
    with pytest.raises(AssertionError, match="did not wait"):
        _value_meets_deletion(own_stage)
