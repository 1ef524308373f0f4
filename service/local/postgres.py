"""A PostgreSQL cluster of this process's own: made below the system's temporary folder, gone when it stops."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import psycopg
from psycopg import sql

from service.local import binaries, bootstrap
from service.local.processes import Child, ChildFailed, RunAs, free_port, identity_of, start_child, wait_until
from service.local.run_folders import new_run_folder

_START_TIMEOUT = 20.0
_START_TRIES = 3
_ANSWER_TIMEOUT = 2
# Everything here lives as long as the process: nothing is worth a wait for the disk.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "wal_level=logical")
_ROLES = ("supabase_admin", "postgres", "authenticator", "supabase_auth_admin", "supabase_storage_admin")

Role = Literal["supabase_admin", "postgres", "authenticator", "supabase_auth_admin", "supabase_storage_admin"]


class Cluster:
    """A running cluster with the roles of a hosted Supabase project.

    Attributes:
        host: always loopback, as the Supabase CLI cannot use a socket.
        port: found free at start.
    """

    host = "127.0.0.1"

    def __init__(self, folder: Path, log_path: Path) -> None:
        self.port = 0
        self._folder = folder
        self._log_path = log_path
        self._user = _run_as()
        self._passwords = {role: secrets.token_urlsafe(24) for role in _ROLES}
        self._child: Child | None = None

    @classmethod
    def start(cls, log_dir: Path) -> Self:
        """Make and start a cluster; must be called from the main thread.

        The shell's own database settings (PGOPTIONS, PGSERVICE and the like) are dropped from this process, as they
        would reach every connection to the cluster.

        Raises:
            ProgramMissing, ChildFailed: with what to do, or with the end of the log.
        """
        for name in [name for name in os.environ if re.fullmatch(r"PG[A-Z]+", name)]:
            del os.environ[name]
        cluster = cls(new_run_folder(), log_dir / "postgres.log")
        try:
            cluster._make()
            cluster._start()
            with cluster._admin("postgres") as connection:
                bootstrap.create_roles(connection, cluster._passwords)
        except BaseException:
            cluster.stop()
            raise
        return cluster

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop at once and remove every file of the cluster."""
        if self._child is not None:
            self._child.terminate(first_signal=signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether the server's process is there."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._child.pid if self._child is not None else 0

    def url(self, database: str = "postgres", role: Role = "postgres") -> str:
        """Give the connection URL of a role, password and all."""
        return f"postgresql://{role}:{self._passwords[role]}@{self.host}:{self.port}/{database}?sslmode=disable"

    def bootstrap(
        self, database: str = "postgres", *, default_privileges: bootstrap.DefaultPrivileges = "withheld"
    ) -> None:
        """Give a database what a hosted project's has before any migration, and the scratch marker."""
        with self._admin(database) as connection:
            bootstrap.fill_database(connection, default_privileges)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create a database as a copy of another one, which nobody may be connected to."""
        statement = sql.SQL("create database {} template {} strategy file_copy owner postgres").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with self._admin("postgres") as connection:
            connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with self._admin("postgres") as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _admin(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self.url(database, "supabase_admin"), autocommit=True)

    def _make(self) -> None:
        programs = self._folder / "programs"
        # Staged: as root the server's user may not reach the virtual environment, and the stand-ins for the
        # extensions need a place beside the real ones.
        shutil.copytree(binaries.postgres_folder(), programs, copy_function=_link_or_copy)
        bootstrap.stage_extensions(programs)
        for name in ("data", "socket"):
            (self._folder / name).mkdir(mode=0o700)
            self._give(self._folder / name)
        password_file = self._folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._passwords["supabase_admin"])
        self._give(password_file)
        arguments = [
            *(programs / "bin" / "initdb", "-D", self._folder / "data", "-U", "supabase_admin"),
            *("--pwfile", password_file, "--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
        ]
        answer = subprocess.run(
            [str(argument) for argument in arguments], env=_environment(), cwd=self._folder, capture_output=True,
            text=True, check=False, **identity_of(self._user),
        )  # fmt: skip
        password_file.unlink()
        if answer.returncode != 0:
            raise ChildFailed(f"initdb failed:\n{answer.stderr.strip()}")

    def _start(self) -> None:
        for tries_left in reversed(range(_START_TRIES)):
            self.port = free_port()
            try:
                self._launch()
            except ChildFailed as failure:
                # Somebody took the port between looking and binding.
                if tries_left and "could not bind" in str(failure):
                    continue
                raise
            return

    def crash(self) -> None:
        """Kill the server as a failing machine's kernel would, and start it again where it was.

        What was committed is still there although nothing waits for the disk here: the machine itself lives on. That
        holds for databases with synchronous_commit on; else the newest commits may never have left the server.
        """
        if self._child is not None:
            self._child.terminate(first_signal=signal.SIGKILL)
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            try:
                self._launch()
            except ChildFailed:
                # Processes of the old server end when they notice; until then its memory is in use.
                if time.monotonic() >= deadline:
                    raise
                continue
            return

    def _launch(self) -> None:
        arguments = [str(self._folder / "programs" / "bin" / "postgres"), "-D", str(self._folder / "data")]
        arguments += ["-p", str(self.port), "-k", str(self._folder / "socket"), "-h", self.host]
        for setting in _FAST:
            arguments += ["-c", setting]
        self._child = start_child(
            "postgres", arguments, env=_environment(), log_path=self._log_path, cwd=self._folder, user=self._user,
            death_signal=signal.SIGQUIT,
        )  # fmt: skip
        wait_until(self._answers, what="PostgreSQL", timeout=_START_TIMEOUT, child=self._child)

    def _answers(self) -> bool:
        # If somebody else has the port, their server may take a connection and never say a word.
        try:
            psycopg.connect(self.url(role="supabase_admin"), connect_timeout=_ANSWER_TIMEOUT).close()
        except psycopg.OperationalError:
            return False
        return True

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.uid, self._user.gid)


def _run_as() -> RunAs | None:
    """Find the user to run PostgreSQL as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("PG_RUN_AS"), "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name or "")
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise ChildFailed("PostgreSQL does not run as root, and there is no user postgres or nobody. Set PG_RUN_AS.")


def _environment() -> dict[str, str]:
    # Nothing of the shell's: a PG* variable would change what is started.
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": tempfile.gettempdir()}


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
