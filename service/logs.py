"""Logs: one JSON object per line with the request id, secrets removed, libraries kept quiet.

Modules log through the standard library with `extra={...}`; structlog formats every record, ours and the libraries'.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from service.redaction import redact

# At DEBUG and INFO these write tokens, codes, headers and URLs with their queries.
QUIET_LIBRARIES = (
    "oauthlib", "requests_oauthlib", "google", "google_auth_httplib2", "google_auth_oauthlib", "googleapiclient",
    "httpx", "httpcore", "hpack", "urllib3", "requests", "httplib2", "postgrest", "supabase", "flask_cors", "psycopg",
)  # fmt: skip


class _QuietLibraries(logging.Filter):
    """Holds libraries at WARNING even where somebody turns one of their loggers up."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in QUIET_LIBRARIES


def configure_logging(*, is_production: bool, stream: TextIO | None = None) -> None:
    """Send every logger of the process through one redacting handler.

    Args:
        is_production: JSON always; else a terminal gets lines for people.
        stream: where to; standard error unless given.
    """
    destination = stream or sys.stderr
    is_for_people = not is_production and destination is not None and destination.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.dev.ConsoleRenderer() if is_for_people else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(destination)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact_event, renderer],
        )
    )
    handler.addFilter(_QuietLibraries())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
        # google-auth stops its loggers from propagating unless somebody has configured them before its first request.
        logging.getLogger(name).propagate = True
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared[:3], *shared[4:], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Remove secrets from a log event, its exception text included."""
    return {name: redact(name, value) for name, value in event.items()}
