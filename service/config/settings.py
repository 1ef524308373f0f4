"""Every environment variable of the service, once, with type, meaning and example."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.config import urls
from service.config.service_jwt import check_operator_jwt, check_service_jwt
from service.config.token_keys import TokenKey, parse_token_keys


def _separated(check: Callable[[str], str]) -> BeforeValidator:
    def parse(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        entries = [entry.strip() for entry in value.split(",") if entry.strip()]
        if not entries:
            raise ValueError("is empty")
        return tuple(check(entry) for entry in entries)

    return BeforeValidator(parse)


def _checked(check: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(lambda value: check(value) if isinstance(value, str) else value)


BaseURL = Annotated[str, _checked(urls.base_url)]
Endpoint = Annotated[str, _checked(urls.endpoint)]


class Settings(BaseSettings):
    """The service's configuration. Made by load_settings alone; its repr shows no secret."""

    model_config = SettingsConfigDict(
        alias_generator=str.upper, extra="ignore", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    app_env: Literal["production", "local"] = Field(
        default="production",
        description="`local` is accepted only while every URL here is on this machine.",
        examples=["production"],
    )
    supabase_url: BaseURL = Field(
        description="The Supabase project's address.", examples=["https://abcdefghijklmnopqrst.supabase.co"]
    )
    supabase_publishable_key: str = Field(
        min_length=1, description="The project's publishable API key.", examples=["sb_publishable_..."]
    )
    supabase_service_jwt: Annotated[SecretStr, _checked(check_service_jwt)] | None = Field(
        default=None,
        description="JWT of the database role google_service, signed with an imported signing key of the project.",
        examples=["eyJhbGciOiJFUzI1NiIs..."],
    )
    supabase_operator_jwt: Annotated[SecretStr, _checked(check_operator_jwt)] | None = Field(
        default=None,
        description="The same for the role google_operator: for `worker` and `rotate-keys` only; serving needs none.",
        examples=["eyJhbGciOiJFUzI1NiIs..."],
    )
    supabase_secret_key: SecretStr | None = Field(
        default=None,
        description="Secret API key; only where SUPABASE_SERVICE_JWT cannot be had, as it may do far more.",
        examples=["sb_secret_..."],
    )
    supabase_jwt_issuer: Endpoint = Field(
        default_factory=lambda values: f"{values['supabase_url']}/auth/v1",
        description="Issuer of the users' access tokens; <SUPABASE_URL>/auth/v1 unless set.",
        examples=["https://abcdefghijklmnopqrst.supabase.co/auth/v1"],
    )
    database_url: Annotated[SecretStr, _checked(urls.database_url)] | None = Field(
        default=None,
        description="Direct connection as postgres, for `migrate`, `policy sync` and `evidence`; serving needs none.",
        examples=["postgresql://postgres:...@db.abcdefghijklmnopqrst.supabase.co:5432/postgres?sslmode=verify-full"],
    )
    token_keys: Annotated[tuple[TokenKey, ...], _checked(parse_token_keys)] = Field(
        description="JWK set of 256-bit octet keys: the first seals, all open.",
        examples=['{"keys":[{"kty":"oct","kid":"2026-11","k":"..."}]}'],
    )
    google_client_id: str = Field(
        min_length=1,
        description="OAuth client of the Google Cloud project.",
        examples=["123-abc.apps.googleusercontent.com"],
    )
    google_client_secret: SecretStr = Field(min_length=1, description="Secret of that client.", examples=["GOCSPX-..."])
    public_url: BaseURL = Field(
        description="Where browsers reach this service; <PUBLIC_URL>/v1/google/callback is registered at Google.",
        examples=["https://api.cxtrack.com"],
    )
    app_return_urls: Annotated[tuple[str, ...], _separated(urls.endpoint)] = Field(
        description="Addresses of the app where a browser may come back from Google, compared whole; comma separated.",
        examples=["https://app.cxtrack.com/settings/google"],
    )
    allowed_origins: Annotated[tuple[str, ...], _separated(urls.origin)] = Field(
        description="Origins of the app whose pages may call this service; comma separated.",
        examples=["https://app.cxtrack.com"],
    )
    trusted_proxy_count: int = Field(
        default=0, ge=0, le=10, description="Reverse proxies in front that set X-Forwarded-For.", examples=["1"]
    )
    address_limit_factor: int = Field(
        default=1,
        ge=1,
        le=100,
        description="Multiplies the limits per address: for load tests, or behind a proxy that hides addresses.",
        examples=["1"],
    )
    metrics_port: int = Field(
        default=9464,
        ge=0,
        le=65535,
        description="Where /metrics answers on 127.0.0.1, apart from the service's own port; 0 for none.",
        examples=["9464"],
    )
    google_auth_uri: Endpoint = Field(
        default="https://accounts.google.com/o/oauth2/v2/auth",
        description="Google's consent page.",
        examples=["https://accounts.google.com/o/oauth2/v2/auth"],
    )
    google_token_uri: Endpoint = Field(
        default="https://oauth2.googleapis.com/token",
        description="Google's token endpoint.",
        examples=["https://oauth2.googleapis.com/token"],
    )
    google_revoke_uri: Endpoint = Field(
        default="https://oauth2.googleapis.com/revoke",
        description="Google's revocation endpoint.",
        examples=["https://oauth2.googleapis.com/revoke"],
    )
    google_jwks_uri: Endpoint = Field(
        default="https://www.googleapis.com/oauth2/v3/certs",
        description="Google's public keys.",
        examples=["https://www.googleapis.com/oauth2/v3/certs"],
    )
    google_issuer: Endpoint = Field(
        default="https://accounts.google.com",
        description="Issuer of Google's ID tokens and authorization responses.",
        examples=["https://accounts.google.com"],
    )
    gmail_endpoint: Endpoint = Field(
        default="https://gmail.googleapis.com/",
        description="The Gmail API.",
        examples=["https://gmail.googleapis.com/"],
    )
    calendar_endpoint: Endpoint = Field(
        default="https://www.googleapis.com/calendar/v3/",
        description="The Calendar API.",
        examples=["https://www.googleapis.com/calendar/v3/"],
    )
    google_risc_configuration_uri: Endpoint = Field(
        default="https://accounts.google.com/.well-known/risc-configuration",
        description="Cross-Account Protection; not used yet.",
        examples=["https://accounts.google.com/.well-known/risc-configuration"],
    )
    smtp_url: Annotated[SecretStr, _checked(urls.smtp_url)] | None = Field(
        default=None,
        description="Mail server: smtps:// (TLS from the start) or smtp+starttls://; not used yet.",
        examples=["smtps://user:...@mail.example.com:465"],
    )
    mail_from: str | None = Field(
        default=None, description="Sender of the service's own mails; not used yet.", examples=["privacy@cxtrack.com"]
    )
    receipt_signing_key: SecretStr | None = Field(
        default=None,
        description="Key that signs receipts; not used yet.",
        examples=['{"kty":"EC","kid":"2026-11","d":"..."}'],
    )
    subject_hash_keys: SecretStr | None = Field(
        default=None,
        description="Keys of the hashes that outlive a person; not used yet.",
        examples=['{"keys":[{"kty":"oct","kid":"2026-11","k":"..."}]}'],
    )
    restore_log_path: str | None = Field(
        default=None,
        description="Where deletions are recorded for a restore from backup; not used yet.",
        examples=["/var/lib/cxtrack/restore.log"],
    )

    @property
    def is_production(self) -> bool:
        """Whether this is more than a developer's machine."""
        return self.app_env == "production"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What works but should not stay so, one sentence each, for the log at start."""
        if self.is_production and self.supabase_service_jwt is None:
            return (
                "SUPABASE_SECRET_KEY is used in place of SUPABASE_SERVICE_JWT: "
                "whoever steals it reads and writes every table.",
            )
        return ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        **_: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from load_settings alone, which has already merged environment and .env."""
        return (init_settings,)
