"""Schemathesis tries the OpenAPI document against the running service, with the Google stand-in behind it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from service.local.parts import base_environment
from tests.service.routes.actors import Actor
from tests.service.routes.events import create

# One platform for all of them.
_PROGRAM = Path(sys.executable).parent / "schemathesis"
_CONFIGURATION = (Path(__file__).parent / "schemathesis.toml").read_text()
# Not every rule can be said in JSON Schema: recurrence, zones, the order of times, domains of addresses. What fits the
# schema may therefore be refused, with 422 and the field's name.
_NOT_ASKED = "positive_data_acceptance"


def tried(
    actor: Actor, folder: Path, *arguments: str, document: str = "", more: str = "", max_examples: int = 8
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis as the connected user."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text(_CONFIGURATION + more)
    command = [
        str(_PROGRAM), "--config-file", str(configuration), "run",
        document or f"{actor.service.base_url}/openapi.json",
        "--checks", "all", "--exclude-checks", _NOT_ASKED, "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(max_examples), "--generation-deterministic", "--no-color", "--request-timeout", "30",
        "--header", f"Authorization: {actor.headers['Authorization']}", *arguments,
    ]  # fmt: skip
    return subprocess.run(
        command, env=base_environment(), cwd=folder, capture_output=True, text=True, check=False, timeout=420
    )


def assert_clean(answer: subprocess.CompletedProcess[str]) -> None:
    """Check that nothing was found in a good number of cases."""
    assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-2000:]
    (generated,) = re.findall(r"(\d+) generated", answer.stdout)
    assert int(generated) > 10


def test_every_operation_keeps_its_word(tested: Actor, tmp_path: Path):
    assert_clean(tried(tested, tmp_path, "--exclude-method", "DELETE"))


def test_operations_keep_their_word_for_what_is_there(tested: Actor, tmp_path: Path):
    """With ids that exist, so that every case gets as far as Google."""
    message = tested.google.messages(tested.sub)[0]
    event_id = create(tested).json()["id"]
    ids = {"messages": message["id"], "threads": message["threadId"], "events": event_id}
    more = "".join(
        f'\n[[operations]]\ninclude-path-regex = "/{kind}/"\nparameters = {{ "path.id" = "{each}" }}\n'
        for kind, each in ids.items()
    )
    before = len(tested.google.received())
    assert_clean(tried(tested, tmp_path, "--include-path-regex", "/(messages|threads|events)/", more=more))
    assert len(tested.google.received()) > before + 20


def test_word_that_is_not_kept_is_found(tested: Actor, tmp_path: Path):
    document = tested.service.get("/openapi.json").json()
    del document["paths"]["/v1/gmail/threads/{id}"]["get"]["responses"]["404"]
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    answer = tried(
        tested, tmp_path, "--url", str(tested.service.base_url), "--include-path-regex", "/threads/", document=str(path)
    )
    assert answer.returncode == 1
    assert "Undocumented status code" in answer.stdout


def test_disconnecting_keeps_its_word(tested: Actor, tmp_path: Path):
    """The last one: it disconnects."""
    answer = tried(tested, tmp_path, "--include-method", "DELETE", max_examples=2)
    assert answer.returncode == 0, answer.stdout[-6000:]
