"""Builds the real adapters: the one place that knows which library fulfils which of the domain's needs."""

import httpx
from pydantic import SecretStr

from service.adapters.calendar import CalendarClient
from service.adapters.database import PostgRESTDatabase
from service.adapters.gmail import GmailClient
from service.adapters.google_http import GoogleHTTP
from service.adapters.google_oauth import GoogleOAuthClient
from service.adapters.jwks import JWKSCache
from service.adapters.postgrest_functions import PostgRESTFunctions
from service.adapters.request_hashing import RequestHMAC
from service.adapters.sealing import TokenSealer
from service.adapters.supabase_jwt import SupabaseJWTVerifier
from service.config import Settings, SettingsError
from service.routes.wiring import Adapters

__all__ = ["Adapters", "build_adapters", "operator_functions"]

_CALLBACK_PATH = "/v1/google/callback"
_TIMEOUT = httpx.Timeout(10.0, connect=2.0)


def build_adapters(settings: Settings) -> Adapters:
    """Build everything once per process; nothing is asked of anybody yet."""
    http = _http()
    google_http = GoogleHTTP()
    verifier = SupabaseJWTVerifier(
        f"{settings.supabase_url}/auth/v1/.well-known/jwks.json", settings.supabase_jwt_issuer, http
    )
    database = PostgRESTDatabase(_functions(settings, settings.supabase_service_jwt))
    return Adapters(
        jwt=verifier,
        database=database,
        sealer=TokenSealer(settings.token_keys),
        google_oauth=_google_oauth(settings, google_http, http),
        gmail=GmailClient(google_http, endpoint=settings.gmail_endpoint),
        calendar=CalendarClient(google_http, endpoint=settings.calendar_endpoint),
        request_hasher=RequestHMAC(settings.token_keys),
        readiness={"postgrest": database.ready, "jwks": verifier.ready},
    )


def operator_functions(settings: Settings) -> PostgRESTFunctions:
    """The functions of the role google_operator, for the worker and the operator commands.

    Raises:
        SettingsError: neither SUPABASE_OPERATOR_JWT nor SUPABASE_SECRET_KEY is set.
    """
    if settings.supabase_operator_jwt is None and settings.supabase_secret_key is None:
        raise SettingsError(["SUPABASE_OPERATOR_JWT: is missing (or, as a fallback, SUPABASE_SECRET_KEY)"])
    return _functions(settings, settings.supabase_operator_jwt)


def _http() -> httpx.Client:
    # Neither proxies nor .netrc of the machine: the key sets are fetched from where they are configured.
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)


def _google_oauth(settings: Settings, google_http: GoogleHTTP, http: httpx.Client) -> GoogleOAuthClient:
    return GoogleOAuthClient(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        redirect_uri=settings.public_url + _CALLBACK_PATH,
        auth_uri=settings.google_auth_uri,
        token_uri=settings.google_token_uri,
        revoke_uri=settings.google_revoke_uri,
        issuer=settings.google_issuer,
        jwks=JWKSCache(settings.google_jwks_uri, http),
        http=google_http,
    )


def _functions(settings: Settings, role_jwt: SecretStr | None) -> PostgRESTFunctions:
    headers = {"apikey": settings.supabase_publishable_key}
    if role_jwt is not None:
        headers["Authorization"] = f"Bearer {role_jwt.get_secret_value()}"
    elif settings.supabase_secret_key is not None:
        # The gateway turns a secret key into the role service_role; it is no JWT and must not be sent as one.
        headers["apikey"] = settings.supabase_secret_key.get_secret_value()
    return PostgRESTFunctions(settings.supabase_url, headers)
