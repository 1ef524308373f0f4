"""The first steps: sign up, connect, and see that the tokens are where nobody else reaches them."""

from __future__ import annotations

import secrets
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx

from service.local.demo.story import ACCOUNT, Evidence, Story, require, sub_of
from supabase import ClientOptions, create_client


def sign_up(story: Story) -> Evidence:
    """Ada signs up"""
    options = ClientOptions(auto_refresh_token=False, persist_session=False)
    story.user = create_client(story.platform.supabase_url, story.platform.publishable_key, options)
    email = f"ada-{secrets.token_hex(4)}@example.com"
    session = story.user.auth.sign_up({"email": email, "password": secrets.token_urlsafe(16)}).session
    require(session is not None, "no session after sign-up")
    story.user_id, story.access_token = session.user.id, session.access_token  # type: ignore[union-attr]
    profiles = story.user.table("profiles").select("*").execute().data
    require(len(profiles) == 1, f"Ada sees {len(profiles)} profiles")
    yield "Supabase Auth made the user, a trigger made the profile; Ada sees her own and no other"

    closed = story.service.post(
        "/v1/google/authorizations",
        json={"return_to": story.platform.identity.app_return_urls[0]},
        headers={"Authorization": f"Bearer {story.access_token}"},
    )
    require(closed.json()["error_code"] == "adult_attestation_missing", "connecting was open before she agreed")
    yield "before she attests and agrees, connecting answers adult_attestation_missing; her rights are open"
    story.user.rpc("attest_adult", {"is_adult": True}).execute()
    published = story.user.table("policy_versions").select("id, version, text_sha256").execute()
    (version,) = cast(list[dict[str, Any]], published.data)
    story.user.rpc(
        "accept_policy", {"policy_version_id": version["id"], "text_sha256": version["text_sha256"]}
    ).execute()
    state = cast(dict[str, Any], story.user.rpc("own_state", {}).execute().data)
    require(state["missing"] == [], f"missing: {state['missing']}")
    yield f"she attests to be an adult and agrees to version {version['version']} with the hash of what was shown: open"


def connect(story: Story) -> Evidence:
    """Ada connects her Google account"""
    completion = bring_completion(story)
    require(story.database.traces(story.user_id)["vault.secrets"] == 0, "the callback stored a token")
    yield "consent at Google, back with a code: nothing stored yet, the browser carries a sealed completion"

    connection = story.call("POST", "/v1/google/connection", 201, json={"completion": completion})
    require(connection["email"] == ACCOUNT, "another account was connected")
    again = story.service.post(
        "/v1/google/connection",
        json={"completion": completion},
        headers={"Authorization": f"Bearer {story.access_token}"},
    )
    require(again.status_code in (404, 409), f"the completion worked twice ({again.status_code})")
    yield f"connected as {connection['email']}; the same completion again: {again.json()['error_code']}"


def bring_completion(story: Story) -> str:
    """Go through consent at Google and the callback; gives what the browser carries home."""
    started = story.call(
        "POST", "/v1/google/authorizations", 201, json={"return_to": story.platform.identity.app_return_urls[0]}
    )
    back = story.google.consent(str(started["authorization_url"]), account=ACCOUNT)
    callback = story.service.get(back)
    require(callback.status_code == 303, f"the callback answered {callback.status_code}")
    returned = urlsplit(callback.headers["Location"])
    completion = parse_qs(returned.fragment).get("google_completion", [""])[0]
    require(completion != "", "the browser came back without a completion")
    return completion


def sealed(story: Story) -> Evidence:
    """The tokens rest sealed in Vault"""
    traces = story.database.traces(story.user_id)
    require(traces["vault.secrets"] == 2 and traces["private.google_secrets"] == 1, f"Vault holds {traces}")
    headers = story.database.document_headers(story.user_id)
    require(
        [(each["alg"], each["enc"], each["typ"]) for each in headers]
        == [("dir", "A256GCM", "cxtrack-google-access+jwe"), ("dir", "A256GCM", "cxtrack-google-refresh+jwe")],
        "Vault holds something else than two sealed documents",
    )
    yield "Vault decrypted as an operator sees it: two documents, " + " and ".join(each["typ"] for each in headers)
    yield f"sealed with {headers[0]['enc']} under key {headers[0]['kid']}, which the database does not have"
    grants = story.google.grants(sub_of(story))
    require(len(grants) == 1, f"Google lists {len(grants)} grants")
    yield f"Google's own list: one grant with {len(grants[0]['scopes'])} scopes"


def stranger(story: Story) -> Evidence:
    """Nobody else reaches them"""
    options = ClientOptions(auto_refresh_token=False, persist_session=False)
    other = create_client(story.platform.supabase_url, story.platform.publishable_key, options)
    other.auth.sign_up({"email": f"eve-{secrets.token_hex(4)}@example.com", "password": secrets.token_urlsafe(16)})
    seen = other.table("google_connections").select("id").execute().data
    require(seen == [], f"a stranger sees {len(seen)} connections")
    yield "another signed-in user sees no connection"
    for name, bearer in (("the publishable key alone", None), ("Ada's own JWT", story.access_token)):
        status = rpc(story, bearer, str(uuid4())).status_code
        require(status in (401, 403), f"open_token answered {status} to {name}")
        yield f"open_token called with {name}: {status}"
    stolen = rpc(story, story.platform.service_jwt, str(uuid4()))
    require(stolen.json() == {"outcome": "session_ended"}, "a stolen service credential opened a token")
    yield "open_token with the service's credential but no live session of Ada's: session_ended, nothing opened"


def rpc(story: Story, bearer: str | None, session_id: str) -> httpx.Response:
    """Call open_token straight through PostgREST, as somebody with a credential would."""
    headers = {"apikey": story.platform.publishable_key, "Content-Profile": "service_api"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    body = {"p_user_id": story.user_id, "p_session_id": session_id, "p_purpose": "send_message", "p_may_refresh": True}
    return httpx.post(f"{story.platform.supabase_url}/rest/v1/rpc/open_token", headers=headers, json=body)
