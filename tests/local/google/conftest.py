"""One running Google stand-in that forgets everything before each test, and people who allow things."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.ports import unused_port
from service.local.processes import start_child, wait_until
from tests.local.google.person import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, Person, StandIn

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    log_path = tmp_path_factory.mktemp("google") / "google.log"
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    child = start_child(
        "google",
        [sys.executable, "-m", "service.local.google", "--port", str(port), "--redirect-uri", REDIRECT_URI],
        env={**os.environ, "GOOGLE_CLIENT_ID": CLIENT_ID, "GOOGLE_CLIENT_SECRET": CLIENT_SECRET},
        log_path=log_path,
        cwd=_ROOT,
    )

    def is_ready() -> bool:
        try:
            return httpx.get(url, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(is_ready, what="the Google stand-in", timeout=20, child=child)
        with httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
            yield StandIn(url, log_path, GoogleControl(url), client)
    finally:
        child.terminate()


@pytest.fixture
def google(_process: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The stand-in as it is when it starts; it has no TLS, which oauthlib must be told."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _process.control.reset()
    return _process


@pytest.fixture
def http(google: StandIn) -> httpx.Client:
    """A client of the stand-in without a token; follows no redirect, like a browser's network layer."""
    return google.http


@pytest.fixture
def ada(google: StandIn) -> Person:
    """Ada, whose client is Google's own libraries."""
    return Person(google, "ada@example.com", "100000000000000000001")


@pytest.fixture
def grace(google: StandIn) -> Person:
    """Somebody else."""
    return Person(google, "grace@example.com", "100000000000000000002")
