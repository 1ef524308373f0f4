"""Counts and times each request at Google under the name of its method, for the metrics page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.domain.google_faults import GoogleFault
from service.metrics import GOOGLE_CALLS, GOOGLE_DURATION


@dataclass(slots=True)
class Measured:
    """One request; whoever makes it says how it ended, in a word of ours or as an HTTP status."""

    outcome: str = "failed"


@contextmanager
def measured(method: str) -> Iterator[Measured]:
    """Measure the request that the block makes.

    Args:
        method: Google's name of it, such as calendar.events.list; never an address, which holds ids.
    """
    request, began = Measured(), time.perf_counter()
    try:
        yield request
    except GoogleFault as fault:
        request.outcome = str(fault.status or fault.reason)
        raise
    finally:
        GOOGLE_CALLS.labels(method, request.outcome).inc()
        GOOGLE_DURATION.labels(method).observe(time.perf_counter() - began)
