"""What docs/operate.md has an operator type is understood by the database, and does what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene, build_scene
from tests.databases import Database

_RUNBOOK = (Path(__file__).parents[2] / "docs" / "operate.md").read_text()
_CODE = re.compile(r"`((?:select|update)\s[^`]+)`")


def _statements(text: str = _RUNBOOK) -> list[str]:
    """Every statement of the runbook on one line; those whose arguments are left out are not."""
    found = [" ".join(code.split()) for code in _CODE.findall(text)]
    return [statement for statement in found if "(...)" not in statement]


def _filled(statement: str, id_: UUID | None = None) -> str:
    """A statement with something in the place of what an operator fills in."""
    filled = statement.replace("<time>", "yesterday", 1).replace("<time>", "tomorrow")
    filled = re.sub(r"'<[a-z]+ id>'", f"'{id_ or uuid4()}'", filled)
    return re.sub(r"<[a-z]+>", "1", filled)


def _the(beginning: str) -> str:
    """The one statement of the runbook that begins so."""
    (statement,) = {each for each in _statements() if each.startswith(beginning)}
    return statement


def _not_understood(database: Database, statements: list[str]) -> dict[str, str]:
    """Statements that the database refuses to plan, and what it says; none of them is carried out."""
    wrong: dict[str, str] = {}
    for number, statement in enumerate(statements):
        try:
            database.execute(f"prepare typed_{number} as {_filled(statement)}")
        except psycopg.Error as error:
            wrong[statement] = str(error)
    return wrong


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    """Where two rows are a long list."""
    database.execute(
        "create or replace function private.longest_immediate_import() returns bigint language sql immutable "
        "set search_path = '' as 'select 1::bigint'"
    )
    with database.connect("authenticator") as door:
        yield build_scene(database, door)


def test_every_statement_is_understood(database: Database) -> None:
    assert len(_statements()) > 20
    assert _not_understood(database, _statements()) == {}
    planted = (
        "Look: `select planted\nfrom public.imports`, `update private.settings`, `select ops.publish(...)`, `postgres`"
    )
    found = _statements(planted)
    assert (
        found
        == list(_not_understood(database, found))
        == ["select planted from public.imports", "update private.settings"]
    )


def test_import_that_waits_is_seen_and_given_up(scene: Scene) -> None:
    import_id, _ = scene.imported(HEADER + ADA + GRACE)
    (waiting,) = scene.database.rows(_the("select id, workspace_id, state"))
    (turn,) = scene.database.rows(_the("select id, state, row_count"))
    assert (waiting["id"], turn["id"], turn["state"], turn["row_count"]) == (import_id, import_id, "committing", 2)

    scene.database.execute(_filled(_the("select private.cancel_import"), import_id))
    assert (scene.staged(), scene.database.rows(_the("select id, state, row_count"))) == (0, [])


def test_failure_of_an_import_is_told_again_and_nothing_made(scene: Scene) -> None:
    import_id, _ = scene.imported(HEADER + ADA + GRACE)
    scene.database.execute("alter table public.contacts add constraint planted check (full_name <> 'Ada Lovelace')")
    scene.database.execute("select private.run_imports()")
    (shown,) = scene.database.rows(_the("select id, workspace_id, state"))
    assert (shown["state"], shown["failure"]) == ("checked", "23514")
    with pytest.raises(psycopg.errors.CheckViolation, match="planted"):
        scene.database.execute(_filled(_the("select private.make_imported"), import_id))
    assert scene.contacts() == []


def test_undoing_that_waits_is_taken_back(scene: Scene) -> None:
    import_id, _ = scene.imported(HEADER + ADA + GRACE)
    scene.database.execute("select private.run_imports()")
    scene.call("undo_import", import_id=import_id)
    scene.database.execute(_filled(_the("update public.imports"), import_id))
    assert scene.database.value("select private.run_imports()") is None
    (shown,) = scene.database.rows(_the("select id, workspace_id, state"))
    assert (shown["state"], shown["failure"], len(scene.contacts())) == ("committed", "given_up", 2)


def test_what_was_trashed_by_mistake_is_found_and_restored(scene: Scene) -> None:
    for name in ("Ada", "Grace"):
        scene.add_contact(name)
    scene.rows("update public.contacts set trashed_at = now()")
    (made,) = scene.database.rows(_filled(_the("select changed_by"), scene.workspace_id))
    assert (made["changed_by"], made["table_name"], made["count"]) == (scene.people["member"].id, "contacts", 2)

    scene.database.execute(_filled(_the("update public.contacts"), scene.workspace_id))
    assert scene.database.value("select count(*) from public.contacts where not is_trashed") == 2
    makers = "select distinct made_by from public.record_changes where operation = 'update' and changed_by is null"
    assert scene.database.rows(makers) == [{"made_by": "system"}]


def test_trash_that_is_due_is_seen_and_emptied_by_hand(scene: Scene) -> None:
    scene.add_contact()
    scene.rows("update public.contacts set trashed_at = now()")
    due = _the("select count(*), min(purge_at)")
    assert scene.database.value(f"select count from ({due}) as due") == 0
    scene.database.execute("alter table public.contacts disable trigger user")
    scene.database.execute("update public.contacts set purge_at = now() - interval '1 hour'")
    scene.database.execute("alter table public.contacts enable trigger user")
    assert scene.database.value(f"select count from ({due}) as due") == 1
    assert scene.database.value(_the("select private.empty_trash()")) == 1
    assert scene.database.value(f"select count from ({due}) as due") == 0
