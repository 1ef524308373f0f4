"""The row about the database alone: opening a token among a thousand connections and among a million."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import psycopg

from service.local.postgres import Cluster
from service.migrations import apply_migrations
from tests.bench.population import Person, fill
from tests.bench.rows import Row, at_most

_OPEN = "select service_api.open_token(%s, %s, 'show_events', true)"
_FEW, _MANY = 1_000, 1_000_000
_PEOPLE, _CALLS = 1_000, 2_000


def open_token(cluster: Cluster, token_keys: str, rounds: int, report: Callable[[str], None], many: int = _MANY) -> Row:
    """Measure the function straight on the database, as the role of the service, one call a transaction."""
    row = at_most(f"open_token in the database with {many:,} connections against {_FEW:,}", 1.2)
    chance = random.Random(17)
    connections: list[tuple[psycopg.Connection, list[Person]]] = []
    for count in (_FEW, many):
        report(f"filling a database with {count:,} connected users")
        name = f"bench_{count}"
        cluster.create_database(name)
        cluster.bootstrap(name)
        apply_migrations(cluster.url(name))
        numbers = sorted(chance.sample(range(1, count + 1), min(_PEOPLE, count)))
        people = fill(cluster.url(name, "supabase_admin"), count=count, token_keys=token_keys, openable=numbers)
        connection = psycopg.connect(cluster.url(name, "authenticator"), autocommit=True)
        connection.execute("set role google_service")
        connections.append((connection, people))
    for number in range(1, rounds + 1):
        report(f"open_token: round {number} of {rounds}")
        few, much = (_p50(connection, people, chance) for connection, people in connections)
        row.ratios.append(much / few)
        row.detail = f"{much * 1000:.3f} and {few * 1000:.3f} ms"
    for connection, _ in connections:
        connection.close()
    for count in (_FEW, many):
        cluster.drop_database(f"bench_{count}")
    return row


def _p50(connection: psycopg.Connection, people: list[Person], chance: random.Random) -> float:
    seconds: list[float] = []
    for number in range(_CALLS + 100):
        person = chance.choice(people)
        began = time.perf_counter()
        answer = connection.execute(_OPEN, (person.user_id, person.session_id), prepare=True).fetchone()
        if number >= 100:
            seconds.append(time.perf_counter() - began)
        if answer is None or answer[0]["outcome"] != "opened":
            raise RuntimeError(f"not opened: {answer and answer[0]['outcome']}")
    return statistics.median(seconds)
