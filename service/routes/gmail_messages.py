"""/v1/gmail: send a mail at most once per Idempotency-Key, see what became of it, see and change a status."""

from uuid import UUID

from flask import request
from flask_openapi import APIBlueprint

from service.domain import message_status, send_status, sending
from service.domain.message_status import StatusChange
from service.domain.send_refusals import IdempotencyKeyRequired
from service.errors import InvalidRequest, NotFound
from service.routes.authentication import authenticated
from service.routes.documentation import BEARER, GMAIL_TAG
from service.routes.error_documentation import CALLING_GOOGLE, SENDING, SIGNED_IN, WITH_BODY, errors
from service.routes.gmail_models import (
    MessagePath,
    MessageSent,
    MessageStatusBody,
    SendBody,
    SendHeaders,
    SendPath,
    StatusRequest,
    ThreadPath,
    ThreadStatusBody,
)
from service.routes.google_calls import PreferHeaders, google_calls
from service.routes.message_models import MessageRequest
from service.routes.responses import respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("gmail_messages", __name__, abp_tags=[GMAIL_TAG], abp_security=BEARER)
PATH = "/v1/gmail/messages"


@blueprint.post(
    PATH,
    summary="Send a mail",
    responses={201: MessageSent, **errors(*SIGNED_IN, *WITH_BODY, *CALLING_GOOGLE, *SENDING)},
)
def send_message(header: SendHeaders, body: MessageRequest):  # noqa: ARG001 - the header is read below
    """Sends as the connected account. The same key and body answer again what became of the first call."""
    sent = sending.send(
        google_calls(), _idempotency_key(), body.message(), gmail=adapters().gmail, hasher=adapters().request_hasher
    )
    return respond(MessageSent(message_id=sent.message_id, thread_id=sent.thread_id), 201)


@blueprint.get(
    "/v1/gmail/sends/<key>",
    summary="See what became of a send",
    responses={200: SendBody, **errors(*SIGNED_IN, InvalidRequest, NotFound)},
)
def read_send(path: SendPath):
    """Answers for seven days, without asking Google; for a caller who lost the answer to a send."""
    found = send_status.read_send(authenticated(), path.key, database=adapters().database)
    return respond(
        SendBody(
            key=path.key,
            state=found.state,  # pyright: ignore[reportArgumentType] - the database's CHECK has the same four words
            message_id=found.message_id,
            thread_id=found.thread_id,
            reason=found.error_code,
            created_at=found.created_at,
            finished_at=found.finished_at,
        )
    )


@blueprint.patch(
    "/v1/gmail/messages/<id>",
    summary="Mark a message as read, or move it to the trash",
    responses={200: MessageStatusBody, **errors(*SIGNED_IN, *WITH_BODY, *CALLING_GOOGLE)},
)
def change_message(path: MessagePath, header: PreferHeaders, body: StatusRequest):  # noqa: ARG001 - read by google_calls
    """Changes the status because the user did so here, and answers the resulting one."""
    status = message_status.change_message(
        google_calls(), path.id, StatusChange(body.is_read, body.is_trashed), gmail=adapters().gmail
    )
    return respond(MessageStatusBody.model_validate(status))


@blueprint.get(
    "/v1/gmail/threads/<id>",
    summary="See the status of a thread",
    responses={200: ThreadStatusBody, **errors(*SIGNED_IN, InvalidRequest, *CALLING_GOOGLE)},
)
def read_thread(path: ThreadPath, header: PreferHeaders):  # noqa: ARG001 - read by google_calls
    """Answers ids, dates and what the labels tell; what the messages say is never asked for."""
    thread = message_status.show_thread(google_calls(), path.id, gmail=adapters().gmail)
    return respond(ThreadStatusBody.model_validate(thread))


@blueprint.patch(
    "/v1/gmail/threads/<id>",
    summary="Mark a thread as read, or move it to the trash",
    responses={200: ThreadStatusBody, **errors(*SIGNED_IN, *WITH_BODY, *CALLING_GOOGLE)},
)
def change_thread(path: ThreadPath, header: PreferHeaders, body: StatusRequest):  # noqa: ARG001 - read by google_calls
    """Changes every message of the thread, and answers the resulting status."""
    thread = message_status.change_thread(
        google_calls(), path.id, StatusChange(body.is_read, body.is_trashed), gmail=adapters().gmail
    )
    return respond(ThreadStatusBody.model_validate(thread))


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
