"""Limits per address over real HTTP: what anyone can call is limited before anything is verified or asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.service.environments import local
from tests.service.key_server import KeyServer
from tests.service.running_app import RunningApp, running_app

_LIMITS = {"/v1/google/callback": 30, "/healthz": 120, "/readyz": 120, "/openapi.json": 120}
Start = Callable[..., RunningApp]


@pytest.fixture
def start(issuer: KeyServer, http_client: httpx.Client) -> Iterator[Start]:
    """A function that runs the application with the limits of production."""
    with ExitStack() as stack:

        def run(**changes: str) -> RunningApp:
            environ = local(SUPABASE_URL=issuer.url, **{"ADDRESS_LIMIT_FACTOR": "1"} | changes)
            return stack.enter_context(running_app(issuer, http_client, environ))

        yield run


def _from(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def _use_up(web: RunningApp, path: str, count: int, headers: dict[str, str] | None = None) -> set[int]:
    return {web.http.get(path, headers=headers).status_code for _ in range(count)}


@pytest.mark.parametrize("path", _LIMITS)
def test_route_answers_429_after_its_limit(start: Start, path: str):
    web = start()
    assert 429 not in _use_up(web, path, _LIMITS[path])
    answer = web.http.get(path)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_refusal_is_json_for_programs_and_a_page_for_browsers(start: Start):
    web = start()
    _use_up(web, "/healthz", 120)
    answer = web.http.get("/healthz")
    assert answer.json()["error_code"] == "rate_limited"
    assert answer.json()["details"]["retry_after_seconds"] == int(answer.headers["Retry-After"])
    _use_up(web, "/v1/google/callback", 30)
    page = web.http.get("/v1/google/callback", params={"state": "x", "code": "marker"})
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "rate_limited" in page.text
    assert "marker" not in page.text


def test_one_route_does_not_use_up_another(start: Start):
    web = start()
    _use_up(web, "/v1/google/callback", 31)
    assert web.http.get("/healthz").status_code == 200


def test_another_address_is_not_affected(start: Start):
    web = start(TRUSTED_PROXY_COUNT="1")
    assert 429 in _use_up(web, "/healthz", 121, _from("203.0.113.7"))
    assert web.http.get("/healthz", headers=_from("203.0.113.8")).status_code == 200


def test_forged_header_changes_nothing_if_no_proxy_is_trusted(start: Start):
    web = start()
    answers = [web.http.get("/healthz", headers=_from(f"203.0.113.{n}")).status_code for n in range(121)]
    assert answers[-1] == 429


def test_only_the_address_that_the_trusted_proxy_saw_counts(start: Start):
    web = start(TRUSTED_PROXY_COUNT="1")
    answers = [web.http.get("/healthz", headers=_from(f"198.51.100.{n}, 203.0.113.7")).status_code for n in range(121)]
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("other", "is_same"),
    [("2001:db8:0:1:ffff::2", True), ("2001:db8:0:2::1", False), ("::ffff:203.0.113.7", False)],
)
def test_addresses_of_one_ipv6_network_count_together(start: Start, other: str, is_same: bool):
    web = start(TRUSTED_PROXY_COUNT="1")
    _use_up(web, "/healthz", 120, _from("2001:db8:0:1::1"))
    assert (web.http.get("/healthz", headers=_from(other)).status_code == 429) is is_same


def test_ipv4_counts_as_itself_if_it_comes_in_ipv6_form(start: Start):
    web = start(TRUSTED_PROXY_COUNT="1")
    _use_up(web, "/healthz", 120, _from("203.0.113.7"))
    assert web.http.get("/healthz", headers=_from("::ffff:203.0.113.7")).status_code == 429


def test_token_is_not_looked_at_after_sixty_failures(start: Start, issuer: KeyServer):
    web = start()
    bad = {"Authorization": "Bearer x.y.z"}
    assert _use_up(web, "/v1/google/connection", 60, bad) == {401}
    fetched = issuer.fetches
    unknown = {"Authorization": f"Bearer {issuer.sign(issuer.claims(), kid='first')}"}
    answer = web.http.get("/v1/google/connection", headers=unknown)
    assert (answer.status_code, answer.json()["error_code"]) == (429, "rate_limited")
    assert issuer.fetches == fetched
    # Counted over all routes that need a user; the public ones go on.
    assert web.http.post("/v1/gmail/messages", headers=bad).status_code == 429
    assert web.http.get("/healthz").status_code == 200


def test_good_tokens_do_not_count_as_failures(start: Start, issuer: KeyServer):
    web = start()
    statuses = _use_up(web, "/v1/nothing-here", 70, web.signed_in())
    assert 429 not in statuses
    assert _use_up(web, "/v1/google/connection", 59, {"Authorization": "Bearer x.y.z"}) == {401}
    # 59 failures and any number of successes: a good token still gets through to the database, which is not there.
    assert web.http.get("/v1/google/connection", headers=web.signed_in()).status_code == 500


def test_factor_multiplies_the_limits(start: Start):
    web = start(ADDRESS_LIMIT_FACTOR="2")
    assert 429 not in _use_up(web, "/v1/google/callback", 60)
    assert web.http.get("/v1/google/callback").status_code == 429


def test_two_applications_count_apart(start: Start):
    first, second = start(), start()
    _use_up(first, "/healthz", 121)
    assert second.http.get("/healthz").status_code == 200
