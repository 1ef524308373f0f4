"""CxTrack's Google service: connects Google accounts, keeps their tokens sealed, calls Gmail and Calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi import OpenAPI

    from service.config import Settings
    from service.routes.wiring import Adapters


def create_app(settings: Settings, adapters: Adapters) -> OpenAPI:
    """Build the application from its settings and adapters."""
    # Here and not above: whoever imports one module of this package should not pay for the web framework.
    from service.application import build_app

    return build_app(settings, adapters)
