"""One user who does random things, each of which may fail in the middle."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import psycopg

from service.local.platform import Platform
from tests.databases import Database
from tests.faults.torture.known import Known
from tests.people import sign_up
from tests.service.routes.actors import Actor, fragment, new_actor
from tests.service.routes.events import draft

_SCOPES = (
    "https://www.googleapis.com/auth/gmail.send", "https://www.googleapis.com/auth/gmail.modify",
    "https://www.googleapis.com/auth/calendar.readonly", "https://www.googleapis.com/auth/calendar.events",
)  # fmt: skip
# What is done how often; a user who is gone is followed by a new one.
_WEIGHTS = {
    "connect": 24, "send": 30, "list_events": 16, "write_event": 10, "change_message": 8, "expire": 10,
    "disconnect": 3, "disconnect_directly": 1, "revoke_at_google": 2, "delete_user": 2, "soft_delete_user": 1,
    "close_account": 1,
}  # fmt: skip
# What a killed part leaves a caller with.
GIVEN_UP = (httpx.HTTPError, psycopg.Error, AssertionError, KeyError, ValueError)


@dataclass
class Person:
    """A user, and their successors once they are gone."""

    platform: Platform
    database: Database
    service: httpx.Client
    google: Any
    http: httpx.Client
    known: Known
    chance: random.Random
    actor: Actor | None = None
    former: list[Actor] = field(default_factory=list)

    def step(self) -> None:
        """Do one random thing; whatever it runs into, the next step goes on from there."""
        # Chosen before anything can fail, so that faults do not change what comes next.
        name = self.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        dice = random.Random(self.chance.getrandbits(64))
        # Supabase's client has errors of many classes for a part that is not there.
        with suppress(Exception):
            if self.actor is None:
                user = sign_up(self.platform, self.http)
                self.actor = new_actor(user, self.platform, self.service, self.google)
        if self.actor is None:
            return
        self.known.act(name)
        with suppress(*GIVEN_UP):
            getattr(self, f"_{name}")(self.actor, dice)

    def _call(self, actor: Actor, purpose: str | None, method: str, path: str, **options: Any) -> httpx.Response:
        self.known.ask(actor.id, purpose)
        answer = actor.call(method, path, **options)
        key = options.get("headers", {}).get("Idempotency-Key")
        self.known.answer(actor.id, purpose, path, answer.status_code, key)
        return answer

    def _connect(self, actor: Actor, dice: random.Random) -> None:
        scopes = None if dice.random() < 0.7 else dice.sample(_SCOPES, dice.randint(1, 3))
        completion = fragment(actor.come_back(scopes=scopes))["google_completion"]
        for _ in range(2 if dice.random() < 0.2 else 1):
            self._call(actor, None, "POST", "/v1/google/connection", json={"completion": completion})

    def _send(self, actor: Actor, dice: random.Random) -> None:
        key, times = UUID(int=dice.getrandbits(128), version=4), dice.choice((1, 1, 1, 2, 3))
        mail = {"to": ["grace@example.com"], "subject": str(key), "text": "At ten?"}
        headers = {"Idempotency-Key": str(key), "Prefer": "wait=5"}

        def once(_: int) -> None:
            with suppress(*GIVEN_UP):
                self._call(actor, "send_message", "POST", "/v1/gmail/messages", json=mail, headers=headers)

        with ThreadPoolExecutor(times) as pool:
            list(pool.map(once, range(times)))

    def _list_events(self, actor: Actor, _: random.Random) -> None:
        self._call(actor, "show_events", "GET", "/v1/calendar/events", headers={"Prefer": "wait=5"})

    def _write_event(self, actor: Actor, dice: random.Random) -> None:
        body, headers = draft(id=f"{dice.getrandbits(128):032x}"), {"Prefer": "wait=5"}
        self._call(actor, "write_event", "POST", "/v1/calendar/events", json=body, headers=headers)
        change = {"title": "Later", "send_updates": "none"}
        self._call(
            actor, "write_event", "PATCH", f"/v1/calendar/events/{body['id']}", json=change, headers=headers
        )  # fmt: skip

    def _change_message(self, actor: Actor, dice: random.Random) -> None:
        message = dice.choice(actor.google.messages(actor.sub))["id"]
        self._call(
            actor, "change_message_status", "PATCH", f"/v1/gmail/messages/{message}",
            json={"is_read": dice.random() < 0.5}, headers={"Prefer": "wait=5"},
        )  # fmt: skip

    def _expire(self, actor: Actor, dice: random.Random) -> None:
        if dice.random() < 0.3:
            actor.google.expire_access_tokens()
        ahead = dice.choice(("0 seconds", "2 minutes"))
        self._execute(
            "update private.google_secrets set access_expires_at = now() + %s::interval, refresh_after = now() "
            "from public.google_connections as c where c.id = connection_id and c.user_id = %s",
            (ahead, actor.id),
        )
        self._list_events(actor, dice)

    def _disconnect(self, actor: Actor, _: random.Random) -> None:
        self._call(actor, None, "DELETE", "/v1/google/connection")

    def _disconnect_directly(self, actor: Actor, _: random.Random) -> None:
        with suppress(Exception):
            actor.user.client.rpc("disconnect_google", {}).execute()

    def _revoke_at_google(self, actor: Actor, _: random.Random) -> None:
        actor.google.revoke_grant(actor.sub)

    def _delete_user(self, actor: Actor, _: random.Random) -> None:
        if self._admin_delete(actor, is_soft=False):
            self.known.deleted.append((actor.id, actor.user.email, actor.sub))

    def _soft_delete_user(self, actor: Actor, _: random.Random) -> None:
        if self._admin_delete(actor, is_soft=True):
            self.known.closed.append(actor.id)

    def _close_account(self, actor: Actor, _: random.Random) -> None:
        self._gone(actor)
        self._execute("select ops.close_account(%s)", (actor.id,))
        self.known.closed.append(actor.id)

    def _admin_delete(self, actor: Actor, *, is_soft: bool) -> bool:
        self._gone(actor)
        answer = self.http.request(
            "DELETE", f"{self.platform.supabase_url}/auth/v1/admin/users/{actor.id}",
            headers={"apikey": self.platform.secret_key}, json={"should_soft_delete": is_soft},
        )  # fmt: skip
        return answer.status_code == 200

    def _gone(self, actor: Actor) -> None:
        """A deletion begins; whether or not it comes through, the next step is somebody new."""
        self.actor = None
        self.former.append(actor)

    def _execute(self, statement: str, parameters: tuple[Any, ...]) -> None:
        with self.database.connect() as connection:
            connection.execute(statement.encode(), parameters)
