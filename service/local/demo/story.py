"""The steps of the demo in order: what a user does, and what must be true afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx

from service.local.demo.evidence import Database
from service.local.google.client import GoogleControl
from service.local.platform import Platform
from supabase import Client, ClientOptions, create_client

ACCOUNT = "ada@example.com"


class StepFailed(Exception):
    """A step did not do what it must; the message says what was seen."""


@dataclass
class Story:
    """What the steps share: who acts, where, and what the last step left for the next."""

    platform: Platform
    service: httpx.Client
    google: GoogleControl
    database: Database
    user: Client | None = None
    user_id: str = ""
    access_token: str = field(default="", repr=False)

    def call(self, method: str, path: str, expected: int, **options: object) -> dict[str, object]:
        """Call the service as the signed-in user."""
        headers = {"Authorization": f"Bearer {self.access_token}", **options.pop("headers", {})}  # type: ignore[dict-item]
        answer = self.service.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
        if answer.status_code != expected:
            raise StepFailed(f"{method} {path} answered {answer.status_code} {answer.json().get('error_code', '')}")
        return answer.json()


Evidence = Iterator[str]
Step = Callable[[Story], Evidence]


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


def connect(story: Story) -> Evidence:
    """Ada connects her Google account"""
    started = story.call(
        "POST", "/v1/google/authorizations", 201, json={"return_to": story.platform.identity.app_return_urls[0]}
    )
    back = story.google.consent(str(started["authorization_url"]), account=ACCOUNT)
    callback = story.service.get(back)
    require(callback.status_code == 303, f"the callback answered {callback.status_code}")
    returned = urlsplit(callback.headers["Location"])
    completion = parse_qs(returned.fragment).get("google_completion", [""])[0]
    require(completion != "", "the browser came back without a completion")
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


def send(story: Story) -> Evidence:
    """Ada sends a mail, and her client repeats the request"""
    message = {"to": ["grace@example.com"], "subject": "Tuesday", "text": "Shall we say ten o'clock?"}
    headers = {"Idempotency-Key": str(uuid4())}
    before = len(story.google.mails(sub_of(story)))
    first = story.call("POST", "/v1/gmail/messages", 201, json=message, headers=headers)
    second = story.call("POST", "/v1/gmail/messages", 201, json=message, headers=headers)
    sent = len(story.google.mails(sub_of(story))) - before
    require(sent == 1 and first == second, f"{sent} mails went out")
    yield "Gmail's own list: one mail went out; the repeat got the same message id and sent nothing"


def events(story: Story) -> Evidence:
    """Ada sees her upcoming events"""
    answer = story.service.get(
        "/v1/calendar/events",
        params={"time_zone": "America/Winnipeg"},
        headers={"Authorization": f"Bearer {story.access_token}"},
    )
    require(answer.status_code == 200, f"events answered {answer.status_code}")
    shown = [event["start"]["date_time"] or event["start"]["date"] for event in answer.json()["events"]]
    require(len(shown) > 0 and shown == sorted(shown), "no events came, or not in order")
    require(answer.headers["Cache-Control"] == "no-store", "the answer may be cached")
    yield f"{len(shown)} events came through, in order; Cache-Control: {answer.headers['Cache-Control']}"
    openings = story.database.value(
        "select count(*) from audit.token_openings where subject = %(user)s and outcome = 'opened'", user=story.user_id
    )
    require(openings == 2, f"{openings} openings are on record")
    yield "audit.token_openings holds one line for the mail and one for the events, and nothing of either"


def disconnect(story: Story) -> Evidence:
    """Ada disconnects"""
    subject = sub_of(story)
    receipt = story.call("DELETE", "/v1/google/connection", 200)
    require(receipt["secrets_deleted"] == 2, f"the receipt counts {receipt['secrets_deleted']} secrets")
    require(receipt["google"]["is_revoked"] is True, "Google was not told")  # type: ignore[index]
    yield f"receipt: deleted at {receipt['deleted_at']}, 2 secrets deleted, revoked at Google"
    grants = story.google.grants(subject)
    require(grants == [], f"Google still lists {len(grants)} grants")
    yield "Google's own list: no grant"


def nothing_left(story: Story) -> Evidence:
    """Nothing is left"""
    left = {table: count for table, count in story.database.traces(story.user_id).items() if count}
    require(not left, f"still there: {left}")
    yield "0 rows in " + ", ".join(story.database.traces(story.user_id))
    after = story.service.get("/v1/calendar/events", headers={"Authorization": f"Bearer {story.access_token}"})
    require(after.status_code == 409, f"events answered {after.status_code}")
    yield f"asking for events now: {after.status_code} {after.json()['error_code']}"


STEPS: tuple[Step, ...] = (sign_up, connect, sealed, stranger, send, events, disconnect, nothing_left)


def require(condition: bool, otherwise: str) -> None:
    """Fail the step unless this holds."""
    if not condition:
        raise StepFailed(otherwise)


def rpc(story: Story, bearer: str | None, session_id: str) -> httpx.Response:
    """Call open_token straight through PostgREST, as somebody with a credential would."""
    headers = {"apikey": story.platform.publishable_key, "Content-Profile": "service_api"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    body = {"p_user_id": story.user_id, "p_session_id": session_id, "p_purpose": "send_message"}
    return httpx.post(f"{story.platform.supabase_url}/rest/v1/rpc/open_token", headers=headers, json=body)


def sub_of(story: Story) -> str:
    """Google's name of the account that Ada connected."""
    return story.database.value(
        "select google_sub from public.google_connections where user_id = %(user)s", user=story.user_id
    )
