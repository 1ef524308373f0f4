"""The worker process: what it works on, how it is stopped, how it ends."""

import logging
import os
import signal
from threading import Event, Timer
from types import FrameType

from service import core_dumps
from service.adapters import postgrest_functions
from service.adapters.outbox_database import PostgRESTOutbox
from service.adapters.reminders import PostgRESTReminders
from service.adapters.unused_connections import PostgRESTUnusedConnections
from service.bootstrap import build_adapters, operator_functions
from service.config import Settings
from service.domain.checking_unused import UnusedConnectionHandler
from service.domain.outbox import Handler
from service.domain.queued_revocations import RevocationHandler
from service.domain.reminding import ReminderHandler
from service.domain.working import Worker
from service.errors import ServiceUnavailable
from service.logs import configure_logging
from service.metrics import serve_metrics

_log = logging.getLogger(__name__)
# A supervisor that asks politely kills after some time; ending before that leaves a line in the log.
STOP_SECONDS = 14.0


def run_worker(settings: Settings, *, is_once: bool, poll_seconds: float, metrics_port: int = 0) -> int:
    """Work on the outbox until SIGTERM or SIGINT.

    Args:
        is_once: end as soon as nothing is due.
        metrics_port: serve /metrics there on 127.0.0.1; 0 for none.

    Returns:
        The exit code: 0 after a wanted end; 1 if `is_once` and the database did not answer.

    Raises:
        SettingsError: the operator's credential is missing.
    """
    core_dumps.switch_off()
    configure_logging(is_production=settings.is_production)
    handlers = build_handlers(settings)
    stop = Event()
    worker = Worker(handlers, stop=stop, poll_seconds=poll_seconds)
    # The first line of an outage says it all; the adapter would repeat it with every try.
    logging.getLogger(postgrest_functions.__name__).addFilter(lambda _: not worker.is_in_outage)
    stop_on_signals(stop)
    if metrics_port:
        serve_metrics(metrics_port, is_multiprocess=False)
    _log.info("worker is ready", extra={"kinds": [handler.kind for handler in handlers]})
    try:
        worker.drain() if is_once else worker.run()
    except ServiceUnavailable:
        _log.error("worker ends: the database does not answer")
        return 1
    _log.info("worker ends")
    return 0


def build_handlers(settings: Settings) -> list[Handler]:
    """Build one handler per kind of work.

    Raises:
        SettingsError: the operator's credential is missing.
    """
    adapters, functions = build_adapters(settings), operator_functions(settings)
    sealer, oauth = adapters.sealer, adapters.google_oauth
    return [
        RevocationHandler(outbox=PostgRESTOutbox(functions), sealer=sealer, oauth=oauth),
        UnusedConnectionHandler(connections=PostgRESTUnusedConnections(functions), sealer=sealer, oauth=oauth),
        ReminderHandler(reminders=PostgRESTReminders(functions)),
    ]


def stop_on_signals(stop: Event, *, within_seconds: float = STOP_SECONDS) -> None:
    """Set `stop` at SIGTERM or SIGINT, and end the process if it has not ended by itself in time."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            timer = Timer(within_seconds, _end_now)
            timer.daemon = True
            timer.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def _end_now() -> None:
    # Nothing is lost: another worker takes the entry over once its lease has run out.
    _log.warning("worker ends with an entry in hand; it is taken over after its lease")
    logging.shutdown()
    os._exit(0)
