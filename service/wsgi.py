"""The application for a WSGI server: `gunicorn -c service/gunicorn_conf.py service.wsgi:app`."""

import logging
import sys

from flask import Flask

from service import create_app
from service.bootstrap import build_adapters
from service.config import SettingsError, load_settings
from service.logs import configure_logging

# gunicorn stops at this status; after any other it would start the same worker again and again.
_CANNOT_BE_LOADED = 4


def load_app() -> Flask:
    """Build the application from the environment; without valid settings, say everything that is wrong and exit."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(_CANNOT_BE_LOADED) from None
    configure_logging(is_production=settings.is_production)
    for warning in settings.warnings:
        logging.getLogger(__name__).warning(warning)
    return create_app(settings, build_adapters(settings))


# A WSGI server imports this name: the one module whose import does something.
app = load_app()
