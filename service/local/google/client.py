"""A client of the stand-in's control interface, and a person who decides on the consent page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


class GoogleControl:
    """Controls a running stand-in."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=20, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def consent(
        self, authorization_url: str, *, account: str = "ada@example.com", scopes: Iterable[str] | None = None,
        deny: bool = False, error: str | None = None,
    ) -> str:  # fmt: skip
        """Decide as a person would on the consent page.

        Args:
            scopes: the boxes left ticked; all if None.
            deny: click Deny; `error` is then what Google says instead of access_denied.

        Returns:
            The address that the browser is sent to.
        """
        asked = parse_qs(urlsplit(authorization_url).query)["scope"][0].split()
        accounts = self._get("accounts_by_email")
        form: dict[str, Any] = {
            "sub": accounts[account],
            "scope": list(asked if scopes is None else scopes),
            "decision": "deny" if deny or error else "allow",
            "error": error or "",
        }
        answer = self._http.post(authorization_url, data=form)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise AssertionError(f"the consent page answered {answer.status_code}")
        return answer.headers["Location"]

    def add_account(self, sub: str, email: str, name: str = "A Person", **more: Any) -> None:
        """Add an account with sample messages and events."""
        self._post("accounts", {"sub": sub, "email": email, "name": name, **more})

    def add_fault(self, kind: str, path_prefix: str = "/", **more: Any) -> None:
        """Switch a fault on: kind, path_prefix, method, times, reason, seconds, retry_after; see faults.py."""
        self._post("faults", {"kind": kind, "path_prefix": path_prefix, **more})

    def clear_faults(self) -> None:
        """Switch every fault off."""
        self._http.delete("/_control/faults").raise_for_status()

    def received(self, path: str = "/") -> list[dict[str, Any]]:
        """What was received below a path, oldest first."""
        return self._get("received", path=path)

    def grants(self, sub: str) -> list[dict[str, Any]]:
        """An account's live grants."""
        return self._get("grants", sub=sub)

    def mails(self, sub: str) -> list[dict[str, Any]]:
        """What an account sent."""
        return self._get("mails", sub=sub)

    def messages(self, sub: str) -> list[dict[str, Any]]:
        """An account's mailbox: ids and labels."""
        return self._get("messages", sub=sub)

    def add_message(self, sub: str, subject: str, **more: Any) -> dict[str, str]:
        """Put a mail that came in into a mailbox: snippet, body, headers, thread_id, label_ids; gives its ids."""
        return self._post("messages", {"sub": sub, "subject": subject, **more})

    def add_alias(self, sub: str, email: str, verification_status: str = "accepted") -> None:
        """Let an account send as another address, or have asked to (`pending`)."""
        self._post("send_as", {"sub": sub, "email": email, "verification_status": verification_status})

    def cancel_event(self, sub: str, event_id: str) -> None:
        """Cancel an event as its owner would."""
        self._post("cancel_event", {"sub": sub, "event_id": event_id})

    def change_event(self, sub: str, event_id: str, changes: dict[str, Any]) -> None:
        """Change an event as its owner would."""
        self._post("change_event", {"sub": sub, "event_id": event_id, "changes": changes})

    def invitations(self, sub: str) -> list[dict[str, Any]]:
        """The mails to guests that an account's writes brought about: event_id, send_updates, to."""
        return self._get("invitations", sub=sub)

    def handed_out(self) -> dict[str, list[str]]:
        """Every token and code that was made, and every code_verifier that came in, by kind."""
        return self._get("handed_out")

    def make_plain_secrets(self) -> None:
        """Make tokens and codes from now on that do not look like Google's."""
        self._post("plain_secrets", {})

    def watch(self, *words: str) -> None:
        """Look for these words in everything that the APIs answer from now on."""
        self._post("watch", {"words": words})

    def watched(self) -> dict[str, list[str]]:
        """For each word the paths whose answers held it."""
        return self._get("watched")

    def expire_access_tokens(self) -> None:
        """Let every access token expire now."""
        self._post("expire_access_tokens", {})

    def expire_codes(self) -> None:
        """Let every authorization code expire now."""
        self._post("expire_codes", {})

    def revoke_grant(self, sub: str) -> None:
        """Revoke as the account's owner would at Google."""
        self._post("revoke_grant", {"sub": sub})

    def reset(self) -> None:
        """Forget everything."""
        self._post("reset", {})

    def _get(self, name: str, **query: str) -> Any:
        answer = self._http.get(f"/_control/{name}", params=query)
        answer.raise_for_status()
        return answer.json()

    def _post(self, name: str, body: dict[str, Any]) -> Any:
        answer = self._http.post(f"/_control/{name}", json=body)
        if answer.status_code != httpx.codes.OK:
            raise ValueError(answer.text)
        return answer.json()
