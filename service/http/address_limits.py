"""Limits per address on what anyone can call, in memory, before any signature or database work.

Each process counts by itself, so several workers together let through a multiple; the limits are there to blunt a
flood, not to count exactly. Signed-in users are limited by the database, across all processes.
"""

import hashlib
import ipaddress
import math
import secrets
import time
from collections.abc import Callable, Mapping

from flask import Flask, Response, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# Per address and minute, by the first part of the route that fits.
_PUBLIC_ROUTES = {"/v1/google/callback": 30, "/healthz": 120, "/readyz": 120, "/docs": 120, "/openapi.json": 120}
_FAILED_AUTHENTICATIONS = 60
_UNAUTHORIZED = 401
_IPV6_NETWORK_BITS = 64


def install(app: Flask, *, factor: int, refuse: Callable[[int], Response]) -> None:
    """Limit the public routes, and failed authentications on all others.

    With `limits` itself and not with Flask-Limiter, which looks through its rules for 0.3 ms on every request.

    Args:
        factor: multiplies every limit.
        refuse: builds the answer from the seconds to wait.
    """
    # Not the address itself: neither a log line nor the memory of the process holds one.
    salt = secrets.token_bytes(16)
    windows = MovingWindowRateLimiter(MemoryStorage())
    public = {start: RateLimitItemPerMinute(count * factor) for start, count in _PUBLIC_ROUTES.items()}
    failures = RateLimitItemPerMinute(_FAILED_AUTHENTICATIONS * factor, namespace="failures")

    def caller() -> str:
        return hashlib.blake2b(_network(request.remote_addr or "").encode(), key=salt, digest_size=16).hexdigest()

    @app.before_request
    def refuse_a_flood() -> Response | None:
        found = _limit(public)
        if found is None:
            # Only failures count, but once there are too many, tokens are not looked at any more.
            g.failures_count_for = caller()
            return None if windows.test(failures, g.failures_count_for) else answer(failures, g.failures_count_for)
        start, limit = found
        is_within = windows.hit(limit, start, caller())
        return None if is_within else answer(limit, start, caller())

    @app.after_request
    def count_failures(response: Response) -> Response:
        if response.status_code == _UNAUTHORIZED and "failures_count_for" in g:
            windows.hit(failures, g.failures_count_for)
        return response

    def answer(limit: RateLimitItem, *names: str) -> Response:
        return refuse(max(1, math.ceil(windows.get_window_stats(limit, *names).reset_time - time.time())))


def _limit(public: Mapping[str, RateLimitItem]) -> tuple[str, RateLimitItem] | None:
    path = request.url_rule.rule if request.url_rule else ""
    return next((each for each in public.items() if path.startswith(each[0])), None)


def _network(address: str) -> str:
    """Give what counts as one caller: an IPv4 address, or the /64 that one household or server has of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return str(parsed)
