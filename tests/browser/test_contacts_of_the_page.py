"""Contacts on the example page: added, paged through, planned with and written to, also where something goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from playwright.sync_api import Route, expect

from tests.browser.axe import violations
from tests.browser.person import Person

_OWN = "(select id from public.workspaces where name = %(workspace)s)"


def make_workspace(person: Person) -> str:
    """Make a workspace and give its name, which nobody else's has."""
    person.sign_up()
    name = f"Corner Bakery {person.sub}"
    person.write("Name of your workspace", name)
    person.press("Create workspace")
    expect(person.page.get_by_role("heading", name=f"Contacts of {name}")).to_be_focused()
    return name


def ask(person: Person, workspace: str, query: str) -> list[tuple[Any, ...]]:
    """Ask the database, where {own} in the query stands for the id of the workspace."""
    with psycopg.connect(person.platform.admin_url) as connection:
        found = connection.execute(query.replace("{own}", _OWN).encode(), {"workspace": workspace})
        return found.fetchall() if found.description else []


def events(person: Person) -> list[str]:
    """Give the titles of the events at Google on the day of the follow-ups."""
    return person.page.evaluate("""async () => {
        const [, session] = Object.entries(localStorage).find(([name]) => name.endsWith("-auth-token"));
        const headers = { Authorization: `Bearer ${JSON.parse(session).access_token}` };
        const answer = await fetch("/v1/calendar/events?time_min=2031-05-06T00:00:00Z", { headers });
        return (await answer.json()).events.map((event) => event.title).sort();
    }""")


def losing_the_first() -> Callable[[Route], None]:
    """Let the first POST go through and its answer get lost, then stand aside."""
    lost = []

    def lose(route: Route) -> None:
        if lost or route.request.method != "POST":
            return route.fallback()
        lost.append(route.fetch())
        return route.abort("connectionreset")

    return lose


def add_contact(person: Person, name: str, address: str) -> None:
    person.write("Name", name)
    person.write("E-mail of the contact", address)
    person.press("Add contact")


def plan(person: Person, title: str) -> None:
    person.write("Follow-up", title)
    person.page.get_by_label("When", exact=True).fill("2031-05-06T10:00")
    person.press("Plan follow-up")


def test_follow_up_of_a_contact_becomes_an_event(person: Person):
    workspace = make_workspace(person)
    for name in ("Grace Example", "Ada Example"):
        add_contact(person, name, f"{name.split()[0].lower()}@example.com")
        expect(person.button(name)).to_be_visible()
    person.write("Search contacts", "grace")
    person.press("Search")
    expect(person.button("Ada Example")).to_have_count(0)
    person.connect()
    person.press("Grace Example")
    expect(person.page.get_by_role("heading", name="Grace Example")).to_be_visible()
    plan(person, "Ask about the order")
    expect(person.page.get_by_text("The follow-up is planned.")).to_be_visible()
    expect(person.page.locator("#timeline")).to_contain_text("Ask about the order (follow up)")
    assert violations(person.page) == []
    tied = (
        "select replace(id::text, '-', '') = google_event_id, is_on_primary_calendar "
        "from public.activities where workspace_id = {own}"
    )
    assert ask(person, workspace, tied) == [(True, True)]
    made = [asked for asked in person.google.received("/calendar") if asked["method"] == "POST"]
    assert len(made) == 1

    ask(
        person,
        workspace,
        "insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis) "
        "select workspace_id, contact_id, 'email', 'withdrawn', 'consent' from public.contact_addresses "
        "where workspace_id = {own} and address = 'grace@example.com'",
    )
    person.send()
    expect(person.page.get_by_role("alert")).to_contain_text("These people do not want mail: grace@example.com.")
    expect(person.page.locator("#status")).to_be_empty()
    assert person.google.mails(person.sub) == []
    person.send(to="alan@example.com")
    expect(person.page.get_by_text("The mail was sent.")).to_be_visible()
    expect(person.page.get_by_role("alert")).to_be_hidden()
    person.complaints.clear()  # Chromium reports the 403 itself.


def test_follow_up_whose_answers_are_lost_is_planned_once(person: Person):
    workspace = make_workspace(person)
    add_contact(person, "Grace Example", "grace@example.com")
    person.connect()
    person.press("Grace Example")
    alert = person.page.get_by_role("alert")
    person.page.route("**/rest/v1/activities*", losing_the_first())
    person.page.route("**/v1/calendar/events", losing_the_first())
    plan(person, "Ask about the order")
    expect(alert).to_contain_text("No answer from the service.")
    assert ask(person, workspace, "select title from public.activities where workspace_id = {own}") == [
        ("Ask about the order",)
    ]
    assert events(person) == []
    with person.page.expect_response("**/rest/v1/activities*"):
        person.press("Plan follow-up")
    expect(alert).to_contain_text("No answer from the service.")
    expect(person.button("Plan follow-up")).to_be_enabled()
    assert events(person) == ["Ask about the order: Grace Example"]
    person.press("Plan follow-up")
    expect(person.page.get_by_text("The follow-up is planned.")).to_be_visible()

    person.page.route("**/v1/calendar/events", losing_the_first())
    plan(person, "Thank her")
    expect(alert).to_contain_text("No answer from the service.")
    plan(person, "Thank Grace")
    expect(person.page.get_by_text("The follow-up is planned.")).to_be_visible()
    titles = (
        "select title, google_event_id is not null from public.activities "
        "where workspace_id = {own} order by created_at"
    )
    assert ask(person, workspace, titles) == [("Ask about the order", True), ("Thank Grace", True)]
    assert events(person) == ["Ask about the order: Grace Example", "Thank Grace: Grace Example"]
    person.complaints.clear()


def test_contact_whose_address_is_refused_is_added_once(person: Person):
    workspace = make_workspace(person)
    alert = person.page.get_by_role("alert")
    add_contact(person, "Grace", "grace@example")
    expect(alert).to_contain_text("This is no e-mail address.")
    expect(person.page.locator("#status")).to_be_empty()
    person.page.route("**/rest/v1/contact_addresses*", losing_the_first())
    add_contact(person, "Grace", "grace@example.org")
    expect(alert).to_contain_text("No answer from the service.")
    add_contact(person, "Grace Example", "grace@example.com")
    expect(person.page.get_by_text("The contact was added.")).to_be_visible()
    expect(alert).to_be_hidden()
    expect(person.button("Grace Example")).to_be_visible()
    add_contact(person, "Ada Example", "ada@example.com")
    expect(person.button("Ada Example")).to_be_visible()
    kept = (
        "select full_name, address, is_main from public.contacts left join public.contact_addresses as addresses "
        "on addresses.workspace_id = contacts.workspace_id and contact_id = contacts.id "
        "where contacts.workspace_id = {own} order by contacts.created_at"
    )
    assert ask(person, workspace, kept) == [
        ("Grace Example", "grace@example.com", True),
        ("Ada Example", "ada@example.com", True),
    ]
    person.complaints.clear()


def test_more_contacts_are_shown_page_by_page(person: Person):
    workspace = make_workspace(person)
    # Fourteen each of the same moment, over the ends of pages. Rows that are restored keep the moment that they name.
    ask(
        person,
        workspace,
        "insert into public.contacts (workspace_id, full_name, created_at, updated_at) "
        "select {own}, 'Guest ' || number, moment, moment "
        "from set_config('cxtrack.is_restored', 'yes', true), generate_series(1, 42) as number, "
        "lateral (select timestamptz '2026-01-01T10:00:00.123456Z' + number / 14 * interval '1 hour') as at (moment)",
    )
    person.page.reload()
    shown = person.page.locator("#contact-list button")
    for words in (None, "guest"):
        if words:
            person.write("Search contacts", words)
            person.press("Search")
        expect(shown).to_have_count(20)
        person.press("More contacts")
        expect(shown).to_have_count(40)
        expect(shown.nth(20)).to_be_focused()
        person.press("More contacts")
        expect(shown).to_have_count(42)
        expect(person.button("More contacts")).to_be_hidden()
        assert len(set(shown.all_inner_texts())) == 42
    assert violations(person.page) == []
