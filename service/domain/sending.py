"""Sending a mail at most once per Idempotency-Key: claimed before the call, finished after it, never repeated."""

from contextlib import AbstractContextManager, suppress
from uuid import UUID

from service.domain.answers import OpenAnswer
from service.domain.google_values import SentMessage
from service.domain.messages import PlainMessage
from service.domain.opening import open_after_refresh
from service.domain.ports import Database, Gmail, GoogleOAuth, RequestHasher, Sealer
from service.domain.principal import Principal
from service.domain.send_refusals import IdempotencyKeyReused, SendFailed, SendInProgress, SendOutcomeUnknown
from service.errors import ServiceUnavailable


class NotSent(Exception):
    """Gmail certainly did not take the message: it refused, or the call never began."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutcomeUnknown(Exception):
    """The call began and no answer says what became of it."""


class _AlreadyClaimed(Exception):
    def __init__(self, answer: OpenAnswer) -> None:
        super().__init__()
        self.answer = answer


def send(
    principal: Principal, key: UUID, message: PlainMessage,
    *, database: Database, sealer: Sealer, oauth: GoogleOAuth, gmail: Gmail, hasher: RequestHasher,
) -> SentMessage:  # fmt: skip
    """Send the message, or answer again what became of it under the same key.

    Raises:
        IdempotencyKeyReused: the key was used for another message.
        SendInProgress, SendOutcomeUnknown, SendFailed: the earlier or the present send did not end in an id.
        The refusals of opening a token: nothing was claimed, the key stays free.
    """

    raw = message.as_bytes()
    is_claimed = False

    def claim(may_refresh: bool) -> OpenAnswer:
        nonlocal is_claimed
        answer = database.claim_gmail_send(
            principal,
            idempotency_key=key,
            request_hmac=hasher.hash(message.canonical()),
            may_refresh=may_refresh,
        )
        if answer.outcome == "already_claimed":
            raise _AlreadyClaimed(answer)
        is_claimed = answer.outcome == "opened"
        return answer

    try:
        opened, _ = open_after_refresh(principal, claim, database=database, sealer=sealer, oauth=oauth)
        access_token = opened.for_call()
    except _AlreadyClaimed as earlier:
        return _answer_again(earlier.answer, message, hasher)
    except BaseException:
        # Claimed, but the document did not open, or too late: no call was begun, so the key is given back.
        if is_claimed:
            with _claim_left_open():
                database.release_gmail_send(principal, idempotency_key=key)
        raise

    try:
        sent = gmail.send(access_token, message=raw)
    except NotSent as error:
        with _claim_left_open():
            database.finish_gmail_send(principal, idempotency_key=key, state="failed", error_code=error.reason)
        raise SendFailed(details={"reason": error.reason}) from None
    except OutcomeUnknown:
        with _claim_left_open():
            database.finish_gmail_send(principal, idempotency_key=key, state="unknown")
        raise SendOutcomeUnknown from None
    with _claim_left_open():
        database.finish_gmail_send(
            principal, idempotency_key=key, state="sent", message_id=sent.message_id, thread_id=sent.thread_id
        )
    return sent


def _claim_left_open() -> AbstractContextManager[None]:
    # What Gmail did is known and is answered, though the database is not there to note it. The claim then becomes
    # unknown by schedule, so a repeat under this key is told so and sends nothing.
    return suppress(ServiceUnavailable)


def _answer_again(earlier: OpenAnswer, message: PlainMessage, hasher: RequestHasher) -> SentMessage:
    if not hasher.matches(earlier.request_hmac or "", message.canonical()):
        raise IdempotencyKeyReused
    match earlier.state:
        case "sent":
            return SentMessage(earlier.message_id or "", earlier.thread_id or "")
        case "failed":
            raise SendFailed(details={"reason": earlier.error_code})
        case "sending":
            raise SendInProgress
        case _:
            raise SendOutcomeUnknown
