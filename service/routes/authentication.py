"""Who calls: the access token of the Authorization header, verified once per request."""

import re
from typing import cast

from flask import g, request

from service.domain.principal import Principal
from service.errors import Unauthenticated
from service.routes.wiring import adapters

# RFC 6750, section 2.1. The scheme's name is case-insensitive (RFC 9110, section 11.1); there is one space.
_BEARER = re.compile(r"(?i:bearer) (?P<access_token>[A-Za-z0-9._~+/-]+=*)")


def authenticated() -> Principal:
    """Give the signed-in user.

    Raises:
        Unauthenticated: no header, another scheme, or a token that does not verify.
        ServiceUnavailable: Auth's keys cannot be had.
    """
    if "principal" not in g:
        # Two headers would be two users to whoever reads the other one.
        headers = request.headers.getlist("Authorization")
        match = _BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
        if match is None:
            raise Unauthenticated("no bearer token")
        g.principal = adapters().jwt.verify(match["access_token"])
    return cast(Principal, g.principal)
