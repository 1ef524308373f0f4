"""A TypeScript client made from the OpenAPI document type-checks, and stops to do so when the document changes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from service.local import binaries
from service.local.binaries import REPOSITORY
from tests.service.routes.actors import Actor

# One platform for all of them.
_MODULES = REPOSITORY / "node_modules"
_CLIENT = Path(__file__).with_name("client.ts")


def type_checked(folder: Path, document: dict[str, Any], client: str) -> subprocess.CompletedProcess[str]:
    """Make the types of a document and check a client against them, as strictly as TypeScript can."""
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "client.ts").write_text(client)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(_MODULES)
    _run(folder, "openapi-typescript/bin/cli.js", "openapi.json", "--output", "service.d.ts").check_returncode()
    options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "false", "--noUncheckedIndexedAccess"]
    target = ["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck"]
    return _run(folder, "typescript/bin/tsc", *options, *target, "client.ts")


def _run(folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binaries.node(), _MODULES / script, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def document(tested: Actor) -> dict[str, Any]:
    return tested.service.get("/openapi.json").json()


def test_client_type_checks(document: dict[str, Any], tmp_path: Path):
    answer = type_checked(tmp_path, document, _CLIENT.read_text())
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("here", "instead"),
    [
        ('return "somebody was faster"', 'return "nobody"'),
        ("is_trashed: true }", 'is_trashed: "yes" }'),
        ('case "outcome_unknown"', 'case "outcome_lost"'),
        ('send_updates: "all"', 'send_updates: "everybody"'),
        ("data.message_id", "data.message"),
        ('"/v1/gmail/sends/{key}"', '"/v1/gmail/send/{key}"'),
    ],
)
def test_client_that_does_not_fit_is_refused(document: dict[str, Any], tmp_path: Path, here: str, instead: str):
    client = _CLIENT.read_text()
    assert here in client
    assert type_checked(tmp_path, document, client.replace(here, instead, 1)).returncode != 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda each: each["components"]["schemas"]["MessageSent"]["properties"].pop("message_id"),
        lambda each: each["components"]["schemas"]["EventDraft"]["required"].append("location"),
        lambda each: each["paths"].pop("/v1/calendar/calendars"),
    ],
)
def test_document_that_changed_is_noticed(document: dict[str, Any], tmp_path: Path, spoil: Any):
    spoil(document)
    assert type_checked(tmp_path, document, _CLIENT.read_text()).returncode != 0
