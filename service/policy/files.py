"""Reads the reviewed files in policies/, and says what is wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "policies"
_ID = re.compile(r"\bP-\d+(?:\.\d+)+\b")
# A review is good for a year at most.
_LONGEST_REVIEW_DAYS = 366


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written, and refuses a key that is written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        if len(set(keys)) != len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a key is written twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Declaration:
    """One reviewed file."""

    path: Path
    content: dict[str, Any]


def read(path: Path) -> Declaration:
    """Read one file, whatever is in it."""
    # S506: the loader is a SafeLoader.
    return Declaration(path, yaml.load(path.read_text(), Loader=_Loader))  # noqa: S506


@cache
def access_files() -> tuple[Declaration, ...]:
    """Who may do what with one object each."""
    paths = sorted((POLICIES / "access").glob("*.yaml"))
    return tuple(read(path) for path in paths if path.stem not in ("unreachable", "exposure"))


@cache
def unreachable() -> Declaration:
    """What nobody may touch."""
    return read(POLICIES / "access" / "unreachable.yaml")


@cache
def exposure() -> Declaration:
    """What reaches clients on other ways than the Data API."""
    return read(POLICIES / "access" / "exposure.yaml")


def promise_files() -> list[Declaration]:
    """The promises that are kept, one each."""
    return [read(path) for path in sorted((POLICIES / "promises").glob("P-*.yaml"))]


def promise_ids() -> set[str]:
    """Every id there is."""
    return set(read(POLICIES / "promises" / "ids.yaml").content["ids"])


def all_files() -> list[Path]:
    """Every reviewed file."""
    return sorted(POLICIES.glob("**/*.yaml"))


def faults(declaration: Declaration, today: date | None = None) -> list[str]:
    """Everything that is wrong with a file by itself: its form, its name, its dates."""
    found = form_faults(declaration)
    return found or _date_faults(declaration.content, today or date.today())


def form_faults(declaration: Declaration) -> list[str]:
    """What is wrong with a file whatever the day is: what a machine could not work with."""
    path, content = declaration.path, declaration.content
    validator = Draft202012Validator(
        _schemas()[_schema_name(path)], registry=_registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]
    return found or [*_name_faults(path, content), *_repeated_names(path, content)]


def cited_ids(text: str) -> set[str]:
    """The promise ids that a text names."""
    return set(_ID.findall(text))


def files_that_cite() -> Iterator[Path]:
    """Every file of ours that may name a promise."""
    for folder, pattern in (
        ("supabase", "*.sql"),
        ("service", "*.py"),
        ("service", "*.sql"),
        ("tests", "*.py"),
        ("policies", "*.yaml"),
    ):
        yield from sorted((ROOT / folder).rglob(pattern))
    yield from sorted(ROOT.glob("*.md"))


def _date_faults(content: dict[str, Any], today: date) -> list[str]:
    reviewed, review_by = date.fromisoformat(content["reviewed"]), date.fromisoformat(content["review_by"])
    found = []
    if review_by < today:
        found.append(f"overdue: it was to be reviewed by {review_by}")
    if not 0 < (review_by - reviewed).days <= _LONGEST_REVIEW_DAYS:
        found.append("review_by is not within a year after reviewed")
    return found


def _name_faults(path: Path, content: dict[str, Any]) -> list[str]:
    if "id" in content and path.stem != content["id"]:
        return [f"the file of {content['id']} is called {path.name}"]
    if "object" in content:
        name = content["object"].split(" ", 1)[1].split("(")[0]
        if path.stem != name:
            return [f"the file of {name} is called {path.name}"]
    return []


def _repeated_names(path: Path, content: dict[str, Any]) -> list[str]:
    names = [entry["name"] for entry in content.get(path.stem, []) if isinstance(entry, dict)]
    return [f"{name} is there twice" for name in sorted({name for name in names if names.count(name) > 1})]


def _schema_name(path: Path) -> str:
    folder = "" if path.parent == POLICIES else f"{path.parent.name}/"
    special = f"{folder}{path.stem}.schema.json"
    return special if special in _schemas() else f"{folder}schema.json"


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    return {
        path.relative_to(POLICIES).as_posix(): json.loads(path.read_text())
        for path in sorted(POLICIES.rglob("*schema.json"))
    }


@cache
def _registry() -> Registry:
    return Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in _schemas().items())
