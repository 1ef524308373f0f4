"""An argument that answers.ts closes to some words takes each of them and no other."""

from __future__ import annotations

import re

import pytest
from psycopg.rows import dict_row

from service.local.column_facts import column_facts
from service.local.database_types import ANSWERS
from service.policy.rights import Reader
from tests.database.workspaces.calling import Refused, call_in, tab
from tests.database.workspaces.cells import calls_of
from tests.database.workspaces.stage import Stage
from tests.databases import Connection

_ARGUMENTS = ANSWERS.read_text().partition("export type Arguments = {")[2].partition("\n};")[0]
_CLOSED = [
    (function, argument, takes.strip())
    for function, members in re.findall(r"^    (\w+): \{(.*?)\};", _ARGUMENTS, re.MULTILINE | re.DOTALL)
    for argument, takes in re.findall(r"(\w+): ([^;]+)", members)
]


@pytest.fixture(scope="module")
def words(stage: Stage) -> dict[str, tuple[str, ...]]:
    """By what answers.ts says of them, the words that it means."""
    with Reader.connect(stage.database.url(), row_factory=dict_row) as connection:
        facts = column_facts(connection)
    meant = {}
    aliases = dict(re.findall(r"^type (\w+) = (Exclude<.*>);", ANSWERS.read_text(), re.MULTILINE))
    for _, _, takes in _CLOSED:
        says = aliases.get(takes, takes)
        named = re.search(r'Tables<"(\w+)">\["(\w+)"\](.*)', says)
        every = (facts[named[1]][named[2]].words or ()) if named else tuple(re.findall(r'"(\w+)"', says))
        excluded = re.findall(r'"(\w+)"', named[3]) if named else []
        meant[takes] = tuple(word for word in every if word not in excluded)
    return meant


def _refusal(connection: Connection, stage: Stage, function: str, argument: str, value: object) -> str | None:
    """The code with which a value is refused; None if it is taken."""
    asked = {**calls_of(stage, "owner")[function], argument: value}
    try:
        with connection.transaction(force_rollback=True):
            call_in(connection, function, **asked)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(("function", "argument", "takes"), _CLOSED)
def test_argument_takes_its_words_and_no_other(
    stage: Stage, words: dict[str, tuple[str, ...]], function: str, argument: str, takes: str
) -> None:
    assert words[takes]
    with tab(stage.database, stage.persona("owner")) as connection:
        for word in (*words[takes], "planted", "operator"):
            value = [word] if takes.endswith("[]") else word
            assert (_refusal(connection, stage, function, argument, value) is None) is (word in words[takes]), word


def test_word_of_another_list_is_noticed(stage: Stage) -> None:
    # Nobody is invited as an owner, though members can be one.
    with tab(stage.database, stage.persona("owner")) as connection:
        assert _refusal(connection, stage, "invite_member", "role", "owner") == "invited_role_is_known"
        assert _refusal(connection, stage, "change_member_role", "role", "owner") is None
