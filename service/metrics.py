"""What is measured, under names of ours, and the page on loopback where a collector reads it.

Labels hold words of ours alone: a route's template and never its path, no person, no address.
"""

from collections.abc import Callable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

HTTP_REQUESTS = Counter(
    "cxtrack_http_requests_total", "Requests answered, by method, route and status.", ["method", "route", "status"]
)
HTTP_DURATION = Histogram(
    "cxtrack_http_request_duration_seconds", "Seconds until the answer was ready, by route.", ["route"]
)
# A function answers within milliseconds, Google within seconds: one set of bounds serves both.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
DATABASE_CALLS = Counter(
    "cxtrack_database_calls_total",
    "Calls of functions of the database, by function and outcome.",
    ["function", "outcome"],
)
DATABASE_DURATION = Histogram(
    "cxtrack_database_call_duration_seconds", "Seconds of a call of the database, by function.", ["function"],
    buckets=_SECONDS,
)  # fmt: skip
GOOGLE_CALLS = Counter(
    "cxtrack_google_calls_total", "Requests at Google, by method and status or fault.", ["method", "outcome"]
)
GOOGLE_DURATION = Histogram(
    "cxtrack_google_call_duration_seconds", "Seconds of a request at Google, by method.", ["method"], buckets=_SECONDS
)
SEALING_FAILURES = Counter(
    "cxtrack_sealing_failures_total", "Sealed documents that did not open, by use and reason.", ["use", "reason"]
)
GOOGLE_REFRESHES = Counter("cxtrack_google_refreshes_total", "Refreshes of access tokens, by outcome.", ["outcome"])
REFRESH_BREAKER_OPEN = Gauge(
    "cxtrack_refresh_breaker_open",
    "1 if the last refresh asked for found refreshing stopped, else 0.",
    multiprocess_mode="mostrecent",
)
ALERTS = Counter("cxtrack_alerts_total", "Alerts raised, by name; docs/operate.md explains each.", ["alert"])
OUTBOX_ENTRIES = Counter(
    "cxtrack_outbox_entries_total",
    "Entries of the outbox that were worked on, by kind and outcome.",
    ["kind", "outcome"],
)


def serve_metrics(port: int, *, is_multiprocess: bool) -> Callable[[], None]:
    """Serve every metric on 127.0.0.1 from a thread of this process.

    Args:
        is_multiprocess: add up what all processes have written to PROMETHEUS_MULTIPROC_DIR.

    Returns:
        What ends it.

    Raises:
        OSError: the port is taken.
    """
    registry = REGISTRY
    if is_multiprocess:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)

    return stop
