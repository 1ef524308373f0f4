"""Opening an access token for one declared purpose, refreshing it first where it has expired."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from service.alerts import alert_on
from service.domain.answers import OpenAnswer
from service.domain.deadlines import Deadline
from service.domain.ports import Database, GoogleOAuth, Sealer
from service.domain.principal import Principal
from service.domain.refreshing import refresh
from service.domain.refusals import GoogleUnavailable, OpeningTooOld, RefreshInProgress, refusal
from service.domain.sealed import TokenBinding, Use
from service.errors import ServiceError

# An opening is good for this long to start one call at Google; a disconnect counts openings as young as this.
OPENING_SECONDS = 5.0
# Whoever meets somebody else's refresh waits for it at most this long.
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OpenedToken:
    """An access token in the clear, for one call that starts within OPENING_SECONDS; kept by nobody."""

    access_token: str = field(repr=False)
    token_version: int
    opened_at: float

    def for_call(self) -> str:
        """Give the access token to start a call with now.

        Raises:
            OpeningTooOld: a disconnect no longer counts on this call.
        """
        if time.monotonic() - self.opened_at >= OPENING_SECONDS:
            raise OpeningTooOld
        return self.access_token


def open_after_refresh(
    principal: Principal, ask: Callable[[bool], OpenAnswer],
    *, database: Database, sealer: Sealer, oauth: GoogleOAuth, deadline: Deadline,
) -> OpenedToken:  # fmt: skip
    """Ask the database until it opens; refresh, or wait for a refresh, where it says `expired`.

    Where it says `refresh_due` the token still works: the refresh is tried once and its failure does not matter.

    Args:
        ask: a database function that answers an OpenAnswer; takes whether it may say `refresh_due`. Asked again after
            each refresh.

    Raises:
        Unauthenticated, UserBanned, AccountClosing, NotConnected, ReconnectRequired, ScopeNotGranted, OpeningLimited:
            as the database decides.
        RefreshInProgress: somebody else's refresh took longer than ten seconds, or than the deadline.
        GoogleUnavailable, GoogleClientMismatch, TokenKeyUnknown: the refresh could not be made; nothing is lost.
    """
    wait = _Wait(deadline)
    is_refreshed, may_refresh = False, True
    while True:
        asked_at = time.monotonic()
        answer = ask(may_refresh)
        if answer.outcome == "opened":
            return OpenedToken(_open(principal, answer, sealer), answer.token_version, asked_at)
        if answer.outcome == "refresh_due":
            may_refresh = False
            try:
                refresh(principal, answer.token_version, database=database, sealer=sealer, oauth=oauth)
            except ServiceError as error:
                # The caller does not notice yet; operators should, while there is time.
                alert_on(error.error_code)
            continue
        if answer.outcome != "expired":
            raise refusal(answer.outcome, answer)
        if is_refreshed:
            # A token that is over as soon as it is given out: asking again would only make more of them.
            raise GoogleUnavailable
        outcome = refresh(principal, answer.token_version, database=database, sealer=sealer, oauth=oauth)
        is_refreshed = outcome == "refreshed"
        if not is_refreshed:
            wait.a_moment()


def refresh_or_wait(
    principal: Principal, token_version: int,
    *, database: Database, sealer: Sealer, oauth: GoogleOAuth, deadline: Deadline,
) -> None:  # fmt: skip
    """See to it that the connection is past this version, whoever refreshes it; raises as `open_after_refresh` does."""
    wait = _Wait(deadline)
    while refresh(principal, token_version, database=database, sealer=sealer, oauth=oauth) == "busy":
        wait.a_moment()


class _Wait:
    """Pauses with jitter that grow, until ten seconds or the deadline are over."""

    def __init__(self, deadline: Deadline) -> None:
        self._over_at = min(time.monotonic() + _WAIT_SECONDS, deadline.at)
        self._pause = 0.05

    def a_moment(self) -> None:
        if time.monotonic() >= self._over_at:
            raise RefreshInProgress
        time.sleep(random.uniform(self._pause / 2, self._pause))  # noqa: S311 - jitter, not a secret
        self._pause = min(self._pause * 2, 1.0)


def _open(principal: Principal, answer: OpenAnswer, sealer: Sealer) -> str:
    if answer.document is None or answer.connection_id is None:
        raise TypeError("an opened answer brings a document and a connection")
    binding = TokenBinding(
        connection_id=answer.connection_id, user_id=principal.user_id, token_version=answer.token_version
    )
    return sealer.open(Use.ACCESS, binding, answer.document)["access_token"]
