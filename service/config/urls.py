"""Checks of the URLs in the environment. Each raises ValueError with a reason that quotes nothing of a secret URL."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_PRINTABLE = re.compile(r"[!-~]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}
SMTP_SCHEMES_WITH_TLS = ("smtps", "smtp+starttls")


def base_url(value: str) -> str:
    """Check an http(s) address below which paths are appended; gives it without a slash at the end."""
    _split(value, ("https", "http"))
    if "?" in value or "#" in value:
        raise ValueError("must have neither a query nor a fragment")
    return value.rstrip("/")


def endpoint(value: str) -> str:
    """Check the http(s) address of an endpoint; it stays as it is written."""
    _split(value, ("https", "http"))
    # An empty one too: what is appended to the address would stand behind a second #.
    if "#" in value:
        raise ValueError("must not have a fragment")
    return value


def origin(value: str) -> str:
    """Check an origin (RFC 6454) in the one form in which browsers send it."""
    parts = _split(value, ("https", "http"))
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    host = parts.hostname or ""
    exact = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
    if value != exact:
        raise ValueError(f"has an origin that browsers send as {exact}")
    return value


def smtp_url(value: str) -> str:
    """Check the address of a mail server; the scheme says how TLS is used."""
    _split(value, (*SMTP_SCHEMES_WITH_TLS, "smtp"), may_have_user=True)
    return value


def database_url(value: str) -> str:
    """Check a PostgreSQL connection URL."""
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("is not a postgresql:// URL")
    if not database_parameters(value).get("host"):
        raise ValueError("has no host")
    return value


def database_parameters(value: str) -> Mapping[str, str]:
    """Read a connection URL as libpq reads it: parameters of the query replace parts of the URL.

    Raises:
        ValueError: libpq does not understand it.
    """
    try:
        parameters = conninfo_to_dict(value)
    except ProgrammingError:
        # libpq quotes the URL in its message, password included.
        raise ValueError("is not a connection URL that PostgreSQL understands") from None
    return {name: str(given) for name, given in parameters.items() if given is not None}


def is_loopback_url(value: str) -> bool:
    """Whether the URL's host is this machine."""
    try:
        return _is_loopback(urlsplit(value).hostname or "")
    except ValueError:
        return False


def is_loopback_database(value: str) -> bool:
    """Whether every host that libpq may connect to is this machine."""
    try:
        parameters = database_parameters(value)
    except ValueError:
        return False
    # A service file could name any host.
    if "service" in parameters:
        return False
    hosts = [host for name in ("host", "hostaddr") if name in parameters for host in parameters[name].split(",")]
    return bool(hosts) and all(_is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(value: str, schemes: tuple[str, ...], *, may_have_user: bool = False) -> SplitResult:
    # Browsers drop tabs and read a backslash as a slash, so that two readers of one text see two hosts.
    if not _PRINTABLE.fullmatch(value) or "\\" in value:
        raise ValueError("has spaces, backslashes or characters that do not belong into a URL")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in schemes:
        raise ValueError(f"has to begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if not parts.hostname:
        raise ValueError("has no host")
    if "@" in parts.netloc and not may_have_user:
        raise ValueError("must not name a user or a password")
    return parts
