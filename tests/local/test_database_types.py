"""The TypeScript types that are checked in are what the migrations say, and stop to be so when the database changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.local import database_types
from service.local.__main__ import main
from service.local.database_types import ANSWERS, TYPES, TypesNotMade, difference, made_types
from tests.databases import Database

# One statement each, and what a frontend's compiler then sees.
_PLANTED = [
    ("create table public.planted (planted_id bigint); grant select on public.planted to anon", "+planted: {"),
    ("alter table public.workspaces rename column industry to planted_industry; ", "+planted_industry: string | null;"),
    ("alter table public.workspaces alter column team_size set not null",
     '+team_size: "1" | "2-10" | "11-50" | "51-200" | "over_200";'),
    ("alter table public.contacts drop constraint lifecycle_is_known", "+lifecycle: string;"),
    ("alter table public.pipeline_stages drop constraint stage_outcome_is_known, "
     "add constraint planted check (outcome in ('open', 'planted'))", '+outcome: "open" | "planted";'),
    ("grant insert (version) on public.policy_versions to authenticated", "+version: string;"),
    ("grant select (token_hash) on public.invitations to authenticated", "+token_hash: string;"),
    ("revoke update (time_zone) on public.profiles from authenticated", "-time_zone?: string | null;"),
    ("revoke execute on function public.leave_workspace(uuid, uuid) from authenticated", "-leave_workspace: {"),
    ("revoke all on public.security_notices from authenticated", "-security_notices: {"),
    ("alter table public.invitations drop constraint invitations_invited_by_fkey",
     '-foreignKeyName: "invitations_invited_by_fkey";'),
]  # fmt: skip
_NOT_TO_BE_SEEN = "create table public.hidden (hidden_id bigint); create table private.hidden (hidden_id bigint);"


def _changed_lines(differs: str) -> set[str]:
    return {line[0] + line[1:].strip() for line in differs.splitlines()}


def test_types_are_what_the_migrations_say(database: Database) -> None:
    assert difference(TYPES.read_text(), made_types(database.url(), ANSWERS.read_text())) == ""


def test_every_change_that_a_client_notices_shows(database: Database) -> None:
    for statement, _ in _PLANTED:
        database.execute(statement)
    database.execute(_NOT_TO_BE_SEEN)
    # Of what is left out, no answer is to be named.
    answers = ANSWERS.read_text().replace("    leave_workspace: MemberRemoved;\n", "")
    differs = difference(TYPES.read_text(), made_types(database.url(), answers))
    assert {line for _, line in _PLANTED} - _changed_lines(differs) == set()
    assert "hidden" not in differs


def test_answers_that_name_other_functions_are_refused(database: Database) -> None:
    answers = ANSWERS.read_text().replace("    own_state: {", "    planted_state: {")
    with pytest.raises(TypesNotMade) as refused:
        made_types(database.url(), answers)
    assert str(refused.value).splitlines() == [
        "supabase/answers.ts does not say what own_state answers",
        "supabase/answers.ts speaks of planted_state, which is no function of public that answers JSON",
    ]


@pytest.mark.parametrize("planted", ["planted: { role: string }", "invite_member: { workspace: string }"])
def test_answers_that_name_other_arguments_are_refused(database: Database, planted: str) -> None:
    answers = ANSWERS.read_text().replace("    invite_member: { role", f"    {planted};\n    invite_member: {{ role")
    with pytest.raises(TypesNotMade, match=r"speaks of \w+\.\w+, which is no argument that is a text"):
        made_types(database.url(), answers)


def test_database_that_does_not_answer_gives_no_types(database: Database) -> None:
    with pytest.raises(TypesNotMade, match="planted_database"):
        made_types(database.url().replace(database.name, "planted_database"), "")


def test_check_fails_with_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "types.ts"
    altered.write_text(TYPES.read_text().replace("is_material: boolean;", "is_material: string;", 1))
    monkeypatch.setattr(database_types, "TYPES", altered)
    answer = CliRunner().invoke(main, ["types", "--check"])
    assert answer.exit_code == 1
    assert {"-is_material: string;", "+is_material: boolean;"} <= _changed_lines(answer.stdout)
    assert "make types" in answer.stderr
