"""Bodies of the Google connection: what comes in is checked here, what goes out is described here."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.domain.google_scopes import FEATURE_SCOPES
from service.routes.responses import ResponseModel

_SCOPES_EXAMPLE = list(FEATURE_SCOPES)


class AuthorizationRequest(BaseModel):
    """Where the browser comes back to after Google: one of APP_RETURN_URLS, compared whole."""

    model_config = ConfigDict(extra="forbid", strict=True)

    return_to: str = Field(min_length=1, max_length=2048, examples=["https://app.cxtrack.com/settings/google"])


class AuthorizationStarted(ResponseModel):
    """Send the browser to `authorization_url` before `expires_at`."""

    authorization_url: str = Field(examples=["https://accounts.google.com/o/oauth2/v2/auth?client_id=..."])
    expires_at: datetime


class ConnectionRequest(BaseModel):
    """The value of `#google_completion` with which the browser came back; good for two minutes and for one use."""

    model_config = ConfigDict(extra="forbid", strict=True)

    completion: str = Field(min_length=1, max_length=8192)


class ConnectionBody(ResponseModel):
    """The user's Google connection. Everything but `status` and the scopes is null while nothing is connected."""

    status: Literal["active", "reconnect_required", "not_connected"]
    id: UUID | None
    email: str | None = Field(examples=["ada@example.com"])
    name: str | None = Field(examples=["Ada Lovelace"])
    picture: str | None
    granted_scopes: list[str] = Field(examples=[_SCOPES_EXAMPLE])
    missing_scopes: list[str] = Field(description="Feature scopes that the user left unticked.", examples=[[]])
    reconnect_reason: str | None
    connected_at: datetime | None


class RevocationBody(ResponseModel):
    """Whether Google confirmed that the grant is revoked there too."""

    is_revoked: bool
    reason: str | None = Field(
        description=(
            "Why not: google_unreachable, google_unavailable, google_refused, account_connected_by_another_user, "
            "issued_to_another_client, refresh_token_could_not_be_opened, no_refresh_token_kept, not_connected."
        )
    )
    permissions_url: str = Field(description="Where the user can see and revoke grants at Google.")


class ReceiptBody(ResponseModel):
    """What a disconnect deleted here, and what Google said."""

    was_connected: bool
    deleted_at: datetime | None
    secrets_deleted: int = Field(description="Sealed documents deleted from Vault; 2 unless something was amiss.")
    attempts_deleted: int = Field(description="Pending authorizations deleted, with their verifiers.")
    calls_in_flight: int = Field(
        description="Openings of the last five seconds: calls at Google that may still have been running."
    )
    google: RevocationBody
    backups: str = Field(description="What this receipt does not cover.")
