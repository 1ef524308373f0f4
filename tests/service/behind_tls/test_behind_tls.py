"""Production settings behind a proxy that ends TLS: what travels, what browsers are told, where nobody is sent."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.local import binaries
from service.local.parts import REPOSITORY, base_environment, http_answers
from service.local.ports import unused_port
from service.local.processes import start_child, wait_until
from tests.service.environments import production

_CADDYFILE = Path(__file__).with_name("Caddyfile")
_ORIGIN = "https://app.example.com"
_PERSONAL = ("/v1/google/connection", "/v1/calendar/events", f"/v1/gmail/sends/{'0' * 8}-0000-4000-8000-{'0' * 12}")


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, ssl.SSLContext]]:
    """A client that trusts the proxy's authority, and what it trusts."""
    folder = tmp_path_factory.mktemp("tls")
    port, proxy_port = unused_port(), unused_port()
    environ = {
        **base_environment(), **production(), "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", "METRICS_PORT": "0",
        "PUBLIC_URL": f"https://localhost:{proxy_port}", "TRUSTED_PROXY_COUNT": "1",
    }  # fmt: skip
    configuration = str(REPOSITORY / "service" / "gunicorn_conf.py")
    argv = [sys.executable, "-m", "gunicorn", "-c", configuration, "--no-control-socket", "service.wsgi:app"]
    service = start_child("service", argv, env=environ, log_path=folder / "service.log", cwd=REPOSITORY)
    proxy = start_child(
        "proxy",
        [str(binaries.caddy()), "run", "--config", str(_CADDYFILE), "--adapter", "caddyfile"],
        env={
            **base_environment(), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
            "PROXY_PORT": str(proxy_port), "SERVICE_URL": f"http://127.0.0.1:{port}",
        },
        log_path=folder / "proxy.log",
    )  # fmt: skip
    try:
        root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        wait_until(root.exists, what="the proxy's authority", timeout=20, child=proxy)
        wait_until(
            lambda: http_answers(f"http://127.0.0.1:{port}/healthz", 200), what="the service", timeout=30, child=service
        )
        context = ssl.create_default_context(cafile=str(root))
        with httpx.Client(base_url=f"https://localhost:{proxy_port}", verify=context, trust_env=False) as client:
            yield client, context
    finally:
        proxy.terminate()
        service.terminate()


@pytest.fixture
def web(proxied: tuple[httpx.Client, ssl.SSLContext]) -> httpx.Client:
    return proxied[0]


def spoken(proxied: tuple[httpx.Client, ssl.SSLContext], version: ssl.TLSVersion) -> str | None:
    """Speak this version and no other; gives what was agreed on."""
    client, context = proxied
    only = ssl.create_default_context()
    root = "".join(ssl.DER_cert_to_PEM_cert(each) for each in context.get_ca_certs(binary_form=True))
    only.load_verify_locations(cadata=root)
    # OpenSSL itself speaks nothing older unless told to.
    only.set_ciphers("DEFAULT:@SECLEVEL=0")
    only.minimum_version = only.maximum_version = version
    address = (client.base_url.host, client.base_url.port or 443)
    with (
        socket.create_connection(address, timeout=10) as raw,
        only.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        return secured.version()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_of_today_is_spoken(proxied: tuple[httpx.Client, ssl.SSLContext], version: ssl.TLSVersion):
    assert (spoken(proxied, version) or "").replace(".", "_") == version.name


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_nothing_older_than_tls_one_two_is_spoken(
    proxied: tuple[httpx.Client, ssl.SSLContext], version: ssl.TLSVersion
):
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        spoken(proxied, version)


def test_plain_http_is_answered_with_nothing_of_ours(web: httpx.Client):
    answer = httpx.get(f"http://localhost:{web.base_url.port}/healthz", trust_env=False)
    assert answer.status_code == 400
    assert "is_alive" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/nothing", *_PERSONAL])
def test_browser_is_told_to_keep_to_tls_and_to_load_nothing_else(web: httpx.Client, path: str):
    headers = web.get(path).headers
    assert headers["Strict-Transport-Security"] == "max-age=63072000"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", _PERSONAL)
def test_nothing_personal_is_kept_on_the_way(web: httpx.Client, path: str):
    answer = web.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (401, "no-store")


@pytest.mark.parametrize(
    "query", ["", "state=x&code=y", "state=x&error=access_denied", "return_to=https://evil.example", "state=//evil.ex"]
)
def test_nobody_is_sent_elsewhere(web: httpx.Client, query: str):
    answer = web.get(f"/v1/google/callback?{query}", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code in (400, 503)
    assert "Location" not in answer.headers
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (_ORIGIN, True),
        ("https://admin.example.com:8443", True),
        ("https://app.example.com:444", False),
        ("http://app.example.com", False),
        ("https://app.example.com.evil.example", False),
        ("https://evil-app.example.com", False),
        ("null", False),
    ],
)
def test_only_the_listed_pages_may_call(web: httpx.Client, origin: str, is_allowed: bool):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "if-match, prefer",
    }
    headers = web.options("/v1/calendar/events/abc", headers=asked).headers
    assert headers.get("Access-Control-Allow-Origin") == (origin if is_allowed else None)
    assert "Access-Control-Allow-Credentials" not in headers


def test_production_runs_without_the_local_platform(web: httpx.Client):
    document = web.get("/openapi.json").json()
    assert document["servers"] == [{"url": str(web.base_url).rstrip("/")}]
    assert web.get("/example").status_code == 404
