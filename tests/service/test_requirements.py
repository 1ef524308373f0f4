"""What is deployed imports nothing that requirements.txt does not bring."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _brought_along() -> set[str]:
    """The packages of requirements.txt and what they bring."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    waiting = [found[0] for line in lines if (found := _NAME.match(line)) and not line.startswith("-")]
    seen: set[str] = set()
    while waiting:
        name = _plain(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        waiting += [found[0] for each in needed if "extra ==" not in each and (found := _NAME.match(each))]
    return seen


def missing(imported: set[str]) -> set[str]:
    """Which of these modules nothing brings that is deployed."""
    known, distributions = _brought_along(), packages_distributions()
    foreign = imported - sys.stdlib_module_names - {"service"}
    return {name for name in foreign if not {_plain(each) for each in distributions.get(name, [])} & known}


def _imported() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "service").rglob("*.py"):
        if "local" in path.relative_to(ROOT / "service").parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def test_everything_that_is_imported_is_deployed():
    assert missing(_imported()) == set()


def test_package_of_the_tests_alone_would_be_missed():
    assert missing({"supabase", "pytest", "psutil", "flask", "json"}) == {"supabase", "pytest", "psutil"}
