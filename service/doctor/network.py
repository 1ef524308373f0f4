"""Checks over HTTP, as the service and its callers ask: Supabase, Google, the service's own address, the clock."""

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from service.bootstrap import build_adapters
from service.config import Settings
from service.doctor.findings import Check, Verdict, finding, ok, warning

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
# Tokens are refused, or taken for good, this much too early or too late.
_MOST_SKEW_SECONDS = 5.0
_SIGNING = {"ES256", "RS256"}


def network_checks(settings: Settings, http: httpx.Client) -> list[Check]:
    """Checks that ask others; none of them changes anything."""
    return [
        Check("supabase", lambda: _service_role(settings)),
        Check("service-role-is-narrow", lambda: _narrow(settings, http)),
        Check("signing-keys", lambda: _signing_keys(settings, http)),
        Check("clock", lambda: _clock(settings, http)),
        Check("google", lambda: _google(settings, http)),
        Check("public-url", lambda: _public_url(settings, http)),
    ]


def new_client() -> httpx.Client:
    """A client that follows no redirect and knows no proxy of this machine."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)


def _service_role(settings: Settings) -> tuple[Verdict, str]:
    if build_adapters(settings).readiness["postgrest"]():
        return ok("PostgREST answers, service_api is exposed, and the role is let in")
    return finding(
        "the service's role is not let in: expose the schema service_api, import the signing key of the JWT, "
        "and run migrate; the line on standard error has PostgREST's code"
    )


def _narrow(settings: Settings, http: httpx.Client) -> tuple[Verdict, str]:
    """The service's credential opens neither a table nor what operators do."""
    if settings.supabase_service_jwt is None:
        return warning("the secret key reads and writes every table; use SUPABASE_SERVICE_JWT")
    headers = {
        "apikey": settings.supabase_publishable_key,
        "Authorization": f"Bearer {settings.supabase_service_jwt.get_secret_value()}",
    }
    table = http.get(f"{settings.supabase_url}/rest/v1/google_connections", headers=headers, params={"limit": "1"})
    operate = http.post(
        f"{settings.supabase_url}/rest/v1/rpc/count_key_uses", json={},
        headers=headers | {"Content-Profile": "service_api"},
    )  # fmt: skip
    if table.is_success or operate.is_success:
        return finding("the service's role reaches more than its functions: somebody granted it a table or a role")
    return ok("it opens no table and no operator's function")


def _signing_keys(settings: Settings, http: httpx.Client) -> tuple[Verdict, str]:
    answer = http.get(f"{settings.supabase_url}/auth/v1/.well-known/jwks.json")
    if answer.status_code != HTTPStatus.OK:
        return finding(f"Auth's keys are not there: HTTP {answer.status_code}")
    algorithms = {str(key.get("alg")) for key in answer.json().get("keys", [])}
    if not algorithms & _SIGNING:
        return finding("Auth has no asymmetric signing key: rotate to ES256 in Project Settings, JWT Keys")
    return ok(f"Auth signs with {', '.join(sorted(algorithms & _SIGNING))}")


def _clock(settings: Settings, http: httpx.Client) -> tuple[Verdict, str]:
    asked_at = time.time()
    answer = http.get(f"{settings.supabase_url}/auth/v1/.well-known/jwks.json")
    took = time.time() - asked_at
    theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    # Their date has whole seconds and was written some time within the request.
    skew = max(0.0, asked_at - theirs - 1, theirs - asked_at - took)
    if skew > _MOST_SKEW_SECONDS:
        return finding(f"this machine and Supabase are {skew:.0f} seconds apart: set up time synchronisation")
    return ok("in step with Supabase")


def _google(settings: Settings, http: httpx.Client) -> tuple[Verdict, str]:
    answer = http.get(settings.google_jwks_uri)
    if answer.status_code != HTTPStatus.OK:
        return finding(f"Google's keys are not there: HTTP {answer.status_code}")
    if settings.is_production and not settings.google_client_id.endswith(".apps.googleusercontent.com"):
        return finding("GOOGLE_CLIENT_ID is not an OAuth client of Google's")
    return ok(f"reachable; register {settings.public_url}/v1/google/callback as the redirect URI")


def _public_url(settings: Settings, http: httpx.Client) -> tuple[Verdict, str]:
    alive = http.get(f"{settings.public_url}/healthz")
    if alive.status_code != HTTPStatus.OK:
        return finding(f"{settings.public_url}/healthz answers {alive.status_code}")
    ready = http.get(f"{settings.public_url}/readyz")
    if ready.status_code != HTTPStatus.OK:
        return finding(f"{settings.public_url}/readyz answers {ready.status_code}: a part is not there")
    if settings.is_production and "Strict-Transport-Security" not in alive.headers:
        return finding("answers without Strict-Transport-Security: something in front removes headers")
    if http.get(f"{settings.public_url}/metrics").status_code != HTTPStatus.NOT_FOUND:
        return finding("the proxy shows /metrics to everybody")
    return ok("alive and ready")
