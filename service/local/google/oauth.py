"""Google's token endpoint, revocation, keys and discovery document (RFC 6749, 7009, 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from flask import Blueprint, Response, request

from service.local.google.faults import answer_before, drop_connection
from service.local.google.scopes import asked_scopes
from service.local.google.state import ACCESS_TOKEN_SECONDS, AccessToken, Code
from service.local.google.wiring import stand_in

blueprint = Blueprint("oauth", __name__)

_VERIFIER_LENGTHS = range(43, 129)


@blueprint.post("/token")
def token() -> Response:
    """Exchange a code or a refresh token."""
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    client_id, client_secret = _client()
    known = stand_in().google.clients.get(client_id)
    if known is None:
        return _refusal(401, "invalid_client", "The OAuth client was not found.")
    if not _are_same(known, client_secret):
        return _refusal(401, "invalid_client", "Unauthorized")
    match request.form.get("grant_type"):
        case "authorization_code":
            answer = _exchange(client_id)
        case "refresh_token":
            answer = _refresh(client_id)
        case None:
            answer = _refusal(400, "invalid_request", "Required parameter is missing: grant_type")
        case _:
            answer = _refusal(400, "unsupported_grant_type", "Invalid grant_type")
    return drop_connection() if stand_in().faults.take("drop_after") else answer


@blueprint.post("/revoke")
def revoke() -> Response:
    """End the whole grant behind an access or refresh token, as Google does."""
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    google, given = stand_in().google, request.form.get("token", "")
    if not given:
        return _refusal(400, "invalid_request", "Missing required parameter: token")
    with google.lock:
        owner = google.refresh_tokens.get(given) or google.access_tokens.get(given)
        if owner is None or (isinstance(owner, AccessToken) and owner.expires_at <= time.time()):
            answer = _refusal(400, "invalid_token", "Token expired or revoked")
        else:
            google.revoke(owner.sub, owner.client_id)
            answer = _json(200, {})
    return drop_connection() if stand_in().faults.take("drop_after") else answer


@blueprint.get("/oauth2/v3/certs")
def certs() -> Response:
    """The public key of ID tokens."""
    return answer_before(stand_in().faults) or _json(200, stand_in().signer.jwks())


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """OpenID Connect discovery."""
    issuer = stand_in().signer.issuer
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/o/oauth2/v2/auth",
        "token_endpoint": f"{issuer}/token",
        "revocation_endpoint": f"{issuer}/revoke",
        "jwks_uri": f"{issuer}/oauth2/v3/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
    }
    return answer_before(stand_in().faults) or _json(200, document)


def _exchange(client_id: str) -> Response:
    google = stand_in().google
    google.handed_out.note("code_verifier", request.form.get("code_verifier"))
    if "code" not in request.form:
        return _refusal(400, "invalid_request", "Missing required parameter: code")
    with google.lock:
        code = google.codes.get(request.form["code"])
        if code is None or code.client_id != client_id or code.expires_at <= time.time():
            return _refusal(400, "invalid_grant", "Malformed auth code.")
        if code.is_used:
            # A code that comes twice was stolen by somebody (RFC 6749, section 4.1.2).
            google.revoke(code.sub, client_id)
            return _refusal(400, "invalid_grant", "Code was already redeemed.")
        if code.redirect_uri != request.form.get("redirect_uri"):
            return _refusal(400, "redirect_uri_mismatch", "Bad Request")
        if code.challenge is not None and not _fits(code, request.form.get("code_verifier")):
            is_missing = request.form.get("code_verifier") is None
            return _refusal(400, "invalid_grant", f"{'Missing' if is_missing else 'Invalid'} code verifier.")
        code.is_used = True
        access_token, refresh_token = google.issue(code)
        return _json(200, _token_response(access_token, refresh_token, code.nonce))


def _refresh(client_id: str) -> Response:
    google = stand_in().google
    if "refresh_token" not in request.form:
        return _refusal(400, "invalid_request", "Missing required parameter: refresh_token")
    with google.lock:
        given = request.form["refresh_token"]
        known = google.refresh_tokens.get(given)
        if known is None or known.client_id != client_id:
            return _refusal(400, "invalid_grant", "Token has been expired or revoked.")
        asked = frozenset(asked_scopes(request.form.get("scope", "")))
        if asked - known.scopes:
            return _refusal(400, "invalid_scope", "Bad Request")
        rotated = google.rotate(given) if stand_in().faults.take("rotate_refresh_token") else None
        access_token = google.new_access_token(known.sub, client_id, asked or known.scopes)
        answer = _json(200, _token_response(access_token, rotated, None))
    return answer


def _token_response(access_token: str, refresh_token: str | None, nonce: str | None) -> dict[str, Any]:
    given = stand_in().google.access_tokens[access_token]
    answer: dict[str, Any] = {
        "access_token": access_token,
        "expires_in": ACCESS_TOKEN_SECONDS,
        "scope": " ".join(sorted(given.scopes)),
        "token_type": "Bearer",
    }
    if lifetime := stand_in().faults.take("lifetime"):
        answer["expires_in"] = json.loads(lifetime.reason)
    if refresh_token:
        answer["refresh_token"] = refresh_token
    if "openid" in given.scopes:
        fault = stand_in().faults.take("id_token")
        answer["id_token"] = stand_in().signer.sign(
            stand_in().google.accounts[given.sub],
            given.client_id,
            scopes=given.scopes,
            nonce=nonce,
            access_token=access_token,
            wrong=fault.reason if fault else None,
        )
    return answer


def _client() -> tuple[str, str]:
    if request.authorization is not None and request.authorization.type == "basic":
        return request.authorization.username or "", request.authorization.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _fits(code: Code, verifier: str | None) -> bool:
    if verifier is None or len(verifier) not in _VERIFIER_LENGTHS:
        return False
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return _are_same(verifier, code.challenge or "")


def _are_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refusal(status: int, error: str, description: str) -> Response:
    return _json(status, {"error": error, "error_description": description})


def _json(status: int, body: dict[str, Any]) -> Response:
    answer = Response(json.dumps(body), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate"
    return answer
