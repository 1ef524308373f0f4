"""One run: users act while things break, everything is mended, and then every invariant is looked at."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import httpx
import psycopg

from service.local.processes import ChildFailed, wait_until
from tests.faults.killed.invariants import let_time_pass
from tests.faults.torture.acting import Person
from tests.faults.torture.havoc import Havoc
from tests.faults.torture.invariants import (
    AFTERWARDS,
    AT_ONCE,
    Mail,
    broken,
    documents_that_do_not_open,
    left_of_the_deleted,
    state_facts,
)
from tests.faults.torture.known import Known
from tests.faults.torture.stage import Stage

_PEOPLE = 6
_REPORT_SECONDS = 15.0


@dataclass
class Outcome:
    """What a run did and what it found."""

    seed: int
    known: Known
    havoc: Havoc
    mails: int
    broken: list[str]
    grants_left: int

    def __str__(self) -> str:
        answered = sum(self.known.statuses.values())
        havoc = ", ".join(f"{count} {name}" for name, count in sorted(self.havoc.done.items()))
        return (
            f"seed {self.seed}: {sum(self.known.actions.values())} actions, {answered} answers, {self.mails} mails, "
            f"{len(self.known.deleted)} deleted and {len(self.known.closed)} closing users; {havoc}; "
            f"{self.grants_left} grants left at Google of people who are gone; "
            f"{'all invariants hold' if not self.broken else 'BROKEN: ' + '; '.join(self.broken)}"
        )


def run(stage: Stage, seed: int, seconds: float, report: Callable[[str], None] = lambda _: None) -> Outcome:
    """Torture for so many seconds; must be called from the main thread.

    The seed chooses what each user does and what breaks; how that interleaves is up to the machine.
    """
    chance, known, is_over = random.Random(seed), Known(), threading.Event()
    people = [
        Person(stage.platform, stage.database, stage.service, stage.google, stage.http, known,
               random.Random(chance.getrandbits(64)))
        for _ in range(_PEOPLE)
    ]  # fmt: skip
    havoc = Havoc(stage.platform, stage.google, stage.web, stage.worker, stage.logs, chance)

    def live(person: Person) -> None:
        while not is_over.is_set():
            person.step()

    began = reported = time.monotonic()
    with ThreadPoolExecutor(_PEOPLE) as pool:
        living = [pool.submit(live, person) for person in people]
        try:
            while time.monotonic() - began < seconds:
                havoc.step()
                if time.monotonic() - reported >= _REPORT_SECONDS:
                    reported = time.monotonic()
                    done, broken_things = sum(known.actions.values()), sum(havoc.done.values())
                    report(f"{reported - began:.0f} s: {done} actions, {broken_things} things broken")
            havoc.end()
            # On a slow machine a short run may have broken every send so far; a run without one shows nothing.
            wait_until(known.has_sent, what="a mail that is sent", timeout=60)
        finally:
            is_over.set()
        for each in living:
            each.result()
    _wait_until_all_is_back(stage)
    mails = _mails(stage, people)
    found = [f"{path} was answered with 500" for path in sorted(set(known.defects))]
    found += broken(stage.database, AT_ONCE)
    let_time_pass(stage.database)
    _wait_for_the_outbox(stage)
    state_facts(stage.database, known, mails)
    found += broken(stage.database, AFTERWARDS) + left_of_the_deleted(stage.database)
    found += documents_that_do_not_open(stage.database, stage.platform.identity.token_keys)
    found += [f"{name} is {count}" for name, count in stage.database.rows("select * from ops.vault_health")[0].items()
              if count]  # fmt: skip
    found += _who_cannot_go_on(people)
    gone = {actor.sub for person in people for actor in person.former}
    grants_left = sum(len(stage.google.grants(sub)) for sub in gone)
    havoc.stop()
    return Outcome(seed, known, havoc, len(mails), found, grants_left)


def _wait_until_all_is_back(stage: Stage) -> None:
    def is_back() -> bool:
        with suppress(httpx.HTTPError, psycopg.Error):
            stage.database.connection.close()
            stage.database.connection = stage.database.connect()
            return stage.service.get("/readyz").status_code == 200
        return False

    wait_until(is_back, what="the service", timeout=60)


def _mails(stage: Stage, people: list[Person]) -> list[Mail]:
    actors = [actor for person in people for actor in (*person.former, *([person.actor] if person.actor else []))]
    return [
        (actor.id, UUID(mail["headers"]["subject"])) for actor in actors for mail in stage.google.mails(actor.sub)
    ]  # fmt: skip


def _wait_for_the_outbox(stage: Stage) -> None:
    """Let the worker do what is queued, as if the pauses between its tries were over."""

    def is_empty() -> bool:
        stage.database.execute(
            "update private.outbox set available_at = now(), "
            "lease_until = case when lease_id is not null then now() end where parked_at is null"
        )
        return stage.database.value("select count(*) from private.outbox where parked_at is null") == 0

    # Whoever is not done by then is found by the queries.
    with suppress(ChildFailed):
        wait_until(is_empty, what="the outbox", timeout=20)


def _who_cannot_go_on(people: list[Person]) -> list[str]:
    """Whoever is still here can connect, look, and disconnect."""
    found: list[str] = []
    for actor in [person.actor for person in people if person.actor is not None]:
        try:
            actor.connect()
            assert actor.call("GET", "/v1/calendar/events").status_code == 200
            assert actor.send().status_code == 201
            assert actor.call("DELETE", "/v1/google/connection").status_code == 200
            assert actor.google.grants(actor.sub) == []
        except (AssertionError, httpx.HTTPError, KeyError) as error:
            found.append(f"a user cannot go on: {str(error)[:200] or type(error).__name__}")
    return found
