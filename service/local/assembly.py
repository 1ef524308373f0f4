"""Starts the processes around a migrated database, all at once, and waits until each of them is ready."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from service.local.auth.config import AuthSettings
from service.local.environment import ServiceIdentity
from service.local.gateway import start_gateway
from service.local.keys import LocalKeys
from service.local.parts import Part, base_environment, http_answers
from service.local.ports import unused_port, was_port_taken
from service.local.postgres import Cluster
from service.local.postgrest import start_postgrest
from service.local.processes import ChildFailed, start_child
from service.local.scheduler import DATABASE_VARIABLE

_START_TRIES = 3


@dataclass(frozen=True)
class Ports:
    """All ports, chosen before anything starts: Auth's tokens name the gateway, and the gateway names the others."""

    gateway: int = field(default_factory=unused_port)
    auth: int = field(default_factory=unused_port)
    postgrest: int = field(default_factory=unused_port)
    google: int = field(default_factory=unused_port)

    @property
    def supabase_url(self) -> str:
        """The one address of Auth and PostgREST."""
        return f"http://127.0.0.1:{self.gateway}"


def start_parts(
    stack: ExitStack, cluster: Cluster, database: str, keys: LocalKeys, identity: ServiceIdentity, log_dir: Path
) -> tuple[Ports, list[Part]]:
    """Start all parts at the same time, which takes half as long as one after the other, and wait for each.

    Raises:
        ChildFailed: a part did not start. If only its port was taken meanwhile, all is tried again first.
    """
    for tries_left in reversed(range(_START_TRIES)):
        ports, attempt = Ports(), ExitStack()
        starts: list[Callable[[], Part]] = [
            lambda: _start_scheduler(cluster, database, log_dir),
            lambda ports=ports: _start_auth(
                cluster.url(database, "supabase_auth_admin"), keys, ports.supabase_url, ports.auth, log_dir
            ),
            lambda ports=ports: _start_google(identity, ports.google, log_dir),
            lambda ports=ports: start_postgrest(cluster, database, keys, port=ports.postgrest, log_dir=log_dir),
            lambda ports=ports: start_gateway(
                keys, port=ports.gateway, auth_port=ports.auth, postgrest_port=ports.postgrest, log_dir=log_dir
            ),
        ]
        parts: list[Part] = []
        with attempt:
            for start in starts:
                parts.append(start())
                attempt.callback(parts[-1].child.terminate)
            try:
                for part in parts:
                    part.wait_until_ready()
            except ChildFailed as failure:
                if tries_left and was_port_taken(failure):
                    continue
                raise
            stack.push(attempt.pop_all())
            return ports, parts
    raise AssertionError("unreachable: the last try returns or raises")


def _start_auth(database_url: str, keys: LocalKeys, supabase_url: str, port: int, log_dir: Path) -> Part:
    settings = AuthSettings(
        database_url=database_url,
        external_url=f"{supabase_url}/auth/v1",
        signing_key=keys.auth,
        jwks=keys.jwks(),
    )
    argv = [sys.executable, "-m", "service.local.auth", "--port", str(port)]
    environment = {**base_environment(), **settings.to_environment()}
    child = start_child("auth", argv, env=environment, log_path=log_dir / "auth.log")
    url = f"http://127.0.0.1:{port}"
    return Part("Auth stand-in", url, child, lambda: http_answers(f"{url}/health", 200))


def _start_google(identity: ServiceIdentity, port: int, log_dir: Path) -> Part:
    argv = [sys.executable, "-m", "service.local.google", "--port", str(port), "--redirect-uri", identity.redirect_uri]
    environment = {
        **base_environment(),
        "GOOGLE_CLIENT_ID": identity.google_client_id,
        "GOOGLE_CLIENT_SECRET": identity.google_client_secret,
    }
    child = start_child("google", argv, env=environment, log_path=log_dir / "google.log")
    url = f"http://127.0.0.1:{port}"
    return Part("Google stand-in", url, child, lambda: http_answers(f"{url}/oauth2/v3/certs", 200))


def _start_scheduler(cluster: Cluster, database: str, log_dir: Path) -> Part:
    argv = [sys.executable, "-m", "service.local.scheduler"]
    environment = {**base_environment(), DATABASE_VARIABLE: cluster.url(database, "supabase_admin")}
    child = start_child("scheduler", argv, env=environment, log_path=log_dir / "scheduler.log")
    return Part("Scheduler (pg_cron)", f"database {database}", child)
