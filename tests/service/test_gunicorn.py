"""The service under the server of production, with the configuration of production."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.service.environments import local
from tests.service.key_server import KeyServer

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """A running gunicorn and what it has written so far."""

    log: Path
    url: str

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def server(issuer: KeyServer, tmp_path: Path) -> Iterator[Server]:
    log = tmp_path / "gunicorn.log"
    environ = local(SUPABASE_URL=issuer.url, BIND="127.0.0.1:0", WEB_CONCURRENCY="1")
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "service/gunicorn_conf.py"), "service.wsgi:app"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
            stdout=stream,
            stderr=stream,
        )
    try:
        deadline = time.monotonic() + 30
        while not (found := re.search(r"Listening at: (http://127\.0\.0\.1:\d+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Server(log, found[1])
    finally:
        process.terminate()
        process.wait(30)


def test_every_line_is_json_and_holds_no_query_if_requests_are_served(server: Server):
    with httpx.Client(base_url=server.url, trust_env=False, timeout=20) as http:
        answer = http.get("/healthz?code=marker")
        assert answer.status_code == 200
        assert answer.headers["Server"] == "gunicorn"
        assert http.get("/v1/google/callback?state=marker&code=marker").status_code in (400, 503)
        assert http.get("/readyz").json()["parts"]["jwks"] is True
    lines = [json.loads(line) for line in server.lines()]
    requests = [(line["path"], line["status"]) for line in lines if line["event"] == "request"]
    assert ("/healthz", 200) in requests
    assert all("request_id" in line for line in lines if line["event"] == "request")
    assert "marker" not in server.log.read_text()


def test_broken_request_is_refused_without_its_uri_in_the_log_if_it_is_no_http(server: Server):
    with httpx.Client(base_url=server.url, trust_env=False, timeout=20) as http:
        answer = http.request("GET", "/healthz?code=marker", headers={"X-Long": "x" * 9000})
    assert answer.status_code in (400, 431)
    assert "marker" not in server.log.read_text()
