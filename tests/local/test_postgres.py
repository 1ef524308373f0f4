"""The cluster: roles that can log in, nothing readable by others, and nothing left when it or its owner ends."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service.local import postgres
from service.local.parts import REPOSITORY
from service.local.postgres import Cluster, Role
from tests.local.process_tree import descendants, wait_for

_RUN = """
import sys, time
from pathlib import Path
from service.local.postgres import Cluster
cluster = Cluster.start(Path(sys.argv[1]))
print(cluster.pid, cluster.url(), flush=True)
time.sleep(600)
"""


def value(url: str, query: str) -> object:
    """The only value that a query gives."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A second cluster beside this worker's."""
    with Cluster.start(tmp_path_factory.mktemp("other")) as running:
        yield running


@pytest.mark.parametrize("role", get_args(Role))
def test_role_can_log_in_with_the_url_it_is_given(other: Cluster, role: Role) -> None:
    assert value(other.url(role=role), "select current_user") == role


def test_role_cannot_log_in_with_another_clusters_password(cluster: Cluster, other: Cluster) -> None:
    password = conninfo_to_dict(cluster.url())["password"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(other.url(), password=password)


def test_no_password_is_shown_by_the_object_or_its_log(other: Cluster) -> None:
    written = repr(other) + other._log_path.read_text()
    assert not any(password in written for password in other._passwords.values())


def test_server_listens_on_loopback_alone(other: Cluster) -> None:
    assert value(other.url(role="supabase_admin"), "show listen_addresses") == "127.0.0.1" == other.host


def test_server_is_a_supported_version_with_utf8_and_utc(other: Cluster) -> None:
    assert int(str(value(other.url(), "show server_version_num"))) >= 150000
    assert value(other.url(), "show server_encoding") == "UTF8"
    assert value(other.url(), "show timezone") in ("UTC", "GMT", "Etc/UTC")


def test_data_and_socket_are_closed_to_others(other: Cluster) -> None:
    for name in ("data", "socket"):
        assert stat.S_IMODE((other._folder / name).stat().st_mode) == 0o700
    assert (other._folder / "data" / "vault_root_key").exists()
    assert not (other._folder / "password").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
def test_server_does_not_run_as_root(other: Cluster) -> None:
    assert Path(f"/proc/{other.pid}").stat().st_uid != 0


def test_database_is_cloned_and_dropped_while_somebody_is_connected(other: Cluster) -> None:
    other.create_database("source")
    with psycopg.connect(other.url("source"), autocommit=True) as connection:
        connection.execute("create table public.notes as select 1 as id")
    other.create_database("clone", template="source")
    connected = psycopg.connect(other.url("clone"), autocommit=True)
    assert connected.execute("select count(*) from public.notes").fetchone() == (1,)
    other.drop_database("clone")
    with pytest.raises(psycopg.OperationalError):
        connected.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(other.url("clone"))


def test_nothing_is_left_if_the_cluster_is_stopped(tmp_path: Path) -> None:
    with Cluster.start(tmp_path) as running:
        folder, pid = running._folder, running.pid
        processes = {process for process in descendants(os.getpid()) if process.pid == pid} | descendants(pid)
        assert len(processes) > 1
    assert not running.is_running()
    assert not folder.exists()
    wait_for(lambda: not any(process.is_alive() for process in processes))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_server_stops_if_its_owner_is_killed_and_the_next_start_removes_its_folder(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout as output:
        pid, url = output.readline().split()
    data = Path(str(value(url.replace("/postgres?", "/template1?"), "show data_directory")))
    processes = descendants(owner.pid)
    assert int(pid) in {process.pid for process in processes}
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_for(lambda: not any(process.is_alive() for process in processes))
    assert data.exists()
    with Cluster.start(tmp_path):
        assert not data.exists()


def test_start_takes_another_port_if_the_first_was_taken_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        ports = [taken, postgres.free_port()]
        monkeypatch.setattr(postgres, "free_port", lambda: ports.pop(0))
        with Cluster.start(tmp_path) as running:
            assert running.port != taken
            assert ports == []


def test_start_ignores_the_shells_own_database_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGHOST", "PGOPTIONS", "PGSERVICE", "PGREQUIREAUTH"):
        monkeypatch.setenv(name, "/nowhere")
    with Cluster.start(tmp_path) as running:
        assert running.is_running()


def test_failed_start_leaves_no_folder_and_shows_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_FAST", ("shared_buffers=nonsense",))
    made: list[Path] = []
    original = postgres.new_run_folder
    monkeypatch.setattr(postgres, "new_run_folder", lambda: made.append(original()) or made[-1])
    with pytest.raises(postgres.ChildFailed, match="shared_buffers"):
        Cluster.start(tmp_path)
    assert len(made) == 1
    assert not made[0].exists()


def test_server_that_crashed_is_back_with_everything_that_was_committed(tmp_path: Path):
    with Cluster.start(tmp_path) as cluster:
        port, pid = cluster.port, cluster.pid
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("set synchronous_commit = on")
            connection.execute("create table kept (number integer)")
            connection.execute("insert into kept values (17)")
            cluster.crash()
        assert (cluster.port, cluster.is_running()) == (port, True)
        assert cluster.pid != pid
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("select number from kept").fetchone() == (17,)
