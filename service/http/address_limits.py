"""Limits per address on what anyone can call, in memory, before any signature or database work.

Each process counts by itself, so several workers together let through a multiple; the limits are there to blunt a
flood, not to count exactly. Signed-in users are limited by the database, across all processes.
"""

import hashlib
import ipaddress
import secrets
import time
from collections.abc import Callable

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit

# Per address and minute, by the first part of the route that fits.
_PUBLIC_ROUTES = {"/v1/google/callback": 30, "/healthz": 120, "/readyz": 120, "/docs": 120, "/openapi.json": 120}
_FAILED_AUTHENTICATIONS = 60
_IPV6_NETWORK_BITS = 64


def install(app: Flask, *, factor: int, refuse: Callable[[int], Response]) -> None:
    """Limit the public routes, and failed authentications on all others.

    Args:
        factor: multiplies every limit.
        refuse: builds the answer from the seconds to wait.
    """
    # Not the address itself: neither a log line nor the memory of the process holds one.
    salt = secrets.token_bytes(16)

    def caller() -> str:
        return hashlib.blake2b(_network(request.remote_addr or "").encode(), key=salt, digest_size=16).hexdigest()

    def answer(breached: RequestLimit) -> Response:
        # Flask-Limiter has rounded the time up already.
        return refuse(max(1, int(breached.reset_at - time.time())))

    Limiter(
        key_func=caller,
        app=app,
        storage_uri="memory://",
        strategy="moving-window",
        default_limits=[lambda: f"{(_limit() or 1) * factor}/minute"],
        default_limits_exempt_when=lambda: _limit() is None,
        # Only failures count, but once there are too many, tokens are not looked at any more.
        application_limits=[f"{_FAILED_AUTHENTICATIONS * factor}/minute"],
        application_limits_exempt_when=lambda: _limit() is not None,
        application_limits_deduct_when=lambda response: response.status_code == 401,
        on_breach=answer,
    )


def _limit() -> int | None:
    path = request.url_rule.rule if request.url_rule else ""
    return next((limit for start, limit in _PUBLIC_ROUTES.items() if path.startswith(start)), None)


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
