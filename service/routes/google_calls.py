"""What a route of Gmail or Calendar is given: the signed-in user's calls, and the time that the caller allows."""

import re

from flask import request
from pydantic import Field

from service.domain.calling import GoogleCalls
from service.domain.deadlines import DEFAULT_SECONDS, Deadline
from service.routes.authentication import authenticated
from service.routes.parameters import ParameterModel
from service.routes.wiring import adapters

# RFC 7240, section 4.3: how many seconds the caller will wait. What cannot be read is ignored, as that RFC wants it.
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,4})\"?\s*(?=$|[,;])", re.IGNORECASE)


class PreferHeaders(ParameterModel):
    """How long the caller will wait."""

    prefer: str | None = Field(
        default=None, alias="Prefer", examples=["wait=10"],
        description=f"`wait=SECONDS` (RFC 7240) shortens the {DEFAULT_SECONDS} seconds within which all tries end.",
    )  # fmt: skip


def google_calls() -> GoogleCalls:
    """Give the calls of the signed-in user within the deadline of this request."""
    return GoogleCalls(
        principal=authenticated(),
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
        deadline=Deadline.within(_seconds(request.headers.get("Prefer", ""))),
    )


def _seconds(prefer: str) -> int:
    match = _WAIT.search(prefer)
    return min(max(int(match[1]), 1), DEFAULT_SECONDS) if match else DEFAULT_SECONDS
