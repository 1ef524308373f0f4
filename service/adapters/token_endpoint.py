"""What Google's token endpoint answers: tokens, the end of a grant, a mistake of ours, or nothing to go by."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import requests
from oauthlib.oauth2 import OAuth2Error

from service.adapters.google_measurements import measured
from service.alerts import Alert, raise_alert
from service.domain.google_values import GoogleTokens
from service.domain.refusals import GoogleRefused, GoogleUnavailable

_log = logging.getLogger(__name__)
_LONGEST_LIFETIME_SECONDS = 24 * 3600


class InvalidGrant(Exception):
    """The endpoint answered invalid_grant (RFC 6749, section 5.2).

    Attributes:
        subtype: Google's error_subtype, such as invalid_rapt where a Workspace wants the user to sign in again.
    """

    def __init__(self, subtype: str | None) -> None:
        super().__init__("invalid_grant")
        self.subtype = subtype


def require_token_response(answer: requests.Response) -> requests.Response:
    """Tell refusals apart before oauthlib reads the answer; a compliance hook of OAuth2Session.

    Raises:
        InvalidGrant: the grant or code is over.
        GoogleRefused: any other OAuth error, which is our fault and not the user's; operators are alerted.
        GoogleUnavailable: a server fault, or nothing that is a token response or an OAuth error.
    """
    body = json_object(answer)
    if answer.status_code >= 500 or answer.status_code == 429 or body is None:
        _log.warning("token endpoint answered no token response", extra={"status": answer.status_code})
        raise GoogleUnavailable
    if "error" not in body:
        return answer
    # The description is Google's free text: only the code, one of RFC 6749's, is kept.
    error = str(body["error"])[:64]
    _log.warning("token endpoint refused", extra={"oauth_error": error})
    if error == "invalid_grant":
        raise InvalidGrant(text_of(body, "error_subtype", 64))
    raise_alert(Alert.TOKEN_ENDPOINT_REFUSED, oauth_error=error)
    raise GoogleRefused(details={"oauth_error": error})


def ask(request: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Make one call to the endpoint.

    Raises:
        GoogleUnavailable: no answer, or one that oauthlib cannot read; and what require_token_response raises.
    """
    with measured("oauth2.token") as measurement:
        try:
            answer = request()
            measurement.outcome = "answered"
            return answer
        except InvalidGrant:
            measurement.outcome = "invalid_grant"
            raise
        except requests.RequestException as error:
            measurement.outcome = "unreachable"
            _log.warning("token endpoint not reached", extra={"kind": type(error).__name__})
        except (OAuth2Error, ValueError, TypeError) as error:
            # oauthlib turns expires_in into a number without looking whether it is one.
            _log.warning("token endpoint answered no token response", extra={"kind": type(error).__name__})
        raise GoogleUnavailable


def tokens_of(answer: Mapping[str, Any], asked_at: datetime) -> GoogleTokens:
    """Read a token response (RFC 6749, section 5.1).

    Args:
        asked_at: when the request was about to be sent; the lifetime counts from then, never later than Google means.

    Raises:
        GoogleUnavailable: it holds no access token.
    """
    access_token, scope = answer.get("access_token"), answer.get("scope")
    if not isinstance(access_token, str):
        raise GoogleUnavailable
    # oauthlib gives the scope as a list of one string or of several, depending on how it was asked.
    scopes = scope.split() if isinstance(scope, str) else scope
    return GoogleTokens(
        access_token=access_token,
        refresh_token=text_of(answer, "refresh_token", 2048),
        expires_at=asked_at + timedelta(seconds=_lifetime(answer.get("expires_in"))),
        granted_scopes=None if scopes is None else tuple(sorted(str(each) for each in scopes)),
        id_token=text_of(answer, "id_token", 16384),
    )


def json_object(answer: requests.Response) -> Mapping[str, Any] | None:
    """Read a body that is a JSON object; None if it is anything else."""
    try:
        body = answer.json()
    except requests.exceptions.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def text_of(values: Mapping[str, Any], name: str, longest: int) -> str | None:
    """Read a text of a sensible length; None if it is anything else. PostgreSQL keeps no NUL in text."""
    value = values.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= longest and "\0" not in value else None


def _lifetime(expires_in: object) -> int:
    """Give the seconds that an access token lives; without a lifetime (RFC 6749, section 5.1) it counts as expired."""
    if not isinstance(expires_in, int) or isinstance(expires_in, bool):
        return 0
    return max(0, min(expires_in, _LONGEST_LIFETIME_SECONDS))
