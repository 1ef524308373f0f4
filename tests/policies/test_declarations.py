"""Every reviewed file has the form that its schema says, and is not overdue."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from service.policy.files import (
    POLICIES,
    ROOT,
    Declaration,
    all_files,
    cited_ids,
    faults,
    files_that_cite,
    promise_ids,
    read,
)

_PROMISE = POLICIES / "promises" / "P-5.5.2.yaml"
_TABLE = POLICIES / "access" / "public.google_connections.yaml"
_FUNCTION = POLICIES / "access" / "service_api.open_token.yaml"
_EXPOSURE = POLICIES / "access" / "exposure.yaml"
_NOTHING = {"reason": "Nothing is shown.", "promises": ["P-8.2"], "objects": []}
_PURPOSES = POLICIES / "purposes.yaml"


@pytest.mark.parametrize("path", all_files(), ids=lambda path: path.stem)
def test_file_is_complete_and_reviewed_in_time(path: Path) -> None:
    assert faults(read(path)) == []


def test_file_is_refused_if_its_review_is_overdue(tmp_path: Path) -> None:
    copy = tmp_path / "promises" / _PROMISE.name
    copy.parent.mkdir()
    old = _PROMISE.read_text().replace("reviewed: 2026", "reviewed: 2019").replace("review_by: 2027", "review_by: 2020")
    copy.write_text(old)
    assert [fault for fault in faults(read(copy)) if fault.startswith("overdue")]


def test_every_file_becomes_overdue_one_day() -> None:
    for path in all_files():
        declaration = read(path)
        last_day = date.fromisoformat(declaration.content["review_by"])
        assert faults(declaration, last_day) == []
        assert faults(declaration, last_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (_PROMISE, {"note": "a key that nobody asked for"}),
        (_PROMISE, {"proven_by": []}),
        (_PROMISE, {"enforced_by": ["goodwill"]}),
        (_PROMISE, {"owner": ""}),
        (_PROMISE, {"promise": "too short"}),
        (_PROMISE, {"why": None}),
        (_PROMISE, {"id": "P-5.5.1"}),
        (_PROMISE, {"review_by": "2030-01-01"}),
        (_PROMISE, {"reviewed": "last summer"}),
        (_TABLE, {"rights": []}),
        (_TABLE, {"object": "table public.profiles"}),
        (_TABLE, {"rights": [{"role": "authenticated", "operation": "select", "reason": "It has no row rule."}]}),
        (_FUNCTION, {"rights": [{"role": "somebody", "operation": "execute", "reason": "There is no such role."}]}),
        (_FUNCTION, {"promises": ["P-5"]}),
        (POLICIES / "access" / "unreachable.yaml", {"groups": []}),
        (_EXPOSURE, {"realtime": {**_NOTHING, "objects": ["public.profiles"]}}),
        (_EXPOSURE, {"graphql": {**_NOTHING, "objects": ["table public.profiles to everybody"]}}),
        (_EXPOSURE, {"storage": {**_NOTHING, "objects": ["bucket avatars"]}}),
        (_EXPOSURE, {"storage": {**_NOTHING, "reason": ""}}),
        (_EXPOSURE, {"mail": _NOTHING}),
        (_PURPOSES, {"purposes": read(_PURPOSES).content["purposes"] * 2}),
        (POLICIES / "promises" / "ids.yaml", {"ids": {"P-1": "no such form"}}),
    ],
)
def test_file_is_refused_if_something_in_it_is_wrong(path: Path, change: dict) -> None:
    content = read(path).content
    assert faults(Declaration(path, content | change))


@pytest.mark.parametrize("name", ["promise", "why", "retention", "enforced_by", "proven_by", "owner", "review_by"])
def test_promise_is_refused_if_something_is_missing(name: str) -> None:
    content = {key: value for key, value in read(_PROMISE).content.items() if key != name}
    assert faults(Declaration(_PROMISE, content))


def test_other_way_to_a_client_can_be_listed() -> None:
    content = read(_EXPOSURE).content
    listed = {
        "realtime": ["table public.consents in supabase_realtime", "policy members on realtime.messages"],
        "graphql": ["extension pg_graphql", "table public.profiles to authenticated"],
        "storage": ["public bucket avatars", "private bucket exports", "policy exports_owner on storage.objects"],
    }
    changed = {surface: {**_NOTHING, "objects": objects} for surface, objects in listed.items()}
    assert faults(Declaration(_EXPOSURE, content | changed)) == []


def test_file_is_refused_if_a_key_is_written_twice(tmp_path: Path) -> None:
    copy = tmp_path / _FUNCTION.name
    copy.write_text(_FUNCTION.read_text() + "owner: privacy\n")
    with pytest.raises(yaml.YAMLError, match="written twice"):
        read(copy)


def test_every_id_that_is_cited_exists() -> None:
    known = promise_ids()
    unknown = {
        f"{path.relative_to(ROOT)}: {cited}"
        for path in files_that_cite()
        for cited in cited_ids(path.read_text()) - known
    }
    assert unknown == set()


def test_id_that_does_not_exist_would_be_found() -> None:
    text = "-- Keeps:   P-" + "99.1, P-5.4.1 (signed on the curve P-256)"
    assert cited_ids(text) - promise_ids() == {"P-" + "99.1"}
