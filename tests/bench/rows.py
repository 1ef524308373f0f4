"""A row of the table: what is measured, what is to be reached, and the ratio of each round."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Row:
    """One line of tests/bench/RESULTS.md."""

    what: str
    reach: str
    is_reached: Callable[[float], bool]
    ratios: list[float] = field(default_factory=list)
    # In a few words with units, for a reader who wants to know what the ratio is a ratio of.
    detail: str = ""

    @property
    def result(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> str:
        """The smallest and the largest of them."""
        return f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"


def at_most(what: str, bound: float) -> Row:
    """A row whose result may not be above the bound."""
    return Row(what, f"<= {bound:.2f}".rstrip("0").rstrip("."), lambda result: result <= bound)


def at_least(what: str, bound: float) -> Row:
    """A row whose result may not be below the bound."""
    return Row(what, f">= {bound:.2f}", lambda result: result >= bound)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
