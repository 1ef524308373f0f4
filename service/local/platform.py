"""Puts the parts of the local platform together: database, Auth, PostgREST, gateway, Google stand-in, scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.local.assembly import start_parts
from service.local.environment import ServiceIdentity, google_endpoints
from service.local.keys import LocalKeys
from service.local.parts import Part
from service.local.postgres import Cluster
from service.local.seeding import seed
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
            "SUPABASE_OPERATOR_JWT": self.keys.google_operator_jwt,
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
        ports, parts = start_parts(stack, cluster, database, keys, identity, log_dir)
        for part in parts:
            report(f"{part.name} is ready")
        yield Platform(
            supabase_url=ports.supabase_url,
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
        seed(cluster.url(database))
        report(f"PostgreSQL is ready, {len(applied)} migrations applied")
        yield cluster
