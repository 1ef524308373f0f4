"""Ports of the platform's parts: chosen where nobody else takes them, and chosen again if somebody did."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.local import assembly
from service.local.platform import running_platform
from service.local.ports import is_free, unused_port
from tests.databases import Database


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_port_is_not_free_if_somebody_listens(taken_port: int) -> None:
    assert not is_free(taken_port)
    assert is_free(unused_port())


@pytest.mark.parametrize("part", ["gateway", "auth", "postgrest", "google"])
def test_platform_starts_on_other_ports_if_one_was_taken_meanwhile(
    database: Database, taken_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    choices = [assembly.Ports(**{part: taken_port}), assembly.Ports()]
    monkeypatch.setattr(assembly, "Ports", lambda: choices.pop(0))
    with running_platform(log_dir=tmp_path, cluster=database.cluster, database=database.name) as platform:
        assert choices == []
        assert platform.first_dead_part() is None
        assert {child.url for child in platform.parts}.isdisjoint({f"http://127.0.0.1:{taken_port}"})
