"""Fixtures of the service's tests: an issuer of tokens and the application, each over real HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from service.adapters.supabase_jwt import SupabaseJWTVerifier
from tests.service.clock import Clock
from tests.service.key_server import KeyServer, running_key_server
from tests.service.running_app import RunningApp, running_app


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    """An issuer of access tokens with its JWKS."""
    with running_key_server() as server:
        yield server


@pytest.fixture(scope="session")
def http_client() -> Iterator[httpx.Client]:
    """A connection pool without the machine's proxies."""
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def clock(issuer: KeyServer) -> Clock:
    """The verifier's clock, beginning now."""
    return Clock(issuer.claims()["iat"])


@pytest.fixture
def verifier(issuer: KeyServer, http_client: httpx.Client, clock: Clock) -> SupabaseJWTVerifier:
    """A verifier of the issuer's tokens."""
    return SupabaseJWTVerifier(f"{issuer.url}/jwks.json", issuer.issuer, http_client, clock=clock)


@pytest.fixture
def web(issuer: KeyServer, http_client: httpx.Client) -> Iterator[RunningApp]:
    """The application over real HTTP, with local settings."""
    with running_app(issuer, http_client) as running:
        yield running
