"""Headers of every answer, request ids, CORS and proxies."""

import re

import httpx
import pytest
from flask import request

from tests.service.environments import local, production
from tests.service.key_server import KeyServer
from tests.service.running_app import RunningApp, running_app

APP = "http://127.0.0.1:3000"


@pytest.mark.parametrize(
    "path", ["/healthz", "/nothing", "/v1/google/connection", "/openapi.json", "/docs", "/docs/start.js"]
)
def test_headers_are_set_if_anything_is_answered(web: RunningApp, path: str):
    headers = web.http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
    assert "Strict-Transport-Security" not in headers


def test_nothing_is_stored_on_the_way_if_the_path_is_below_v1(web: RunningApp):
    for answer in (
        web.http.get("/v1/google/connection"),
        web.http.get("/v1/google/callback?state=x"),
        web.http.options("/v1/google/connection"),
        web.http.get("/v1/nothing"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


def test_transport_security_is_set_if_this_is_production(issuer: KeyServer, http_client: httpx.Client):
    with running_app(issuer, http_client, production()) as web:
        assert web.http.get("/nothing").headers["Strict-Transport-Security"] == "max-age=63072000"


@pytest.mark.parametrize("given", ["0123abcd", "a" * 64, "req_42-ABCDEF"])
def test_request_id_is_kept_if_it_is_sane(web: RunningApp, given: str):
    assert web.http.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space", "semi;colon", "ya29.a0AfH6SMBx", "a.b.c.d.e.f"])
def test_request_id_is_made_if_the_given_one_is_not_sane(web: RunningApp, given: str):
    made = web.http.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_request_ids_differ_if_none_is_given(web: RunningApp):
    assert len({web.http.get("/nothing").headers["X-Request-ID"] for _ in range(3)}) == 3


def preflight(
    web: RunningApp, origin: str, path: str = "/v1/google/connection", method: str = "DELETE"
) -> httpx.Response:
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, idempotency-key",
    }
    return web.http.options(path, headers={"Origin": origin, **asked})


def test_page_may_call_if_its_origin_is_listed(web: RunningApp):
    answer = preflight(web, APP)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, idempotency-key"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    # Errors have to be readable too, or the page learns only that something went wrong.
    refused = web.http.get("/v1/google/connection", headers={"Origin": APP})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == APP
    assert "X-Request-ID" in refused.headers["Access-Control-Expose-Headers"]
    assert "Origin" in refused.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:3001", "https://127.0.0.1:3000", "http://127.0.0.1", "http://127.0.0.1:3000.evil.example",
     "http://evil.example", "http://127x0.0.1:3000", "null", "*", "http://127.0.0.1:3000/", "http://127.0.0.1:30000"],
)  # fmt: skip
def test_page_may_not_call_if_its_origin_is_not_listed(web: RunningApp, origin: str):
    for answer in (preflight(web, origin), web.http.get("/v1/google/connection", headers={"Origin": origin})):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_page_may_call_if_its_listed_origin_is_an_ipv6_address(issuer: KeyServer, http_client: httpx.Client):
    with running_app(issuer, http_client, local(SUPABASE_URL=issuer.url, ALLOWED_ORIGINS="http://[::1]:3000")) as web:
        assert preflight(web, "http://[::1]:3000").headers["Access-Control-Allow-Origin"] == "http://[::1]:3000"
        assert "Access-Control-Allow-Origin" not in preflight(web, "http://1:3000").headers


def test_nothing_outside_v1_is_opened_to_pages_if_they_ask(web: RunningApp):
    assert "Access-Control-Allow-Origin" not in preflight(web, APP, "/readyz", "GET").headers


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [("0", "203.0.113.9", "127.0.0.1"), ("1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
     ("2", "198.51.100.1, 203.0.113.9", "198.51.100.1")],
)  # fmt: skip
def test_address_is_read_from_as_many_proxies_as_are_trusted_if_it_was_forwarded(
    issuer: KeyServer, http_client: httpx.Client, proxies: str, forwarded: str, address: str
):
    with running_app(issuer, http_client, local(SUPABASE_URL=issuer.url, TRUSTED_PROXY_COUNT=proxies)) as web:
        seen: list[tuple[str | None, str]] = []
        web.app.after_request_funcs.setdefault(None, []).append(
            lambda response: seen.append((request.remote_addr, request.host)) or response
        )
        web.http.get("/healthz", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example"})
    assert seen == [(address, web.http.base_url.netloc.decode())]
