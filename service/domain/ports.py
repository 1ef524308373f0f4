"""What the domain needs from outside, as protocols; service/adapters/ fulfils them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from service.domain.answers import (
    BeginAnswer,
    CallbackAnswer,
    ClaimAnswer,
    ConnectionAnswer,
    DisconnectAnswer,
    NameAnswer,
    OpenAnswer,
    RefreshAnswer,
    RefuseAnswer,
    RevocationAnswer,
    SendAnswer,
    StoreAnswer,
    TiedActivity,
)
from service.domain.deadlines import Deadline
from service.domain.event_values import CalendarEntry, EventPage, EventTie, WholeEvent
from service.domain.google_values import (
    GoogleAccount,
    GoogleTokens,
    MessageStatus,
    ReplyHeaders,
    SentMessage,
    ThreadStatus,
)
from service.domain.principal import Principal
from service.domain.recipients import HashedRecipient
from service.domain.sealed import Binding, Use


class TokenStore(Protocol):
    """What every refresh and every revocation needs, whoever asked for it.

    Each function raises ServiceUnavailable when PostgREST or the database does not answer.
    """

    def store_google_refresh(
        self, *, user_id: UUID, connection_id: UUID, token_version: int, next_token_version: int, access_document: str,
        refresh_document: str, access_expires_at: datetime, granted_scopes: Sequence[str] | None,
    ) -> StoreAnswer: ...  # fmt: skip

    def release_google_refresh(self, *, connection_id: UUID, lease_id: UUID, reason: str) -> None: ...

    def refuse_google_refresh(
        self, *, user_id: UUID, connection_id: UUID, lease_id: UUID, token_version: int, client_id: str, reason: str
    ) -> RefuseAnswer: ...

    def begin_google_revocation(
        self, *, google_sub: str | None = None, account_key: int | None = None
    ) -> RevocationAnswer: ...

    def end_google_revocation(self, *, account_key: int, began_at: datetime) -> None: ...


class Database(TokenStore, Protocol):
    """The functions of service_api that take a user's session, or what only that user's request holds."""

    def begin_google_authorization(
        self, principal: Principal, *, attempt_id: UUID, state_hash: str, sealed_secrets: str, return_to: str,
        requested_scopes: Sequence[str],
    ) -> BeginAnswer: ...  # fmt: skip

    def receive_google_callback(self, *, state_hash: str, is_refused: bool) -> CallbackAnswer: ...

    def claim_google_authorization(self, principal: Principal, *, state_hash: str) -> ClaimAnswer: ...

    def name_google_account(self, principal: Principal, *, attempt_id: UUID, google_sub: str) -> NameAnswer: ...

    def end_google_authorization(self, principal: Principal, *, attempt_id: UUID) -> None: ...

    def store_google_connection(
        self, principal: Principal, *, attempt_id: UUID, connection_id: UUID, token_version: int,
        next_token_version: int, account: GoogleAccount, granted_scopes: Sequence[str], client_id: str,
        access_document: str, refresh_document: str, access_expires_at: datetime,
    ) -> StoreAnswer: ...  # fmt: skip

    def read_google_connection(self, principal: Principal) -> ConnectionAnswer: ...

    def open_token(self, principal: Principal, *, purpose: str, may_refresh: bool) -> OpenAnswer: ...

    def open_token_for_event(self, principal: Principal, *, tie: EventTie, may_refresh: bool) -> OpenAnswer: ...

    def undo_event_tie(self, principal: Principal, *, tie: EventTie, changed: Sequence[TiedActivity]) -> None: ...

    def begin_google_refresh(self, principal: Principal, *, token_version: int) -> RefreshAnswer: ...

    def disconnect_google(self, principal: Principal) -> DisconnectAnswer: ...

    def claim_gmail_send(
        self, principal: Principal, *, idempotency_key: UUID, request_hmac: str, may_refresh: bool,
        recipients: Sequence[HashedRecipient], workspace_id: UUID | None,
    ) -> OpenAnswer: ...  # fmt: skip

    def release_gmail_send(self, principal: Principal, *, idempotency_key: UUID) -> None: ...

    def finish_gmail_send(
        self, principal: Principal, *, idempotency_key: UUID, state: str, message_id: str | None = None,
        thread_id: str | None = None, error_code: str | None = None, google_status: int | None = None,
    ) -> None: ...  # fmt: skip

    def read_gmail_send(self, principal: Principal, *, idempotency_key: UUID) -> SendAnswer: ...


class Sealer(Protocol):
    """Seals payloads with AES-256-GCM under a key of their own and opens them again."""

    def seal(self, use: Use, binding: Binding, payload: Mapping[str, str]) -> str: ...

    def open(self, use: Use, binding: Binding, document: str) -> dict[str, str]: ...


class RequestHasher(Protocol):
    """Keyed hashes of requests, to notice another body under the same Idempotency-Key."""

    def hash(self, request: bytes) -> str: ...

    def matches(self, request_hmac: str, request: bytes) -> bool: ...

    def is_ours(self, request_hmac: str, request: bytes) -> bool: ...


class GoogleOAuth(Protocol):
    """Google's authorization server."""

    @property
    def client_id(self) -> str: ...

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str, scopes: Sequence[str]) -> str: ...

    def is_issuer(self, iss: str) -> bool: ...

    def exchange(self, *, code: str, code_verifier: str) -> GoogleTokens: ...

    def verify_id_token(self, id_token: str, *, nonce: str) -> GoogleAccount: ...

    def unverified_subject(self, id_token: str) -> str | None: ...

    def refresh(self, refresh_token: str) -> GoogleTokens: ...

    def revoke(self, token: str) -> str | None: ...


class Gmail(Protocol):
    """The Gmail API, as far as it is used. Every method is one request and raises GoogleFault."""

    def send(self, access_token: str, deadline: Deadline, *, message: bytes, thread_id: str | None) -> SentMessage: ...

    def reply_headers(self, access_token: str, deadline: Deadline, *, thread_id: str) -> ReplyHeaders: ...

    def is_alias(self, access_token: str, deadline: Deadline, *, address: str) -> bool: ...

    def thread_status(self, access_token: str, deadline: Deadline, *, thread_id: str) -> ThreadStatus: ...

    def change_thread(
        self, access_token: str, deadline: Deadline, *, thread_id: str, added: Iterable[str], removed: Iterable[str]
    ) -> ThreadStatus: ...

    def change_message(
        self, access_token: str, deadline: Deadline, *, message_id: str, added: Iterable[str], removed: Iterable[str]
    ) -> MessageStatus: ...


class Calendar(Protocol):
    """The Calendar API, as far as it is used. Every method is one request and raises GoogleFault."""

    def calendars(
        self, access_token: str, deadline: Deadline, *, page_token: str | None
    ) -> tuple[Sequence[CalendarEntry], str | None]: ...

    def upcoming(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, time_min: datetime,
        time_max: datetime | None, time_zone: str | None, max_results: int, page_token: str | None,
    ) -> EventPage: ...  # fmt: skip

    def event(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, event_id: str, time_zone: str | None
    ) -> WholeEvent: ...

    def insert(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, fields: Mapping[str, Any], send_updates: str
    ) -> WholeEvent: ...

    def patch(
        self, access_token: str, deadline: Deadline, *, calendar_id: str, event_id: str, fields: Mapping[str, Any],
        send_updates: str, if_match: str | None,
    ) -> WholeEvent: ...  # fmt: skip
