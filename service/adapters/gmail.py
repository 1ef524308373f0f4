"""Sending through the Gmail API: one POST, never repeated by any library below."""

import base64
import logging

import requests

from service.adapters.google_errors import reason_of
from service.adapters.google_http import TIMEOUT, GoogleHTTP
from service.alerts import Alert, raise_alert
from service.domain.google_values import SentMessage
from service.domain.sending import NotSent, OutcomeUnknown

_log = logging.getLogger(__name__)


class GmailClient:
    """Fulfils service.domain.ports.Gmail."""

    def __init__(self, http: GoogleHTTP, *, endpoint: str) -> None:
        self._http = http
        self._send_url = f"{endpoint.rstrip('/')}/gmail/v1/users/me/messages/send?fields=id,threadId"

    def send(self, access_token: str, *, message: bytes) -> SentMessage:
        """Send one RFC 5322 message for the user.

        Raises:
            NotSent: Gmail refused with a 4xx, or no connection was made.
            OutcomeUnknown: 5xx, timeout or a drop after the request began; Gmail documents no idempotency key.
        """
        session = self._http.authorized_session(access_token)
        body = {"raw": base64.urlsafe_b64encode(message).decode()}
        try:
            answer = session.post(self._send_url, json=body, timeout=TIMEOUT, allow_redirects=False)
        except requests.exceptions.ConnectTimeout:
            raise NotSent("google_unreachable") from None
        except requests.RequestException as error:
            if _never_connected(error):
                raise NotSent("google_unreachable") from None
            _log.warning("send without an answer", extra={"kind": type(error).__name__})
            raise OutcomeUnknown from None
        if 400 <= answer.status_code < 500:
            reason = reason_of(answer.content)
            _log.warning("send refused", extra={"status": answer.status_code, "reason": reason})
            if answer.status_code == requests.codes.unauthorized:
                # The token had not ended by our clock: kept, whatever Google means by it.
                raise_alert(Alert.UNAUTHORIZED_AFTER_REFRESH, api="gmail")
            raise NotSent(reason)
        if answer.status_code != requests.codes.ok:
            _log.warning("send answered a fault", extra={"status": answer.status_code})
            raise OutcomeUnknown
        try:
            ids = answer.json()
            return SentMessage(message_id=str(ids["id"]), thread_id=str(ids["threadId"]))
        except (requests.exceptions.JSONDecodeError, KeyError, TypeError):
            raise OutcomeUnknown from None


def _never_connected(error: requests.RequestException) -> bool:
    """Whether the connection itself was refused, so that no byte of the message left."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")
