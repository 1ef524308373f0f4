"""What the rows are measured on: a platform with connected users, and gunicorn with the service or something else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from service.local.parts import REPOSITORY, Part, base_environment, http_answers
from service.local.platform import Platform
from service.local.ports import unused_port
from service.local.processes import start_child
from tests.bench.load import Target, get, post_json
from tests.bench.population import Person

SERVICE, BARE, EMPTY = "service.wsgi:app", "tests.bench.bare:app", "tests.bench.empty:app"
_EVENTS = "/v1/calendar/events"
_BARE_RPC = """
create or replace function service_api.bench_nothing() returns jsonb
language sql stable security invoker set search_path = '' as $$ select '{}'::jsonb $$;
grant execute on function service_api.bench_nothing() to google_service;
notify pgrst, 'reload schema';
"""


@dataclass(frozen=True)
class Web:
    """A gunicorn with one worker."""

    url: str
    part: Part

    @property
    def worker(self) -> psutil.Process:
        """The process that answers."""
        (worker,) = psutil.Process(self.part.child.pid).children()
        return worker


@contextmanager
def serving(
    app: str, platform: Platform, *, google_url: str, log_dir: Path, ready_at: str = "/healthz"
) -> Iterator[Web]:
    """Run an app under the gunicorn of production with one worker, until the block ends."""
    port = unused_port()
    environment = {
        **base_environment(),
        **platform.settings_env(),
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
        "METRICS_PORT": "0",
        "CALENDAR_ENDPOINT": f"{google_url}/calendar/v3/",
    }
    argv = [sys.executable, "-m", "gunicorn", "-c", str(REPOSITORY / "service" / "gunicorn_conf.py")]
    argv += ["--graceful-timeout", "1", app]
    name = app.partition(":")[0].rpartition(".")[2]
    child = start_child(name, argv, env=environment, log_path=log_dir / f"{name}.log")
    url = f"http://127.0.0.1:{port}"
    part = Part(name, url, child, lambda: http_answers(f"{url}{ready_at}", 200))
    try:
        part.wait_until_ready()
        yield Web(url, part)
    finally:
        child.terminate()


@contextmanager
def canned_google(log_dir: Path, *, delay_ms: int) -> Iterator[str]:
    """Run a server that always answers the same page of events; gives its address."""
    port = unused_port()
    argv = [sys.executable, "-m", "tests.bench.google", "--port", str(port), "--delay-ms", str(delay_ms)]
    child = start_child("canned google", argv, env=base_environment(), log_path=log_dir / f"google-{delay_ms}.log")
    url = f"http://127.0.0.1:{port}"
    try:
        Part("canned Google", url, child, lambda: http_answers(f"{url}/", 200)).wait_until_ready()
        yield url
    finally:
        child.terminate()


def listing_events(web: Web, platform: Platform, people: list[Person]) -> Target:
    """The call that is measured, by each of the people in turn; the bare route does not look at who asks."""
    key, issuer = platform.keys.auth, platform.jwt_issuer
    tokens = [person.access_token(key, issuer) for person in people]
    return Target(web.url, [get(_EVENTS, {"Authorization": f"Bearer {token}"}) for token in tokens])


def bare_rpc(platform: Platform) -> Target:
    """A function that does nothing, called as the service calls its functions: through gateway and PostgREST."""
    headers = {
        "apikey": platform.publishable_key, "Authorization": f"Bearer {platform.service_jwt}",
        "Content-Profile": "service_api",
    }  # fmt: skip
    return Target(platform.supabase_url, [post_json("/rest/v1/rpc/bench_nothing", b"{}", headers)])


def add_bare_rpc(platform: Platform) -> None:
    """Add that function to the scratch database."""
    with psycopg.connect(platform.database_url, autocommit=True) as connection:
        connection.execute(_BARE_RPC.encode())
