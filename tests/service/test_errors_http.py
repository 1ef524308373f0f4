"""Every way to go wrong ends in the one error body, and none of them shows what the caller must not see."""

import io
import logging
import socket

import httpx
import pytest

from service.errors import ServiceError, ServiceUnavailable
from service.http.bodies import LARGEST_BODY
from service.logs import configure_logging
from tests.service.key_server import ec_pair
from tests.service.running_app import RunningApp

START = "/v1/google/authorizations"


def assert_error(answer: httpx.Response, status: int, error_code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body["error_code"] == error_code
    assert body["message"]
    assert body.keys() <= {"error_code", "message", "details"}
    return body


def fields_of(answer: httpx.Response) -> list[str]:
    return [each["field"] for each in answer.json()["details"]]


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer  x", "Basic YTpi", "Token x", "Bearer x y", "Bearer x,Bearer y", "bearer\tx",
     "Bearer not.a.jwt"],
)  # fmt: skip
def test_401_is_answered_if_the_authorization_header_is_not_a_valid_bearer_token(web: RunningApp, header: str | None):
    answer = web.http.get("/v1/google/connection", headers={} if header is None else {"Authorization": header})
    assert_error(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_401_is_answered_if_there_are_two_authorization_headers(web: RunningApp):
    header = ("Authorization", f"Bearer {web.issuer.token()}")
    assert_error(web.http.get("/v1/google/connection", headers=[header, header]), 401, "unauthenticated")


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1_700_000_000}, {"iss": "https://other.example/auth/v1"}, {"aud": "anon"}, {"is_anonymous": True},
     {"client_id": "x"}, {"session_id": None}, {"role": "service_role"}],
)  # fmt: skip
def test_401_is_answered_alike_if_the_token_is_wrong_in_any_way(web: RunningApp, changes: dict[str, object]):
    anonymous = web.http.get("/v1/google/connection")
    answer = web.http.get("/v1/google/connection", headers={"Authorization": f"Bearer {web.issuer.token(**changes)}"})
    assert_error(answer, 401, "unauthenticated")
    assert answer.content == anonymous.content


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"{", "application/json"), (b'{"unknown": 1}', "application/json"), (b"x", "text/plain")],
)
def test_401_is_answered_before_the_body_is_read_if_nobody_is_signed_in(
    web: RunningApp, content: bytes, content_type: str
):
    answer = web.http.post(START, content=content, headers={"Content-Type": content_type})
    assert_error(answer, 401, "unauthenticated")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_token_is_taken_if_the_scheme_is_written_in_any_case(web: RunningApp, scheme: str):
    web.database.error = ServiceUnavailable()
    answer = web.http.get("/v1/google/connection", headers={"Authorization": f"{scheme} {web.issuer.token()}"})
    assert_error(answer, 503, "service_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_503_is_answered_if_the_keys_of_auth_cannot_be_had(web: RunningApp):
    web.issuer.status = 500
    answer = web.http.get("/v1/google/connection", headers=web.signed_in())
    assert_error(answer, 503, "service_unavailable")
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'a': 1}", b"\xff\xfe", b'{"return_to": "x"', b"nothing", b"[" * 100_000]
)
def test_400_is_answered_if_the_body_is_not_json(web: RunningApp, body: bytes):
    headers = web.signed_in(**{"Content-Type": "application/json"})
    assert_error(web.http.post(START, content=body, headers=headers), 400, "invalid_json")


@pytest.mark.parametrize("body", [[], "x", 1, None, '{"return_to": "http://127.0.0.1:3000/settings/google"}'])
def test_422_is_answered_if_the_body_is_not_an_object(web: RunningApp, body: object):
    answer = web.http.post(START, json=body, headers=web.signed_in())
    if body is None:
        answer = web.http.post(START, content=b"null", headers=web.signed_in(**{"Content-Type": "application/json"}))
    assert_error(answer, 422, "invalid_request")
    assert fields_of(answer) == ["body"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_415_is_answered_if_the_body_is_not_declared_as_json(web: RunningApp, content_type: str | None):
    headers = web.signed_in() | ({} if content_type is None else {"Content-Type": content_type})
    answer = web.http.post(START, content=b'{"return_to": "x"}', headers=headers)
    assert_error(answer, 415, "unsupported_media_type")


def test_json_is_taken_if_its_content_type_names_a_charset(web: RunningApp):
    headers = web.signed_in(**{"Content-Type": "application/json; charset=utf-8"})
    assert web.http.post(START, content=b'{"return_to": 1}', headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["return_to"]),
        ({"return_to": 1}, ["return_to"]),
        ({"return_to": None}, ["return_to"]),
        ({"return_to": ""}, ["return_to"]),
        ({"return_to": "x", "marker": "marker-value"}, ["marker"]),
        ({"return_to": 1, "a": 1, "b": 2}, ["return_to", "a", "b"]),
    ],
)
def test_422_names_the_field_if_the_body_has_another_form(web: RunningApp, body: dict[str, object], fields: list[str]):
    answer = web.http.post(START, json=body, headers=web.signed_in())
    assert_error(answer, 422, "invalid_request")
    assert fields_of(answer) == fields
    assert all(each["message"] for each in answer.json()["details"])
    assert "marker-value" not in answer.text


@pytest.mark.parametrize(
    ("query", "fields"),
    [("max_results=0", ["max_results"]), ("max_results=x", ["max_results"]), ("unknown=1", ["unknown"]),
     ("time_min=yesterday", ["time_min"]), ("time_zone=Mars/Base", ["time_zone"])],
)  # fmt: skip
def test_422_names_the_parameter_if_the_query_has_another_form(web: RunningApp, query: str, fields: list[str]):
    answer = web.http.get(f"/v1/calendar/events?{query}", headers=web.signed_in())
    assert_error(answer, 422, "invalid_request")
    assert fields_of(answer) == fields


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/google", "/nothing", "/docs/../secret", "/docs/x.js", "/%00"]
)
def test_404_is_answered_if_nothing_is_there(web: RunningApp, path: str):
    assert_error(web.http.get(path), 404, "not_found")


def test_405_names_what_is_allowed_if_the_method_is_another(web: RunningApp):
    answer = web.http.put("/v1/google/connection", headers=web.signed_in())
    assert_error(answer, 405, "method_not_allowed")
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_413_is_answered_if_the_body_is_too_large(web: RunningApp):
    # Only the length is sent, so that the answer cannot get lost while the body is still on its way.
    with socket.create_connection((web.http.base_url.host, web.http.base_url.port or 80), timeout=5) as connection:
        lines = [f"POST {START} HTTP/1.1", "Host: x", f"Content-Length: {LARGEST_BODY + 1}",
                 "Content-Type: application/json", f"Authorization: Bearer {web.issuer.token()}", "", ""]  # fmt: skip
        connection.sendall("\r\n".join(lines).encode())
        answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"error_code": "payload_too_large"' in answer


def test_500_shows_and_logs_no_secret_if_something_unexpected_happens(web: RunningApp):
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging(is_production=True, stream=stream)
    try:
        web.database.error = RuntimeError("refresh_token=1//0gmarkermarkermarker")
        answer = web.http.get("/v1/google/connection?code=marker", headers=web.signed_in())
    finally:
        root.handlers[:], root.level = before
    assert_error(answer, 500, "internal_error")
    assert "marker" not in answer.text
    logged = stream.getvalue()
    assert "RuntimeError: refresh_token=[redacted]" in logged
    assert "marker" not in logged
    assert answer.headers["X-Request-ID"] in logged
    assert '"path": "/v1/google/connection", "status": 500' in logged


def test_access_log_holds_the_path_only_if_the_query_has_a_code(web: RunningApp, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "service.access")
    web.http.get("/healthz?code=marker&state=marker")
    (record,) = [record for record in caplog.records if record.name == "service.access"]
    assert (record.__dict__["method"], record.__dict__["path"], record.__dict__["status"]) == ("GET", "/healthz", 200)
    assert record.__dict__["duration_ms"] >= 0
    assert "marker" not in str(record.__dict__)


def test_reason_of_a_refused_token_is_logged_if_it_is_not_told(web: RunningApp, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "service.http")
    token = web.issuer.sign(web.issuer.claims(), pair=ec_pair())
    answer = web.http.get("/v1/google/connection", headers={"Authorization": f"Bearer {token}"})
    assert "InvalidSignatureError" not in answer.text
    reasons = [record.__dict__["reason"] for record in caplog.records if record.message == "unauthenticated"]
    assert reasons == ["InvalidSignatureError"]
    assert token not in caplog.text


def test_message_is_the_docstring_if_none_is_given():
    class Teapot(ServiceError):
        """Short
        and stout.

        Only for developers.
        """

        error_code = "teapot"
        status = 418
        headers = {"X-Kind": "tea"}  # noqa: RUF012 - as every subclass does

    error = Teapot(headers={"X-Size": "1"}, details={"secret": "marker"})
    assert str(error) == error.message == "Short and stout."
    assert error.headers == {"X-Kind": "tea", "X-Size": "1"}
    assert repr(error) == "Teapot('teapot')"
    assert Teapot("Other.").message == "Other."


def test_health_is_answered_if_everything_else_is_down(web: RunningApp):
    web.issuer.status = 500
    assert web.http.get("/healthz").json() == {"is_alive": True}


@pytest.mark.parametrize(
    ("status", "postgrest", "parts"),
    [
        (200, True, {"jwks": True, "postgrest": True}),
        (500, True, {"jwks": False, "postgrest": True}),
        (200, False, {"jwks": True, "postgrest": False}),
    ],
)
def test_readiness_names_each_part_if_one_is_down(
    web: RunningApp, status: int, postgrest: bool, parts: dict[str, bool]
):
    web.issuer.status, web.readiness["postgrest"] = status, postgrest
    answer = web.http.get("/readyz")
    assert answer.json() == {"is_ready": all(parts.values()), "parts": parts}
    assert answer.status_code == (200 if all(parts.values()) else 503)
