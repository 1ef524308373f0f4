"""Reading the settings from the environment and from .env, and refusing to start with everything that is wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from service.config.settings import Settings
from service.config.surroundings import find_faults
from service.config.urls import database_url

ENV_FILE = ".env"


class SettingsError(Exception):
    """The environment does not fit. `problems` has a sentence for each fault; none quotes a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings do not fit:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = problems


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check every variable.

    Args:
        environ: the variables, and nothing beside them; without it the environment, filled up from .env. A variable
            that is set to nothing counts as not set.

    Raises:
        SettingsError: with everything that is wrong at once.
    """
    values = _values(environ)
    problems: list[str] = []
    settings: Settings | None = None
    try:
        settings = Settings(**values)  # pyright: ignore[reportArgumentType] - pydantic reads the text
    except ValidationError as error:
        problems += [
            _sentence(str(each["loc"][0]), each["type"], each["msg"])
            for each in error.errors()
            # A variable that is derived from another one: that one is in the list.
            if each["type"] != "default_factory_not_called"
        ]
    problems += find_faults(values)
    if problems or settings is None:
        raise SettingsError(sorted(problems))
    return settings


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """What an operator command on the database needs, where nothing of the rest has to be set."""

    database_url: SecretStr
    is_production: bool


def load_database_settings(environ: Mapping[str, str] | None = None) -> DatabaseSettings:
    """Read and check DATABASE_URL under the same rules.

    Raises:
        SettingsError: it is missing or does not fit APP_ENV.
    """
    values = _values(environ)
    problems = [fault for fault in find_faults(values) if fault.startswith("DATABASE_URL:")]
    try:
        database_url(values["DATABASE_URL"])
    except KeyError:
        problems.append("DATABASE_URL: is missing")
    except ValueError as error:
        problems.append(f"DATABASE_URL: {error}")
    if problems:
        raise SettingsError(problems)
    return DatabaseSettings(SecretStr(values["DATABASE_URL"]), is_production=values.get("APP_ENV") != "local")


def read_variable(name: str) -> str:
    """Read one variable from the environment or .env, unchecked; the empty text if it is not set."""
    return _values(None).get(name, "")


def _values(environ: Mapping[str, str] | None) -> dict[str, str]:
    given = {**_env_file(), **os.environ} if environ is None else environ
    # oauthlib takes any text for "on", a blank too.
    return {
        name: value.strip()
        for name, value in given.items()
        if value.strip() or (value and name.startswith("OAUTHLIB_"))
    }


def _env_file() -> dict[str, str]:
    # Without interpolation: a $ in a secret is a $.
    return {name: value for name, value in dotenv_values(ENV_FILE, interpolate=False).items() if value is not None}


def _sentence(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{name}: is missing"
    return f"{name}: {message.removeprefix('Value error, ')}"
