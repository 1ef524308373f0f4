"""Asks axe-core what keeps people with disabilities from using a page."""

from __future__ import annotations

from playwright.sync_api import Page

from service.local.binaries import REPOSITORY

_SCRIPT = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Name each violation with the elements that it is about."""
    # Evaluated by the driver, which the page's own policy for scripts does not bind.
    page.evaluate(_SCRIPT.read_text())
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", _RULES)
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]
