"""Runs the pinned Supabase CLI against the local cluster: no Docker, no login, no telemetry, no questions."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from service.local import binaries


def run_cli(
    arguments: Sequence[str], *, cwd: Path = binaries.REPOSITORY, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run `supabase ARGUMENTS`; a cluster is named with `--remote=<url>`.

    Returns:
        Exit code, output and errors; nothing is raised for a failure of the CLI itself.
    """
    with tempfile.TemporaryDirectory(prefix="cxtrack-cli-") as home:
        environment = {
            "PATH": f"{binaries.node().parent}{os.pathsep}{os.environ.get('PATH', '')}",
            # The CLI keeps a profile, a telemetry id and a cache at home: each run starts without.
            "HOME": home,
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "DO_NOT_TRACK": "1",
            "PGSSLMODE": "disable",
            "NO_COLOR": "1",
        }
        return subprocess.run(
            [*binaries.supabase_cli(), *arguments, "--yes"], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
