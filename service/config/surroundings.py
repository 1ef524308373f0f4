"""What the surroundings refuse: rules between variables, over the raw values, so that every fault is found at once.

A check gives sentences that begin with the variable's name and never quote its value.
"""

from collections.abc import Iterator, Mapping

from service.config.regions import REGION, region_of
from service.config.service_jwt import read_service_jwt
from service.config.settings import Settings
from service.config.token_keys import parse_token_keys
from service.config.urls import SMTP_SCHEMES_WITH_TLS, database_parameters, is_loopback_database, is_loopback_url

Values = Mapping[str, str]

_WEB_URLS = (
    "SUPABASE_URL", "SUPABASE_JWT_ISSUER", "PUBLIC_URL", "APP_RETURN_URLS", "ALLOWED_ORIGINS", "GOOGLE_AUTH_URI",
    "GOOGLE_TOKEN_URI", "GOOGLE_REVOKE_URI", "GOOGLE_JWKS_URI", "GOOGLE_ISSUER", "GMAIL_ENDPOINT", "CALENDAR_ENDPOINT",
    "GOOGLE_RISC_CONFIGURATION_URI",
)  # fmt: skip
_GOOGLE_ENDPOINTS = _WEB_URLS[5:]
# Each switches off a check of oauthlib's: TLS for redirects, and that the scopes granted are the scopes asked for.
_OAUTHLIB_SWITCHES = ("OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE")
_LOCAL_ISSUER = "cxtrack-local"


def find_faults(values: Values) -> list[str]:
    """List what these variables may not be together."""
    is_local = values.get("APP_ENV") == "local"
    checks = (_credentials_fault, *((_local_faults,) if is_local else _PRODUCTION_FAULTS))
    return [fault for check in checks for fault in check(values)]


def _credentials_fault(values: Values) -> Iterator[str]:
    if "SUPABASE_SERVICE_JWT" not in values and "SUPABASE_SECRET_KEY" not in values:
        yield "SUPABASE_SERVICE_JWT: is missing (or, as a fallback, SUPABASE_SECRET_KEY)"
    if values.get("SUPABASE_PUBLISHABLE_KEY", "").startswith("sb_secret_"):
        yield "SUPABASE_PUBLISHABLE_KEY: is a secret key"
    if values.get("SUPABASE_SECRET_KEY", "").startswith("sb_publishable_"):
        yield "SUPABASE_SECRET_KEY: is a publishable key"


def _local_faults(values: Values) -> Iterator[str]:
    where = "is not on this machine, which APP_ENV=local requires"
    for name in (*_WEB_URLS, "SMTP_URL"):
        # What is not set is Google's own address, or derived from another variable.
        if any(not is_loopback_url(url) for url in _urls(values, name)):
            yield f"{name}: {where}"
    if "DATABASE_URL" in values and not is_loopback_database(values["DATABASE_URL"]):
        yield f"DATABASE_URL: {where}"


def _plain_http_faults(values: Values) -> Iterator[str]:
    for name in _WEB_URLS:
        if any(url.lower().startswith("http:") for url in _urls(values, name)):
            yield f"{name}: is http; production uses https only"


def _google_endpoint_faults(values: Values) -> Iterator[str]:
    for name in _GOOGLE_ENDPOINTS:
        if name in values and values[name] != Settings.model_fields[name.lower()].default:
            yield f"{name}: replaces Google's own endpoint, which production does not allow"


def _oauthlib_faults(values: Values) -> Iterator[str]:
    for name in _OAUTHLIB_SWITCHES:
        if name in values:
            yield f"{name}: is set; it switches off a check of OAuth and has no place in production"


def _local_key_faults(values: Values) -> Iterator[str]:
    made_locally = "was made by a local platform"
    for name in ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY"):
        if "_local_" in values.get(name, ""):
            yield f"{name}: {made_locally}"
    for name in ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"):
        if values.get(name, "").startswith("local-"):
            yield f"{name}: {made_locally}"
    try:
        if any(key.kid.startswith("local-") for key in parse_token_keys(values.get("TOKEN_KEYS", ""))):
            yield f"TOKEN_KEYS: {made_locally}"
    except ValueError:
        pass  # Settings says what is wrong with it.
    for name in ("SUPABASE_SERVICE_JWT", "SUPABASE_OPERATOR_JWT"):
        try:
            header, claims = read_service_jwt(values.get(name, ""))
        except ValueError:
            continue  # Settings says what is wrong with it.
        if claims.get("iss") == _LOCAL_ISSUER or str(header.get("kid", "")).startswith("local-"):
            yield f"{name}: {made_locally}"


def _database_tls_faults(values: Values) -> Iterator[str]:
    try:
        parameters = database_parameters(values["DATABASE_URL"]) if "DATABASE_URL" in values else None
    except ValueError:
        return  # Settings says what is wrong with it.
    if parameters is not None and parameters.get("sslmode") != "verify-full":
        yield "DATABASE_URL: lacks sslmode=verify-full, so the server's certificate would not be checked"


def _mail_tls_faults(values: Values) -> Iterator[str]:
    if "SMTP_URL" in values and values["SMTP_URL"].partition("://")[0] not in SMTP_SCHEMES_WITH_TLS:
        yield f"SMTP_URL: is without TLS; use {' or '.join(f'{scheme}://' for scheme in SMTP_SCHEMES_WITH_TLS)}"


def _region_faults(values: Values) -> Iterator[str]:
    for name, region in region_of(values).items():
        if region != REGION:
            yield f"{name}: is in {region}; production runs in {REGION} alone"


_PRODUCTION_FAULTS = (
    _plain_http_faults, _google_endpoint_faults, _oauthlib_faults, _local_key_faults, _database_tls_faults,
    _mail_tls_faults, _region_faults,
)  # fmt: skip


def _urls(values: Values, name: str) -> list[str]:
    return [url.strip() for url in values.get(name, "").split(",") if url.strip()]
