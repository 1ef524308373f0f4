"""Fixtures of the policy tests: a deployed copy whose files can be altered, and a database with empty registers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.local.postgres import Cluster
from service.migrations import apply_migrations
from tests.databases import Database, cloned_database

ROOT = Path(__file__).parents[3]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """What is deployed: service/ without the local platform, policies/ and the migrations."""
    ignored = shutil.ignore_patterns("__pycache__", "local")
    for name in ("service", "policies", "supabase/migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    return tmp_path


@pytest.fixture
def run(deployed: Path) -> Run:
    """Run `python -m service policy ...` from the deployed copy."""

    def command(*arguments: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "service", "policy", *arguments],
            cwd=deployed,
            env={"PATH": os.environ["PATH"], "APP_ENV": "local", "DATABASE_URL": database_url},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    return command


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a database that was migrated and nothing else, to clone from."""
    name = "template_unloaded"
    cluster.create_database(name)
    cluster.bootstrap(name)
    apply_migrations(cluster.url(name))
    return name


@pytest.fixture
def unloaded(cluster: Cluster, migrated: str) -> Iterator[Database]:
    """A database right after migrate."""
    with cloned_database(cluster, migrated) as database:
        yield database
