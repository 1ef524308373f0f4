"""The authorization endpoint: checks the request, shows the consent page, and takes the person's decision."""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request

from service.local.google.consent import consent_page, refusal_page
from service.local.google.discovery import KNOWN_SCOPES
from service.local.google.faults import answer_before
from service.local.google.scopes import SIGN_IN_SCOPES, asked_scopes
from service.local.google.state import CODE_SECONDS, Account, Code
from service.local.google.wiring import stand_in

blueprint = Blueprint("authorization", __name__)

_PROMPTS = {"none", "consent", "select_account"}
# A challenge is the base64url form of a SHA-256 digest, or a verifier of 43 to 128 characters (RFC 7636, section 4).
_CHALLENGE_LENGTHS = range(43, 129)


@blueprint.get("/o/oauth2/v2/auth")
def authorize() -> Response:
    """Show the consent page, or say what is wrong with the request."""
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    problem = _problem()
    if problem:
        return _refusal(*problem)
    if request.args.get("prompt") == "none":
        # Nobody is signed in here before the page, so there is always something to ask.
        return _back_to_client({"error": "interaction_required"})
    accounts = list(stand_in().google.accounts.values())
    return Response(
        consent_page(dict(request.args), _optional(), accounts, _chosen(accounts)), mimetype="text/html"
    )  # fmt: skip


@blueprint.post("/o/oauth2/v2/auth")
def decide() -> Response:
    """Take the person's decision and send the browser back to the client."""
    problem = _problem()
    if problem:
        return _refusal(*problem)
    if request.form.get("decision") != "allow":
        return _back_to_client({"error": request.form.get("error") or "access_denied"})
    account = stand_in().google.accounts.get(request.form.get("sub", ""))
    if account is None:
        return _refusal("invalid_account", "No such account.")
    granted = _granted()
    if not granted:
        return _back_to_client({"error": "access_denied"})
    code = stand_in().google.handed_out.make("authorization_code", 48)
    with stand_in().google.lock:
        previous = stand_in().google.grants.get((account.sub, request.args["client_id"]))
        if previous is not None and request.args.get("include_granted_scopes") == "true":
            granted += sorted(previous.scopes - set(granted))
        stand_in().google.codes[code] = Code(
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
    return _back_to_client({"code": code, "scope": " ".join(granted)})


def _granted() -> list[str]:
    """What the decision allows; in the order asked for, and with openid as soon as any sign-in scope is there."""
    ticked, optional = set(request.form.getlist("scope")), _optional()
    granted = [
        # A single scope has no box: allowing allows it.
        scope
        for scope in asked_scopes(request.args["scope"])
        if scope in SIGN_IN_SCOPES or scope in ticked or len(optional) == 1
    ]
    if SIGN_IN_SCOPES & set(granted) and "openid" not in granted:
        granted.append("openid")
    return granted


def _optional() -> list[str]:
    return [scope for scope in asked_scopes(request.args["scope"]) if scope not in SIGN_IN_SCOPES]


def _chosen(accounts: list[Account]) -> str:
    hint = request.args.get("login_hint")
    return next((each.sub for each in accounts if hint in (each.sub, each.email)), accounts[0].sub if accounts else "")


def _back_to_client(answer: dict[str, str]) -> Response:
    fault = stand_in().faults.take("redirect")
    wrong = fault.reason if fault else None
    if "state" in request.args:
        answer = {"state": "wrong-state" if wrong == "state" else request.args["state"], **answer}
    if wrong != "no_iss":
        answer["iss"] = "https://accounts.example.com" if wrong == "iss" else stand_in().signer.issuer
    target = request.args["redirect_uri"]
    address = f"{target}{'&' if urlsplit(target).query else '?'}{urlencode(answer)}"
    return Response(status=303, headers={"Location": address})


def _refusal(error: str, message: str) -> Response:
    # A person sees this page, and the client nothing: Google sends nobody to an address that it does not trust.
    return Response(refusal_page(error, message), 400, mimetype="text/html")


def _problem() -> tuple[str, str] | None:
    asked, google = request.args, stand_in().google
    for name in asked:
        if len(asked.getlist(name)) > 1:
            return "invalid_request", f"OAuth 2 parameters can only have a single value: {name}"
    if asked.get("client_id") not in google.clients:
        return "invalid_client", "The OAuth client was not found."
    if asked.get("redirect_uri") not in google.redirect_uris:
        return "redirect_uri_mismatch", "The redirect URI in the request is not one of the client's."
    if "response_type" not in asked:
        return "invalid_request", "Required parameter is missing: response_type"
    if asked["response_type"] != "code":
        return "unsupported_response_type", "Only the authorization code flow is imitated."
    scopes = asked_scopes(asked.get("scope", ""))
    if not scopes:
        return "invalid_request", "Missing required parameter: scope"
    unknown = [scope for scope in scopes if scope not in KNOWN_SCOPES | SIGN_IN_SCOPES]
    if unknown:
        return "invalid_scope", f"Some requested scopes were invalid. {unknown}"
    return _problem_of_options()


def _problem_of_options() -> tuple[str, str] | None:
    asked = request.args
    if asked.get("access_type", "online") not in ("online", "offline"):
        return "invalid_request", "Invalid parameter value for access_type"
    prompts = asked.get("prompt", "").split()
    if set(prompts) - _PROMPTS or ("none" in prompts and len(prompts) > 1):
        return "invalid_request", "Invalid parameter value for prompt"
    if asked.get("code_challenge_method", "plain") not in ("plain", "S256"):
        return "invalid_request", "Invalid code_challenge_method"
    if "code_challenge_method" in asked and "code_challenge" not in asked:
        return "invalid_request", "Missing required parameter: code_challenge"
    if "code_challenge" in asked and len(asked["code_challenge"]) not in _CHALLENGE_LENGTHS:
        return "invalid_request", "Invalid code_challenge"
    return None
