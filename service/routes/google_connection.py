"""/v1/google/connection: finish connecting, see the connection, disconnect."""

from flask_openapi import APIBlueprint

from service.domain import connecting, disconnecting
from service.domain.answers import Connection
from service.domain.disconnecting import GOOGLE_PERMISSIONS_URL, Receipt
from service.domain.google_scopes import missing_scopes
from service.domain.refusals import refusal
from service.routes.authentication import authenticated
from service.routes.documentation import BEARER, CONNECTION_TAG
from service.routes.error_documentation import FINISHING, SIGNED_IN, WITH_BODY, errors
from service.routes.google_models import ConnectionBody, ConnectionRequest, ReceiptBody, RevocationBody
from service.routes.responses import respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("google_connection", __name__, abp_tags=[CONNECTION_TAG], abp_security=BEARER)

_BACKUPS = "Backups hold sealed copies until they expire; what was deleted is not brought back from them."


@blueprint.post(
    "/v1/google/connection",
    summary="Finish connecting",
    responses={201: ConnectionBody, **errors(*SIGNED_IN, *WITH_BODY, *FINISHING)},
)
def finish_connection(body: ConnectionRequest):
    """Exchanges the completion for tokens, seals and stores them. Only the user who started may finish."""
    connection = connecting.finish(
        authenticated(),
        body.completion,
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
    )
    return respond(_connection(connection), 201)


@blueprint.get(
    "/v1/google/connection",
    summary="See the connection",
    responses={200: ConnectionBody, **errors(*SIGNED_IN)},
)
def read_connection():
    """Answers the connected account and what it may be used for; `not_connected` if there is none."""
    answer = adapters().database.read_google_connection(authenticated())
    if answer.outcome == "session_ended":
        raise refusal(answer.outcome)
    return respond(_connection(answer.connection))


@blueprint.delete(
    "/v1/google/connection",
    summary="Disconnect",
    responses={200: ReceiptBody, **errors(*SIGNED_IN)},
)
def delete_connection():
    """Deletes connection, pending authorizations and both tokens here, tells Google, and answers a receipt."""
    receipt = disconnecting.disconnect(
        authenticated(), database=adapters().database, sealer=adapters().sealer, oauth=adapters().google_oauth
    )
    return respond(_receipt(receipt))


def _connection(connection: Connection | None) -> ConnectionBody:
    granted = list(connection.granted_scopes) if connection else []
    return ConnectionBody.model_validate(
        {
            "status": connection.status if connection else "not_connected",
            "id": connection.id if connection else None,
            "email": connection.email if connection else None,
            "name": connection.name if connection else None,
            "picture": connection.picture if connection else None,
            "granted_scopes": granted,
            "missing_scopes": missing_scopes(granted),
            "reconnect_reason": connection.reconnect_reason if connection else None,
            "connected_at": connection.connected_at if connection else None,
        }
    )


def _receipt(receipt: Receipt) -> ReceiptBody:
    return ReceiptBody(
        was_connected=receipt.was_connected,
        deleted_at=receipt.deleted_at,
        secrets_deleted=receipt.secrets_deleted,
        attempts_deleted=receipt.attempts_deleted,
        calls_in_flight=receipt.calls_in_flight,
        google=RevocationBody(
            is_revoked=receipt.not_revoked_because is None,
            reason=receipt.not_revoked_because,
            permissions_url=GOOGLE_PERMISSIONS_URL,
        ),
        backups=_BACKUPS,
    )
