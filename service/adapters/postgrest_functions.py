"""Calls functions of service_api through PostgREST under one role; every fault of the way there becomes one error.

Straight through urllib3, not supabase-py: a call of a function is one POST, and on the way of every request the client
library costs a worker 1.5 ms of CPU where this costs 0.6 (tests/bench/RESULTS.md).
"""

import json
import logging
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import certifi
import urllib3
from pydantic import TypeAdapter

from service.alerts import Alert, raise_alert
from service.errors import ServiceUnavailable
from service.metrics import DATABASE_CALLS, DATABASE_DURATION

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
# Functions of the database answer in milliseconds; whoever waits longer should hear 503 instead.
_TIMEOUT = urllib3.Timeout(connect=2.0, read=10.0)
_POOL_SIZE = 32
_OK = 200


@cache
def _reader(answer_type: type[_Answer]) -> TypeAdapter[_Answer]:
    return TypeAdapter(answer_type)


class PostgRESTFunctions:
    """The functions that one role may call. One call is one round trip and one transaction."""

    def __init__(self, supabase_url: str, headers: Mapping[str, str]) -> None:
        """Build the pool of connections.

        Args:
            headers: `apikey`, and the role's JWT as `Authorization` unless the key stands for the role.
        """
        is_https = supabase_url.startswith("https:")
        trusted = {"ca_certs": certifi.where()} if is_https else {}
        self._pool = urllib3.connection_from_url(supabase_url, maxsize=_POOL_SIZE, timeout=_TIMEOUT, **trusted)
        self._path = f"{urlsplit(supabase_url).path}/rest/v1/rpc"
        self._headers = {
            **headers, "Content-Profile": "service_api", "Content-Type": "application/json",
            "Accept": "application/json",
        }  # fmt: skip

    def call(self, answer_type: type[_Answer], function: str, parameters: dict[str, Any]) -> _Answer:
        """Call a function and read its answer.

        Args:
            answer_type: what the function answers; anything else counts as no answer.

        Raises:
            ServiceUnavailable: PostgREST or the database does not answer, refuses the role, or answers something that
                this version of the service does not understand. Nothing is claimed to have happened.
        """
        began = time.perf_counter()
        outcome = "answered"
        try:
            return self._call(answer_type, function, parameters)
        except urllib3.exceptions.HTTPError as error:
            outcome = "unreachable"
            _log.error("database unreachable", extra={"function": function, "kind": type(error).__name__})
        except _Refused as refused:
            outcome = "refused"
            raise_alert(Alert.DATABASE_REFUSED, function=function, code=refused.code)
        except (ValueError, RecursionError) as error:
            # Not JSON, not UTF-8, or not what this function answers: another version, or something in between.
            outcome = "not_understood"
            _log.error("database answer not understood", extra={"function": function, "kind": type(error).__name__})
        finally:
            DATABASE_CALLS.labels(function, outcome).inc()
            DATABASE_DURATION.labels(function).observe(time.perf_counter() - began)
        raise ServiceUnavailable

    def _call(self, answer_type: type[_Answer], function: str, parameters: dict[str, Any]) -> _Answer:
        answer = self._pool.urlopen(
            "POST",
            f"{self._path}/{function}",
            body=json.dumps(parameters).encode(),
            headers=self._headers,
            # A function that acted must not act again because its answer got lost.
            retries=False,
            redirect=False,
        )
        if answer.status != _OK:
            raise _Refused(_code_of(answer.status, answer.data))
        return _reader(answer_type).validate_python(json.loads(answer.data))


class _Refused(Exception):
    """PostgREST or the function answered with an error, of which only the code is kept: its text may quote values."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _code_of(status: int, content: bytes) -> str:
    """Give the SQLSTATE or the code of PostgREST; the HTTP status where the answer is somebody else's page."""
    try:
        code = json.loads(content)["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        code = status
    return str(code)[:16]
