"""A person who uses the page by keyboard alone, and what their browser complains of meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from service.local.google.client import GoogleControl
from service.local.platform import Platform

_MOST_TABS = 60


@dataclass
class Person:
    """Somebody at a keyboard.

    Attributes:
        complaints: what the console said: errors, refused scripts and styles.
        elsewhere: requests to anybody but the local platform.
    """

    page: Page
    platform: Platform
    google: GoogleControl
    sub: str
    account: str
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.com")
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def at_keyboard(
        cls, browser: Browser, platform: Platform, google: GoogleControl, *, sub: str, account: str
    ) -> Iterator[Person]:
        """Open the page in a profile of its own."""
        context = browser.new_context(viewport={"width": 900, "height": 1000}, locale="en-CA", timezone_id="UTC")
        context.set_default_timeout(15_000)
        person = cls(context.new_page(), platform, google, sub, account)
        person.page.on("console", person._hear)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        person.page.on("request", lambda asked: person._note(asked.url))
        person.page.goto(platform.identity.example_url)
        yield person
        context.close()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Reach a button with Tab and press Enter on it."""
        self.reach(self.button(name))
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Reach a field with Tab and write into it."""
        self.reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def reach(self, wanted: Locator) -> None:
        """Go on with Tab until the focus is there."""
        expect(wanted).to_be_visible()
        expect(wanted).to_be_enabled()
        for _ in range(_MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not get there")

    def sign_up(self) -> None:
        self.write("E-mail", self.email)
        self.write("Password", self.password)
        self.reach(self.page.get_by_role("checkbox", name="I am 18 or older"))
        self.page.keyboard.press("Space")
        self.press("Create an account")
        expect(self.page.get_by_role("heading", name="Google account")).to_be_focused()

    def sign_in(self) -> None:
        self.write("E-mail", self.email)
        self.write("Password", self.password)
        self.press("Sign in")
        expect(self.page.get_by_role("heading", name="Google account")).to_be_focused()

    def connect(self, *, through: str = "Connect Google", untick: str | None = None) -> None:
        """Go to Google's consent page, choose the account, and come back."""
        self.press(through)
        chosen = self.page.get_by_role("radio", name=self.account)
        expect(chosen).to_be_visible()
        self.page.keyboard.press("Tab")
        # A group of radio buttons is one stop of Tab; the arrows choose.
        for _ in range(_MOST_TABS):
            if chosen.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        if untick is not None:
            self.reach(self.page.get_by_role("checkbox", name=untick))
            self.page.keyboard.press("Space")
        self.press("Allow")
        expect(self.page.get_by_text("Google is connected.")).to_be_visible()

    def send(self, *, to: str = "grace@example.com") -> None:
        self.write("To", to)
        self.write("Subject", "Tuesday")
        self.write("Text", "Shall we say ten o'clock?")
        self.press("Send")

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(line.text)

    def _note(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", "lh3.googleusercontent.com") and not url.startswith("data:"):
            self.elsewhere.append(url)
