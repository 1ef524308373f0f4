"""Guards that another rule makes unreachable, each with its reason. A run says if one of them is needed after all."""

from __future__ import annotations

from typing import NamedTuple


class Redundancy(NamedTuple):
    """Why a guard can go without anybody noticing, and the test that would notice if it stood alone."""

    reason: str
    test: str


REDUNDANT: dict[str, Redundancy] = {}
