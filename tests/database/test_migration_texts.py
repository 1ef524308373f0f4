"""Migrations as texts: a header that says what and why, a reason for every definer, names in order."""

import re
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).parents[2] / "supabase" / "migrations"
_NAME = re.compile(r"\d{14}_[a-z]+(_[a-z]+)*\.sql")
_HEADER = ("-- Purpose: ", "-- Keeps:   P-", "-- Touches: ", "-- Undo:    ")
_DEFINER = re.compile(r"^security definer\b", re.MULTILINE)
_EXPLAINED = re.compile(r"^-- Definer: \S[^\n]{20,}\.\n(?:-- [^\n]+\n)*security definer\b", re.MULTILINE)
_EVERY_FAULT = re.compile(r"^ *-- Every fault, whatever it is: \S[^\n]{20,}\.\n *when others then$", re.MULTILINE)
# An extension is what it is; anything else of that name may be another thing.
_TAKEN_AS_IT_IS = re.compile(r"\bcreate (?!extension\b)[a-z ]+ if not exists\b", re.IGNORECASE)
_LONGEST = 165

each_migration = pytest.mark.parametrize("path", sorted(MIGRATIONS.glob("*.sql")), ids=lambda path: path.stem)


def _faults(text: str) -> list[str]:
    found = []
    lines = text.splitlines()
    if not all(line.startswith(start) for line, start in zip(lines, _HEADER, strict=False)):
        found.append("the first four lines are not Purpose, Keeps, Touches and Undo")
    if len(_DEFINER.findall(text)) != len(_EXPLAINED.findall(text)):
        found.append("a definer function does not say what its caller lacks and what bounds its body")
    # Where a fault of any kind must not reach the caller, a comment says so and why.
    if len(re.findall(r"\bwhen\s+others\b", text, re.IGNORECASE)) != len(_EVERY_FAULT.findall(text)):
        found.append("an exception handler catches everything")
    if _TAKEN_AS_IT_IS.search(text):
        found.append("an object that is there already would be taken as it is, whatever it is")
    if len(lines) > _LONGEST:
        found.append("more than one concern")
    return found


@each_migration
def test_migration_says_what_it_is_for(path: Path) -> None:
    assert _faults(path.read_text()) == []
    assert _NAME.fullmatch(path.name)


def test_migrations_have_versions_of_their_own() -> None:
    versions = [path.name.split("_")[0] for path in MIGRATIONS.iterdir()]
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-- Keeps:   P-", "-- Keeps:   nothing "),
        ("-- Definer: ", "-- "),
        ("    return null;", "    exception when others then return null;"),
        ("-- Undo:", "\n-- Undo:"),
        ("\nend\n", "\nend\n" + "\n" * _LONGEST),
        ("create table ", "create table if not exists "),
    ],
    ids=["no_promise", "definer_without_reason", "catches_all", "header_in_parts", "too_long", "taken_as_it_is"],
)
def test_migration_check_goes_red_if_a_text_is_altered(old: str, new: str) -> None:
    text = next(MIGRATIONS.glob("*_google_secrets_create.sql")).read_text()
    assert _faults(text) == []
    assert old in text
    assert _faults(text.replace(old, new))
