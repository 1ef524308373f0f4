"""Makes requests and times them. Raw sockets: a client library costs more than the bare route it would measure, and it
shares the two cores with it."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_WARM_UP = 50


class LoadFailed(Exception):
    """Something else than success was answered; nothing was measured."""


@dataclass(frozen=True)
class Target:
    """Where requests go, and their bytes: one of them after the other, and from the start again."""

    url: str
    requests: Sequence[bytes]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 80)


def get(path: str, headers: dict[str, str]) -> bytes:
    """Write a GET request."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def head(path: str, headers: dict[str, str]) -> bytes:
    """Write a HEAD request, with which supabase-js counts."""
    return get(path, headers).replace(b"GET ", b"HEAD ", 1)


def post_json(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Write a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
             f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def one_by_one(target: Target, count: int) -> list[float]:
    """Make requests one after the other on one connection; gives the seconds of each."""
    seconds: list[float] = []
    with socket.create_connection(target.address, timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, request in enumerate(itertools.cycle(target.requests)):
            if number == count + _WARM_UP:
                return seconds
            began = time.perf_counter()
            connection.sendall(request)
            _receive(connection, has_body=not request.startswith(b"HEAD "))
            if number >= _WARM_UP:
                seconds.append(time.perf_counter() - began)
    raise AssertionError("unreachable: the cycle never ends")


def _receive(connection: socket.socket, *, has_body: bool) -> None:
    received = b""
    while not (end := _end_of(received) if has_body else received.find(b"\r\n\r\n") + 1):
        chunk = connection.recv(65536)
        if not chunk:
            raise LoadFailed("the connection was closed")
        received += chunk
    _check(received[:end])


def _end_of(received: bytes) -> int:
    """Where the first answer ends; 0 if it is not there yet."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return 0
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        at = body.find(b"0\r\n\r\n")
        return 0 if at < 0 else len(head) + 4 + at + 5
    length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return len(head) + 4 + length if len(body) >= length else 0


def _check(answer: bytes) -> None:
    # 201 after an insert, 206 where a count says that there is more.
    if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201", b"HTTP/1.1 206")):
        raise LoadFailed(answer.partition(b"\r\n")[0].decode(errors="replace"))


@dataclass(frozen=True)
class Answered:
    """What came of a stretch of load."""

    count: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return self.count / self.seconds


def all_at_once(target: Target, *, connections: int, seconds: float) -> Answered:
    """Keep so many connections busy for a time."""
    return asyncio.run(_closed_loop(target, connections, seconds))


def at_rate(target: Target, *, per_second: float, seconds: float, connections: int = 32) -> Answered:
    """Send requests at a steady rate, whether or not earlier ones are answered; a wait for a connection counts."""
    return asyncio.run(_open_loop(target, per_second, seconds, connections))


async def _closed_loop(target: Target, connections: int, seconds: float) -> Answered:
    requests = itertools.cycle(target.requests)
    latencies: list[float] = []
    over_at = time.perf_counter() + seconds

    async def keep_busy() -> None:
        connection = await _Connection.to(target)
        while (began := time.perf_counter()) < over_at:
            await connection.exchange(next(requests))
            latencies.append(time.perf_counter() - began)
        connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(keep_busy() for _ in range(connections)))
    return Answered(len(latencies), time.perf_counter() - began, latencies)


async def _open_loop(target: Target, per_second: float, seconds: float, connections: int) -> Answered:
    requests = itertools.cycle(target.requests)
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await _Connection.to(target))
    latencies: list[float] = []

    async def one(due_at: float) -> None:
        connection = await free.get()
        await connection.exchange(next(requests))
        latencies.append(time.perf_counter() - due_at)
        free.put_nowait(connection)

    began = time.perf_counter()
    running: list[asyncio.Task[None]] = []
    for number in range(int(per_second * seconds)):
        due_at = began + number / per_second
        if (pause := due_at - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        running.append(asyncio.create_task(one(due_at)))
    await asyncio.gather(*running)
    answered = Answered(len(latencies), time.perf_counter() - began, latencies)
    while not free.empty():
        free.get_nowait().close()
    return answered


class _Connection(asyncio.Protocol):
    """One connection with one request under way."""

    def __init__(self) -> None:
        self._received = b""
        self._answered: asyncio.Future[None] | None = None

    @classmethod
    async def to(cls, target: Target) -> _Connection:
        _, protocol = await asyncio.get_running_loop().create_connection(cls, *target.address)
        return protocol

    async def exchange(self, request: bytes) -> None:
        self._received = b""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        await self._answered

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = _end_of(self._received)
        if end and self._answered is not None and not self._answered.done():
            try:
                _check(self._received[:end])
            except LoadFailed as error:
                self._answered.set_exception(error)
            else:
                self._answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it so
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(LoadFailed("the connection was closed"))
