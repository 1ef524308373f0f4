"""The paths that secrets and words take: success, each fault, refusals, crashes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import psutil
import psycopg
from postgrest import APIError
from supabase_auth.errors import AuthError

from service.local.parts import REPOSITORY, base_environment
from service.local.processes import wait_until
from tests.canary.conftest import Stage
from tests.canary.words import Words
from tests.contract.calls import OPERATIONS, things
from tests.people import sign_up
from tests.service.routes.actors import Actor

TOKEN_FAULTS: tuple[tuple[str, str], ...] = (
    ("status_500", ""), ("html", ""), ("empty", ""), ("other_json", "list"), ("drop_before", ""), ("drop_after", ""),
    ("half", ""), ("oauth_error", "invalid_grant"), ("oauth_error", "invalid_client"), ("too_many", ""),
    ("id_token", "nonce"), ("id_token", "signature"), ("lifetime", '"soon"'),
)  # fmt: skip
API_FAULTS: tuple[tuple[str, str], ...] = (
    ("status_500", ""), ("status_503", ""), ("html", ""), ("empty", ""), ("other_json", "null"), ("unauthorized", ""),
    ("too_many", ""), ("forbidden", "insufficientPermissions"), ("forbidden", "dailyLimitExceeded"),
    ("error_info", "SERVICE_DISABLED"), ("bad_request", "invalid"), ("not_found", ""), ("conflict", ""), ("gone", ""),
    ("precondition", ""), ("drop_before", ""), ("drop_after", ""), ("half", ""),
)  # fmt: skip
# All tries within so many seconds: a path is walked, its patience is tested elsewhere.
_IMPATIENT = {"Prefer": "wait=1"}


def connect_in_every_way(stage: Stage, faults: tuple[tuple[str, str], ...]) -> None:
    """Connect, partly and whole, denied, twice, as somebody else, and with each fault of the token endpoint."""
    person, other = stage.person(), stage.person()
    person.come_back(deny=True)
    completion = person.completion(scopes=["https://www.googleapis.com/auth/gmail.send"])
    assert person.finish(completion).status_code == 201
    assert person.finish(completion).status_code >= 400
    assert other.finish(person.completion()).status_code == 403
    assert person.finish("not.a.completion").status_code >= 400
    stage.service.get("/v1/google/callback", params={"state": "A" * 43, "code": "made up"})
    for kind, reason in faults:
        completion = person.completion()
        stage.google.add_fault(kind, "/token", reason=reason)
        assert person.finish(completion).status_code != 500, kind
        stage.google.clear_faults()


def use_in_every_way(stage: Stage, words: Words, faults: list[tuple[str, str, str]]) -> None:
    """Call every operation, then those that write with each fault of theirs."""
    person = stage.person()
    ids = things(person, words.subject)
    for operation in OPERATIONS.values():
        assert operation.call(person, ids).status_code in (200, 201, 404)
    for act in _writes(person, words, ids).values():
        assert act().status_code in (200, 201)
    for name, kind, reason in faults:
        stage.google.add_fault(kind, "/gmail" if "mail" in name else "/calendar", reason=reason, times=3)
        assert _writes(person, words, ids)[name]().status_code != 500, (name, kind)
        stage.google.clear_faults()


def write_faults(chance: random.Random, count: int | None) -> list[tuple[str, str, str]]:
    """Every fault with every write, or a sample of so many."""
    names = ("mail", "reply by mail", "event", "change")
    found = [(name, kind, reason) for name in names for kind, reason in API_FAULTS]
    return found if count is None else chance.sample(found, count)


def _writes(person: Actor, words: Words, ids: dict[str, str]) -> dict[str, Callable[[], httpx.Response]]:
    def post_mail(**more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4()), **_IMPATIENT}
        return person.call("POST", "/v1/gmail/messages", json=words.mail() | more, headers=headers)

    change = {name: value for name, value in words.event().items() if name != "id"}
    return {
        "mail": post_mail,
        "reply by mail": lambda: post_mail(thread_id=ids["threads"]),
        "event": lambda: person.call("POST", "/v1/calendar/events", json=words.event(), headers=_IMPATIENT),
        "change": lambda: person.call("PATCH", f"/v1/calendar/events/{ids['events']}", json=change, headers=_IMPATIENT),
    }


def be_refused_in_every_way(stage: Stage, words: Words) -> None:
    """Send what is refused before it goes anywhere: by its form, without a session, without a scope, twice."""
    person = stage.person()
    mail, path = words.mail(), "/v1/gmail/messages"
    key = {"Idempotency-Key": str(uuid4())}
    refused: list[Callable[[], httpx.Response]] = [
        lambda: person.call("POST", path, json=mail | {"to": [f"{words.recipient} at nowhere"]}, headers=key),
        lambda: person.call("POST", path, json=mail | {words.text[:30]: words.text}, headers=key),
        lambda: person.call("POST", path, json=mail),
        lambda: person.call("POST", path, content=f'{{"subject": "{words.subject}"', headers=key | _JSON),
        lambda: person.call("POST", path, content=f"subject={words.subject}", headers=key),
        lambda: person.call("POST", path, json=[words.subject], headers=key),
        lambda: person.call("GET", "/v1/calendar/events", params={"time_min": words.event_title}),
        lambda: person.call("POST", "/v1/calendar/events", json=words.event(start={"date": words.event_title})),
        lambda: stage.service.post(path, json=mail, headers=key),
        lambda: stage.service.post(path, json=mail, headers=key | {"Authorization": f"Bearer {words.text}"}),
        lambda: stage.person(is_connected=False).call("POST", path, json=mail, headers=key),
    ]
    for number, ask in enumerate(refused):
        answer = ask()
        assert 400 <= answer.status_code < 500, (number, answer.status_code)
    assert person.call("POST", path, json=mail, headers=key).status_code == 201
    again = person.call("POST", path, json=mail | {"text": f"{words.text} changed"}, headers=key)
    assert again.status_code == 422


_JSON = {"Content-Type": "application/json"}


def refresh_in_every_way(stage: Stage, faults: tuple[tuple[str, str], ...]) -> None:
    """Let tokens expire, here and at Google, and refresh them with each fault of the token endpoint."""
    person = stage.person()
    stage.google.expire_access_tokens()
    assert person.call("GET", "/v1/calendar/events").status_code == 200
    for kind, reason in faults:
        stage.database.execute(
            "update private.google_secrets set access_expires_at = now(), refresh_after = now(), "
            "refresh_lease_id = null, refresh_lease_until = null"
        )
        stage.google.add_fault(kind, "/token", reason=reason)
        assert person.call("GET", "/v1/calendar/events", headers=_IMPATIENT).status_code != 500, kind
        stage.google.clear_faults()
    stage.person().connect()


def rotate_keys(stage: Stage) -> None:
    """Seal everything anew under the other key, with what the command writes kept where it is searched."""
    # The faults of before have left leases; thirty seconds later they would be over by themselves.
    stage.database.execute("update private.google_secrets set refresh_lease_id = null, refresh_lease_until = null")
    keys = json.loads(stage.platform.identity.token_keys)["keys"]
    environment = {
        **base_environment(), **stage.platform.settings_env(), "TOKEN_KEYS": json.dumps({"keys": keys[::-1]}),
    }  # fmt: skip
    with (stage.logs / "rotate.log").open("w") as log:
        subprocess.run(
            [sys.executable, "-m", "service", "rotate-keys"], cwd=REPOSITORY, env=environment, stdout=log, stderr=log,
            timeout=120, check=True,
        )  # fmt: skip


def crash_in_every_way(stage: Stage, words: Words) -> None:
    """Kill the worker, abort it, and kill the database's own process, each in the middle of a send."""
    for victim in (_worker(stage, signal.SIGKILL), _worker(stage, signal.SIGABRT), _backend(stage)):
        person = stage.person()
        stage.google.add_fault("latency", "/gmail", seconds=1.5)
        asked = threading.Event()

        def send(person: Actor = person, asked: threading.Event = asked) -> None:
            with suppress(httpx.HTTPError):
                asked.set()
                person.send(uuid4(), **words.mail())

        sending = threading.Thread(target=send)
        before = len(stage.google.received("/gmail"))
        sending.start()
        wait_until(lambda b=before: len(stage.google.received("/gmail")) > b, what="the send", timeout=20)
        victim()
        sending.join(40)
        stage.google.clear_faults()
        wait_until(lambda: _is_ready(stage), what="the service", timeout=60)


def _worker(stage: Stage, number: signal.Signals) -> Callable[[], None]:
    def kill() -> None:
        for worker in psutil.Process(stage.web.child.pid).children():
            os.kill(worker.pid, number)

    return kill


def _backend(stage: Stage) -> Callable[[], None]:
    def kill() -> None:
        backends = psutil.Process(stage.platform.cluster.pid).children()
        os.kill(next(each.pid for each in backends if "authenticator" in " ".join(each.cmdline())), signal.SIGKILL)
        # First until the crash has reached everybody: a connection made before that is ended by it.
        wait_until(lambda: _is_ended(stage), what="the crash", timeout=30)
        wait_until(lambda: _reconnects(stage), what="PostgreSQL", timeout=30)
        wait_until(lambda: _signs_up(stage), what="Auth", timeout=30)

    return kill


def _is_ended(stage: Stage) -> bool:
    try:
        stage.database.connection.execute("select 1")
    except psycopg.OperationalError:
        return True
    return False


def _signs_up(stage: Stage) -> bool:
    # Auth notices an ended connection when it uses it: the first to sign up after a crash is refused.
    with suppress(AuthError, APIError, httpx.HTTPError):
        sign_up(stage.platform, stage.http)
        return True
    return False


def _reconnects(stage: Stage) -> bool:
    try:
        stage.database.connection.close()
        stage.database.connection = stage.database.connect()
    except Exception:
        return False
    return True


def _is_ready(stage: Stage) -> bool:
    with suppress(httpx.HTTPError):
        return stage.service.get("/readyz").status_code == 200
    return False


def end_in_every_way(stage: Stage) -> None:
    """Disconnect with Google there and gone, from supabase-js's side, and delete the user; the worker tells Google."""
    person, alone, direct, gone = (stage.person() for _ in range(4))
    assert person.call("DELETE", "/v1/google/connection").status_code == 200
    stage.google.add_fault("drop_before", "/revoke")
    assert alone.call("DELETE", "/v1/google/connection").status_code == 200
    stage.google.clear_faults()
    direct.user.client.rpc("disconnect_google", {}).execute()
    answer = stage.http.delete(
        f"{stage.platform.supabase_url}/auth/v1/admin/users/{gone.id}", headers={"apikey": stage.platform.secret_key}
    )
    assert answer.status_code == 200
    wait_until(lambda: stage.google.grants(gone.sub) == [], what="the worker", timeout=30)
