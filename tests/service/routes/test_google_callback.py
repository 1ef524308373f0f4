"""Coming back from Google: the state works once, a stranger's redirect goes nowhere, no token is stored."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.databases import Database
from tests.service.routes.actors import Actor, fragment, stored


def test_callback_brings_a_completion_and_stores_nothing(ada: Actor, platform_database: Database):
    before = stored(platform_database, ada)["vault_secrets"]
    answer = ada.come_back()
    assert answer.headers["Location"].startswith(f"{ada.return_to}#google_completion=")
    assert answer.content == b""
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert stored(platform_database, ada)["vault_secrets"] == before


def test_callback_carries_no_name_that_supabase_js_takes_for_its_own(ada: Actor):
    assert set(fragment(ada.come_back())) == {"google_completion"}
    assert set(fragment(ada.come_back(deny=True))) == {"google_error"}


@pytest.mark.parametrize("state", [None, "", "x", "A" * 43, "A" * 44, "../../etc", "é" * 43])
def test_callback_shows_a_plain_page_if_the_state_is_unknown(service: httpx.Client, state: str | None):
    parameters = {"code": "4/secret-code"} | ({} if state is None else {"state": state})
    answer = service.get("/v1/google/callback", params=parameters)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Location" not in answer.headers
    assert "state_unknown" in answer.text
    assert "secret-code" not in answer.text


def test_callback_is_refused_if_the_state_comes_twice(ada: Actor, service: httpx.Client):
    address = ada.google.consent(ada.start(), account=ada.account)
    assert "google_completion" in fragment(service.get(address))
    again = service.get(address)
    assert (again.status_code, "Location" in again.headers) == (400, False)
    assert "state_used" in again.text


def test_state_is_not_used_up_by_who_only_looks(ada: Actor, service: httpx.Client):
    address = ada.google.consent(ada.start(), account=ada.account)
    assert service.head(address).status_code == 405
    assert "google_completion" in fragment(service.get(address))


@pytest.mark.parametrize("name", ["state", "code", "iss", "error"])
def test_callback_is_refused_and_the_state_stays_if_a_parameter_is_repeated(
    ada: Actor, service: httpx.Client, name: str
):
    address = ada.google.consent(ada.start(), account=ada.account)
    answer = service.get(f"{address}&{name}=another&{name}=one")
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "parameters_repeated" in answer.text
    assert "google_completion" in fragment(service.get(address))


def test_callback_is_refused_if_the_state_has_expired(ada: Actor, service: httpx.Client, platform_database: Database):
    address = ada.google.consent(ada.start(), account=ada.account)
    platform_database.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '31 minutes', "
        "expires_at = now() - interval '1 minute' where user_id = %s",
        (ada.id,),
    )
    answer = service.get(address)
    # The schedule may have been faster than this request.
    assert answer.status_code == 400
    assert "state_expired" in answer.text or "state_unknown" in answer.text


@pytest.mark.parametrize(
    ("says", "reaches_the_frontend"),
    [
        ("access_denied", "access_denied"),
        ("admin_policy_enforced", "admin_policy_enforced"),
        ("org_internal", "org_internal"),
        ("<script>", "google_refused"),
        ("error_of_tomorrow", "google_refused"),
    ],
)
def test_callback_ends_the_attempt_if_google_refuses(
    ada: Actor, platform_database: Database, says: str, reaches_the_frontend: str
):
    answer = ada.come_back(error=says)
    assert fragment(answer) == {"google_error": reaches_the_frontend}
    assert stored(platform_database, ada)["attempts"] == 0


def test_callback_ends_the_attempt_if_the_issuer_is_another(ada: Actor, platform_database: Database):
    ada.google.add_fault("redirect", "/o/oauth2", reason="iss")
    assert fragment(ada.come_back()) == {"google_error": "issuer_mismatch"}
    assert stored(platform_database, ada)["attempts"] == 0


def test_callback_works_if_google_sends_no_issuer(ada: Actor):
    ada.google.add_fault("redirect", "/o/oauth2", reason="no_iss")
    assert "google_completion" in fragment(ada.come_back())


@pytest.mark.parametrize("code", ["", "x" * 513])
def test_callback_ends_the_attempt_if_there_is_no_usable_code(
    ada: Actor, service: httpx.Client, platform_database: Database, code: str
):
    state = parse_qs(urlsplit(ada.start()).query)["state"][0]
    answer = service.get("/v1/google/callback?" + urlencode({"state": state, "code": code}))
    assert fragment(answer) == {"google_error": "google_refused"}
    assert stored(platform_database, ada)["attempts"] == 0


def test_callback_leaves_no_code_and_no_state_in_any_log(ada: Actor, service: httpx.Client, log_dir: Path):
    address = ada.google.consent(ada.start(), account=ada.account)
    secrets = parse_qs(urlsplit(address).query)
    completion = fragment(service.get(address))["google_completion"]
    assert ada.finish(completion).status_code == 201
    logs = {path.name: path.read_text(errors="replace") for path in log_dir.rglob("*.log")}
    assert "/v1/google/callback" in logs["service.log"]
    for name, text in logs.items():
        for secret in (secrets["code"][0], secrets["state"][0], completion, completion.partition(".")[2]):
            assert secret not in text, f"{name} holds a secret"
