"""No operation fetches what a mail says, and nothing of an event stays anywhere here once it has been shown."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from service import create_app
from service.adapters import gmail
from service.bootstrap import build_adapters
from service.config import load_settings
from tests.contract.calls import OPERATIONS, things
from tests.databases import Database
from tests.service.routes.actors import Actor

pytestmark = pytest.mark.xdist_group("contract")
_ALLOWED_HEADERS = {"Message-ID", "References"}


def use_everything(actor: Actor, word: str) -> None:
    """Call every operation with mails and events that are full of a word."""
    ids = things(actor, word)
    for operation in OPERATIONS.values():
        assert operation.call(actor, ids).status_code in (200, 201, 404)


def places(database: Database, since: float) -> Iterator[tuple[str, bytes]]:
    """Everything that outlasts a request, with its name: tables, and every file below the system's temporary folder.

    Logs, metrics and the files of PostgreSQL itself lie there too, the write-ahead log among them.
    """
    tables = database.rows(
        "select schemaname || '.' || tablename as name from pg_tables "
        "where schemaname not in ('pg_catalog', 'information_schema')"
    )
    for table in tables:
        rows = database.rows(f"select t::text as row from {table['name']} as t")
        yield table["name"], "\n".join(row["row"] or "" for row in rows).encode()
    for path in Path(tempfile.gettempdir()).rglob("*"):
        # Others come and go meanwhile.
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime >= since:
                yield path.name, path.read_bytes()


def spellings(word: str) -> list[str]:
    """A word as it is, in a URL, in base64 and in hex."""
    raw = word.encode()
    return [word, quote(word), base64.b64encode(raw).decode()[:-4], raw.hex()]


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


def test_nothing_of_a_mail_or_an_event_stays_here(tested: Actor, tested_database: Database):
    word, began = f"canary{uuid4().hex}", time.time()
    use_everything(tested, word)
    searched = set()
    for name, content in places(tested_database, began):
        searched.add(name)
        for spelling in spellings(word):
            assert spelling.encode() not in content, name
    assert {"service.log", "counted.json", "private.gmail_send_claims", "audit.token_openings"} <= searched


@pytest.mark.parametrize("where", ["table", "log", "metric"])
def test_word_that_stayed_would_be_found(tested: Actor, tested_database: Database, tested_logs: Path, where: str):
    word, began = f"canary{uuid4().hex}", time.time()
    planted = {"log": tested_logs / "planted.log", "metric": Path(tempfile.mkdtemp(prefix="cxtrack-metrics-")) / "x.db"}
    if where == "table":
        tested_database.execute("create table private.planted (word text)")
        tested_database.execute("insert into private.planted values (%s)", (word,))
    else:
        planted[where].write_text(word)
    found = [name for name, content in places(tested_database, began) if word.encode() in content]
    tested_database.execute("drop table if exists private.planted")
    # In a table it is in the files of PostgreSQL as well.
    assert found[0] == {"table": "private.planted", "log": "planted.log", "metric": "x.db"}[where]
