"""POST /v1/gmail/messages: send a mail, at most once per Idempotency-Key."""

from uuid import UUID

from flask import request
from flask_openapi import APIBlueprint

from service.domain import sending
from service.domain.messages import PlainMessage
from service.domain.send_refusals import IdempotencyKeyRequired
from service.routes.authentication import authenticated
from service.routes.documentation import BEARER, GMAIL_TAG, errors
from service.routes.gmail_models import MessageRequest, MessageSent, SendHeaders
from service.routes.responses import respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("gmail_messages", __name__, abp_tags=[GMAIL_TAG], abp_security=BEARER)


@blueprint.post(
    "/v1/gmail/messages",
    summary="Send a mail",
    responses={201: MessageSent, **errors(400, 401, 403, 409, 413, 422, 429, 502, 503)},
)
def send_message(header: SendHeaders, body: MessageRequest):  # noqa: ARG001 - the header is read below
    """Sends as the connected account. The same key and body answer again what became of the first call."""
    principal = authenticated()
    sent = sending.send(
        principal,
        _idempotency_key(),
        PlainMessage(to=tuple(body.to), subject=body.subject, text=body.text),
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
        gmail=adapters().gmail,
        hasher=adapters().request_hasher,
    )
    return respond(MessageSent(message_id=sent.message_id, thread_id=sent.thread_id), 201)


def _idempotency_key() -> UUID:
    given = request.headers.get("Idempotency-Key", "")
    try:
        key = UUID(given)
    except ValueError:
        raise IdempotencyKeyRequired from None
    # UUID also reads braces, urn: and missing hyphens: two spellings of one key must not look like two keys.
    if str(key) != given.lower():
        raise IdempotencyKeyRequired
    return key
