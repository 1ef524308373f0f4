"""Fixtures: scenes to race in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.database.workspaces.scene import Scene
from tests.database.workspaces.stage import Stage


@pytest.fixture
def scene(own_stage: Stage) -> Iterator[Scene]:
    """People around a workspace who do something at the same moment."""
    with ExitStack() as stack:
        yield Scene(own_stage, stack.enter_context(own_stage.database.connect()), stack)
