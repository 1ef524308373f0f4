"""The consent page that a person can click: account choice, a box per scope, allow or deny."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

from service.local.google.state import Account

_STYLE = (
    "body{font:16px system-ui;max-width:36rem;margin:3rem auto;color:#202124}"
    "fieldset{border:1px solid #dadce0;border-radius:8px;margin:1rem 0;padding:1rem}label{display:block;margin:.4rem 0}"
    "button{font:inherit;padding:.5rem 1.5rem;border-radius:4px;border:1px solid #dadce0;background:#fff}"
    "button[value=allow]{background:#1a73e8;color:#fff}small{color:#5f6368}"
)


def consent_page(parameters: dict[str, str], optional: list[str], accounts: Iterable[Account], chosen: str) -> str:
    """Build the page; it posts back to its own address.

    Args:
        optional: the scopes asked for beyond signing in. As at Google, a single one has no box.
        chosen: the `sub` of the account that is chosen already.
    """
    choices = "".join(
        f'<label><input type=radio name=sub value="{escape(account.sub)}"'
        f"{' checked' if account.sub == chosen else ''}> "
        f"{escape(account.name)} <small>{escape(account.email)}</small></label>"
        for account in accounts
    )
    boxes = "".join(
        f'<label><input type=checkbox name=scope value="{escape(scope)}" checked> {escape(scope)}</label>'
        if len(optional) > 1
        else f"<p>{escape(scope)}</p>"
        for scope in optional
    )
    return _page(
        "Sign in with Google (stand-in)",
        f'<form method=post action="?{escape(urlencode(parameters))}">'
        f"<p><b>{escape(parameters['client_id'])}</b> wants to access your Google account.</p>"
        f"<fieldset><legend>Account</legend>{choices}</fieldset>"
        f"<fieldset><legend>What it may do</legend>{boxes or 'Sign you in'}</fieldset>"
        "<button name=decision value=deny>Deny</button> <button name=decision value=allow>Allow</button></form>",
    )


def refusal_page(error: str, message: str) -> str:
    """Say what is wrong with a request that must not be redirected."""
    return _page(
        "Access blocked (stand-in)", f"<p>{escape(message)}</p><p><small>Error 400: {escape(error)}</small></p>"
    )


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
        f"<h1>{title}</h1>{body}</html>"
    )
