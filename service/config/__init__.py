"""The service's settings: read once at start, checked whole, passed on to whoever needs them."""

from service.config.loading import DatabaseSettings, SettingsError, load_database_settings, load_settings
from service.config.settings import Settings
from service.config.token_keys import TokenKey

__all__ = ["DatabaseSettings", "Settings", "SettingsError", "TokenKey", "load_database_settings", "load_settings"]
