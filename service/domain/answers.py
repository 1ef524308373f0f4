"""What the database functions of service_api answer: one frozen value per function, an outcome and what comes with it.

An outcome is a word, not an exception: refusals are normal answers that the database has already put on record.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BeginAnswer:
    """Outcome `started`, or why the user may not start.

    One of session_ended, user_banned, account_closing, adult_attestation_missing, agreement_missing, mfa_required.
    """

    outcome: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """Outcome `returned` or `refused` with the address to go to; else state_unknown, state_used, state_expired."""

    outcome: str
    return_to: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Outcome `claimed` with everything that the exchange needs, or why not."""

    outcome: str
    attempt_id: UUID | None = None
    sealed_secrets: str | None = field(default=None, repr=False)
    connection_id: UUID | None = None
    token_version: int = 0
    next_token_version: int = 0


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """Outcome `named`, `revoking` (with seconds to wait) or `gone`."""

    outcome: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """Outcome `began` (with what ends it) or `in_use`: somebody's connection hangs on the same account."""

    outcome: str
    account_key: int | None = None
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A user's Google connection as the user may see it."""

    id: UUID
    email: str
    name: str | None
    picture: str | None
    granted_scopes: tuple[str, ...]
    status: str
    reconnect_reason: str | None
    connected_at: datetime


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """Outcome `stored` (with the connection), `superseded` (with what to seal for instead) or `gone`."""

    outcome: str
    connection_id: UUID | None = None
    token_version: int = 0
    next_token_version: int = 0
    connection: Connection | None = None


@dataclass(frozen=True, slots=True)
class ConnectionAnswer:
    """Outcome `connected` with the connection, `not_connected` or `session_ended`."""

    outcome: str
    connection: Connection | None = None


@dataclass(frozen=True, slots=True)
class TiedActivity:
    """An activity that was tied to an event, or that the event was taken away from."""

    workspace_id: UUID
    activity_id: UUID


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """Outcome `opened` with the sealed access document, `expired` or `refresh_due` (refresh first), or why not.

    A claim for a send answers the same, or `already_claimed` with the state of the earlier claim, or
    `recipient_refused` with the addresses' hashes. For an event, `ties` is what this opening changed in activities.
    """

    outcome: str
    document: str | None = field(default=None, repr=False)
    connection_id: UUID | None = None
    token_version: int = 0
    client_id: str | None = None
    retry_after: int | None = None
    missing_scope: str | None = None
    reason: str | None = None
    state: str | None = None
    request_hmac: str | None = field(default=None, repr=False)
    message_id: str | None = None
    thread_id: str | None = None
    error_code: str | None = None
    google_status: int | None = None
    address_hashes: tuple[str, ...] = field(default=(), repr=False)
    ties: tuple[TiedActivity, ...] = ()


@dataclass(frozen=True, slots=True)
class GmailSend:
    """What became of a send: sending, sent with Google's ids, failed (certainly not sent) or unknown."""

    state: str
    created_at: datetime
    message_id: str | None = None
    thread_id: str | None = None
    error_code: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """Outcome `found` with the send, `not_found`, or why the user may not ask."""

    outcome: str
    send: GmailSend | None = None


@dataclass(frozen=True, slots=True)
class RefreshAnswer:
    """Outcome `leased` with the sealed refresh document, `busy`, `superseded`, `refresh_stopped`, or why not."""

    outcome: str
    document: str | None = field(default=None, repr=False)
    lease_id: UUID | None = None
    connection_id: UUID | None = None
    user_id: UUID | None = None
    account_key: int | None = None
    token_version: int = 0
    next_token_version: int = 0
    client_id: str | None = None
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class RefuseAnswer:
    """Outcome `reconnect_required`; `kept` (client_mismatch, breaker_opened, breaker_open); `superseded` or `gone`."""

    outcome: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DisconnectAnswer:
    """Outcome `disconnected` with the receipt's facts, `not_connected` or `session_ended`."""

    outcome: str
    deleted_at: datetime | None = None
    secrets_deleted: int = 0
    attempts_deleted: int = 0
    calls_in_flight: int = 0
    is_account_shared: bool = False
    connection_id: UUID | None = None
    token_version: int = 0
    client_id: str | None = None
    account_key: int | None = None
    revocation_began_at: datetime | None = None
    document: str | None = field(default=None, repr=False)
