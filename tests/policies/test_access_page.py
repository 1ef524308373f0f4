"""docs/access.md is what the access files say, all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.policy import page
from service.policy.files import ROOT, Declaration, access_files, exposure, unreachable
from service.policy.page import access_page

_PAGE = ROOT / "docs" / "access.md"
_PROFILES = next(each for each in access_files() if each.content["object"] == "table public.profiles")


def test_page_is_what_the_files_say() -> None:
    assert _PAGE.read_text() == access_page(), "python -m service policy page > docs/access.md"


def test_every_right_has_a_line_with_who_what_and_why() -> None:
    lines = _PAGE.read_text().splitlines()
    for declaration in access_files():
        about = [line for line in lines if f"policies/access/{declaration.path.name})" in line]
        for right in declaration.content["rights"]:
            wanted = [f"`{right['role']}`", f" | {right['operation']} | ", *declaration.content["promises"]]
            wanted += right.get("personas", [])
            wanted += right["columns"] if isinstance(right.get("columns"), list) else []
            rows = right.get("rows", {"sentence": declaration.content["purpose"]})
            wanted.append(rows.get("sentence") or rows["all_because"])
            assert [line for line in about if all(word in line for word in wanted)], wanted


def test_everything_that_nobody_touches_and_every_other_way_is_named() -> None:
    text = _PAGE.read_text()
    assert [name for group in unreachable().content["groups"] for name in group["objects"] if name not in text] == []
    assert all(f"| {surface} | nothing |" in text for surface in ("realtime", "graphql", "storage"))


def _with(declaration: Declaration, **changes: Any) -> Declaration:
    return replace(declaration, content={**declaration.content, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"role": "anon"}, {"operation": "delete"}, {"columns": "all"}, {"personas": ["stranger"]},
        {"rows": {"all_because": "Everybody may see it."}},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_page_changes_if_a_right_changes(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]) -> None:
    first, *others = _PROFILES.content["rights"]
    altered = _with(_PROFILES, rights=[{**first, **change}, *others])
    files = [altered if each is _PROFILES else each for each in access_files()]
    monkeypatch.setattr(page, "access_files", lambda: files)
    assert access_page() != _PAGE.read_text()


def test_page_changes_if_a_right_is_added_or_something_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "access_files", lambda: access_files()[1:])
    assert access_page() != _PAGE.read_text()
    monkeypatch.undo()
    storage = {**exposure().content["storage"], "objects": ["public bucket avatars"]}
    monkeypatch.setattr(page, "exposure", lambda: _with(exposure(), storage=storage))
    assert "| storage | public bucket avatars |" in access_page()


def test_bar_in_a_sentence_does_not_break_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    right = {**_PROFILES.content["rights"][0], "rows": {"all_because": "One | two."}}
    monkeypatch.setattr(page, "access_files", lambda: [_with(_PROFILES, rights=[right])])
    assert "One &#124; two." in access_page()


def test_every_file_stands_in_one_group() -> None:
    links = [f"](../policies/access/{each.path.name})" for each in access_files()]
    assert [link for link in links if link not in access_page()] == []
