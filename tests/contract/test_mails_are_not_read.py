"""No operation fetches what a mail says. That nothing of mails and events stays here is tests/canary/."""

from __future__ import annotations

from uuid import uuid4

import pytest

from service import create_app
from service.adapters import gmail
from service.bootstrap import build_adapters
from service.config import load_settings
from tests.contract.calls import OPERATIONS, things
from tests.service.routes.actors import Actor

_ALLOWED_HEADERS = {"Message-ID", "References"}


def use_everything(actor: Actor, word: str) -> None:
    """Call every operation with mails and events that are full of a word."""
    ids = things(actor, word)
    for operation in OPERATIONS.values():
        assert operation.call(actor, ids).status_code in (200, 201, 404)


def test_no_answer_of_google_to_us_holds_what_a_mail_says(tested: Actor):
    word = f"canary{uuid4().hex}"
    tested.google.watch(word)
    before = len(tested.google.received("/gmail"))
    use_everything(tested, word)
    # Shown events are the user's own; mails are not shown at all.
    assert [path for path in tested.google.watched()[word] if path.startswith("/gmail")] == []
    asked = [each for each in tested.google.received("/gmail")[before:] if each["method"] == "GET"]
    assert asked
    for each in asked:
        assert each["asked"]["fields"], each
        assert set(each["asked"].get("metadataHeaders", [])) <= _ALLOWED_HEADERS
        is_reply = "metadataHeaders" in each["asked"]
        assert each["asked"].get("format", ["minimal"]) == (["metadata"] if is_reply else ["minimal"])


def test_wider_field_mask_would_be_seen(tested: Actor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gmail, "_STATUS", "id,threadId,labelIds,internalDate,snippet")
    app = create_app(settings := load_settings({**tested.platform.settings_env()}), build_adapters(settings))
    word = f"canary{uuid4().hex}"
    ids = things(tested, word)
    tested.google.watch(word)
    answer = app.test_client().get(f"/v1/gmail/threads/{ids['threads']}", headers=tested.headers)
    assert answer.status_code == 200
    assert tested.google.watched()[word] != []
