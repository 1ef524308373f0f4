"""The gateway: API keys become roles as on a hosted project, everything else is refused or forwarded."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from service.local.keys import LocalKeys
from service.local.platform import Platform
from tests.people import NewUser

pytestmark = pytest.mark.usefixtures("probes")


def whoami(platform: Platform, http: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    return http.post(f"{platform.supabase_url}/rest/v1/rpc/probe_whoami", headers=headers, json={})


@pytest.mark.parametrize("as_bearer_too", [False, True], ids=["apikey alone", "apikey and the same Bearer"])
def test_publishable_key_becomes_anon_if_no_user_token(
    platform: Platform, http: httpx.Client, as_bearer_too: bool
) -> None:
    headers = {"apikey": platform.publishable_key}
    if as_bearer_too:
        headers["Authorization"] = f"Bearer {platform.publishable_key}"
    assert whoami(platform, http, headers).json() == {"role": "anon", "sub": None}


@pytest.mark.parametrize("as_bearer_too", [False, True], ids=["apikey alone", "apikey and the same Bearer"])
def test_secret_key_becomes_service_role_if_no_user_token(
    platform: Platform, http: httpx.Client, as_bearer_too: bool
) -> None:
    headers = {"apikey": platform.secret_key}
    if as_bearer_too:
        headers["Authorization"] = f"Bearer {platform.secret_key}"
    assert whoami(platform, http, headers).json()["role"] == "service_role"


def test_user_keeps_own_role_if_secret_key_comes_with_user_token(
    platform: Platform, http: httpx.Client, new_user: NewUser
) -> None:
    user = new_user()
    answer = whoami(platform, http, {"apikey": platform.secret_key, **user.headers})
    assert answer.json() == {"role": "authenticated", "sub": user.id}


def test_row_security_applies_if_user_token_is_forwarded(
    platform: Platform, http: httpx.Client, new_user: NewUser
) -> None:
    owner, stranger = new_user("owner"), new_user("stranger")
    url = f"{platform.supabase_url}/rest/v1/probe_notes"
    key = {"apikey": platform.publishable_key}
    stored = http.post(url, headers={**key, **owner.headers}, json={"user_id": owner.id, "note": "mine"})
    assert stored.status_code == 201
    mine = {"user_id": f"eq.{owner.id}", "select": "note"}
    assert http.get(url, params=mine, headers={**key, **owner.headers}).json() == [{"note": "mine"}]
    assert http.get(url, params=mine, headers={**key, **stranger.headers}).json() == []
    assert http.get(url, params=mine, headers=key).status_code == 401
    forged = http.post(url, headers={**key, **stranger.headers}, json={"user_id": owner.id, "note": "forged"})
    assert forged.status_code == 403
    assert http.get(url, params=mine, headers={"apikey": platform.secret_key}).json() == [{"note": "mine"}]


def test_service_jwt_is_google_service_if_sent_with_publishable_key(platform: Platform, http: httpx.Client) -> None:
    headers = {
        "apikey": platform.publishable_key,
        "Authorization": f"Bearer {platform.service_jwt}",
        "Content-Profile": "service_api",
    }
    answer = whoami(platform, http, headers)
    assert (answer.status_code, answer.json()) == (200, "google_service")


def test_service_api_is_refused_if_caller_is_anon_or_user(
    platform: Platform, http: httpx.Client, new_user: NewUser
) -> None:
    headers = {"apikey": platform.publishable_key, "Content-Profile": "service_api"}
    assert whoami(platform, http, headers).status_code == 401
    assert whoami(platform, http, {**headers, **new_user().headers}).status_code == 403


def test_request_is_refused_if_key_is_missing(platform: Platform, http: httpx.Client) -> None:
    for path in ("/rest/v1/rpc/probe_whoami", "/auth/v1/user", "/auth/v1/settings"):
        answer = http.get(platform.supabase_url + path)
        assert answer.status_code == 401
        assert answer.json()["message"] == "No API key found in request"


@pytest.mark.parametrize(
    "form",
    [
        "sb_publishable_local_wrong",
        "{key}x",
        "x{key}",
        "{key},{key}",
        "{key}|Bearer {key}",
        "{{env.LOCAL_SECRET_KEY}}",
        "*",
        "~.*",
    ],
)
def test_request_is_refused_if_key_is_wrong(platform: Platform, http: httpx.Client, form: str) -> None:
    answer = whoami(platform, http, {"apikey": form.format(key=platform.secret_key)})
    assert answer.status_code == 401
    assert answer.json()["message"] == "Invalid API key"
    assert platform.secret_key not in answer.text


def test_request_is_refused_if_key_is_cut_or_in_another_case(platform: Platform, http: httpx.Client) -> None:
    for key in (platform.secret_key[:-1], platform.secret_key.swapcase()):
        assert whoami(platform, http, {"apikey": key}).status_code == 401


def test_user_token_alone_is_refused_if_key_is_wrong(platform: Platform, http: httpx.Client, new_user: NewUser) -> None:
    assert whoami(platform, http, {"apikey": "wrong", **new_user().headers}).status_code == 401


def test_key_of_another_platform_is_refused(platform: Platform, http: httpx.Client) -> None:
    other = LocalKeys.generate()
    assert whoami(platform, http, {"apikey": other.secret_key}).status_code == 401
    forged = {"apikey": platform.publishable_key, "Authorization": f"Bearer {other.service_role_jwt}"}
    assert whoami(platform, http, forged).status_code == 401


def test_secret_key_gives_no_right_if_sent_as_bearer_beside_publishable_key(
    platform: Platform, http: httpx.Client
) -> None:
    headers = {"apikey": platform.publishable_key, "Authorization": f"Bearer {platform.secret_key}"}
    assert whoami(platform, http, headers).status_code == 401


def test_secret_key_is_refused_if_sent_by_a_browser(platform: Platform, http: httpx.Client) -> None:
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    refused = whoami(platform, http, {"apikey": platform.secret_key, **browser})
    assert refused.status_code == 401
    assert refused.json()["message"] == "Forbidden use of secret API key in browser"
    assert whoami(platform, http, {"apikey": platform.publishable_key, **browser}).status_code == 200


def test_preflight_is_answered_if_frontend_runs_on_another_origin(platform: Platform, http: httpx.Client) -> None:
    answer = http.options(
        f"{platform.supabase_url}/rest/v1/rpc/probe_whoami",
        headers={
            "Origin": "http://127.0.0.1:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "apikey,authorization,content-type,x-client-info",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "apikey,authorization,content-type,x-client-info"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("key", ["right", "wrong"])
def test_answer_can_be_read_by_the_frontend_even_if_refused(platform: Platform, http: httpx.Client, key: str) -> None:
    apikey = platform.publishable_key if key == "right" else "wrong"
    answer = whoami(platform, http, {"apikey": apikey, "Origin": "http://127.0.0.1:3000"})
    assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]


def test_unknown_path_is_404(platform: Platform, http: httpx.Client) -> None:
    answer = http.get(f"{platform.supabase_url}/storage/v1/bucket", headers={"apikey": platform.publishable_key})
    assert answer.status_code == 404


def test_caddy_admin_api_is_off(platform: Platform, http: httpx.Client) -> None:
    answer = http.get(f"{platform.supabase_url}/config/", headers={"apikey": platform.publishable_key})
    assert answer.status_code == 404


def test_logs_hold_no_key_token_or_query_string(
    platform: Platform, http: httpx.Client, new_user: NewUser, log_dir: Path
) -> None:
    user = new_user()
    marker = "query-marker-5f2c"
    whoami(platform, http, {"apikey": platform.secret_key})
    http.get(f"{platform.supabase_url}/rest/v1/no_table?note={marker}", headers={"apikey": platform.publishable_key})
    http.get(f"{platform.supabase_url}/auth/v1/user?note={marker}", headers={"apikey": platform.secret_key})
    http.post(
        f"{platform.supabase_url}/auth/v1/token?grant_type=refresh_token&note={marker}",
        headers={"apikey": platform.publishable_key},
        json={"refresh_token": user.refresh_token},
    )
    written = "".join(path.read_text(errors="replace") for path in log_dir.glob("*.log"))
    for secret in (platform.secret_key, platform.service_jwt, user.access_token, user.refresh_token, user.password):
        assert secret not in written
    for name in ("gateway", "auth", "postgrest"):
        assert marker not in (log_dir / f"{name}.log").read_text(errors="replace")
