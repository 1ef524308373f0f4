"""The control interface of tests and demos, under /_control, which Google has not: accounts, faults, what came in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.local.google.faults import Fault
from service.local.google.state import Account
from service.local.google.wiring import stand_in

blueprint = Blueprint("control", __name__, url_prefix="/_control")

# What an answer should hold and what a write should bring about; never an id, a token or a text.
_ASKED = (
    "fields", "format", "metadataHeaders", "sendUpdates", "maxResults", "conferenceDataVersion", "uploadType",
    "singleEvents",
)  # fmt: skip
_NAME = re.compile(r"[\w.$-]{1,40}")


@blueprint.post("/reset")
def reset() -> Response:
    """Forget everything."""
    stand_in().google.reset()
    stand_in().faults.clear()
    stand_in().received.clear()
    return jsonify({})


@blueprint.post("/accounts")
def add_account() -> tuple[Response, int] | Response:
    """Add an account: sub, email, name."""
    try:
        account = Account(**_body())
    except TypeError as error:
        return jsonify({"error": str(error)}), 400
    stand_in().google.add_account(account)
    return jsonify(asdict(account))


@blueprint.get("/accounts_by_email")
def accounts_by_email() -> Response:
    """Every account's sub by its address."""
    return jsonify({account.email: account.sub for account in stand_in().google.accounts.values()})


@blueprint.post("/faults")
def add_fault() -> tuple[Response, int] | Response:
    """Switch a fault on; see faults.py for the kinds."""
    try:
        stand_in().faults.add(Fault(**_body()))
    except (TypeError, ValueError) as error:
        return jsonify({"error": str(error)}), 400
    return jsonify({})


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Switch every fault off."""
    stand_in().faults.clear()
    return jsonify({})


@blueprint.get("/received")
def received() -> Response:
    """What was received, oldest first; `path` narrows it to a prefix. Names only, values of a few parameters."""
    prefix = request.args.get("path", "/")
    return jsonify([each for each in stand_in().received if each["path"].startswith(prefix)])


@blueprint.get("/handed_out")
def handed_out() -> Response:
    """Every token and code that was made, and every code_verifier that came in, by kind."""
    return jsonify(stand_in().google.handed_out.all())


@blueprint.post("/plain_secrets")
def plain_secrets() -> Response:
    """Make tokens and codes from now on that do not look like Google's."""
    stand_in().google.handed_out.is_plain = True
    return jsonify({})


@blueprint.get("/grants")
def grants() -> Response:
    """An account's live grants, as its permissions page would list them."""
    return jsonify(
        [
            {"client_id": grant.client_id, "scopes": sorted(grant.scopes), "refresh_tokens": len(grant.refresh_tokens)}
            for grant in stand_in().google.grants.values()
            if grant.sub == request.args.get("sub")
        ]
    )


@blueprint.get("/mails")
def mails() -> Response:
    """What an account sent."""
    return jsonify(stand_in().google.sent[request.args["sub"]])


@blueprint.get("/messages")
def messages() -> Response:
    """An account's mailbox: ids and labels."""
    mailbox = stand_in().google.messages[request.args["sub"]].values()
    return jsonify([{key: each[key] for key in ("id", "threadId", "labelIds")} for each in mailbox])


@blueprint.post("/expire_access_tokens")
def expire_access_tokens() -> Response:
    """Let every access token expire now."""
    for token in stand_in().google.access_tokens.values():
        token.expires_at = time.time()
    return jsonify({})


@blueprint.post("/expire_codes")
def expire_codes() -> Response:
    """Let every authorization code expire now."""
    for code in stand_in().google.codes.values():
        code.expires_at = time.time()
    return jsonify({})


@blueprint.post("/revoke_grant")
def revoke_grant() -> Response:
    """Revoke as the account's owner would at Google."""
    google, sub = stand_in().google, _body()["sub"]
    for owner, client_id in [key for key in google.grants if key[0] == sub]:
        google.revoke(owner, client_id)
    return jsonify({})


@blueprint.post("/send_as")
def add_alias() -> Response:
    """Let an account send as another address, or have asked to: sub, email, verification_status."""
    body = _body()
    stand_in().google.accounts[body["sub"]].aliases[body["email"].lower()] = body["verification_status"]
    return jsonify({})


@blueprint.post("/messages")
def add_message() -> Response:
    """Add a mail to a mailbox: sub, subject, snippet, body, headers, thread_id, label_ids."""
    body = _body()
    return jsonify(stand_in().google.add_message(body.pop("sub"), **body))


@blueprint.post("/cancel_event")
def cancel_event() -> Response:
    """Cancel an event as its owner would; it keeps its id."""
    body = _body()
    stand_in().google.change_event(body["sub"], body["event_id"], {"status": "cancelled"})
    return jsonify({})


@blueprint.post("/change_event")
def change_event() -> Response:
    """Change an event as its owner would: sub, event_id, changes."""
    stand_in().google.change_event(**_body())
    return jsonify({})


@blueprint.get("/invitations")
def invitations() -> Response:
    """The mails to guests that an account's writes brought about."""
    return jsonify(stand_in().google.invitations[request.args["sub"]])


@blueprint.post("/watch")
def watch() -> Response:
    """Look for these words in everything that the APIs answer from now on."""
    stand_in().watch.look_for(_body()["words"])
    return jsonify({})


@blueprint.get("/watched")
def watched() -> Response:
    """For each word the paths whose answers held it."""
    return jsonify(stand_in().watch.found())


def note_request() -> None:
    """Keep what a request looked like, never what it held."""
    if request.path.startswith("/_control"):
        return
    stand_in().received.append(
        {
            "method": request.method,
            "path": request.path,
            "query": _names(request.args),
            "asked": {name: request.args.getlist(name) for name in _ASKED if name in request.args},
            "form": _names(request.form) if request.mimetype == "application/x-www-form-urlencoded" else [],
            "headers": sorted(
                name for name in ("Authorization", "If-Match", "Idempotency-Key") if name in request.headers
            ),
        }
    )


def _names(fields: Iterable[str]) -> list[str]:
    """The names that can be names; a token sent without one would stand in its place."""
    return sorted(name if _NAME.fullmatch(name) else "(no name)" for name in fields)


def _body() -> dict[str, Any]:
    return request.get_json()
