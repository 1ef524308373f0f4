"""Chromium, the page on a local platform with the service, and a person at a keyboard."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from service.local.binaries import ProgramMissing
from service.local.google.client import GoogleControl
from service.local.platform import Platform
from tests.browser.chromium import running_chromium
from tests.browser.person import Person

_numbers = itertools.count(secrets.randbelow(10**9) * 1000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running Chromium."""
    try:
        with running_chromium() as browser:
            yield browser
    except ProgramMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def person(chromium: Browser, platform: Platform, service: object, google: GoogleControl) -> Iterator[Person]:
    """A person with a fresh Google account and a fresh browser profile; ends with a look at what went wrong."""
    # Whoever had an account before would stand before this one on the consent page.
    google.reset()
    number = next(_numbers)
    google.add_account(f"3{number:020d}", f"person-{number}@example.com", "Ada Lovelace")
    with Person.at_keyboard(
        chromium, platform, google, sub=f"3{number:020d}", account=f"person-{number}@example.com"
    ) as found:
        yield found
    assert found.complaints == []
    assert found.elsewhere == []
