"""Calls functions of service_api through PostgREST under one role; every fault of the way there becomes one error."""

import logging
from functools import cache
from typing import Any, TypeVar

import httpx
from postgrest import APIError, SyncPostgrestClient
from pydantic import TypeAdapter

from service.alerts import Alert, raise_alert
from service.errors import ServiceUnavailable

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


@cache
def _reader(answer_type: type[_Answer]) -> TypeAdapter[_Answer]:
    return TypeAdapter(answer_type)


class PostgRESTFunctions:
    """The functions that one role may call. One call is one round trip and one transaction."""

    def __init__(self, client: SyncPostgrestClient) -> None:
        self._client = client

    def call(self, answer_type: type[_Answer], function: str, parameters: dict[str, Any]) -> _Answer:
        """Call a function and read its answer.

        Args:
            answer_type: what the function answers; anything else counts as no answer.

        Raises:
            ServiceUnavailable: PostgREST or the database does not answer, refuses the role, or answers something that
                this version of the service does not understand. Nothing is claimed to have happened.
        """
        try:
            data = self._client.rpc(function, parameters).execute().data
            return _reader(answer_type).validate_python(data)
        except httpx.HTTPError as error:
            _log.error("database unreachable", extra={"function": function, "kind": type(error).__name__})
        except APIError as error:
            # The message may quote values of the call: only the code is logged.
            raise_alert(Alert.DATABASE_REFUSED, function=function, code=str(error.code)[:16])
        except (ValueError, RecursionError) as error:
            # Not JSON, not UTF-8, or not what this function answers: another version, or something in between.
            _log.error("database answer not understood", extra={"function": function, "kind": type(error).__name__})
        raise ServiceUnavailable
