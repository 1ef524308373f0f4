"""Sending a mail at most once per Idempotency-Key: claimed before the call, finished after it, never repeated."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from uuid import UUID

from service.domain.answers import OpenAnswer
from service.domain.calling import GoogleCalls
from service.domain.google_answers import translate
from service.domain.google_faults import GoogleFault
from service.domain.google_refusals import MessageTooLarge
from service.domain.google_values import SentMessage
from service.domain.messages import LARGEST_MESSAGE, Message
from service.domain.opening import OpenedToken
from service.domain.ports import Gmail, RequestHasher
from service.domain.preparing import prepare
from service.domain.purposes import Purpose
from service.domain.recipients import addresses_of, hashed_recipients
from service.domain.record_refusals import RecipientRefused
from service.domain.send_refusals import IdempotencyKeyReused, SendInProgress, SendOutcomeUnknown, failed_send
from service.errors import ServiceUnavailable

_UNAUTHORIZED = 401


class _AlreadyClaimed(Exception):
    def __init__(self, answer: OpenAnswer) -> None:
        super().__init__()
        self.answer = answer


def send(calls: GoogleCalls, key: UUID, message: Message, *, gmail: Gmail, hasher: RequestHasher) -> SentMessage:
    """Send the message, or answer again what became of it under the same key.

    Raises:
        IdempotencyKeyReused: the key was used for another message.
        RecipientRefused, WorkspaceNotFound: a contact may not be written to, or the workspace is not the user's.
        SendInProgress, SendOutcomeUnknown: the earlier send has not ended, or nobody knows how this or it ended.
        What the table of answers says for a refusal of Gmail's: certainly not sent, and so for this key for good.
        The refusals of opening a token and of preparing the message: nothing was begun, the key stays free.
    """
    try:
        with _claim_given_back(calls, key) as claim:
            opened = calls.open(lambda may_refresh: claim.ask(message, hasher, may_refresh))
            raw = message.as_bytes(prepare(calls, message, gmail=gmail))
            if len(raw) > LARGEST_MESSAGE:
                raise MessageTooLarge
            access_token = opened.for_call()
    except _AlreadyClaimed as earlier:
        return _answer_again(earlier.answer, message, hasher)
    try:
        sent = gmail.send(access_token, calls.deadline, message=raw, thread_id=message.thread_id)
    except GoogleFault as fault:
        if fault.status != _UNAUTHORIZED:
            raise _finished(calls, key, fault) from None
        sent = _send_with_fresh_token(calls, key, opened, raw, message.thread_id, gmail=gmail)
    with _claim_left_open():
        calls.database.finish_gmail_send(
            calls.principal, idempotency_key=key, state="sent", message_id=sent.message_id, thread_id=sent.thread_id
        )
    return sent


class _Claim:
    """The claim of one request: whether this request holds it."""

    def __init__(self, calls: GoogleCalls, key: UUID) -> None:
        self._calls, self._key = calls, key
        self.is_held = False

    def ask(self, message: Message, hasher: RequestHasher, may_refresh: bool) -> OpenAnswer:
        answer = self._calls.database.claim_gmail_send(
            self._calls.principal,
            idempotency_key=self._key,
            request_hmac=hasher.hash(message.canonical()),
            may_refresh=may_refresh,
            recipients=hashed_recipients(message),
            workspace_id=message.workspace_id,
        )
        if answer.outcome == "already_claimed":
            raise _AlreadyClaimed(answer)
        if answer.outcome == "recipient_refused":
            raise RecipientRefused(details={"addresses": addresses_of(message, answer.address_hashes)})
        self.is_held = answer.outcome == "opened"
        return answer


@contextmanager
def _claim_given_back(calls: GoogleCalls, key: UUID) -> Generator[_Claim]:
    """Give the key back if the block ends by an error: no call that could send was begun."""
    claim = _Claim(calls, key)
    try:
        yield claim
    except BaseException:
        if claim.is_held:
            with _claim_left_open():
                calls.database.release_gmail_send(calls.principal, idempotency_key=key)
        raise


def _send_with_fresh_token(
    calls: GoogleCalls, key: UUID, refused: OpenedToken, raw: bytes, thread_id: str | None, *, gmail: Gmail
) -> SentMessage:
    """Send after a 401, which is Gmail's word that it did nothing."""
    with _claim_given_back(calls, key) as claim:
        claim.is_held = True
        calls.refresh(refused)
        access_token = calls.open_for(Purpose.SEND_MESSAGE).for_call()
    try:
        return gmail.send(access_token, calls.deadline, message=raw, thread_id=thread_id)
    except GoogleFault as fault:
        raise _finished(calls, key, fault) from None


def _finished(calls: GoogleCalls, key: UUID, fault: GoogleFault) -> Exception:
    """Note what became of the send, and give the error to answer with."""
    if not fault.has_certainly_not_acted:
        with _claim_left_open():
            calls.database.finish_gmail_send(calls.principal, idempotency_key=key, state="unknown")
        return SendOutcomeUnknown()
    with _claim_left_open():
        calls.database.finish_gmail_send(
            calls.principal, idempotency_key=key, state="failed", error_code=fault.reason, google_status=fault.status
        )
    return translate(fault, scope=Purpose.SEND_MESSAGE.scope)


def _claim_left_open() -> suppress:
    # What Gmail did is known and is answered, though the database is not there to note it. The claim then becomes
    # unknown by schedule, so a repeat under this key is told so and sends nothing.
    return suppress(ServiceUnavailable)


def _answer_again(earlier: OpenAnswer, message: Message, hasher: RequestHasher) -> SentMessage:
    if not hasher.matches(earlier.request_hmac or "", message.canonical()):
        raise IdempotencyKeyReused
    match earlier.state:
        case "sent":
            return SentMessage(earlier.message_id or "", earlier.thread_id or "")
        case "failed":
            raise failed_send(earlier.google_status, earlier.error_code or "")
        case "sending":
            raise SendInProgress
        case _:
            raise SendOutcomeUnknown
