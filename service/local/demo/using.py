"""The steps in which Ada works: a mail, her events, and a token that ends meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from uuid import uuid4

from service.local.demo.story import Evidence, Story, require, sub_of
from service.local.parts import REPOSITORY, base_environment


def send(story: Story) -> Evidence:
    """Ada sends a mail, and her client repeats the request"""
    message = {"to": ["grace@example.com"], "subject": "Tuesday", "text": "Shall we say ten o'clock?"}
    headers = {"Idempotency-Key": str(uuid4())}
    before = len(story.google.mails(sub_of(story)))
    first = story.call("POST", "/v1/gmail/messages", 201, json=message, headers=headers)
    second = story.call("POST", "/v1/gmail/messages", 201, json=message, headers=headers)
    sent = len(story.google.mails(sub_of(story))) - before
    require(sent == 1 and first == second, f"{sent} mails went out")
    yield "Gmail's own list: one mail went out; the repeat got the same message id and sent nothing"


def events(story: Story) -> Evidence:
    """Ada sees her upcoming events"""
    answer = story.get("/v1/calendar/events", params={"time_zone": "America/Winnipeg"})
    require(answer.status_code == 200, f"events answered {answer.status_code}")
    shown = [event["start"]["date_time"] or event["start"]["date"] for event in answer.json()["events"]]
    require(len(shown) > 0 and shown == sorted(shown), "no events came, or not in order")
    require(answer.headers["Cache-Control"] == "no-store", "the answer may be cached")
    yield f"{len(shown)} events came through, in order; Cache-Control: {answer.headers['Cache-Control']}"
    openings = story.database.value(
        "select count(*) from audit.token_openings where subject = %(user)s and outcome = 'opened'", user=story.user_id
    )
    require(openings == 2, f"{openings} openings are on record")
    yield "audit.token_openings holds one line for the mail and one for the events, and nothing of either"


def refresh(story: Story) -> Evidence:
    """The access token ends, and Ada does not notice"""
    story.google.expire_access_tokens()
    story.database.end_access_token(story.user_id)
    before, version = len(story.google.received("/token")), story.database.token_version(story.user_id)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: story.get("/v1/calendar/events").status_code, range(20)))
    asked = len(story.google.received("/token")) - before
    require(answers == [200] * 20, f"20 calls at once answered {sorted(set(answers))}")
    require(asked == 1, f"Google was asked {asked} times")
    yield "20 calls at the same moment with an expired token: 20 answers, and Google was asked once"
    newer = story.database.token_version(story.user_id)
    require(newer > version, "nothing new was stored")
    yield f"both documents sealed anew: version {version} became {newer}, still two secrets in Vault"
    require(story.database.traces(story.user_id)["vault.secrets"] == 2, "the old secrets are still there")

    story.google.add_fault("html", "/token")
    story.database.end_access_token(story.user_id)
    status = story.get("/v1/calendar/events").status_code
    require(status == 502, f"events answered {status}")
    require(story.database.traces(story.user_id)["vault.secrets"] == 2, "a fault of Google deleted tokens")
    yield f"Google answers a page of HTML instead: {status}, and every token is kept"


def rotate_keys(story: Story) -> Evidence:
    """The sealing key is replaced while Ada works"""
    old, new = json.loads(story.platform.identity.token_keys)["keys"]
    with _calls_all_the_time(story) as statuses:
        answer = _operate(story, {"keys": [new, old]}, "rotate-keys")
        require(answer.returncode == 0, f"rotate-keys ended with {answer.returncode}")
        retired = _operate(story, {"keys": [new, old]}, "rotate-keys", "--retire", old["kid"])
    require(len(statuses) > 0 and set(statuses) == {200}, f"calls meanwhile answered {sorted(set(statuses))}")
    kids = {each["kid"] for each in story.database.document_headers(story.user_id)}
    require(kids == {new["kid"]}, "documents still lie under the old key")
    yield f"python -m service rotate-keys: {answer.stdout.strip()}"
    require(retired.returncode == 0, "the old key could not be retired")
    yield f"{len(statuses)} calls meanwhile, all answered; {old['kid']} is retired, nothing hangs on it"


@contextmanager
def _calls_all_the_time(story: Story) -> Iterator[list[int]]:
    """Ask for events again and again until the block ends."""
    statuses: list[int] = []
    is_over = Event()

    def call() -> None:
        while not is_over.is_set():
            statuses.append(story.get("/v1/calendar/events", params={"max_results": 1}).status_code)
            # Ten a second at most: the user may open 240 a minute.
            is_over.wait(0.1)

    with ThreadPoolExecutor(1) as pool:
        calling = pool.submit(call)
        try:
            yield statuses
        finally:
            is_over.set()
        calling.result()


def _operate(story: Story, token_keys: object, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an operator command with these keys."""
    environment = {**base_environment(), **story.platform.settings_env(), "TOKEN_KEYS": json.dumps(token_keys)}
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        check=False,
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
