"""`python -m tests.browser.screenshots`: takes the pictures of the README, on a local platform of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from service.local.binaries import REPOSITORY
from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.platform import running_platform
from service.local.ports import unused_port
from service.local.serve import service_processes
from tests.browser.chromium import running_chromium
from tests.browser.person import Person

_FOLDER = REPOSITORY / "docs" / "screenshots"


def main() -> int:
    """Walk the page once and take a picture at each stop."""
    # oauthlib refuses http otherwise; only this process and the platform that it starts see it.
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_platform(log_dir=Path(folder), identity=identity) as platform,
        service_processes(platform, log_dir=Path(folder)),
        running_chromium() as browser,
        closing(GoogleControl(platform.google_url)) as control,
        Person.at_keyboard(
            browser, platform, control, sub="100000000000000000001", account="ada@example.com"
        ) as person,
    ):
        person.email = "ada@example.com"
        person.page.set_viewport_size({"width": 900, "height": 760})
        person.sign_up()
        _take(person, "connect")
        person.connect()
        expect(person.page.get_by_text("Meeting with Grace")).to_be_visible()
        _take(person, "events")
        person.write("To", "grace@example.com")
        person.write("Subject", "Tuesday")
        person.write("Text", "Shall we say ten o'clock?")
        person.press("Send")
        expect(person.page.get_by_text("The mail was sent.")).to_be_visible()
        _take(person, "sent")
        person.press("Disconnect")
        expect(person.page.get_by_text("Google is disconnected.")).to_be_visible()
        _take(person, "disconnected")
    return 0


def _take(person: Person, name: str) -> None:
    _FOLDER.mkdir(exist_ok=True)
    person.page.evaluate("scrollTo(0, 0)")
    person.page.screenshot(path=_FOLDER / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
