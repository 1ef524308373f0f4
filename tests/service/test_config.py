"""The settings: what is accepted, what production refuses, and that a refusal says everything and quotes nothing."""

from pathlib import Path

import pytest

from service.config import Settings, SettingsError, load_database_settings, load_settings
from tests.service.environments import key_set, local, octet_key, production, service_jwt

ROOT = Path(__file__).parents[2]


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    return refused.value.problems


def test_settings_are_read_if_production_is_complete():
    settings = load_settings(production())
    assert settings.is_production
    assert settings.app_return_urls == (
        "https://app.example.com/settings/google",
        "https://app.example.com/welcome?step=2",
    )
    assert settings.allowed_origins == ("https://app.example.com", "https://admin.example.com:8443")
    assert [(key.kid, key.secret) for key in settings.token_keys] == [("2026-11", b"a" * 32), ("2026-05", b"b" * 32)]
    assert settings.supabase_jwt_issuer == "https://abcdefghijklmnopqrst.supabase.co/auth/v1"
    assert settings.google_token_uri == "https://oauth2.googleapis.com/token"
    assert settings.warnings == ()


def test_settings_are_read_if_everything_local_is_on_this_machine():
    settings = load_settings(local())
    assert not settings.is_production
    assert settings.google_issuer == "http://localhost:7"


def test_a_variable_counts_as_missing_if_it_is_empty():
    assert problems_of(production() | {"GOOGLE_CLIENT_ID": "  "}) == ["GOOGLE_CLIENT_ID: is missing"]


def test_production_is_assumed_if_app_env_is_not_set():
    assert load_settings(production()).app_env == "production"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        # http anywhere
        ("SUPABASE_URL", "http://abc.supabase.co", "is http"),
        ("SUPABASE_JWT_ISSUER", "http://abc.supabase.co/auth/v1", "is http"),
        ("PUBLIC_URL", "http://api.example.com", "is http"),
        ("APP_RETURN_URLS", "https://app.example.com/a,http://app.example.com/b", "is http"),
        ("ALLOWED_ORIGINS", "http://app.example.com", "is http"),
        # overridden Google endpoints
        ("GOOGLE_AUTH_URI", "https://accounts.example.com/auth", "replaces Google's own endpoint"),
        ("GOOGLE_TOKEN_URI", "https://accounts.example.com/token", "replaces Google's own endpoint"),
        ("GOOGLE_REVOKE_URI", "https://accounts.example.com/revoke", "replaces Google's own endpoint"),
        ("GOOGLE_JWKS_URI", "https://accounts.example.com/certs", "replaces Google's own endpoint"),
        ("GOOGLE_ISSUER", "https://accounts.example.com", "replaces Google's own endpoint"),
        ("GMAIL_ENDPOINT", "https://gmail.example.com/", "replaces Google's own endpoint"),
        ("CALENDAR_ENDPOINT", "https://www.example.com/calendar/v3/", "replaces Google's own endpoint"),
        ("GOOGLE_RISC_CONFIGURATION_URI", "https://accounts.example.com/risc", "replaces Google's own endpoint"),
        # missing keys
        *((name, "", "is missing") for name in production() if name != "DATABASE_URL"),
        # keys and roles that a local platform made
        ("SUPABASE_PUBLISHABLE_KEY", "sb_publishable_local_x", "was made by a local platform"),
        ("SUPABASE_SECRET_KEY", "sb_secret_local_x", "was made by a local platform"),
        ("SUPABASE_SERVICE_JWT", service_jwt(iss="cxtrack-local"), "was made by a local platform"),
        ("SUPABASE_SERVICE_JWT", service_jwt(kid="local-gateway-1"), "was made by a local platform"),
        ("SUPABASE_OPERATOR_JWT", service_jwt(role="google_operator", kid="local-1"), "was made by a local platform"),
        ("TOKEN_KEYS", key_set(octet_key("a", b"a"), octet_key("local-b", b"b")), "was made by a local platform"),
        ("GOOGLE_CLIENT_ID", "local-client.apps.googleusercontent.com", "was made by a local platform"),
        ("GOOGLE_CLIENT_SECRET", "local-geheim", "was made by a local platform"),
        # oauthlib's switches
        ("OAUTHLIB_INSECURE_TRANSPORT", "1", "switches off a check"),
        ("OAUTHLIB_RELAX_TOKEN_SCOPE", "0", "switches off a check"),
        ("OAUTHLIB_RELAX_TOKEN_SCOPE", " ", "switches off a check"),
        # TLS to the database and to the mail server
        ("DATABASE_URL", "postgresql://postgres:pw@db.example.com/postgres", "lacks sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://p:pw@db.example.com/postgres?sslmode=require", "lacks sslmode=verify-full"),
        ("SMTP_URL", "smtp://user:pw@mail.example.com:25", "is without TLS"),
        # the region, where something names it
        ("AWS_REGION", "us-east-1", "is in us-east-1"),
        ("AWS_DEFAULT_REGION", "eu-central-1", "is in eu-central-1"),
        (
            "DATABASE_URL",
            "postgresql://postgres.ref:pw@aws-0-us-west-1.pooler.supabase.com/postgres?sslmode=verify-full",
            "is in us-west-1",
        ),
    ],
)
def test_production_is_refused_if(name: str, value: str, reason: str):
    (problem,) = problems_of(production() | {name: value})
    assert problem.startswith(f"{name}: ")
    assert reason in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "http://192.168.1.5:54321"),
        ("PUBLIC_URL", "https://api.example.com"),
        ("GOOGLE_TOKEN_URI", "https://oauth2.googleapis.com/token"),
        ("APP_RETURN_URLS", "http://127.0.0.1:3000/a,http://127.0.0.1.example.com/b"),
        ("ALLOWED_ORIGINS", "http://127.0.0.1:3000,https://app.example.com"),
        ("DATABASE_URL", "postgresql://postgres:pw@db.example.com/postgres"),
        ("DATABASE_URL", "postgresql://postgres:pw@127.0.0.1/postgres?host=db.example.com"),
        ("DATABASE_URL", "postgresql://postgres:pw@127.0.0.1/postgres?hostaddr=192.0.2.7"),
        ("DATABASE_URL", "postgresql://postgres:pw@127.0.0.1,db.example.com/postgres"),
        ("DATABASE_URL", "postgresql://postgres:pw@127.0.0.1/postgres?service=elsewhere"),
        ("SMTP_URL", "smtp://mail.example.com"),
    ],
)
def test_local_is_refused_if_an_address_is_elsewhere(name: str, value: str):
    assert problems_of(local(**{name: value})) == [f"{name}: is not on this machine, which APP_ENV=local requires"]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("APP_ENV", "staging", "production"),
        ("SUPABASE_URL", "ftp://abc.supabase.co", "https://"),
        ("SUPABASE_URL", "https://user:pw@abc.supabase.co", "user or a password"),
        ("PUBLIC_URL", "https://api.example.com/?a=b", "neither a query nor a fragment"),
        ("PUBLIC_URL", "https://", "has no host"),
        ("APP_RETURN_URLS", "https://app.example.com/#here", "fragment"),
        ("APP_RETURN_URLS", "https://app.example.com@evil.example/", "user or a password"),
        ("APP_RETURN_URLS", "https://app.example.com\\@evil.example/", "backslashes"),
        ("APP_RETURN_URLS", "/settings", "https://"),
        ("APP_RETURN_URLS", " , ", "is empty"),
        ("ALLOWED_ORIGINS", "https://app.example.com/", "https://app.example.com"),
        ("ALLOWED_ORIGINS", "https://App.example.com", "https://app.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com:443", "https://app.example.com"),
        ("ALLOWED_ORIGINS", "*", "https://"),
        ("TRUSTED_PROXY_COUNT", "-1", "greater than or equal to 0"),
        ("TRUSTED_PROXY_COUNT", "many", "integer"),
        ("DATABASE_URL", "mysql://db.example.com/?sslmode=verify-full", "postgresql://"),
        ("SMTP_URL", "https://mail.example.com", "smtps://"),
        ("SUPABASE_SERVICE_JWT", "no.jwt", "is not a JWT"),
        ("SUPABASE_SERVICE_JWT", service_jwt(role="service_role"), "role google_service"),
        ("SUPABASE_SERVICE_JWT", service_jwt(role=None), "role google_service"),
        ("SUPABASE_OPERATOR_JWT", service_jwt(), "role google_operator"),
        ("SUPABASE_SERVICE_JWT", service_jwt(exp=1_700_000_000), "has expired"),
        ("SUPABASE_SERVICE_JWT", service_jwt(exp=None), "no expiry"),
        ("SUPABASE_PUBLISHABLE_KEY", "sb_secret_x", "is a secret key"),
        ("SUPABASE_SECRET_KEY", "sb_publishable_x", "is a publishable key"),
        ("TOKEN_KEYS", "{", "is not JSON"),
        ("TOKEN_KEYS", "[]", "is not a JWK set"),
        ("TOKEN_KEYS", key_set(), "at least one key"),
        ("TOKEN_KEYS", key_set(octet_key("a", b"a"), octet_key("a", b"b")), "same kid"),
        ("TOKEN_KEYS", key_set(octet_key("a"), octet_key("b")), "same key under two names"),
        ("TOKEN_KEYS", key_set(octet_key("a", b"a", 16)), "128 bits, 256 are needed"),
        ("TOKEN_KEYS", key_set(octet_key("a", b"\0")), "all zeros"),
        ("TOKEN_KEYS", key_set(octet_key("a b")), "has no kid"),
        ("TOKEN_KEYS", key_set({"kty": "oct", "k": "AAAA"}), "has no kid"),
        ("TOKEN_KEYS", key_set({"kty": "oct", "kid": "a"}), "has no k"),
        ("TOKEN_KEYS", key_set({"kty": "oct", "kid": "a", "k": "!"}), "not base64url"),
        ("TOKEN_KEYS", key_set({"kty": "EC", "kid": "a", "k": "AAAA"}), "not an octet key"),
    ],
)
def test_a_variable_is_refused_if_its_value_is_wrong(name: str, value: str, reason: str):
    problems = [problem for problem in problems_of(production() | {name: value}) if problem.startswith(f"{name}: ")]
    assert any(reason in problem for problem in problems), problems


def test_everything_is_listed_if_everything_is_wrong():
    environ = production() | {
        "PUBLIC_URL": "http://api.example.com",
        "ALLOWED_ORIGINS": "app.example.com",
        "TOKEN_KEYS": "{}",
        "TRUSTED_PROXY_COUNT": "x",
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
        "DATABASE_URL": "postgresql://postgres:pw@db.example.com/postgres",
    }
    del environ["GOOGLE_CLIENT_SECRET"], environ["SUPABASE_SERVICE_JWT"]
    named = [problem.partition(":")[0] for problem in problems_of(environ)]
    assert named == [
        "ALLOWED_ORIGINS", "DATABASE_URL", "GOOGLE_CLIENT_SECRET", "OAUTHLIB_INSECURE_TRANSPORT", "PUBLIC_URL",
        "SUPABASE_SERVICE_JWT", "TOKEN_KEYS", "TRUSTED_PROXY_COUNT",
    ]  # fmt: skip


def test_no_value_is_quoted_if_every_value_is_wrong():
    environ = {name: f"marker-{name}" for name in (field.upper() for field in Settings.model_fields)}
    environ |= {"DATABASE_URL": "postgresql://u:marker-x@h:port/d", "TOKEN_KEYS": '{"keys":[{"k":"marker-y"}]}'}
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    assert "marker" not in str(refused.value)
    assert "marker" not in repr(refused.value)


def test_no_secret_is_shown_if_settings_are_printed():
    environ = production() | {
        "SUPABASE_SECRET_KEY": "sb_secret_geheim",
        "SMTP_URL": "smtps://user:geheim@mail.example.com",
        "RECEIPT_SIGNING_KEY": "geheim",
        "SUBJECT_HASH_KEYS": "geheim",
    }
    shown = repr(load_settings(environ)) + str(load_settings(environ))
    for secret in ("geheim", ":pw@", environ["SUPABASE_SERVICE_JWT"], "aaaa"):
        assert secret not in shown


def test_production_warns_if_only_the_secret_key_is_given():
    environ = production() | {"SUPABASE_SECRET_KEY": "sb_secret_x"}
    assert load_settings(environ).warnings == ()
    del environ["SUPABASE_SERVICE_JWT"]
    (warning,) = load_settings(environ).warnings
    assert "SUPABASE_SECRET_KEY" in warning


def test_database_settings_need_nothing_else_if_the_url_fits():
    url = production()["DATABASE_URL"]
    assert load_database_settings({"DATABASE_URL": url}).database_url.get_secret_value() == url
    for environ in (
        {},
        {"DATABASE_URL": url.replace("verify-full", "disable")},
        {"DATABASE_URL": url, "APP_ENV": "local"},
        {"DATABASE_URL": "nonsense"},
    ):
        with pytest.raises(SettingsError, match="DATABASE_URL: "):
            load_database_settings(environ)
