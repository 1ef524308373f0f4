"""The example page in a real Chromium: the whole way by keyboard alone, and nothing is left behind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from service.domain.google_scopes import CALENDAR_READ
from tests.browser.axe import violations
from tests.browser.person import Person

_EVENT = "Meeting with Grace"


def everything_kept(person: Person) -> str:
    """What the browser holds of this page beyond the page itself."""
    return person.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whole_way_by_keyboard_without_a_barrier(person: Person, scheme: str):
    person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert violations(person.page) == []
    person.sign_up()
    assert violations(person.page) == []
    person.connect()
    expect(person.page.get_by_text(_EVENT)).to_be_visible()
    assert person.page.url == person.platform.identity.example_url
    assert violations(person.page) == []

    shown = person.page.locator("#event-list li").count()
    person.press("Show more")
    expect(person.page.locator("#event-list li")).not_to_have_count(shown)

    person.send()
    expect(person.page.get_by_text("The mail was sent.")).to_be_visible()
    (mail,) = person.google.mails(person.sub)
    assert (mail["headers"]["subject"], mail["envelope_to"]) == ("Tuesday", ["grace@example.com"])

    person.press("Disconnect")
    expect(person.page.get_by_text("Google is disconnected.")).to_be_visible()
    expect(person.page.locator("#receipt")).to_contain_text(re.compile("Sealed tokens deleted\\s*2"))
    expect(person.page.get_by_text(_EVENT)).to_have_count(0)
    assert violations(person.page) == []
    assert person.google.grants(person.sub) == []


def test_calendar_does_not_outlive_the_session(person: Person):
    person.sign_up()
    person.connect()
    expect(person.page.get_by_text(_EVENT)).to_be_visible()
    assert _EVENT not in everything_kept(person)
    person.press("Sign out")
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_focused()
    assert _EVENT not in person.page.content()
    assert "access_token" not in everything_kept(person)
    person.page.goto("about:blank")
    person.page.go_back()
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert _EVENT not in person.page.content()


def test_box_left_unticked_is_named_and_can_be_asked_for_again(person: Person):
    person.sign_up()
    person.connect(untick=CALENDAR_READ)
    expect(person.page.get_by_role("alert")).to_contain_text("Google was not allowed to: Show your events.")
    expect(person.page.locator("#missing")).to_contain_text("Not allowed: Show your events")
    person.complaints.clear()  # Chromium reports the 403 itself.
    person.connect(through="Ask again")
    expect(person.page.get_by_text(_EVENT)).to_be_visible()


def test_refusal_at_google_is_told_and_connects_nothing(person: Person):
    person.sign_up()
    person.press("Connect Google")
    person.press("Deny")
    expect(person.page.get_by_role("alert")).to_contain_text("You did not allow it at Google")
    assert person.page.url == person.platform.identity.example_url
    assert person.google.grants(person.sub) == []


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("drop_after", {}, "Nobody knows whether this mail was sent."),
        ("too_many", {"retry_after": "30"}, "Google takes no more calls. Try again in 30 seconds."),
        ("forbidden", {"reason": "domainPolicy"}, "The administrator of your organisation does not allow this."),
    ],
)
def test_fault_is_told_in_words(person: Person, kind: str, more: dict[str, str], words: str):
    person.sign_up()
    person.connect()
    person.google.add_fault(kind, "/gmail", **more)
    person.send()
    expect(person.page.get_by_role("alert")).to_contain_text(words)
    person.complaints.clear()  # Chromium reports the status itself.


@pytest.mark.parametrize("instead", ["nothing", "a page of a proxy", "internal_error"])
def test_mail_whose_answer_is_lost_on_the_way_goes_out_once(person: Person, instead: str):
    person.sign_up()
    person.connect()
    lost = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        if instead == "nothing":
            return route.abort("connectionreset")
        if instead == "internal_error":
            return route.fulfill(status=500, json={"error_code": "internal_error", "message": "Something went wrong."})
        return route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")

    person.page.route("**/v1/gmail/messages", lose_the_first)
    person.send()
    expect(person.page.get_by_role("alert")).to_be_visible()
    person.press("Send")
    expect(person.page.get_by_text("The mail was sent.")).to_be_visible()
    assert len(person.google.mails(person.sub)) == 1
    person.complaints.clear()


def test_connection_that_ended_at_google_is_told_with_the_way_back(person: Person):
    person.sign_up()
    person.connect()
    person.google.revoke_grant(person.sub)
    person.google.expire_access_tokens()
    person.send()
    expect(person.page.get_by_role("alert")).to_contain_text("The connection to Google has ended.")
    person.complaints.clear()
    person.connect(through="Connect again")


def test_page_is_usable_on_a_narrow_screen(person: Person):
    person.page.set_viewport_size({"width": 320, "height": 700})
    person.sign_up()
    person.connect()
    expect(person.page.get_by_text(_EVENT)).to_be_visible()
    assert person.page.evaluate("document.documentElement.scrollWidth <= 320")


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('label[for=address]').remove()", "label"),
        ("document.getElementById('signing-in-title').style.color = '#eeeeee'", "color-contrast"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
    ],
)
def test_barrier_is_found_if_there_is_one(person: Person, spoil: str, rule: str):
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_visible()
    person.page.evaluate(spoil)
    assert rule in [each.partition(":")[0] for each in violations(person.page)]


def test_script_from_elsewhere_is_refused_by_the_page(person: Person):
    person.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.evil = 1";
        document.head.append(script);
    }""")
    assert person.page.evaluate("window.evil") is None
    assert any("Content Security Policy" in each for each in person.complaints)
    person.complaints.clear()
