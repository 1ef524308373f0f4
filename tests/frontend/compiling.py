"""Type-checks TypeScript against the checked-in types, strictly, and runs what came of it with Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from service.local import binaries
from service.local.binaries import REPOSITORY
from service.local.database_types import TYPES
from service.local.parts import base_environment

_MODULES = REPOSITORY / "node_modules"
_OPTIONS = {
    "strict": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "skipLibCheck": True,
    "sourceMap": True,
    "outDir": "out",
    "rootDir": ".",
    "types": [],
}


def compile_in(folder: Path, texts: Mapping[str, str], types: str | None = None) -> list[str]:
    """Type-check files beside types.ts and write what came of them to `out`.

    Args:
        folder: an empty one.
        texts: the files' names and texts.
        types: a text instead of the one that is checked in.

    Returns:
        What is wrong, as `file(line,column): error code: message`, further lines of one error left out.
    """
    (folder / "node_modules").symlink_to(_MODULES)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": _OPTIONS, "files": list(texts)}))
    (folder / "types.ts").write_text(types or TYPES.read_text())
    for name, text in texts.items():
        (folder / name).write_text(text)
    answer = subprocess.run(
        [binaries.node(), _MODULES / "typescript/bin/tsc"], cwd=folder, capture_output=True, text=True, check=False
    )
    wrong = [line for line in answer.stdout.splitlines() if not line.startswith(" ")]
    assert bool(wrong) == bool(answer.returncode), answer.stderr
    return wrong


def run_compiled(folder: Path, name: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a file that `compile_in` wrote."""
    return subprocess.run(
        [binaries.node(), "--enable-source-maps", folder / "out" / f"{name}.js"], cwd=folder, text=True, timeout=60,
        env={**base_environment(), **environment}, capture_output=True, check=False,
    )  # fmt: skip
