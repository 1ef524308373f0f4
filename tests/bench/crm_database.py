"""Times within the database alone: statements as PostgREST prepares them, timed by EXPLAIN ANALYZE."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.crm_stage import Side

_RUNS = 60
_WARM_UP = 8
_TABLES = ("contacts", "companies", "deals", "contact_addresses", "activities", "activity_attendees", "deal_contacts",
           "deal_stage_changes")  # fmt: skip
_TIME = re.compile(r"(?:Planning|Execution) Time: ([\d.]+) ms")
_READ_WHOLE = "select coalesce(sum(seq_scan), 0)::bigint from pg_stat_xact_user_tables where relname = any(%s)"
_SETTINGS = (
    "select set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true) "
    "from pg_db_role_setting, unnest(setconfig) as setting where setrole = %s::regrole"
)
Statement = tuple[str, Sequence[str]]


@dataclass(frozen=True)
class Measured:
    """What a statement took.

    Attributes:
        milliseconds: planning and running, the median.
        plan: as PostgreSQL showed it.
        has_read_a_table_whole: whether one of the large tables was, in the statement or in a function of it.
    """

    milliseconds: float
    plan: str
    has_read_a_table_whole: bool


@dataclass
class InDatabase:
    """Milliseconds of one question within the database alone: medians of each round.

    Attributes:
        found_by: the index that answers it for the member, or what was seen instead.
        plan: of its first statement for the member, as PostgreSQL showed it last.
    """

    what: str
    found_by: str
    plan: str = ""
    member: list[float] = field(default_factory=list)
    owner: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The member's time in times of the owner's: the median of the rounds."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.member, self.owner, strict=True))


def connect(authenticator_url: str) -> psycopg.Connection:
    """A connection of the authenticator, as PostgREST keeps them; the caller closes it."""
    # Statements are prepared by name, as PostgREST prepares them; psycopg is not to prepare what explains them.
    return psycopg.connect(authenticator_url, prepare_threshold=None)


def measure(connection: psycopg.Connection, side: Side, statement: Statement, *, runs: int = _RUNS) -> Measured:
    """Explain a prepared statement again and again, each time in a transaction of its own, set up like a request."""
    text, values = statement
    name = sql.Identifier(f"asked_{abs(hash((side.role, text)))}")
    _begin(connection, side)
    connection.execute(sql.SQL("prepare {} as {}").format(name, sql.SQL(text)))  # type: ignore[arg-type]
    connection.commit()
    given = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, values))) if values else sql.SQL("")
    explain = sql.SQL("explain (analyze, timing off, summary on) execute {}{}").format(name, given)
    milliseconds: list[float] = []
    plan, read_whole = "", 0
    for number in range(runs + _WARM_UP):
        _begin(connection, side)
        plan = "\n".join(row[0] for row in connection.execute(explain).fetchall())
        if number >= _WARM_UP:
            milliseconds.append(sum(map(float, _TIME.findall(plan))))
        if number == runs + _WARM_UP - 1:
            read_whole = _value(connection, _READ_WHOLE, list(_TABLES))
        connection.commit()
    connection.execute(sql.SQL("deallocate {}").format(name))
    connection.commit()
    return Measured(statistics.median(milliseconds), plan, read_whole > 0)


def _begin(connection: psycopg.Connection, side: Side) -> None:
    connection.execute(
        "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)", (side.role, side.claims)
    )
    # PostgREST takes over the settings of the role as well.
    connection.execute(_SETTINGS, (side.role,))


def _value(connection: psycopg.Connection, query: str, *parameters: Any) -> Any:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]
