"""Builds the real adapters: the one place that knows which library fulfils which of the domain's needs."""

import httpx
from postgrest import SyncPostgrestClient

from service.adapters.calendar import CalendarClient
from service.adapters.database import PostgRESTDatabase
from service.adapters.gmail import GmailClient
from service.adapters.google_http import GoogleHTTP
from service.adapters.google_oauth import GoogleOAuthClient
from service.adapters.jwks import JWKSCache
from service.adapters.request_hashing import RequestHMAC
from service.adapters.sealing import TokenSealer
from service.adapters.supabase_jwt import SupabaseJWTVerifier
from service.config import Settings
from service.routes.wiring import Adapters

__all__ = ["Adapters", "build_adapters"]

_CALLBACK_PATH = "/v1/google/callback"
# Functions of the database answer in milliseconds; whoever waits longer should hear 503 instead.
_TIMEOUT = httpx.Timeout(10.0, connect=2.0)
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32)


def build_adapters(settings: Settings) -> Adapters:
    """Build everything once per process; nothing is asked of anybody yet."""
    # Neither proxies nor .netrc of the machine: Supabase is reached as configured.
    http = httpx.Client(timeout=_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False)
    google_http = GoogleHTTP()
    verifier = SupabaseJWTVerifier(
        f"{settings.supabase_url}/auth/v1/.well-known/jwks.json", settings.supabase_jwt_issuer, http
    )
    database = PostgRESTDatabase(_postgrest(settings, http))
    return Adapters(
        jwt=verifier,
        database=database,
        sealer=TokenSealer(settings.token_keys),
        google_oauth=GoogleOAuthClient(
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret.get_secret_value(),
            redirect_uri=settings.public_url + _CALLBACK_PATH,
            auth_uri=settings.google_auth_uri,
            token_uri=settings.google_token_uri,
            revoke_uri=settings.google_revoke_uri,
            issuer=settings.google_issuer,
            jwks=JWKSCache(settings.google_jwks_uri, http),
            http=google_http,
        ),
        gmail=GmailClient(google_http, endpoint=settings.gmail_endpoint),
        calendar=CalendarClient(google_http, endpoint=settings.calendar_endpoint),
        request_hasher=RequestHMAC(settings.token_keys),
        readiness={"postgrest": database.ready, "jwks": verifier.ready},
    )


def _postgrest(settings: Settings, http: httpx.Client) -> SyncPostgrestClient:
    headers = {"apikey": settings.supabase_publishable_key}
    if settings.supabase_service_jwt is not None:
        headers["Authorization"] = f"Bearer {settings.supabase_service_jwt.get_secret_value()}"
    elif settings.supabase_secret_key is not None:
        # The gateway turns a secret key into the role service_role; it is no JWT and must not be sent as one.
        headers["apikey"] = settings.supabase_secret_key.get_secret_value()
    return SyncPostgrestClient(
        f"{settings.supabase_url}/rest/v1",
        schema="service_api",
        headers=headers,
        http_client=http,
        # A function that acted must not act again because its answer got lost.
        retry_enabled=False,
    )
