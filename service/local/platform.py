"""Puts the parts of the local platform together: database, Auth, PostgREST, gateway, Google stand-in, scheduler."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.local.auth.config import AuthSettings
from service.local.environment import ServiceIdentity, google_endpoints
from service.local.gateway import start_gateway
from service.local.keys import LocalKeys
from service.local.parts import Part, base_environment, http_answers
from service.local.postgres import Cluster
from service.local.postgrest import start_postgrest
from service.local.processes import free_port, start_child
from service.migrations import apply_migrations


@dataclass(frozen=True)
class Platform:
    """A running platform: where it answers and with which keys."""

    supabase_url: str
    google_url: str
    database_url: str = field(repr=False)
    admin_url: str = field(repr=False)
    keys: LocalKeys = field(repr=False)
    identity: ServiceIdentity = field(repr=False)
    service_jwt: str = field(repr=False)
    cluster: Cluster = field(repr=False)
    database: str = "postgres"
    parts: tuple[Part, ...] = ()

    @property
    def publishable_key(self) -> str:
        """The key for browsers and for the service."""
        return self.keys.publishable_key

    @property
    def secret_key(self) -> str:
        """The key that stands for service_role."""
        return self.keys.secret_key

    @property
    def jwt_issuer(self) -> str:
        """The issuer of user tokens."""
        return f"{self.supabase_url}/auth/v1"

    def settings_env(self) -> dict[str, str]:
        """Every variable with which the service runs on this platform."""
        return {
            **self.identity.environment(),
            "SUPABASE_URL": self.supabase_url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SERVICE_JWT": self.service_jwt,
            "SUPABASE_JWT_ISSUER": self.jwt_issuer,
            "DATABASE_URL": self.database_url,
            **google_endpoints(self.google_url),
        }

    def first_dead_part(self) -> str | None:
        """The name of a part whose process has ended, or None while all run."""
        return next((part.name for part in self.parts if part.child.poll() is not None), None)


@contextmanager
def running_platform(
    *,
    log_dir: Path,
    cluster: Cluster | None = None,
    database: str = "postgres",
    identity: ServiceIdentity | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[Platform]:
    """Run a platform until the block ends; every process of it ends with this one, however it ends.

    Must be called from the main thread: the kernel ties children to the thread that starts them.

    Args:
        log_dir: where each part writes its log; made if missing.
        cluster: a running cluster in which `database` is bootstrapped and migrated; without it an own cluster is
            started, bootstrapped and migrated.
        identity: address and keys of the service; fresh defaults if not given.
        report: is told in plain words what is being started.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    identity = identity or ServiceIdentity()
    with ExitStack() as stack:
        cluster = cluster or stack.enter_context(_own_cluster(log_dir, database, report))
        keys = LocalKeys.generate()
        # All ports are chosen before anything starts: Auth's tokens name the gateway's address, and the gateway names
        # the ports behind it. The processes start at the same time, which takes half as long as one after the other.
        ports = _Ports(gateway=free_port(), auth=free_port(), postgrest=free_port(), google=free_port())
        supabase_url = f"http://127.0.0.1:{ports.gateway}"
        starts: list[Callable[[], Part]] = [
            lambda: _start_scheduler(cluster, database, log_dir),
            lambda: _start_auth(cluster.url(database, "supabase_auth_admin"), keys, supabase_url, ports.auth, log_dir),
            lambda: _start_google(identity, ports.google, log_dir),
            lambda: start_postgrest(cluster, database, keys, port=ports.postgrest, log_dir=log_dir),
            lambda: start_gateway(
                keys, port=ports.gateway, auth_port=ports.auth, postgrest_port=ports.postgrest, log_dir=log_dir
            ),
        ]
        parts: list[Part] = []
        for start in starts:
            part = start()
            stack.callback(part.child.terminate)
            parts.append(part)
        for part in parts:
            part.wait_until_ready()
            report(f"{part.name} is ready")
        yield Platform(
            supabase_url=supabase_url,
            google_url=f"http://127.0.0.1:{ports.google}",
            database_url=cluster.url(database),
            admin_url=cluster.url(database, "supabase_admin"),
            keys=keys,
            identity=identity,
            service_jwt=keys.google_service_jwt,
            cluster=cluster,
            database=database,
            parts=tuple(parts),
        )


@contextmanager
def _own_cluster(log_dir: Path, database: str, report: Callable[[str], None]) -> Iterator[Cluster]:
    report("Starting PostgreSQL")
    with Cluster.start(log_dir) as cluster:
        cluster.bootstrap(database)
        applied = apply_migrations(cluster.url(database))
        report(f"PostgreSQL is ready, {len(applied)} migrations applied")
        yield cluster


@dataclass(frozen=True)
class _Ports:
    gateway: int
    auth: int
    postgrest: int
    google: int


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
    environment = {**base_environment(), "LOCAL_SCHEDULER_DATABASE_URL": cluster.url(database, "supabase_admin")}
    child = start_child("scheduler", argv, env=environment, log_path=log_dir / "scheduler.log")
    return Part("Scheduler (pg_cron)", f"database {database}", child)
