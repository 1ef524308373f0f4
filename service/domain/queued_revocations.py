"""Telling Google that an account was deleted, from the sealed document that was kept for it and no longer."""

import logging
import time
from typing import Literal

from service.alerts import Alert, alert_on, raise_alert
from service.domain.opening import OPENING_SECONDS
from service.domain.outbox import QueuedRevocation, RevocationOutbox
from service.domain.ports import GoogleOAuth, Sealer
from service.domain.sealed import SealedDocumentError, TokenBinding, UnknownKeyError, Use
from service.metrics import OUTBOX_ENTRIES

_log = logging.getLogger(__name__)
_Outcome = tuple[Literal["revoked", "failed", "poison"], str | None]


class RevocationHandler:
    """Fulfils service.domain.outbox.Handler for revoke_google_grant."""

    kind = "revoke_google_grant"

    def __init__(self, *, outbox: RevocationOutbox, sealer: Sealer, oauth: GoogleOAuth) -> None:
        self._outbox = outbox
        self._sealer = sealer
        self._oauth = oauth

    def work(self) -> bool:
        """Take one revocation, tell Google, and say what became of it."""
        asked_at = time.monotonic()
        # One at a time: the database keeps others from connecting the account for as long as one call may take.
        taken = self._outbox.take_google_revocations(limit=1)
        for parked in taken.parked:
            raise_alert(Alert.OUTBOX_ENTRY_PARKED, kind=self.kind, outbox_id=parked.outbox_id, reason=parked.reason)
        if taken.not_needed_count:
            _log.info("outbox entries not needed", extra={"kind": self.kind, "count": taken.not_needed_count})
        for entry in taken.entries:
            self._finish(entry, self._try(entry, asked_at))
        return bool(taken.entries or taken.parked or taken.not_needed_count)

    def _try(self, entry: QueuedRevocation, asked_at: float) -> _Outcome:
        try:
            return self._tell_google(entry, asked_at)
        except Exception as error:
            # One entry that breaks must not stop those behind it. The error's text may hold what must not be logged.
            _log.error("outbox entry broke", extra=self._facts(entry, reason=type(error).__name__))
            return "failed", "unexpected_error"

    def _tell_google(self, entry: QueuedRevocation, asked_at: float) -> _Outcome:
        # A wrong deploy must not cost a document: the right client may be back before its day is over.
        if entry.client_id != self._oauth.client_id:
            raise_alert(Alert.GOOGLE_CLIENT_MISMATCH, kind=self.kind, outbox_id=entry.outbox_id)
            return "failed", "issued_to_another_client"
        binding = TokenBinding(
            connection_id=entry.connection_id, user_id=entry.user_id, token_version=entry.token_version
        )
        try:
            refresh_token = self._sealer.open(Use.REFRESH, binding, entry.document)["refresh_token"]
        except (UnknownKeyError, SealedDocumentError) as error:
            # A key that is missing, or another one under its name: that deploy may be mended in time, too.
            alert_on(error.error_code, kind=self.kind, outbox_id=entry.outbox_id)
            return "failed", error.error_code
        except KeyError:
            return "poison", "no_refresh_token"
        # Whoever connects this account waits only as long as a call that starts at once may take.
        if time.monotonic() - asked_at >= OPENING_SECONDS:
            return "failed", "opening_too_old"
        reason = self._oauth.revoke(refresh_token)
        return ("revoked", None) if reason is None else ("failed", reason)

    def _finish(self, entry: QueuedRevocation, outcome: _Outcome) -> None:
        word, reason = outcome
        stored = self._outbox.finish_google_revocation(
            outbox_id=entry.outbox_id, lease_id=entry.lease_id, outcome=word, reason=reason
        )
        OUTBOX_ENTRIES.labels(self.kind, word if stored == "stored" else stored).inc()
        facts = self._facts(entry, outcome=word, reason=reason)
        if stored == "superseded":
            _log.warning("outbox entry taken over meanwhile", extra=facts)
        elif word == "poison":
            raise_alert(Alert.OUTBOX_ENTRY_PARKED, kind=self.kind, outbox_id=entry.outbox_id, reason=str(reason))
        else:
            _log.log(logging.INFO if word == "revoked" else logging.WARNING, "outbox entry worked on", extra=facts)

    def _facts(self, entry: QueuedRevocation, **more: str | None) -> dict[str, str | int]:
        """Give what a log line may say of an entry: numbers and words, nobody's name."""
        named = {name: value for name, value in more.items() if value is not None}
        return {"kind": self.kind, "outbox_id": entry.outbox_id, **named}
