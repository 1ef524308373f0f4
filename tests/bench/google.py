"""A server that answers every request with the same page of ten events, at once or after a time.

Stands in for Google where only time is measured: the stand-in of the local platform takes longer for an answer than the
service does. Imitates nothing else; it takes any token and any address.
"""

from __future__ import annotations

import argparse
import asyncio
import json

_EVENTS = {
    "items": [
        {
            "id": f"6f1c2f0e7c554a3a9d3c0d9a7f0f5b{number:02d}",
            "status": "confirmed",
            "htmlLink": f"https://www.google.com/calendar/event?eid=NmYxYzJmMGU3YzU1NGEzYTlkM2MwZDlhN2YwZjVi{number:02d}",
            "summary": f"Kick-off with a customer, number {number}",
            "location": "12 Main Street, Winnipeg",
            "start": {"dateTime": f"2026-12-{number + 1:02d}T10:00:00-06:00", "timeZone": "America/Winnipeg"},
            "end": {"dateTime": f"2026-12-{number + 1:02d}T11:00:00-06:00", "timeZone": "America/Winnipeg"},
            "extendedProperties": {
                "private": {"cxtrack_activity_id": f"3a9d3c0d-9a7f-4f5b-8f1c-2f0e7c554a{number:02d}"}
            },
        }
        for number in range(10)
    ],
    "timeZone": "America/Winnipeg",
}
_BODY = json.dumps(_EVENTS).encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


class _Canned(asyncio.Protocol):
    """Answers GET requests one after the other on a connection that stays open."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            _, _, self._received = self._received.partition(b"\r\n\r\n")
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)  # type: ignore[attr-defined]


async def _serve(port: int, delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Canned(delay), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay-ms", type=float, default=0)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.delay_ms / 1000))
