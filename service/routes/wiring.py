"""What routes are given: settings and adapters of the application that runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from flask import Flask, current_app

from service.config import Settings
from service.domain.ports import Calendar, Database, Gmail, GoogleOAuth, RequestHasher, Sealer
from service.domain.principal import Principal

_EXTENSION = "cxtrack"


class AccessTokenVerifier(Protocol):
    """Verifies access tokens of Supabase Auth."""

    def verify(self, access_token: str) -> Principal: ...


@dataclass(frozen=True, slots=True)
class Adapters:
    """Everything outside that the service talks to; service/bootstrap.py builds the real ones.

    `readiness` has a question per part that /readyz reports on.
    """

    jwt: AccessTokenVerifier
    database: Database
    sealer: Sealer
    google_oauth: GoogleOAuth
    gmail: Gmail
    calendar: Calendar
    request_hasher: RequestHasher
    readiness: Mapping[str, Callable[[], bool]]


@dataclass(frozen=True, slots=True)
class _Wiring:
    settings: Settings
    adapters: Adapters


def wire(app: Flask, settings: Settings, adapters: Adapters) -> None:
    """Give an application its settings and adapters."""
    app.extensions[_EXTENSION] = _Wiring(settings, adapters)


def adapters() -> Adapters:
    """The adapters of the running application."""
    return _wiring().adapters


def settings() -> Settings:
    """The settings of the running application."""
    return _wiring().settings


def _wiring() -> _Wiring:
    return cast(_Wiring, current_app.extensions[_EXTENSION])
