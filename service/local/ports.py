"""Chooses ports that stay free until a child has bound them."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from service.local.processes import ChildFailed, free_port

_LOWEST = 15000
_TRIES = 50
_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def unused_port() -> int:
    """Choose a free port below the range from which the kernel takes ports for outgoing connections.

    A port from that range is often taken by somebody's connection before the child that it was chosen for binds it.
    """
    try:
        end = int(_RANGE_FILE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        end = 0
    for _ in range(_TRIES if end > _LOWEST else 0):
        port = random.randrange(_LOWEST, end)
        if is_free(port):
            return port
    return free_port()


def is_free(port: int) -> bool:
    """Whether nothing listens on a loopback port."""
    with socket.socket() as probe:
        # The option lets a port count as free while closed connections of its last user linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def was_port_taken(failure: ChildFailed) -> bool:
    """Whether a child ended because somebody else had its port first."""
    text = str(failure).lower()
    return "already in use" in text or "address in use" in text
