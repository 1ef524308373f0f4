"""supabase-js with the checked-in types: what is right type-checks and works, what is wrong does not type-check."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from service.local.database_types import ANSWERS, TYPES
from service.local.platform import Platform
from tests.frontend.compiling import compile_in, run_compiled

_STORY = Path(__file__).with_name("story.ts")
_MISUSES = Path(__file__).with_name("misuses.ts")
_EXPECTED: dict[str, Any] = {
    "signed up": ["adult_attestation_missing", "agreement_missing"],
    "too early": [403, "adult_attestation_missing"],
    "another text": [409, "text_was_another"],
    "agreed": "agreed",
    "nothing is missing": [],
    "no name": [400, "workspace_name_is_short"],
    "terms are missing": [True, [403, "terms_missing"]],
    "service_agreement": ["accepted", True],
    "data_processing_terms": ["accepted", False],
    "changed facts": [{"industry": "baking", "team_size": "2-10"}],
    "wrong facts": [400, "team_size_is_known"],
    "wrong address": [400, "email_is_an_address"],
    "guessed": {"outcome": "invitation_not_found"},
    "joined": ["joined", True],
    "members": ["Bakery", [["grace", "Grace", "admin"], ["linus", None, "member"], ["ada", None, "owner"]]],
    "gave": "given",
    "in force": [{"purpose": "marketing", "state": "given"}],
    "withdrew": "withdrawn",
    "no more": [{"purpose": "marketing", "state": "withdrawn"}],
    "contact gave": "given",
    "contact withdrew": "withdrawn",
    "contact's": [{"address": "alan@example.com", "state": "withdrawn"}],
    "no purpose": [422, "purpose_unknown"],
    "uploaded": ["staging", "taken"],
    "checked": [1, {"bad_email": 1}],
    "not all of it": [409, "import_has_problems"],
    "imported": 1,
    "given up": "cancelled",
    "duplicates": [1, None, True],
    "parted": True,
    "undone": ["undone", 0, ["changed"]],
    "notice": [["coming", None]],
    "last owner": [409, "workspace_needs_an_owner"],
    "not so high": [403, "role_too_low"],
    "higher": "admin",
    "transferred": True,
    "removed": True,
    "left": None,
    "sees nothing": [],
    "not theirs": [404, "workspace_not_found"],
    "google": "not_connected",
    "a child": "account_deleted",
}


@pytest.fixture(scope="module")
def story(published_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every line that the story printed."""
    folder = tmp_path_factory.mktemp("story")
    assert compile_in(folder, {"story.ts": _STORY.read_text()}) == []
    environment = {
        "SUPABASE_URL": published_platform.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": published_platform.publishable_key,
        "RUN": secrets.token_hex(6),
    }
    run = run_compiled(folder, "story", environment)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def _as_typed(answers: list[tuple[str, Any]]) -> str:
    """A program that says of every answer that it is one of its function."""
    lines = [f'export const answer{i}: Answers["{name}"] = {json.dumps(it)};' for i, (name, it) in enumerate(answers)]
    return "\n".join(['import type { Answers } from "./types";', *lines])


def _wrong_lines(folder: Path, types: str | None = None) -> set[int]:
    wrong = compile_in(folder, {"misuses.ts": _MISUSES.read_text()}, types)
    return {int(match[1]) for line in wrong if (match := re.match(r"misuses\.ts\((\d+),", line))}


def _marked_lines() -> set[int]:
    lines = enumerate(_MISUSES.read_text().splitlines(), start=1)
    return {number for number, line in lines if line.endswith("// refused")}


def test_story_goes_as_it_is_told(story: list[dict[str, Any]]) -> None:
    steps = [line for line in story if "step" in line]
    assert {line["step"]: line["value"] for line in steps} == _EXPECTED
    assert [line["step"] for line in steps] == list(_EXPECTED)


def test_functions_answer_what_the_types_say(story: list[dict[str, Any]], tmp_path: Path) -> None:
    answers = [(line["called"], line["answer"]) for line in story if "called" in line]
    answers = [(name, answer) for name, answer in answers if not name.startswith("probe_")]
    assert compile_in(tmp_path, {"answers.ts": _as_typed(answers)}) == []
    # Each function was called, or nothing would be known of what it answers.
    functions = ANSWERS.read_text().partition("\n};\n")[0]
    assert {name for name, _ in answers} == set(re.findall(r"^    (\w+):", functions, re.MULTILINE))


def test_answer_that_the_types_do_not_say_is_noticed(story: list[dict[str, Any]], tmp_path: Path) -> None:
    state = next(line["answer"] for line in story if line.get("called") == "own_state")
    planted = [
        state | {"planted": 1},
        state | {"missing": ["planted"]},
        {key: value for key, value in state.items() if key != "policy_version_needed"},
        state,
    ]
    wrong = compile_in(tmp_path, {"answers.ts": _as_typed([("own_state", answer) for answer in planted])})
    assert [line.partition("(")[2].partition(",")[0] for line in wrong] == ["2", "3", "4"]


def test_misuses_do_not_type_check(tmp_path: Path) -> None:
    assert _wrong_lines(tmp_path) == _marked_lines()


def test_types_that_say_something_else_are_noticed(tmp_path: Path) -> None:
    planted = [
        ("Insert: never;", "Insert: { [column: string]: unknown };"),
        ("expires_at: string;", "expires_at: string; token_hash: string;"),
        ('Returns: Answers["accept_invitation"];', "Returns: any;"),
        ('lifecycle?: "lead" |', "lifecycle?: string |"),
        ('role: Arguments["change_member_role"]["role"];', "role: string;"),
    ]
    types = TYPES.read_text()
    for here, instead in planted:
        assert here in types
        types = types.replace(here, instead)
    lines = _MISUSES.read_text().splitlines()
    let_through = "\n".join(lines[number - 1] for number in _marked_lines() - _wrong_lines(tmp_path, types))
    assert {"insert", "token_hash", "accept_invitation", "costumer", "boss"} <= set(re.findall(r"\w+", let_through))
