"""The functions of service_api, called through PostgREST with the service's own role. The service touches no table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service.adapters.token_store import PostgRESTTokenStore
from service.domain.answers import (
    BeginAnswer,
    CallbackAnswer,
    ClaimAnswer,
    ConnectionAnswer,
    DisconnectAnswer,
    NameAnswer,
    OpenAnswer,
    RefreshAnswer,
    SendAnswer,
    StoreAnswer,
    TiedActivity,
)
from service.domain.event_values import EventTie
from service.domain.google_values import GoogleAccount
from service.domain.principal import Principal
from service.domain.recipients import HashedRecipient
from service.errors import ServiceUnavailable


class PostgRESTDatabase(PostgRESTTokenStore):
    """Fulfils service.domain.ports.Database. Every method is one round trip.

    Raises:
        ServiceUnavailable: PostgREST or the database does not answer, refuses the service's role, or answers
            something that this version of the service does not understand. Nothing is claimed to have happened.
    """

    def begin_google_authorization(
        self, principal: Principal, *, attempt_id: UUID, state_hash: str, sealed_secrets: str, return_to: str,
        requested_scopes: Sequence[str],
    ) -> BeginAnswer:  # fmt: skip
        return self._functions.call(
            BeginAnswer,
            "begin_google_authorization",
            _session(principal)
            | {
                "p_attempt_id": str(attempt_id),
                "p_state_hash": state_hash,
                "p_sealed_secrets": sealed_secrets,
                "p_return_to": return_to,
                "p_requested_scopes": list(requested_scopes),
            },
        )

    def receive_google_callback(self, *, state_hash: str, is_refused: bool) -> CallbackAnswer:
        return self._functions.call(
            CallbackAnswer, "receive_google_callback", {"p_state_hash": state_hash, "p_is_refused": is_refused}
        )

    def claim_google_authorization(self, principal: Principal, *, state_hash: str) -> ClaimAnswer:
        return self._functions.call(
            ClaimAnswer, "claim_google_authorization", _session(principal) | {"p_state_hash": state_hash}
        )

    def name_google_account(self, principal: Principal, *, attempt_id: UUID, google_sub: str) -> NameAnswer:
        return self._functions.call(
            NameAnswer,
            "name_google_account",
            _session(principal) | {"p_attempt_id": str(attempt_id), "p_google_sub": google_sub},
        )

    def end_google_authorization(self, principal: Principal, *, attempt_id: UUID) -> None:
        self._functions.call(
            dict[str, str],
            "end_google_authorization",
            {"p_attempt_id": str(attempt_id), "p_user_id": str(principal.user_id)},
        )

    def store_google_connection(
        self, principal: Principal, *, attempt_id: UUID, connection_id: UUID, token_version: int,
        next_token_version: int, account: GoogleAccount, granted_scopes: Sequence[str], client_id: str,
        access_document: str, refresh_document: str, access_expires_at: datetime,
    ) -> StoreAnswer:  # fmt: skip
        return self._functions.call(
            StoreAnswer,
            "store_google_connection",
            _session(principal)
            | {
                "p_attempt_id": str(attempt_id),
                "p_connection_id": str(connection_id),
                "p_token_version": token_version,
                "p_next_token_version": next_token_version,
                "p_google_sub": account.sub,
                "p_email": account.email,
                "p_name": account.name,
                "p_picture": account.picture,
                "p_granted_scopes": list(granted_scopes),
                "p_client_id": client_id,
                "p_access_document": access_document,
                "p_refresh_document": refresh_document,
                "p_access_expires_at": access_expires_at.isoformat(),
            },
        )

    def read_google_connection(self, principal: Principal) -> ConnectionAnswer:
        return self._functions.call(ConnectionAnswer, "read_google_connection", _session(principal))

    def open_token(self, principal: Principal, *, purpose: str, may_refresh: bool) -> OpenAnswer:
        parameters = {"p_purpose": purpose, "p_may_refresh": may_refresh}
        return self._functions.call(OpenAnswer, "open_token", _session(principal) | parameters)

    def open_token_for_event(self, principal: Principal, *, tie: EventTie, may_refresh: bool) -> OpenAnswer:
        parameters = _event(tie) | {
            "p_activity_id": None if tie.activity_id is None else str(tie.activity_id),
            "p_may_refresh": may_refresh,
        }
        return self._functions.call(OpenAnswer, "open_token_for_event", _session(principal) | parameters)

    def undo_event_tie(self, principal: Principal, *, tie: EventTie, changed: Sequence[TiedActivity]) -> None:
        ties = [{"workspace_id": str(each.workspace_id), "activity_id": str(each.activity_id)} for each in changed]
        parameters = _event(tie) | {"p_were_tied": tie.activity_id is None, "p_ties": ties}
        self._functions.call(dict[str, str], "undo_event_tie", _session(principal) | parameters)

    def begin_google_refresh(self, principal: Principal, *, token_version: int) -> RefreshAnswer:
        return self._functions.call(
            RefreshAnswer, "begin_google_refresh", _session(principal) | {"p_token_version": token_version}
        )

    def disconnect_google(self, principal: Principal) -> DisconnectAnswer:
        return self._functions.call(DisconnectAnswer, "disconnect_google", _session(principal))

    def claim_gmail_send(
        self, principal: Principal, *, idempotency_key: UUID, request_hmac: str, may_refresh: bool,
        recipients: Sequence[HashedRecipient], workspace_id: UUID | None,
    ) -> OpenAnswer:  # fmt: skip
        return self._functions.call(
            OpenAnswer,
            "claim_gmail_send",
            _session(principal)
            | {
                "p_idempotency_key": str(idempotency_key),
                "p_request_hmac": request_hmac,
                "p_may_refresh": may_refresh,
                "p_recipients": [{"field": each.header, "address_hash": each.address_hash} for each in recipients],
                "p_workspace_id": None if workspace_id is None else str(workspace_id),
            },
        )

    def release_gmail_send(self, principal: Principal, *, idempotency_key: UUID) -> None:
        self._functions.call(
            dict[str, str],
            "release_gmail_send",
            {"p_user_id": str(principal.user_id), "p_idempotency_key": str(idempotency_key)},
        )

    def finish_gmail_send(
        self, principal: Principal, *, idempotency_key: UUID, state: str, message_id: str | None = None,
        thread_id: str | None = None, error_code: str | None = None, google_status: int | None = None,
    ) -> None:  # fmt: skip
        self._functions.call(
            dict[str, str],
            "finish_gmail_send",
            {
                "p_user_id": str(principal.user_id),
                "p_idempotency_key": str(idempotency_key),
                "p_state": state,
                "p_message_id": message_id,
                "p_thread_id": thread_id,
                "p_error_code": error_code,
                "p_google_status": google_status,
            },
        )

    def read_gmail_send(self, principal: Principal, *, idempotency_key: UUID) -> SendAnswer:
        return self._functions.call(
            SendAnswer, "read_gmail_send", _session(principal) | {"p_idempotency_key": str(idempotency_key)}
        )

    def ready(self) -> bool:
        """Whether PostgREST answers and lets the service's role in: a callback state that nobody has is asked for."""
        try:
            answer = self.receive_google_callback(state_hash="0" * 64, is_refused=True)
        except ServiceUnavailable:
            return False
        return answer.outcome == "state_unknown"


def _event(tie: EventTie) -> dict[str, Any]:
    return {"p_event_id": tie.event_id, "p_is_on_primary_calendar": tie.is_on_primary_calendar}


def _session(principal: Principal) -> dict[str, Any]:
    return {"p_user_id": str(principal.user_id), "p_session_id": str(principal.session_id)}
