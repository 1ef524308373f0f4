"""The issuer's keys: how often they are asked for, and what serves while they cannot be had."""

import threading

import httpx
import pytest

from service.adapters.supabase_jwt import SupabaseJWTVerifier
from service.domain.principal import Principal
from service.errors import ServiceUnavailable, Unauthenticated
from tests.service.clock import Clock
from tests.service.key_server import KeyServer, ec_pair


def refused(verifier: SupabaseJWTVerifier, token: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_keys_are_fetched_again_at_most_every_30_seconds_if_a_key_is_unknown(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, clock: Clock
):
    verifier.verify(issuer.token())
    assert issuer.fetches == 1
    for _ in range(5):
        refused(verifier, issuer.sign(issuer.claims(), kid="unknown", pair=ec_pair()))
    assert issuer.fetches == 2
    issuer.pairs["unknown"] = ec_pair()
    clock.now += 29
    refused(verifier, issuer.sign(issuer.claims(), kid="unknown"))
    assert issuer.fetches == 2
    clock.now += 1
    verifier.verify(issuer.sign(issuer.claims(), kid="unknown"))
    assert issuer.fetches == 3


def test_keys_are_fetched_once_if_many_threads_ask_at_the_same_time(verifier: SupabaseJWTVerifier, issuer: KeyServer):
    issuer.delay.clear()
    token = issuer.token()
    answers: list[Principal] = []
    threads = [threading.Thread(target=lambda: answers.append(verifier.verify(token))) for _ in range(8)]
    for thread in threads:
        thread.start()
    issuer.delay.set()
    for thread in threads:
        thread.join(10)
    assert len(answers) == 8
    assert issuer.fetches == 1


def test_old_keys_serve_on_if_new_ones_cannot_be_fetched(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, clock: Clock
):
    verifier.verify(issuer.token())
    issuer.status = 500
    clock.now += 601
    for _ in range(3):
        verifier.verify(issuer.token())
    assert issuer.fetches == 2
    assert verifier.ready()
    issuer.status = 200
    clock.now += 30
    verifier.verify(issuer.token())
    assert issuer.fetches == 3


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (500, "application/json", b'{"keys":[]}'),
        (302, "application/json", b'{"keys":[]}'),
        (200, "text/html", b"<html>"),
        (200, "application/json", b"{"),
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"keys":[]}'),
        (200, "application/json", b'{"keys":[7,{"kid":1},{"kid":"first","kty":"EC","crv":"P-256","x":"","y":""}]}'),
        (200, "application/json", b'{"keys":[],"x":"' + b"x" * 70_000 + b'"}'),
    ],
)
def test_service_is_unavailable_if_there_are_no_keys(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, clock: Clock, status: int, content_type: str, body: bytes
):
    issuer.status, issuer.content_type, issuer.body = status, content_type, body
    with pytest.raises(ServiceUnavailable) as unavailable:
        verifier.verify(issuer.token())
    assert "Retry-After" in unavailable.value.headers
    assert not verifier.ready()
    issuer.status, issuer.content_type, issuer.body = 200, "application/json", None
    clock.now += 1
    assert verifier.ready()
    verifier.verify(issuer.token())


def test_service_is_unavailable_if_nobody_answers(http_client: httpx.Client, issuer: KeyServer):
    verifier = SupabaseJWTVerifier("http://127.0.0.1:9/jwks.json", issuer.issuer, http_client)
    with pytest.raises(ServiceUnavailable):
        verifier.verify(issuer.token())
    assert not verifier.ready()
