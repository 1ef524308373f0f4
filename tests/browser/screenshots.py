"""`python -m tests.browser.screenshots`: takes the pictures of the README, on a local platform of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import FloatRect, expect

from service.local.binaries import REPOSITORY
from service.local.business.filling import fill
from service.local.environment import ServiceIdentity
from service.local.google.client import GoogleControl
from service.local.platform import running_platform
from service.local.ports import unused_port
from service.local.serve import service_processes
from tests.browser.chromium import running_chromium
from tests.browser.person import Person

_FOLDER = REPOSITORY / "docs" / "screenshots"
_WIDTH, _MARGIN = 900, 16


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
            browser, platform, control, sub="100000000000000000009", account="rosa@example.com"
        ) as person,
    ):
        owner = fill(platform)
        control.add_account(person.sub, person.account, "Rosa Lindqvist")
        person.email, person.password = owner.email, owner.password
        person.page.set_viewport_size({"width": _WIDTH, "height": 1000})
        person.sign_in()
        expect(person.button("Amara Okafor")).to_be_visible()
        _take(person, "connect", until="#contact-list")
        person.connect()
        person.write("Search contacts", "marchetti")
        person.press("Search")
        expect(person.page.locator("#contact-list li")).to_have_count(1)
        person.press("Sofia Marchetti")
        expect(person.page.get_by_text("Tasting at the hotel")).to_be_visible()
        person.write("Follow-up", "Ask how the tasting was")
        person.page.get_by_label("When", exact=True).fill(f"{date.today() + timedelta(days=3)}T10:00")
        person.press("Plan follow-up")
        expect(person.page.locator("#event-list")).to_contain_text("Ask how the tasting was")
        _take(person, "events", since="#contact", until="#events")
        person.send(to="sofia@northernlights.example")
        expect(person.page.get_by_text("The mail was sent.")).to_be_visible()
        person.press("Sofia Marchetti")
        expect(person.page.locator("#timeline")).to_contain_text("Mail (sent)")
        _take(person, "sent", until="#timeline")
        person.press("Disconnect")
        expect(person.page.get_by_text("Google is disconnected.")).to_be_visible()
        _take(person, "disconnected", until="#workspace")
    return 0


def _take(person: Person, name: str, *, since: str = "header", until: str) -> None:
    """Take a picture of the page from one element to another, with a margin."""
    _FOLDER.mkdir(exist_ok=True)
    person.page.evaluate("scrollTo(0, 0)")
    first, last = (person.page.locator(each).bounding_box() for each in (since, until))
    assert first is not None
    assert last is not None
    top, bottom = first["y"] - _MARGIN, last["y"] + last["height"] + _MARGIN
    clip: FloatRect = {"x": 0, "y": top, "width": _WIDTH, "height": bottom - top}
    person.page.screenshot(path=_FOLDER / f"{name}.png", full_page=True, clip=clip)
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
