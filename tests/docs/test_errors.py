"""docs/errors.md lists every refusal that a client of the database can run into, and nothing else; each was raised."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
import pytest

from service.local.platform import Platform
from tests.databases import Database
from tests.docs.reach import Write, constraints_to_hit, outcomes_of_joining, reached_writes, refusals

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "docs" / "errors.md").read_text()
_ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\| (.*) \|$", re.MULTILINE)
# What no client writes stands at the end, in a table of two columns.
_NOT_BY_CLIENTS = "\n## Not written by clients\n"
_SHORT_ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|$", re.MULTILINE)
_COLUMN = re.compile(r"`(\w+)\.(\w+)`")
# Names that PostgreSQL gives: the document says what they mean for every table at once.
_SAID_OF_ALL = re.compile(r"(_pkey|_fkey)$")
# Where tests call what a client calls; those of the service know some of these words in another sense.
_TESTS = [
    *(path for path in (_ROOT / "tests" / "database").glob("*/*.py") if path.parent.name != "service_api"),
    *(_ROOT / "tests" / "frontend").glob("*.ts"),
]

_TABLE = "create table {0} (name text, constraint {1} check (name > ''));"
_PLANTED = [
    ("alter table public.workspaces add constraint planted_check check (name <> 'planted')", "planted_check"),
    (
        "alter table public.agreements add constraint behind_function check (agreed_at > '2020-01-01')",
        "behind_function",
    ),
    ("alter table public.profiles add constraint planted_unique unique (phone)", "planted_unique"),
    ("create unique index planted_index on public.workspaces (name) where industry is null", "planted_index"),
    ("grant insert (token_hash) on public.invitations to authenticated", "invitations_token_hash_key"),
    ("create table public.naming (id uuid constraint planted_name references public.invitations (id))", "planted_name"),
    (_TABLE.format("public.new_one", "in_new_one") + "grant insert (name) on public.new_one to anon", "in_new_one"),
    (
        _TABLE.format("private.triggered", "behind_trigger")
        + "create function private.planted() returns trigger language plpgsql as "
        "$$ begin insert into private.triggered values (new.name); return null; end $$;"
        "create trigger planted after update on public.workspaces for each row execute function private.planted()",
        "behind_trigger",
    ),
    (
        "create function private.refusing() returns void language plpgsql as "
        "$$ begin perform private.refuse('planted_code', 409, 'Planted.'); end $$",
        "planted_code",
    ),
]


def _listed(text: str = _TEXT) -> dict[str, str]:
    """Every row of the tables: name, and what stands in its second column."""
    for_clients, _, at_the_end = text.partition(_NOT_BY_CLIENTS)
    rows = [(name, second) for name, second, _ in _ROW.findall(for_clients)] + _SHORT_ROW.findall(at_the_end)
    assert len({name for name, _ in rows}) == len(rows), "a name is listed twice"
    return {name: second.strip() for name, second in rows}


def _written_after_all(database: Database, text: str = _TEXT) -> set[str]:
    """What stands among what no client writes, and is of a column that clients have a right to write."""
    granted = database.rows(
        "select table_name, column_name from information_schema.column_privileges where table_schema = 'public' "
        "and grantee in ('anon', 'authenticated') and privilege_type in ('INSERT', 'UPDATE')"
    )
    writable = {(row["table_name"], row["column_name"]) for row in granted}
    rows = _SHORT_ROW.findall(text.partition(_NOT_BY_CLIENTS)[2])
    return {name for name, second in rows if writable & set(_COLUMN.findall(second))}


def _to_be_listed(database: Database) -> set[str]:
    constraints = {name for name in constraints_to_hit(database) if not _SAID_OF_ALL.search(name)}
    return set(refusals(database)) | outcomes_of_joining(database) | constraints


def test_every_refusal_is_listed_and_nothing_else(database: Database) -> None:
    assert set(_listed()) == _to_be_listed(database)


def test_every_refusal_has_the_status_that_is_listed(database: Database) -> None:
    listed = {name: second for name, second in _listed().items() if re.fullmatch(r"\d{3}", second)}
    assert listed.keys() == refusals(database).keys()
    live = {name: str(status) for name, status in refusals(database).items() if status}
    assert {name: listed[name] for name in live} == live


def _tried_from_the_catalogue(database: Database) -> set[str]:
    """Keys and lengths of records: test_foreign_keys.py and test_text_bounds.py of records try each there is."""
    rows = database.rows(
        "select conname as name from pg_constraint where conrelid in (select tgrelid from pg_trigger "
        "where tgname = 'stamp_record') and (contype = 'f' and cardinality(conkey) > 1 or conname ~ '_is_short$')"
    )
    return {row["name"] for row in rows}


def _never_raised(text: str = _TEXT) -> set[str]:
    texts = [path.read_text() for path in _TESTS] + re.findall(r"^```ts .*$", text, re.MULTILINE)
    provoked = _listed(text.partition(_NOT_BY_CLIENTS)[0])
    return {name for name in provoked if not any(re.search(rf"\b{name}\b", each) for each in texts)}


def test_every_refusal_that_a_client_can_provoke_is_raised_in_a_test(database: Database) -> None:
    assert _never_raised() - _tried_from_the_catalogue(database) == set()
    # By its form alone, so that nobody forgets a new one.
    planted = f"\n| `planted_word` | 409 | Planted. | Nothing. |\n{_NOT_BY_CLIENTS}"
    text = _TEXT.replace(_NOT_BY_CLIENTS, planted) + "| `planted_inside` | `t.c` |\n"
    assert _never_raised(text) - _tried_from_the_catalogue(database) == {"planted_word"}


def test_nothing_that_clients_write_stands_among_what_they_do_not(database: Database) -> None:
    # A second stage of an id is refused by the primary key before.
    assert _written_after_all(database) == {"stage_is_named_with_its_pipeline"}
    assert "planted_name" in _written_after_all(database, _TEXT + "| `planted_name` | `deals.name` |\n")


def test_writes_are_followed_through_functions_and_triggers(database: Database) -> None:
    writes = reached_writes(database)
    assert writes >= {
        # By a right, by a function behind a view, by a trigger of what that writes.
        Write("public.profiles", "update"),
        Write("public.consents", "insert"),
        Write("public.invitations", "delete"),
        Write("public.agreements", "insert"),
    }
    # Only the service and its own clock write these.
    assert not {relation for relation, _ in writes} & {"audit.token_openings", "private.google_secrets"}


def test_refusal_that_is_not_listed_is_noticed(database: Database) -> None:
    for statement, _ in _PLANTED:
        database.execute(statement)
    assert _to_be_listed(database) - set(_listed()) == {name for _, name in _PLANTED}


@pytest.mark.parametrize(
    ("statement", "too_many"),
    [
        ("alter table public.profiles drop constraint phone_is_e164", {"phone_is_e164"}),
        ("drop function private.mark_policy_notice_delivered(uuid, jsonb) cascade", {"notice_not_found"}),
    ],
    ids=["constraint", "code"],
)
def test_refusal_that_is_gone_is_noticed(database: Database, statement: str, too_many: set[str]) -> None:
    database.execute(statement)
    assert set(_listed()) - _to_be_listed(database) >= too_many


def test_code_that_is_computed_is_noticed(database: Database) -> None:
    database.execute(
        "create function private.planted(p_code text) returns void language plpgsql as "
        "$$ begin perform private.refuse(p_code, 409, 'Planted.'); end $$"
    )
    with pytest.raises(AssertionError, match=r"private\.planted computes its code"):
        refusals(database)


def test_expired_token_answers_what_is_said_of_all(platform: Platform) -> None:
    def asked(expires_in: int) -> httpx.Response:
        user_id = "5d1f4b62-2f5c-4a8e-9f6e-0f8f64a0b7a1"
        claims = {"role": "authenticated", "sub": user_id, "session_id": user_id, "exp": int(time.time()) + expires_in}
        headers = {"apikey": platform.publishable_key, "Authorization": f"Bearer {platform.keys.auth.sign(claims)}"}
        return httpx.get(f"{platform.supabase_url}/rest/v1/contacts?select=id", headers=headers)

    assert asked(600).status_code == 200
    expired = asked(-600)
    assert expired.status_code == 401
    refused = expired.json()
    assert {f"`{refused['code']}`", f"`{refused['message']}`"} <= set(re.findall(r"`[^`\n]+`", _TEXT))
