"""Runs one request in a child process that counts the lines of the domain it executes, or dies before one of them.

The lines come from the interpreter's trace of the real code, so the list of places to die at is never out of date.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask

import service.domain

_DOMAIN = str(Path(service.domain.__file__).parent)


@dataclass(frozen=True)
class Request:
    """One request of a user."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None


def trace(app: Flask, environ: dict[str, str], request: Request) -> tuple[int, list[str]]:
    """Run the request in a child to its end; gives its status and the lines of the domain in order."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        lines: list[str] = []
        try:
            status = _request(app, environ, request, lines.append)
            os.write(writing, json.dumps([status, lines]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        status, lines = json.loads(pipe.read())
    os.waitpid(pid, 0)
    return status, lines


def die(app: Flask, environ: dict[str, str], request: Request, before_line: int) -> bool:
    """Run the request in a child that is killed right before its n-th line of the domain; whether it got that far."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def count_down(_: str) -> None:
            nonlocal count
            if count == before_line:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

        try:
            _request(app, environ, request, count_down)
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _request(app: Flask, environ: dict[str, str], request: Request, note: Any) -> int:
    os.environ.update(environ)

    def trace_lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            code = frame.f_code
            note(f"{Path(code.co_filename).stem}.{code.co_name}:{frame.f_lineno}")
        return trace_lines

    def trace_calls(frame: FrameType, event: str, _: Any) -> Any:
        is_ours = event == "call" and frame.f_code.co_filename.startswith(_DOMAIN)
        return trace_lines if is_ours and frame.f_code.co_name != "<module>" else None

    client = app.test_client()
    sys.settrace(trace_calls)
    try:
        answer = client.open(request.path, method=request.method, headers=request.headers, json=request.body)
    finally:
        sys.settrace(None)
    return answer.status_code
