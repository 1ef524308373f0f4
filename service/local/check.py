"""Everything that `make check` asks: format, lint, types, layers, SQL, advisors, TypeScript types, vulnerabilities."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from service.local.binaries import REPOSITORY
from service.local.postgres import Cluster
from service.local.supabase_cli import run_cli
from service.migrations import apply_migrations

_PROGRAMS = Path(sys.executable).parent
_AUDIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a check passed, and what it printed."""

    is_passed: bool
    output: str


def _program(*arguments: str, timeout: float = 300) -> Outcome:
    environment = {**os.environ, "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        answer = subprocess.run(
            [str(_PROGRAMS / arguments[0]), *arguments[1:]], cwd=REPOSITORY, env=environment, capture_output=True,
            text=True, check=False, timeout=timeout,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome(False, f"no answer within {timeout:g} seconds")
    return Outcome(answer.returncode == 0, answer.stdout + answer.stderr)


def _squawk() -> Outcome:
    files = [str(path.relative_to(REPOSITORY)) for path in sorted((REPOSITORY / "supabase/migrations").glob("*.sql"))]
    return _program("squawk", "--config", ".squawk.toml", *files)


def _advisors() -> Outcome:
    """Ask Supabase's own advisors about the migrated database."""
    with tempfile.TemporaryDirectory() as log_dir, Cluster.start(Path(log_dir)) as cluster:
        cluster.bootstrap()
        apply_migrations(cluster.url())
        answer = run_cli(["db", "advisors", "--fail-on", "warn", f"--remote={cluster.url()}"])
    return Outcome(answer.returncode == 0, answer.stdout + answer.stderr)


CHECKS: dict[str, Callable[[], Outcome]] = {
    "format": lambda: _program("ruff", "format", "--check", "--quiet", "."),
    "lint": lambda: _program("ruff", "check", "."),
    "layers": lambda: _program("lint-imports"),
    "types": lambda: _program("pyright"),
    "SQL style": lambda: _program("sqlfluff", "lint", "--nocolor", "supabase/migrations"),
    "SQL safety": _squawk,
    "Supabase advisors": _advisors,
    "TypeScript types": lambda: _program("python", "-m", "service.local", "types", "--check"),
}


def run_checks(console: Console) -> int:
    """Run every check, print what failed, and warn of known vulnerabilities where the network tells them.

    Returns:
        The exit code: 0 if every check passed; warnings do not count.
    """
    failed = [name for name, check in CHECKS.items() if not _run(console, name, check)]
    audit = _program("pip-audit", "--requirement", "requirements.txt", timeout=_AUDIT_SECONDS)
    if not audit.is_passed:
        console.print("[yellow]![/yellow] known vulnerabilities: found some, or the network did not tell")
        console.print(audit.output.strip()[-1500:], markup=False, highlight=False, style="dim")
    passed = len(CHECKS) - len(failed)
    console.print(f"{passed} passed, {len(failed)} failed", highlight=False)
    return 1 if failed else 0


def _run(console: Console, name: str, check: Callable[[], Outcome]) -> bool:
    began = time.monotonic()
    outcome = check()
    mark = "[green]✓[/green]" if outcome.is_passed else "[red]✗[/red]"
    console.print(f"{mark} {name} [dim]{time.monotonic() - began:.1f} s[/dim]", highlight=False)
    if not outcome.is_passed:
        console.print(outcome.output.strip(), markup=False, highlight=False)
    return outcome.is_passed
