"""Logs: what an operator needs is there, what could be used by a thief is not."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from service.logs import QUIET_LIBRARIES, configure_logging
from service.redaction import redact, redact_text

ACCESS_TOKEN = "ya29.a0AfH6SMBx_marker-marker"
REFRESH_TOKEN = "1//0gmarkermarkermarker-marker"
CODE = "4/0AbUR2VNmarkermarker"
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtYXJrZXIifQ.bWFya2VybWFya2Vy"
JWE = "eyJhbGciOiJkaXIifQ..bWFya2Vy.bWFya2VybWFya2Vy.bWFya2Vy"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The JSON lines logged so far; logging is as pytest left it afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIET_LIBRARIES}
    stream = io.StringIO()
    configure_logging(is_production=True, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_line_is_json_with_the_request_id_if_a_module_logs(lines: Lines):
    with bound_contextvars(request_id="abc"):
        logging.getLogger("service.adapters.gmail").warning("send refused", extra={"status": 403, "reason": "quota"})
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "send refused", "level": "warning", "logger": "service.adapters.gmail", "request_id": "abc",
        "status": 403, "reason": "quota",
    }  # fmt: skip


def test_structlog_goes_the_same_way_if_it_is_used_directly(lines: Lines):
    structlog.get_logger("service.x").info("opened", access_token=ACCESS_TOKEN, purpose="send_message")
    (line,) = lines()
    assert line["access_token"] == "[redacted]"
    assert (line["purpose"], line["logger"]) == ("send_message", "service.x")


@pytest.mark.parametrize(
    "name",
    [
        "token", "access_token", "refreshToken", "id_token", "Authorization", "Cookie", "client_secret", "password",
        "apikey", "X-Api-Key", "code_verifier", "nonce", "state", "completion", "access_document", "sealed_secrets",
        "service_jwt", "query_string", "body", "subject", "text", "raw",
    ],
)  # fmt: skip
def test_value_is_hidden_if_its_name_is_sensitive(lines: Lines, name: str):
    logging.getLogger("x").warning("seen", extra={name: "marker", "deep": {"list": [{name: "marker"}]}})
    assert "marker" not in json.dumps(lines())
    assert lines()[0][name] == "[redacted]"


def test_code_is_hidden_if_it_is_not_a_status_code():
    assert redact("code", CODE) == "[redacted]"
    assert redact("code", "marker") == "[redacted]"
    assert [redact("code", code) for code in ("42501", "PGRST301", "PT403", "503")] == [
        "42501",
        "PGRST301",
        "PT403",
        "503",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"got {ACCESS_TOKEN}.",
        f"got {REFRESH_TOKEN}!",
        f"Authorization: Bearer {ACCESS_TOKEN}",
        "bearer markermarker",
        "Basic bWFya2VybWFya2Vy",
        f"jwt {JWS}",
        f"sealed {JWE} document",
        f"code={CODE}&state=marker",
        f"GET /v1/google/callback?state=marker&code={CODE} HTTP/1.1",
        "https://app.example.com/settings#google_completion=marker",
        "https://app.example.com/settings?x=marker",
        "Max retries exceeded with url: /token?code=marker (Caused by x)",
        "{'access_token': 'marker', 'expires_in': 3599}",
        '{"refresh_token": "marker"}',
        '{"kty":"oct","kid":"2026-11","k":"bWFya2VybWFya2VybWFya2Vy"}',
        "client_secret=marker",
        "GOCSPX-marker",
        "sb_secret_marker",
        "connection to postgresql://postgres:marker@db.example.com/postgres failed",
        "mail to marker.ada@example.com refused",
    ],
)
def test_text_is_cleaned_if_it_holds_what_looks_like_a_secret(lines: Lines, text: str):
    logging.getLogger("x").error(text)
    logging.getLogger("x").error("with %s", text)
    logging.getLogger("x").error("event", extra={"reason": text, "list": [text], "error": ValueError(text)})
    shown = json.dumps(lines())
    for secret in ("marker", "bWFya2Vy", ACCESS_TOKEN, CODE):
        assert secret not in shown


def test_exception_is_logged_and_cleaned_if_its_text_holds_a_secret(lines: Lines):
    def fail(_: str) -> None:
        try:
            raise KeyError(f"refresh_token={REFRESH_TOKEN}")
        except KeyError:
            raise RuntimeError(f"token endpoint said {JWS}") from None

    try:
        fail(ACCESS_TOKEN)
    except RuntimeError:
        logging.getLogger("x").exception("unexpected")
    (line,) = lines()
    assert "RuntimeError: token endpoint said [redacted]" in line["exception"]
    assert "marker" not in json.dumps(line)
    assert JWS[:20] not in json.dumps(line)


@pytest.mark.parametrize(
    "text", ["", "request", "database unreachable", "applied 20261123100000_privileges_default.sql", "ratio 1/2"]
)
def test_text_stays_as_it_is_if_it_holds_no_secret(text: str):
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    ["oauthlib.oauth2", "requests_oauthlib.oauth2_session", "google.auth.transport", "httpx", "httpcore.http11",
     "urllib3.connectionpool", "googleapiclient.discovery"],
)  # fmt: skip
def test_library_is_quiet_below_warning_if_somebody_turns_it_up(lines: Lines, name: str):
    library = logging.getLogger(name)
    assert not library.isEnabledFor(logging.INFO)
    library.setLevel(logging.DEBUG)
    library.debug("Supplying headers %s", {"Authorization": "marker"})
    library.info("HTTP Request: GET https://x.example/?code=marker")
    library.warning("connection dropped")
    library.setLevel(logging.NOTSET)
    assert [line["event"] for line in lines()] == ["connection dropped"]


def test_python_warning_goes_through_the_same_handler_if_one_is_raised(lines: Lines):
    logging.getLogger("py.warnings").warning("UserWarning: Bearer markermarker")
    assert "marker" not in json.dumps(lines())


def test_deep_and_strange_values_are_cut_if_they_are_logged():
    endless: dict[str, Any] = {}
    endless["self"] = endless
    assert "..." in json.dumps(redact("x", endless))
    assert redact("x", b"marker") == "[6 bytes]"
