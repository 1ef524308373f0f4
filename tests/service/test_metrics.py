"""The metrics page of the real server: on loopback and a port of its own, all workers together, nothing personal."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service.local.ports import unused_port
from tests.service.environments import local
from tests.service.key_server import KeyServer

ROOT = Path(__file__).parents[2]
_SAMPLE = re.compile(r"^(?P<name>\w+)\{(?P<labels>[^}]*)\} (?P<value>\S+)$", re.MULTILINE)


@dataclass
class Server:
    """gunicorn with two workers."""

    url: str
    metrics_port: int
    process: subprocess.Popen[bytes]
    tmp: Path

    def page(self) -> str:
        """What a collector reads."""
        return httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics", trust_env=False).text

    def count(self, name: str, **labels: str) -> float:
        """The value of one sample."""
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        return sum(
            float(found["value"])
            for found in _SAMPLE.finditer(self.page())
            if found["name"] == name and wanted <= set(found["labels"].split(","))
        )


@pytest.fixture
def server(issuer: KeyServer, tmp_path: Path) -> Iterator[Server]:
    log, metrics_port = tmp_path / "gunicorn.log", unused_port()
    environ = local(SUPABASE_URL=issuer.url, BIND="127.0.0.1:0", WEB_CONCURRENCY="2", METRICS_PORT=str(metrics_port))
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "service/gunicorn_conf.py"), "service.wsgi:app"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), **environ},
            stdout=stream,
            stderr=stream,
        )
    try:
        deadline = time.monotonic() + 30
        # The last line before the workers start.
        while "metrics are served" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        found = re.search(r"Listening at: (http://127\.0\.0\.1:\d+)", log.read_text())
        assert found
        yield Server(found[1], metrics_port, process, tmp_path)
    finally:
        process.terminate()
        # A worker that is still being forked misses the signal; gunicorn kills it after its graceful_timeout of 30 s.
        process.wait(45)


def _requests(server: Server, path: str, count: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        # A connection each, so that both workers get some.
        list(pool.map(lambda _: httpx.get(f"{server.url}{path}", trust_env=False, timeout=20), range(count)))


def test_counts_of_all_workers_add_up(server: Server):
    sent, deadline = 0, time.monotonic() + 30
    # One of them may still be starting while the other answers everything.
    while len(list(server.tmp.glob("cxtrack-metrics-*/counter_*.db"))) < 2:
        assert time.monotonic() < deadline, f"one worker answered all of {sent} requests"
        _requests(server, "/healthz?code=marker", 60)
        sent += 60
    counted = server.count("cxtrack_http_requests_total", method="GET", route="/healthz", status="200")
    assert counted == sent
    assert server.count("cxtrack_http_request_duration_seconds_count", route="/healthz") == sent


def test_labels_hold_no_path_no_query_and_no_method_of_the_caller(server: Server):
    _requests(server, "/somewhere/marker-path?code=marker-code", 2)
    httpx.request("MARKER", f"{server.url}/healthz", trust_env=False)
    page = server.page()
    assert "marker" not in page.lower()
    assert server.count("cxtrack_http_requests_total", method="GET", route="none") == 2


def test_page_is_not_on_the_port_of_the_service(server: Server):
    assert httpx.get(f"{server.url}/metrics", trust_env=False).status_code == 404


def test_page_answers_on_loopback_alone(server: Server):
    with socket.create_connection(("127.0.0.1", server.metrics_port), timeout=5):
        pass
    others = {
        address[4][0]
        for address in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
        if not str(address[4][0]).startswith("127.")
    }
    for address in others | {"127.0.0.2"}:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((str(address), server.metrics_port), timeout=2).close()


def test_counts_outlive_a_worker(server: Server):
    _requests(server, "/healthz", 10)
    workers = subprocess.run(
        ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    os.kill(int(workers[0]), 9)
    deadline = time.monotonic() + 20
    while True:
        alive = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True).stdout.split()
        if len(alive) == 2 and workers[0] not in alive:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert server.count("cxtrack_http_requests_total", route="/healthz", status="200") == 10


def test_files_are_gone_when_the_server_has_ended(server: Server):
    _requests(server, "/healthz", 2)
    server.process.terminate()
    server.process.wait(30)
    assert list(server.tmp.glob("cxtrack-metrics-*")) == []
