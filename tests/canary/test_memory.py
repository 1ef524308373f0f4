"""Tokens are in no object of an idle worker once its requests have ended.

What Python does not do: memory that it gives back to itself is not wiped. The bytes of a token may lie in freed memory
until something else is written there, so whoever reads the memory of the process right after a request may find them;
that is why no process of ours leaves a core dump. Of the tokens of thirty users about five were still found in the raw
memory of two workers 400 requests later.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from service.local.parts import REPOSITORY, base_environment
from tests.canary.conftest import Stage

_SCRIPT = "from tests.canary.test_memory import serve_and_look; serve_and_look()"
# Held for good by who calls and by the framework; what is asked here is what stays of a request.
_REQUESTS = 30


def live_texts(roots: list[Any]) -> Iterator[bytes]:
    """Every text and every bytes object that can be reached from the collector's objects, or from these."""
    seen: set[int] = set()
    waiting: list[Any] = [*roots, *gc.get_objects()]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, str):
            yield each.encode(errors="surrogatepass")
        elif isinstance(each, bytes | bytearray):
            yield bytes(each)
        else:
            waiting += gc.get_referents(each)


def serve_and_look() -> None:
    """Answer requests in this process, and print what is left of Google's tokens in its objects.

    In a process of its own: nothing of a test may hold what is looked for. The tokens come from the stand-in after the
    objects were listed, in JSON that is compared as bytes.
    """
    import httpx

    from service import create_app
    from service.bootstrap import build_adapters
    from service.config import load_settings

    given = json.loads(sys.stdin.read())
    settings = load_settings(given["environ"])
    app = create_app(settings, build_adapters(settings))
    client = app.test_client()
    kept: list[Any] = []
    if given["keeps"]:
        # A fault that the look must notice: something in the process remembers the last answer of the database.
        from service.domain import opening

        original = opening.OpenedToken.for_call

        def remember(self: Any) -> str:
            kept.append(original(self))
            return kept[-1]

        opening.OpenedToken.for_call = remember  # type: ignore[method-assign]
    for _ in range(_REQUESTS):
        for path in given["paths"]:
            assert client.get(path, headers=given["headers"]).status_code == 200
    del client
    gc.collect()
    texts = b"\n".join(live_texts([]))
    with httpx.Client(trust_env=False) as http:
        handed_out = http.get(f"{given['google']}/_control/handed_out").json()
    found = [kind for kind, secrets in handed_out.items() for secret in secrets if secret.encode() in texts]
    sys.stdout.write(json.dumps({"found": found, "looked_at": len(texts)}))


def _look(stage: Stage, *, keeps: bool) -> dict[str, Any]:
    person = stage.person()
    stage.database.execute("update private.google_secrets set access_expires_at = now(), refresh_after = now()")
    given = {
        "environ": stage.platform.settings_env(), "headers": person.headers, "keeps": keeps,
        "google": stage.platform.google_url, "paths": ["/v1/calendar/events", "/v1/google/connection"],
    }  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", _SCRIPT], input=json.dumps(given), capture_output=True, text=True, cwd=REPOSITORY,
        env={**base_environment(), **stage.platform.settings_env()}, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout)


def test_no_object_of_the_process_holds_a_token_after_its_requests(stage: Stage):
    looked = _look(stage, keeps=False)
    assert looked["looked_at"] > 1_000_000
    assert looked["found"] == []


def test_object_that_holds_a_token_is_noticed(stage: Stage):
    assert "access_token" in _look(stage, keeps=True)["found"]


def test_process_that_dies_leaves_no_core_dump(stage: Stage):
    workers = psutil.Process(stage.web.child.pid).children()
    assert workers
    limits = [Path(f"/proc/{each.pid}/limits").read_text() for each in workers]
    assert [line.split()[4:6] for text in limits for line in text.splitlines() if "core file" in line] == [
        ["0", "0"]
    ] * len(workers)
