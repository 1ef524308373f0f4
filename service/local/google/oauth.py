"""Google's authorization server: consent, token endpoint, revocation, keys (RFC 6749, 7009, 7636, 9207)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request

from service.local.google.consent import consent_page, refusal_page
from service.local.google.discovery import KNOWN_SCOPES
from service.local.google.faults import answer_before, drop_connection
from service.local.google.state import ACCESS_TOKEN_SECONDS, CODE_SECONDS, Code, Grant
from service.local.google.wiring import stand_in

blueprint = Blueprint("oauth", __name__)

_LONG_FORMS = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
SIGN_IN_SCOPES = {"openid", *_LONG_FORMS.values()}


def asked_scopes(text: str) -> list[str]:
    """Split and lengthen a scope parameter."""
    return [_LONG_FORMS.get(scope, scope) for scope in text.split()]


@blueprint.get("/o/oauth2/v2/auth")
def authorize() -> Response:
    """Show the consent page, or say what is wrong with the request."""
    problem = _authorization_problem()
    if problem:
        return Response(refusal_page(*problem), 400, mimetype="text/html")
    return Response(
        consent_page(
            dict(request.args), asked_scopes(request.args["scope"]), SIGN_IN_SCOPES, stand_in().google.accounts.values()
        ),
        mimetype="text/html",
    )


@blueprint.post("/o/oauth2/v2/auth")
def decide() -> Response:
    """Take the person's decision and send the browser back to the client."""
    problem = _authorization_problem()
    if problem:
        return Response(refusal_page(*problem), 400, mimetype="text/html")
    asked = asked_scopes(request.args["scope"])
    fault = stand_in().faults.take("redirect")
    wrong = fault.reason if fault else None
    answer: dict[str, str] = {"state": "wrong-state" if wrong == "state" else request.args.get("state", "")}
    if wrong != "no_iss":
        answer["iss"] = "https://accounts.example.com" if wrong == "iss" else stand_in().signer.issuer
    if request.form.get("decision") != "allow":
        answer["error"] = request.form.get("error") or "access_denied"
        return redirect(f"{request.args['redirect_uri']}?{urlencode(answer)}", 303, Response)
    account = stand_in().google.accounts.get(request.form.get("sub", ""))
    if account is None:
        return Response(refusal_page("invalid_account", "No such account."), 400, mimetype="text/html")
    ticked = set(request.form.getlist("scope"))
    granted = [scope for scope in asked if scope in SIGN_IN_SCOPES or scope in ticked]
    answer["code"] = f"4/0A{secrets.token_urlsafe(48)}"
    answer["scope"] = " ".join(granted)
    previous = stand_in().google.grants.get((account.sub, request.args["client_id"]))
    stand_in().google.codes[answer["code"]] = Code(
        sub=account.sub,
        client_id=request.args["client_id"],
        redirect_uri=request.args["redirect_uri"],
        scopes=tuple(granted),
        nonce=request.args.get("nonce"),
        challenge=request.args.get("code_challenge"),
        challenge_method=request.args.get("code_challenge_method", "plain"),
        # Google gives a refresh token on the first consent, or when consent is asked for again.
        wants_refresh_token=request.args.get("access_type") == "offline"
        and (previous is None or "consent" in request.args.get("prompt", "").split()),
        expires_at=time.time() + CODE_SECONDS,
    )
    return redirect(f"{request.args['redirect_uri']}?{urlencode(answer)}", 303, Response)


@blueprint.post("/token")
def token() -> Response:
    """Exchange a code or a refresh token."""
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    client_id, client_secret = _client()
    known = stand_in().google.clients.get(client_id)
    if known is None or not hmac.compare_digest(known, client_secret):
        return _json(401, {"error": "invalid_client", "error_description": "Unauthorized"})
    match request.form.get("grant_type"):
        case "authorization_code":
            answer = _exchange(client_id)
        case "refresh_token":
            answer = _refresh(client_id)
        case None:
            answer = _json(
                400, {"error": "invalid_request", "error_description": "Required parameter is missing: grant_type"}
            )
        case _:
            answer = _json(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
    if stand_in().faults.take("drop_after"):
        drop_connection()
    return answer


@blueprint.post("/revoke")
def revoke() -> Response:
    """End the whole grant behind an access or refresh token, as Google does."""
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    google, given = stand_in().google, request.form.get("token", "")
    with google.lock:
        if given in google.refresh_tokens:
            google.revoke(*google.refresh_tokens[given])
        elif given in google.access_tokens:
            google.revoke(google.access_tokens[given].sub, google.access_tokens[given].client_id)
        else:
            return _json(400, {"error": "invalid_token", "error_description": "Token expired or revoked"})
    if stand_in().faults.take("drop_after"):
        drop_connection()
    return _json(200, {})


@blueprint.get("/oauth2/v3/certs")
def certs() -> Response:
    """The public key of ID tokens."""
    return answer_before(stand_in().faults) or _json(200, stand_in().signer.jwks())


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """OpenID Connect discovery."""
    issuer = stand_in().signer.issuer
    return _json(
        200,
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/o/oauth2/v2/auth",
            "token_endpoint": f"{issuer}/token",
            "revocation_endpoint": f"{issuer}/revoke",
            "jwks_uri": f"{issuer}/oauth2/v3/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
        },
    )


def _authorization_problem() -> tuple[str, str] | None:
    asked, google = request.args, stand_in().google
    if asked.get("client_id") not in google.clients:
        return "invalid_client", "The OAuth client was not found."
    if asked.get("redirect_uri") not in google.redirect_uris:
        return "redirect_uri_mismatch", "The redirect URI in the request is not one of the client's."
    if asked.get("response_type") != "code":
        return "invalid_request", "Required parameter is missing: response_type"
    scopes = asked_scopes(asked.get("scope", ""))
    if not scopes:
        return "invalid_request", "Missing required parameter: scope"
    unknown = [scope for scope in scopes if scope not in KNOWN_SCOPES | SIGN_IN_SCOPES]
    if unknown:
        return "invalid_scope", f"Some requested scopes were invalid. {unknown}"
    if asked.get("code_challenge_method", "plain") not in ("plain", "S256"):
        return "invalid_request", "Invalid code_challenge_method"
    return None


def _exchange(client_id: str) -> Response:
    google = stand_in().google
    with google.lock:
        code = google.codes.get(request.form.get("code", ""))
        if code is None or code.client_id != client_id or code.expires_at < time.time():
            return _json(400, {"error": "invalid_grant", "error_description": "Malformed auth code."})
        if code.is_used:
            # A code that comes twice was stolen by somebody (RFC 6749, section 4.1.2).
            google.revoke(code.sub, client_id)
            return _json(400, {"error": "invalid_grant", "error_description": "Code was already redeemed."})
        if code.redirect_uri != request.form.get("redirect_uri"):
            return _json(400, {"error": "redirect_uri_mismatch", "error_description": "Bad Request"})
        if code.challenge is not None and not _fits(code, request.form.get("code_verifier")):
            missing = request.form.get("code_verifier") is None
            description = "Missing code verifier." if missing else "Invalid code verifier."
            return _json(400, {"error": "invalid_grant", "error_description": description})
        code.is_used = True
        access_token, refresh_token, grant = google.issue(code)
    return _json(200, _token_response(grant, access_token, refresh_token, code.nonce))


def _refresh(client_id: str) -> Response:
    google, given = stand_in().google, request.form.get("refresh_token", "")
    with google.lock:
        owner = google.refresh_tokens.get(given)
        if owner is None or owner[1] != client_id:
            return _json(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        grant = google.grants[owner]
        asked = set(asked_scopes(request.form.get("scope", "")))
        if asked - grant.scopes:
            return _json(400, {"error": "invalid_scope", "error_description": "Bad Request"})
        rotated = google.rotate(given) if stand_in().faults.take("rotate_refresh_token") else None
        return _json(200, _token_response(grant, google.new_access_token(grant), rotated, None))


def _token_response(grant: Grant, access_token: str, refresh_token: str | None, nonce: str | None) -> dict[str, Any]:
    fault = stand_in().faults.take("id_token")
    answer: dict[str, Any] = {
        "access_token": access_token,
        "expires_in": ACCESS_TOKEN_SECONDS,
        "scope": " ".join(sorted(grant.scopes)),
        "token_type": "Bearer",
    }
    if refresh_token:
        answer["refresh_token"] = refresh_token
    if "openid" in grant.scopes:
        answer["id_token"] = stand_in().signer.sign(
            stand_in().google.accounts[grant.sub],
            grant.client_id,
            scopes=grant.scopes,
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
    if verifier is None:
        return False
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier, code.challenge or "")


def _json(status: int, body: dict[str, Any]) -> Response:
    return current_app.response_class(json.dumps(body), status, mimetype="application/json")
