"""The steps in which Ada works: a mail, her events, and a token that ends meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from service.local.demo.story import Evidence, Story, require, sub_of


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
    answer = story.get("/v1/calendar/events", params={"time_zone": "America/Winnipeg"})
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


def refresh(story: Story) -> Evidence:
    """The access token ends, and Ada does not notice"""
    story.google.expire_access_tokens()
    story.database.end_access_token(story.user_id)
    before, version = len(story.google.received("/token")), story.database.token_version(story.user_id)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: story.get("/v1/calendar/events").status_code, range(20)))
    asked = len(story.google.received("/token")) - before
    require(answers == [200] * 20, f"20 calls at once answered {sorted(set(answers))}")
    require(asked == 1, f"Google was asked {asked} times")
    yield "20 calls at the same moment with an expired token: 20 answers, and Google was asked once"
    newer = story.database.token_version(story.user_id)
    require(newer > version, "nothing new was stored")
    yield f"both documents sealed anew: version {version} became {newer}, still two secrets in Vault"
    require(story.database.traces(story.user_id)["vault.secrets"] == 2, "the old secrets are still there")

    story.google.add_fault("html", "/token")
    story.database.end_access_token(story.user_id)
    status = story.get("/v1/calendar/events").status_code
    require(status == 502, f"events answered {status}")
    require(story.database.traces(story.user_id)["vault.secrets"] == 2, "a fault of Google deleted tokens")
    yield f"Google answers a page of HTML instead: {status}, and every token is kept"
