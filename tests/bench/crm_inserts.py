"""The row about one insert: a member's, with every trigger and policy, against the same row inserted bare."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable

from tests.bench.crm_database import InDatabase, connect, measure
from tests.bench.crm_stage import CrmStage, Side, without_triggers
from tests.bench.load import Target, one_by_one, post_json
from tests.bench.rows import Row, at_most

_CALLS = 150
_SYLLABLES = (
    "ba",
    "cor",
    "del",
    "fen",
    "gil",
    "hol",
    "jor",
    "ken",
    "lor",
    "mel",
    "nor",
    "pel",
    "rin",
    "sel",
    "tor",
    "vel",
)
# As PostgREST 12 wraps an insert of which nothing is to come back.
_INSERT = (
    "with pgrst_source as (insert into public.contacts ({columns}) values ({values}) returning 1) "
    "select '' as total_result_set, pg_catalog.count(_postgrest_t) as page_total from (select * from pgrst_source) "
    "as _postgrest_t"
)


def inserts(stage: CrmStage, rounds: int, report: Callable[[str], None]) -> tuple[list[Row], InDatabase]:
    """Insert contacts one by one into the large workspace, in turn on either side.

    The bare side writes the same rows, who made them included, without our triggers and without row policies; foreign
    keys, constraints and indexes it has as well.
    """
    row = at_most("insert of one contact with all triggers against a bare insert", 2.0)
    within = InDatabase("insert of one contact", "")
    chance = random.Random(17)
    with connect(stage.authenticator_url) as mine, connect(stage.authenticator_url) as theirs:
        for number in range(1, rounds + 1):
            report(f"inserts: round {number} of {rounds}")
            times = [_p50(stage, stage.member, chance)]
            within.member.append(measure(mine, stage.member, _statement(stage, stage.member)).milliseconds)
            with without_triggers(stage.platform.admin_url):
                times.append(_p50(stage, stage.owner, chance))
                within.owner.append(measure(theirs, stage.owner, _statement(stage, stage.owner)).milliseconds)
            row.ratios.append(times[0] / times[1])
            row.detail = f"{times[0]:.2f} and {times[1]:.2f} ms"
    return [row], within


def _contact(stage: CrmStage, side: Side, name: str) -> dict[str, str]:
    contact = {"workspace_id": str(stage.population.large), "full_name": name, "job_title": "Buyer"}
    if side is stage.owner:
        user_id = str(stage.population.member.user_id)
        contact |= {"made_by": "user", "created_by": user_id, "updated_by": user_id}
    return contact


def _p50(stage: CrmStage, side: Side, chance: random.Random) -> float:
    headers = {**side.headers, "Prefer": "return=minimal"}
    names = [" ".join("".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(2)) for _ in range(_CALLS)]
    bodies = [json.dumps(_contact(stage, side, name)).encode() for name in names]
    target = Target(stage.platform.supabase_url, [post_json("/rest/v1/contacts", body, headers) for body in bodies])
    return statistics.median(one_by_one(target, _CALLS)) * 1000


def _statement(stage: CrmStage, side: Side) -> tuple[str, list[str]]:
    contact = _contact(stage, side, "Grace Example")
    values = ", ".join(f"${place}" for place in range(1, len(contact) + 1))
    return _INSERT.format(columns=", ".join(contact), values=values), list(contact.values())
