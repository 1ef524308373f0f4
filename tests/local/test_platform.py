"""`make platform` as a person runs it: what it writes, and that it leaves nothing behind however it ends."""

from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.local.process_tree import descendants, foreground_platform, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

_PARTS = {
    "postgres -D": "PostgreSQL",
    "service.local.scheduler": "Scheduler",
    "service.local.auth": "Auth",
    "service.local.google": "Google",
    "postgrest": "PostgREST",
    "caddy": "Gateway",
}


def test_platform_writes_a_private_env_file_and_stops_cleanly_if_terminated(tmp_path: Path) -> None:
    with foreground_platform(tmp_path) as platform:
        platform.wait_until_ready()
        env_file = tmp_path / "env"
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        variables = platform.variables
        assert variables["APP_ENV"] == "local"
        key = {"apikey": variables["SUPABASE_PUBLISHABLE_KEY"]}
        assert httpx.get(f"{variables['SUPABASE_URL']}/auth/v1/health", headers=key).status_code == 200
        assert httpx.get(variables["GOOGLE_JWKS_URI"]).status_code == 200
        with psycopg.connect(variables["DATABASE_URL"]) as connection:
            row = connection.execute("select count(*) from supabase_migrations.schema_migrations").fetchone()
            assert row is not None
            assert row[0] > 0
        processes = descendants(platform.process.pid)
        assert len(processes) >= len(_PARTS)
        platform.process.send_signal(signal.SIGTERM)
        output = platform.finish()
        assert platform.process.returncode == 0, output
        assert "Stopped." in output
        assert [process for process in processes if process.is_alive()] == []
        assert not env_file.exists()
        for name in ("SUPABASE_SERVICE_JWT", "GOOGLE_CLIENT_SECRET", "TOKEN_KEYS"):
            assert variables[name] not in output


@pytest.mark.parametrize("part", _PARTS)
def test_platform_names_the_part_and_stops_the_rest_if_one_is_killed(tmp_path: Path, part: str) -> None:
    with foreground_platform(tmp_path) as platform:
        platform.wait_until_ready()
        processes = descendants(platform.process.pid)
        os.kill(platform.child(part), signal.SIGKILL)
        output = platform.finish()
        assert platform.process.returncode == 1
        assert _PARTS[part] in output.rpartition("logs in")[2]
        assert "ended by itself" in output
        wait_for(lambda: not any(process.is_alive() for process in processes))


def test_nothing_is_left_and_the_next_start_works_if_the_parent_is_killed(tmp_path: Path) -> None:
    with foreground_platform(tmp_path) as platform:
        platform.wait_until_ready()
        processes = descendants(platform.process.pid)
        platform.process.kill()
        wait_for(lambda: not any(process.is_alive() for process in processes))
    (tmp_path / "env").unlink()
    with foreground_platform(tmp_path) as platform:
        platform.wait_until_ready()


def test_two_checkouts_run_at_once_and_one_folder_only_once(tmp_path: Path) -> None:
    with foreground_platform(tmp_path / "one") as one, foreground_platform(tmp_path / "two") as two:
        one.wait_until_ready()
        two.wait_until_ready()
        assert one.variables["SUPABASE_URL"] != two.variables["SUPABASE_URL"]
        foreign = {"apikey": one.variables["SUPABASE_PUBLISHABLE_KEY"]}
        assert httpx.get(f"{two.variables['SUPABASE_URL']}/auth/v1/health", headers=foreign).status_code == 401
        with foreground_platform(tmp_path / "one") as same_folder:
            output = same_folder.finish()
            assert same_folder.process.returncode == 1
            assert "already runs" in output
        assert one.process.poll() is None


def test_platform_says_what_failed_and_leaves_nothing_if_a_part_does_not_start(tmp_path: Path) -> None:
    broken = tmp_path / "postgrest"
    broken.write_text("#!/bin/sh\necho broken on purpose >&2\nexit 3\n")
    broken.chmod(0o755)
    with foreground_platform(tmp_path / "state", POSTGREST_BIN=str(broken)) as platform:
        output = platform.finish()
        assert platform.process.returncode == 1
        assert "PostgREST" in output
        assert "broken on purpose" in output
        assert descendants(platform.process.pid) == set()
