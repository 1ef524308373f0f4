"""Checks of what this environment holds: role JWTs with their end, no more secrets than its part needs, the region."""

import os
import time
from collections.abc import Mapping
from typing import Literal

from pydantic import SecretStr

from service.config import Settings
from service.config.regions import REGION, region_of
from service.config.service_jwt import read_service_jwt
from service.doctor.findings import Check, Verdict, finding, ok, unknown, warning

Part = Literal["web", "worker", "operator"]
_DAY = 24 * 3600
_RENEW_DAYS = 14


def credential_checks(settings: Settings, part: Part) -> list[Check]:
    """Checks that ask nobody."""
    return [
        Check("service-jwt", lambda: _jwt(settings.supabase_service_jwt, "SUPABASE_SERVICE_JWT")),
        Check("operator-jwt", lambda: _operator_jwt(settings, part)),
        Check("secrets-of-this-part", lambda: _secrets(settings, part)),
        Check("token-keys", lambda: _token_keys(settings)),
        Check("region", lambda: region(settings.database_url, os.environ)),
    ]


def _jwt(value: SecretStr | None, name: str) -> tuple[Verdict, str]:
    if value is None:
        return warning(f"{name} is not set; SUPABASE_SECRET_KEY stands in for it and may do far more")
    days = (int(read_service_jwt(value.get_secret_value())[1]["exp"]) - time.time()) / _DAY
    if days < _RENEW_DAYS:
        return warning(f"{name} ends in {days:.0f} days: sign a new one and deploy it before")
    return ok(f"{name} is good for {days:.0f} days")


def _operator_jwt(settings: Settings, part: Part) -> tuple[Verdict, str]:
    if part == "web":
        if settings.supabase_operator_jwt is not None:
            return warning("SUPABASE_OPERATOR_JWT is set: the web processes do not need it, and must not have it")
        return ok("not here, as it should be")
    if settings.supabase_operator_jwt is None:
        return finding("SUPABASE_OPERATOR_JWT is missing: worker and operator commands need it")
    return _jwt(settings.supabase_operator_jwt, "SUPABASE_OPERATOR_JWT")


def _secrets(settings: Settings, part: Part) -> tuple[Verdict, str]:
    if settings.supabase_secret_key is not None and settings.supabase_service_jwt is not None:
        return warning("SUPABASE_SECRET_KEY is set beside SUPABASE_SERVICE_JWT: take it away")
    if settings.database_url is not None and part != "operator":
        return warning("DATABASE_URL is set: only migrate, policy sync and this command with --part operator use it")
    return ok("no more than this part needs")


def _token_keys(settings: Settings) -> tuple[Verdict, str]:
    count = len(settings.token_keys)
    return ok(f"{count} {'key' if count == 1 else 'keys'}; {settings.token_keys[0].kid} seals")


def region(database_url: SecretStr | None, environ: Mapping[str, str]) -> tuple[Verdict, str]:
    """Tell the region of database and process, as far as names and the host's variables do."""
    known = region_of({**environ} | ({"DATABASE_URL": database_url.get_secret_value()} if database_url else {}))
    if elsewhere := {name: value for name, value in known.items() if value != REGION}:
        return finding(", ".join(f"{name} is in {value}" for name, value in elsewhere.items()) + f"; not in {REGION}")
    if "DATABASE_URL" not in known:
        return unknown(f"the project's region cannot be told from here; it has to be {REGION} in Project Settings")
    return ok(f"{', '.join(known)} in {REGION}")
