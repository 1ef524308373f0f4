"""What breaks while the users act: Google's answers, processes of ours, PostgREST, PostgreSQL; and keys that rotate."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from service.local.google.client import GoogleControl
from service.local.parts import REPOSITORY, Part, base_environment
from service.local.platform import Platform
from service.local.postgrest import start_postgrest
from service.local.processes import Child
from service.local.serve import start_worker

_GOOGLE = (
    ("drop_before", ""), ("drop_after", ""), ("half", ""), ("status_500", ""), ("status_503", ""), ("html", ""),
    ("empty", ""), ("unauthorized", ""), ("too_many", ""), ("forbidden", "rateLimitExceeded"), ("not_found", ""),
    ("conflict", ""), ("rotate_refresh_token", ""), ("oauth_error", "invalid_client"),
)  # fmt: skip
_PATHS = ("/gmail", "/calendar", "/token", "/revoke")
_WEIGHTS = {
    "break_google": 10, "slow_google": 3, "kill_web": 4, "kill_worker": 2, "kill_postgrest": 2, "kill_backend": 2,
    "crash_postgres": 1, "rotate_keys": 2,
}  # fmt: skip


@dataclass
class Havoc:
    """Breaks things from the thread that started them, as the kernel ties a child to that one."""

    platform: Platform
    google: GoogleControl
    web: Part
    worker: Part
    logs: Path
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    _postgrest: Part | None = None
    _rotations: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def step(self) -> None:
        """Break one random thing, and mend it where it does not mend itself."""
        name = self.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        self.done[name] += 1
        getattr(self, f"_{name}")()
        time.sleep(self.chance.uniform(0.05, 0.5))

    def end(self) -> None:
        """Mend everything."""
        self.google.clear_faults()
        for rotation in self._rotations:
            rotation.wait(120)
        if self.worker.child.poll() is not None:
            self._start_worker()

    def stop(self) -> None:
        """End what was started here."""
        self.worker.child.terminate(timeout=15)
        if self._postgrest is not None:
            self._postgrest.child.terminate()

    def _break_google(self) -> None:
        kind, reason = self.chance.choice(_GOOGLE)
        self.google.add_fault(kind, self.chance.choice(_PATHS), reason=reason, times=self.chance.randint(1, 3))

    def _slow_google(self) -> None:
        seconds = self.chance.choice((0.05, 0.3, 1.0))
        self.google.add_fault("latency", self.chance.choice(_PATHS), seconds=seconds, times=3)

    def _kill_web(self) -> None:
        self._kill_one_of(psutil.Process(self.web.child.pid).children())

    def _kill_worker(self) -> None:
        _kill(self.worker.child)
        self._start_worker()

    def _start_worker(self) -> None:
        self.worker = start_worker(self.platform, self.logs)

    def _kill_postgrest(self) -> None:
        part = self._postgrest or next(each for each in self.platform.parts if each.name == "PostgREST")
        _kill(part.child)
        time.sleep(self.chance.uniform(0, 0.3))
        self._postgrest = start_postgrest(
            self.platform.cluster, self.platform.database, self.platform.keys, port=urlsplit(part.url).port or 0,
            log_dir=self.logs,
        )  # fmt: skip
        self._postgrest.wait_until_ready()

    def _kill_backend(self) -> None:
        """Kill one process of the server: it drops everybody and recovers from its log."""
        self._kill_one_of(psutil.Process(self.platform.cluster.pid).children())

    def _crash_postgres(self) -> None:
        self.platform.cluster.crash()

    def _rotate_keys(self) -> None:
        keys = json.loads(self.platform.identity.token_keys)["keys"]
        self.chance.shuffle(keys)
        environment = {
            **base_environment(), **self.platform.settings_env(), "TOKEN_KEYS": json.dumps({"keys": keys}),
        }  # fmt: skip
        with (self.logs / "rotate.log").open("ab") as log:
            self._rotations.append(
                subprocess.Popen(
                    [sys.executable, "-m", "service", "rotate-keys"],
                    cwd=REPOSITORY,
                    env=environment,
                    stdout=log,
                    stderr=log,
                )
            )

    def _kill_one_of(self, processes: list[psutil.Process]) -> None:
        if processes:
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(processes).kill()


def _kill(child: Child) -> None:
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    child.terminate()
