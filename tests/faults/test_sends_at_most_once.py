"""Fifty sends under seeded faults: connections dropped before, during and after, workers killed, keys that race.

No key ever has two mails at Google, and what the claim says of it is true.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from tests.databases import Database
from tests.faults.conftest import IS_FULL
from tests.faults.killed.invariants import let_time_pass
from tests.faults.killing import kill_workers, wait_until_it_answers
from tests.people import sign_up
from tests.service.routes.actors import Actor, new_actor

_SENDERS = 10
_ROUNDS = range(25 if IS_FULL else 5)
_FAULTS = (
    "drop_before",
    "drop_after",
    "half",
    "status_500",
    "status_503",
    "html",
    "empty",
    "unauthorized",
    "forbidden",
)
_SLOW = ("latency", "slow_body")


@pytest.fixture(scope="module")
def senders(module_platform: Platform, web: tuple[httpx.Client, int], http: httpx.Client) -> list[Actor]:
    """People with a Google account each."""
    google = GoogleControl(module_platform.google_url)
    people = [new_actor(sign_up(module_platform, http), module_platform, web[0], google) for _ in range(_SENDERS)]
    for each in people:
        each.connect()
    return people


def untruths(state: str | None, mails: int) -> list[str]:
    """What is wrong about a key whose claim says this, None for no claim, and which has so many mails at Google."""
    found = ["sent more than once"] if mails > 1 else []
    allowed = {"sent": (1,), "failed": (0,), "unknown": (0, 1), "sending": (0, 1), None: (0,)}[state]
    if mails not in allowed:
        found.append(f"{mails} mails, and the claim says {state}")
    return found


def _send(actor: Actor, key: UUID, times: int) -> None:
    """Send under one key, from so many places at once; an answer may get lost, as the service is being killed."""

    def once(_: int) -> None:
        with suppress(httpx.HTTPError):
            actor.send(key, subject=str(key))

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(once, range(times)))


@pytest.mark.parametrize("seed", _ROUNDS)
def test_key_has_one_mail_at_most_and_its_claim_says_the_truth(
    senders: list[Actor], web: tuple[httpx.Client, int], module_database: Database, seed: int
):
    client, parent = web
    chance, google = random.Random(seed), senders[0].google
    google.clear_faults()
    for _ in range(_SENDERS):
        google.add_fault(chance.choice(_FAULTS), "/gmail", reason="forbidden")
        google.add_fault(chance.choice(_SLOW), "/gmail", seconds=chance.choice((0.01, 0.2)), times=2)
    keys = {each.sub: UUID(int=chance.getrandbits(128), version=4) for each in senders}
    is_over = threading.Event()
    with ThreadPoolExecutor(_SENDERS + 1) as pool:
        killing = pool.submit(kill_workers, parent, chance, is_over.is_set)
        sending = [pool.submit(_send, each, keys[each.sub], chance.choice((1, 2, 3))) for each in senders]
        for each in sending:
            each.result()
        is_over.set()
        killed = killing.result()
    google.clear_faults()
    wait_until_it_answers(client)
    let_time_pass(module_database)

    for actor in senders:
        key = keys[actor.sub]
        answer = actor.call("GET", f"/v1/gmail/sends/{key}")
        state = answer.json()["state"] if answer.status_code == 200 else None
        mails = [each for each in google.mails(actor.sub) if each["headers"]["subject"] == str(key)]
        assert untruths(state, len(mails)) == [], f"seed {seed}, {killed} workers killed"
        # Asked again, a key that has a claim sends nothing, and a free one sends once.
        again = actor.send(key, subject=str(key))
        sent = [each for each in google.mails(actor.sub) if each["headers"]["subject"] == str(key)]
        assert len(sent) == (len(mails) if state else 1), f"seed {seed}: {again.status_code}"


@pytest.mark.parametrize(
    ("state", "mails", "count"),
    [
        ("sent", 2, 2),
        ("unknown", 2, 2),
        ("sent", 0, 1),
        ("failed", 1, 1),
        (None, 1, 1),
        ("sent", 1, 0),
        ("unknown", 0, 0),
    ],
)
def test_untruth_is_noticed(state: str | None, mails: int, count: int):
    assert len(untruths(state, mails)) == count
