"""Where a call's time goes: its pieces one by one in this process, where nothing else runs in between."""

from __future__ import annotations

import logging
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from werkzeug.test import EnvironBuilder

from service import create_app
from service.bootstrap import build_adapters
from service.config import load_settings
from service.domain.deadlines import Deadline
from service.domain.principal import Principal
from service.domain.sealed import TokenBinding, Use
from service.local.platform import Platform
from service.logs import configure_logging
from service.routes.calendar_models import EventsBody
from service.routes.responses import respond
from tests.bench.load import one_by_one
from tests.bench.population import Person
from tests.bench.stage import bare_rpc, canned_google

_CALLS = 300


@dataclass(frozen=True)
class Piece:
    """One piece: milliseconds until it was done, and of CPU of the worker."""

    what: str
    p50: float
    cpu: float


def pieces(platform: Platform, people: list[Person], log_dir: Path) -> list[Piece]:
    """Measure each piece of listing events."""
    with canned_google(log_dir, delay_ms=0) as google, (log_dir / "pieces.log").open("w") as log:
        # As the platform's variables say for the service's own processes.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
        settings = load_settings({**platform.settings_env(), "CALENDAR_ENDPOINT": f"{google}/calendar/v3/"})
        configure_logging(is_production=True, stream=log)
        adapters = build_adapters(settings)
        app = create_app(settings, adapters)
        request = EnvironBuilder(path="/healthz").get_environ()
        principals = [Principal(each.user_id, each.session_id, "aal1", 2**40) for each in people]

        def open_token(number: int):
            principal = principals[number % len(principals)]
            return adapters.database.open_token(principal, purpose="show_events", may_refresh=True)

        def list_events(_: int):
            return adapters.calendar.upcoming(
                "made up", Deadline.within(20), calendar_id="primary", time_min=datetime.now(UTC), time_max=None,
                time_zone=None, max_results=10, page_token=None,
            )  # fmt: skip

        opened, page = open_token(0), list_events(0)
        binding = TokenBinding(UUID(str(opened.connection_id)), people[0].user_id, opened.token_version)
        body = {"events": page.events, "next_page_token": None, "time_zone": None, "fetched_at": datetime.now(UTC)}
        log_line = {"method": "GET", "path": "/v1/calendar/events", "status": 200, "duration_ms": 4.2}
        found = [
            _piece("Flask, headers, limits, metrics, log line", lambda _: list(app(dict(request), _start))),
            _piece(
                "of that, the log line", lambda _: logging.getLogger("service.access").info("request", extra=log_line)
            ),
            _piece("open_token, one rpc", open_token),
            _piece(
                "opening the sealed document",
                lambda _: adapters.sealer.open(Use.ACCESS, binding, opened.document or ""),
            ),
            _piece("Google's client and its call", list_events),
            _piece("checking and writing the answer", lambda _: respond(EventsBody.model_validate(body))),
        ]
        rpc = statistics.median(one_by_one(bare_rpc(platform), _CALLS)) * 1000
        return [*found, Piece("for comparison: a bare rpc from a bare socket", rpc, 0.0)]


def _start(*_: object) -> Callable[[bytes], object]:
    return lambda _: None


def _piece(what: str, act: Callable[[int], object]) -> Piece:
    for number in range(30):
        act(number)
    seconds: list[float] = []
    cpu = time.process_time()
    for number in range(_CALLS):
        began = time.perf_counter()
        act(number)
        seconds.append(time.perf_counter() - began)
    cpu = (time.process_time() - cpu) / _CALLS
    return Piece(what, statistics.median(seconds) * 1000, cpu * 1000)
