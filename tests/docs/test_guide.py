"""The documents lead where they say, and the guide for frontend developers names everything that a client may read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).parents[2]
_DOCUMENTS = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
_GUIDE = (_ROOT / "docs" / "frontend.md").read_text()
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _visible(text: str) -> str:
    """What a reader sees: without comments, whatever they hold."""
    return re.sub(r"^<!-- .*?^-->$", "", text, flags=re.MULTILINE | re.DOTALL)


def _anchors(text: str) -> list[str]:
    """The anchors that GitHub gives to headings below the title, in order."""
    prose = re.sub(r"^```.*?^```$", "", _visible(text), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^##+ (.+)$", prose, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def _contents(text: str) -> list[str]:
    """Where the table of contents leads: the links before the first section."""
    return [link.removeprefix("#") for link in _LINK.findall(text.partition("\n## ")[0]) if link.startswith("#")]


def _lost(document: Path, text: str) -> list[str]:
    """Links of a document that lead to no file, or to no heading of it."""
    lost: list[str] = []
    for link in _LINK.findall(_visible(text)):
        where, _, anchor = link.partition("#")
        target = document.parent / where if where else document
        if not re.match(r"\w+:", link) and not (
            target.exists() and (not anchor or anchor in _anchors(text if target == document else target.read_text()))
        ):
            lost.append(link)
    return lost


def _not_named(text: str) -> set[str]:
    """Tables, views and functions of clients that a reader of the guide never meets."""
    declared = [yaml.safe_load(path.read_text()) for path in (_ROOT / "policies" / "access").glob("public.*.yaml")]
    names = {
        re.sub(r"^\w+ public\.(\w+).*$", r"\1", each["object"])
        for each in declared
        if any(right["role"] in ("anon", "authenticated") for right in each["rights"])
    }
    return {name for name in names if not re.search(rf"\b{name}\b", _visible(text))}


def test_contents_are_the_sections_in_order() -> None:
    assert _contents(_GUIDE) == _anchors(_GUIDE)
    # A section that is forgotten, and a link whose section is gone.
    assert _contents(_GUIDE) != _anchors(_GUIDE + "\n### Planted\n")
    assert _contents("- [Planted](#planted)\n" + _GUIDE) != _anchors(_GUIDE)


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text()
    assert _lost(document, text) == []
    planted = "\n[a](#planted) [b](planted.md) [c](https://example.com) <!-- x --> [d](#kept)\n## Kept\n"
    assert _lost(document, text + planted) == ["#planted", "planted.md"]


def test_guide_names_everything_of_clients() -> None:
    assert _not_named(_GUIDE) == set()
    assert _not_named(_GUIDE.replace("deal_stage_changes", "")) == {"deal_stage_changes"}
    # What stands in the preparation of a recipe alone is seen by nobody.
    hidden = "<!-- before\nattribute_definitions\n-->\n" + _GUIDE.replace("attribute_definitions", "")
    assert _not_named(hidden) == {"attribute_definitions"}
