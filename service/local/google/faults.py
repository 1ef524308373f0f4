"""Faults that tests switch on: what Google answers, or fails to answer, for the next calls of a path."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, request

KINDS = {
    "latency": "waits `seconds` and then goes on, to the next fault if there is one",
    "status_500": "a server fault in Google's error JSON",
    "status_502": "the same with 502",
    "status_503": "the same with 503",
    "status_504": "the same with 504",
    "html": "500 with a page of HTML",
    "empty": "200 with nothing",
    "other_json": "200 with JSON of another form: an object, or what `reason` names: list, text, null",
    "unauthorized": "401 as for an expired access token",
    "too_many": "429 with Retry-After",
    "forbidden": "403 with the `reason` given",
    "error_info": "403 with the `reason` given as ErrorInfo, which newer services of Google's answer",
    "bad_request": "400 with the `reason` given",
    "not_found": "404",
    "conflict": "409 as for an id that is taken",
    "gone": "410 as for what was deleted",
    "precondition": "412 as for an etag of before",
    "drop_before": "closes the connection and does not act",
    "drop_after": "acts, then closes the connection without an answer",
    "half": "acts, announces the whole answer, sends half of it and closes the connection",
    "slow_body": "acts, and sends a byte of the answer every `seconds`",
    "oauth_error": "the token endpoint's 400 with the `reason` given, 401 for invalid_client; invalid_rapt and "
    "rapt_required come as the subtype of invalid_grant",
    "lifetime": "the token endpoint's expires_in is the JSON in `reason`",
    "rotate_refresh_token": "the token endpoint gives a new refresh token and ends the old one",
    "id_token": "the ID token is wrong in what `reason` names: nonce, aud, iss, signature, exp, email_verified",
    "redirect": "the redirect to the client is wrong in what `reason` names: iss, no_iss, state",
}
_REASONS = {
    "other_json": {"", "list", "text", "null"},
    "id_token": {"nonce", "aud", "iss", "signature", "exp", "email_verified"},
    "redirect": {"iss", "no_iss", "state"},
}
_OTHER_JSON = {"": '{"unexpected": true}', "list": "[1]", "text": '"unexpected"', "null": "null"}
_SUBTYPES = {"invalid_rapt", "rapt_required"}
_INSTEAD = (
    "status_500", "status_502", "status_503", "status_504", "html", "empty", "other_json", "unauthorized", "too_many",
    "forbidden", "error_info", "bad_request", "not_found", "conflict", "gone", "precondition", "drop_before",
    "oauth_error",
)  # fmt: skip
# Status, reason unless the fault names one, and Google's word for the status.
_REFUSALS = {
    "unauthorized": (401, "authError", "UNAUTHENTICATED"),
    "too_many": (429, "rateLimitExceeded", "RESOURCE_EXHAUSTED"),
    "forbidden": (403, "forbidden", "PERMISSION_DENIED"),
    "bad_request": (400, "badRequest", "INVALID_ARGUMENT"),
    "not_found": (404, "notFound", "NOT_FOUND"),
    "conflict": (409, "duplicate", "ALREADY_EXISTS"),
    "gone": (410, "deleted", "NOT_FOUND"),
    "precondition": (412, "conditionNotMet", "FAILED_PRECONDITION"),
}


@dataclass
class Fault:
    """One fault, for calls whose path begins with `path_prefix`, as often as `times` says."""

    kind: str
    path_prefix: str = "/"
    method: str | None = None
    times: int = 1
    reason: str = ""
    seconds: float = 0.0
    # What Retry-After says, also an HTTP date; empty leaves the header out. 7 seconds with too_many unless given.
    retry_after: str | None = None


class Faults:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Switch a fault on; later ones come after earlier ones of the same path."""
        if fault.kind not in KINDS:
            raise ValueError(f"no fault is called {fault.kind}; there are {', '.join(KINDS)}")
        if fault.kind in _REASONS and fault.reason not in _REASONS[fault.kind]:
            raise ValueError(f"the reason of {fault.kind} is one of {', '.join(sorted(_REASONS[fault.kind]))}")
        if fault.kind == "oauth_error" and not fault.reason:
            raise ValueError("oauth_error needs a reason")
        with self._lock:
            self._active.append(fault)

    def clear(self) -> None:
        """Switch every fault off."""
        with self._lock:
            self._active.clear()

    def take(self, *kinds: str) -> Fault | None:
        """Use up one of the present request's faults of these kinds."""
        with self._lock:
            for fault in self._active:
                if (
                    fault.kind in kinds
                    and fault.times > 0
                    and request.path.startswith(fault.path_prefix)
                    and fault.method in (None, request.method)
                ):
                    fault.times -= 1
                    return fault
        return None


def answer_before(faults: Faults) -> Response | None:
    """What a fault answers instead of acting; None to go on."""
    if slow := faults.take("latency"):
        time.sleep(slow.seconds)
    fault = faults.take(*_INSTEAD)
    if fault is None:
        return None
    match fault.kind:
        case "html":
            return Response("<html><body>Sorry</body></html>", 500, mimetype="text/html")
        case "empty":
            return Response("", 200, mimetype="application/json")
        case "other_json":
            return Response(_OTHER_JSON[fault.reason], 200, mimetype="application/json")
        case "drop_before":
            return drop_connection()
        case "oauth_error":
            return _oauth_error(fault.reason)
        case "error_info":
            return _error_info(fault.reason)
    answer = _refusal(fault)
    waits = fault.retry_after if fault.retry_after is not None else "7" if fault.kind == "too_many" else ""
    if waits:
        answer.headers["Retry-After"] = waits
    return answer


def spoil(faults: Faults, answer: Response) -> Response:
    """What a fault makes of an answer to what was done."""
    if faults.take("drop_after"):
        return drop_connection()
    if faults.take("half"):
        return _half(answer)
    if slow := faults.take("slow_body"):
        return _slow(answer, slow.seconds)
    return answer


def google_error(
    code: int, reason: str, message: str, *, status: str = "INVALID_ARGUMENT", details: list[Any] | None = None
) -> Response:
    """Answer in the JSON of Google's APIs."""
    error: dict[str, Any] = {
        "code": code,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": reason}],
        "status": status,
    }
    if details:
        error["details"] = details
    return Response(json.dumps({"error": error}), code, mimetype="application/json")


def _refusal(fault: Fault) -> Response:
    if fault.kind not in _REFUSALS:
        return google_error(int(fault.kind[-3:]), "backendError", "Backend Error", status="INTERNAL")
    code, reason, status = _REFUSALS[fault.kind]
    return google_error(code, fault.reason or reason, "A sentence that nobody may log.", status=status)


def _error_info(reason: str) -> Response:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}]
    error = {"code": 403, "message": "A sentence that nobody may log.", "status": "PERMISSION_DENIED"}
    return Response(json.dumps({"error": {**error, "details": details}}), 403, mimetype="application/json")


def _half(answer: Response) -> Response:
    connection: socket.socket = request.environ["werkzeug.socket"]
    body = answer.get_data()
    head = f"HTTP/1.1 {answer.status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with contextlib.suppress(OSError):
        connection.sendall(head.encode() + body[: len(body) // 2])
    return drop_connection()


def _slow(answer: Response, seconds: float) -> Response:
    body = answer.get_data()

    def trickle() -> Iterator[bytes]:
        for number in range(len(body)):
            time.sleep(seconds)
            yield body[number : number + 1]

    return Response(trickle(), 200, headers={"Content-Length": str(len(body))}, mimetype="application/json")


def drop_connection() -> Response:
    """Close the caller's connection without another byte; what is returned reaches nobody."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    # The caller may have gone already.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def _oauth_error(reason: str) -> Response:
    body = {"error": reason, "error_description": "A description that nobody may log."}
    if reason in _SUBTYPES:
        body |= {"error": "invalid_grant", "error_subtype": reason}
    return Response(json.dumps(body), 401 if reason == "invalid_client" else 400, mimetype="application/json")
