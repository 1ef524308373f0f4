"""Shows what became of the mutations, and writes and reads tests/mutation/RESULTS.md."""

from __future__ import annotations

import os
import platform as machine
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.mutation.catalogue import BEHAVIOUR, KINDS
from tests.mutation.redundant import REDUNDANT
from tests.mutation.run import Outcome, Result

RESULTS = Path(__file__).with_name("RESULTS.md")
_NOTICED = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|", re.MULTILINE)
_HEADINGS = (
    "what is changed",
    "mutations",
    "noticed by a test that acts",
    "by a comparison alone",
    "redundant",
    "survived",
)


def known_noticers(path: Path = RESULTS) -> dict[str, str]:
    """Which test noticed each mutation when the results were written."""
    return dict(_NOTICED.findall(path.read_text())) if path.exists() else {}


def show(console: Console, result: Result) -> None:
    """Print the counts, then everything that is not as it should be."""
    table = Table(title="Mutations", title_justify="left")
    for heading in _HEADINGS:
        table.add_column(heading)
    for row in _counts(result.outcomes):
        table.add_row(*row)
    console.print(table)
    for line in faults(result):
        console.print(line, style="red", markup=False, soft_wrap=True)


def faults(result: Result) -> Iterator[str]:
    """One line for each mutation that nothing noticed, and for each test that proves nothing."""
    for outcome in result.outcomes:
        if not outcome.is_good:
            yield f"{outcome.verdict}: {outcome.mutation} ({outcome.tests} tests, {outcome.seconds:.0f} s)"
    for name in result.broken:
        yield f"fails without any mutation, too: {name}"


def write(result: Result, *, command: str, seconds: float, path: Path = RESULTS) -> None:
    """Write the whole result anew."""
    outcomes = result.outcomes
    acted = [outcome for outcome in outcomes if outcome.mutation.kind in BEHAVIOUR]
    alone = [outcome for outcome in acted if outcome.comparison and not outcome.behaviour]
    read = Counter(outcome.comparison for outcome in outcomes if outcome.mutation.kind not in BEHAVIOUR)
    lines = [
        "# Results of the mutation test",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}` on {os.cpu_count()} cores, {machine.system()} {machine.machine()}, "
        f"Python {machine.python_version()}: {len(outcomes)} mutations in {seconds / 60:.0f} minutes.",
        "",
        *_markdown(_HEADINGS, _counts(outcomes)),
        "",
        "## Survivors",
        "",
        *([f"- {line}" for line in faults(result)] or ["None."]),
        "",
        "## Redundant",
        "",
        *([f"- `{name}`: {reason}" for name, (reason, _) in sorted(REDUNDANT.items())] or ["None."]),
        "",
        "## Rights and row security",
        "",
        *_markdown(
            ("test", "mutations that it noticed"), [(f"`{name}`", str(count)) for name, count in read.most_common()]
        ),
        "",
        "## Noticed by a comparison alone",
        "",
        *_markdown(("mutation", "test"), [(f"`{each.mutation}`", f"`{each.comparison}`") for each in alone]),
        "",
        "## Noticed by a test that acts",
        "",
        *_markdown(
            ("mutation", "test"), [(f"`{each.mutation}`", f"`{each.behaviour}`") for each in acted if each.behaviour]
        ),
    ]
    path.write_text("\n".join(lines) + "\n")


def _counts(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        chosen = [outcome for outcome in outcomes if outcome.mutation.kind == kind]
        if not chosen:
            continue
        behaviour = sum(outcome.verdict == "noticed" and outcome.behaviour is not None for outcome in chosen)
        counted = Counter(outcome.verdict for outcome in chosen)
        alone = counted["noticed"] - behaviour
        bad = sum(not outcome.is_good for outcome in chosen)
        yield kind, str(len(chosen)), str(behaviour), str(alone), str(counted["redundant"]), str(bad)


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    listed = [f"| {' | '.join(row)} |" for row in rows]
    if not listed:
        return ["None."]
    return [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}", *listed]
