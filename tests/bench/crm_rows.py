"""The rows about records: what a member under row policies waits for, against the owner with the filter by hand."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from service.local.platform import running_platform
from tests.bench.crm_database import InDatabase, connect, measure
from tests.bench.crm_inserts import inserts
from tests.bench.crm_population import Size, fill_crm
from tests.bench.crm_questions import Question, counting, questions, search
from tests.bench.crm_stage import CrmStage, Side, add_owner_side, crm_stage
from tests.bench.load import Target, one_by_one
from tests.bench.rows import Row, at_most

Report = Callable[[str], None]
_CALLS, _COUNTS = 150, 20
_MILLISECONDS = 1000
_NO_INDEX = "none: a table was read whole"


@dataclass(frozen=True)
class CrmResults:
    """What was found: the rows with a reach, and the times in the database."""

    rows: list[Row]
    in_database: list[InDatabase]


def crm(log_dir: Path, rounds: int, report: Report, size: Size) -> CrmResults:
    """Fill a platform of its own and measure everything about records on it."""
    with running_platform(log_dir=log_dir, report=report) as platform:
        population = fill_crm(platform.admin_url, size, report)
        add_owner_side(platform.admin_url)
        stage = crm_stage(platform, population)
        in_database = _in_database(stage, rounds, report)
        rows = _through_postgrest(stage, rounds, report)
        rows += [_slowest(in_database[:4]), _read_whole(in_database[:5])]
        insert_rows, inserted = inserts(stage, rounds, report)
        return CrmResults([*rows, *insert_rows], [*in_database, inserted])


def _through_postgrest(stage: CrmStage, rounds: int, report: Report) -> list[Row]:
    large, small = stage.population.large, stage.population.small
    asked = questions(stage.population)
    against_owner = [at_most(f"{each.what}, member against owner", 1.5) for each in asked]
    against_small = [
        at_most(f"{each.what}, in a workspace of {stage.population.size.large:,} against one of "
                f"{stage.population.size.small:,}", 2.0) for each in asked
    ]  # fmt: skip
    count = at_most(f"{counting().what} ({stage.population.size.large:,}), member against owner", 1.15)
    for number in range(1, rounds + 1):
        report(f"questions through PostgREST: round {number} of {rounds}")
        for each, row, in_sizes in zip(asked, against_owner, against_small, strict=True):
            mine, theirs, in_small = (
                _p50(stage, each, side, workspace)
                for side, workspace in ((stage.member, large), (stage.owner, large), (stage.member, small))
            )
            _add(row, mine, theirs)
            _add(in_sizes, mine, in_small)
        _add(count, *(_p50(stage, counting(), side, large, calls=_COUNTS) for side in (stage.member, stage.owner)))
    return [*against_owner, count, *against_small]


def _add(row: Row, mine: float, theirs: float) -> None:
    row.ratios.append(mine / theirs)
    row.detail = f"{mine:.2f} and {theirs:.2f} ms"


def _p50(stage: CrmStage, question: Question, side: Side, workspace_id: UUID, *, calls: int = _CALLS) -> float:
    """Milliseconds of a question, all its requests together."""
    url = stage.platform.supabase_url
    return sum(
        statistics.median(one_by_one(Target(url, [request]), calls)) * _MILLISECONDS
        for request in (each.request for each in question.asked(side, workspace_id))
    )


def _in_database(stage: CrmStage, rounds: int, report: Report) -> list[InDatabase]:
    population = stage.population
    every = [*questions(population), counting(), search("search with a slip", population.slips)]
    found = [InDatabase(each.what, each.found_by) for each in every]
    with connect(stage.authenticator_url) as mine, connect(stage.authenticator_url) as theirs:
        for number in range(1, rounds + 1):
            report(f"questions within the database: round {number} of {rounds}")
            for each, times in zip(every, found, strict=True):
                for connection, side, milliseconds in (
                    (mine, stage.member, times.member),
                    (theirs, stage.owner, times.owner),
                ):
                    measured = [
                        measure(connection, side, asked.statement) for asked in each.asked(side, population.large)
                    ]
                    milliseconds.append(sum(one.milliseconds for one in measured))
                    if side is stage.member:
                        times.plan = measured[0].plan
                        if any(one.has_read_a_table_whole for one in measured):
                            times.found_by = _NO_INDEX
    return found


def _slowest(found: list[InDatabase]) -> Row:
    row = at_most("milliseconds of the slowest of the four within the database, for the member", 5.0)
    row.ratios += [max(times) for times in zip(*(each.member for each in found), strict=True)]
    row.detail = ", ".join(f"{each.what} {each.member[-1]:.2f} ms" for each in found)
    return row


def _read_whole(found: list[InDatabase]) -> Row:
    row = at_most("of the five, those that read a table whole instead of by an index", 0)
    whole = [each.what for each in found if each.found_by == _NO_INDEX]
    row.ratios.append(len(whole))
    row.detail = ", ".join(whole) or "none"
    return row
