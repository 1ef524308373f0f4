"""What this Google knows: accounts, grants, tokens, mailboxes, calendars. In memory, behind one lock."""

from __future__ import annotations

import secrets
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from service.local.google.handed_out import HandedOut
from service.local.google.nulls import merged

ACCESS_TOKEN_SECONDS = 3599
CODE_SECONDS = 600
# Google keeps this many refresh tokens per account and client; the oldest dies silently.
MOST_REFRESH_TOKENS = 100


@dataclass
class Account:
    """A Google account."""

    sub: str
    email: str
    name: str
    picture: str = "https://lh3.googleusercontent.com/a/stand-in"
    email_verified: bool = True
    hd: str | None = None
    # Addresses that the account may send as, or has asked for: accepted, pending.
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass
class Grant:
    """What one account allowed one client over time; revoking it ends every token of it."""

    sub: str
    client_id: str
    scopes: set[str] = field(default_factory=set)
    refresh_tokens: list[str] = field(default_factory=list, repr=False)


@dataclass
class Code:
    """An authorization code, good for one exchange."""

    sub: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str | None
    challenge: str | None
    challenge_method: str
    wants_refresh_token: bool
    expires_at: float
    is_used: bool = False


@dataclass
class RefreshToken:
    """What a refresh token was given for; a later consent to more or less does not change it."""

    sub: str
    client_id: str
    scopes: frozenset[str]


@dataclass
class AccessToken:
    """An access token and what it opens."""

    sub: str
    client_id: str
    scopes: frozenset[str]
    expires_at: float


class Google:
    """All state of the stand-in."""

    def __init__(self, clients: dict[str, str], redirect_uris: list[str]) -> None:
        self.lock = threading.RLock()
        self.clients = clients
        self.redirect_uris = redirect_uris
        self.reset()

    def reset(self) -> None:
        """Forget everything but the clients, and make the preset accounts."""
        with self.lock:
            self.handed_out = HandedOut()
            self.accounts: dict[str, Account] = {}
            self.grants: dict[tuple[str, str], Grant] = {}
            self.codes: dict[str, Code] = {}
            self.access_tokens: dict[str, AccessToken] = {}
            self.refresh_tokens: dict[str, RefreshToken] = {}
            self.messages: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
            self.sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
            self.events: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
            # The mails to guests that a write of an event brings about.
            self.invitations: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for sub, email, name, is_verified in (
                ("100000000000000000001", "ada@example.com", "Ada Lovelace", True),
                ("100000000000000000002", "grace@example.com", "Grace Hopper", True),
                ("100000000000000000003", "unverified@example.com", "No Body", False),
            ):
                self.add_account(Account(sub, email, name, email_verified=is_verified))

    def add_account(self, account: Account) -> None:
        """Add an account with a few messages and events."""
        from service.local.google.samples import sample_events, sample_messages

        with self.lock:
            self.accounts[account.sub] = account
            self.messages[account.sub] = sample_messages(account.email)
            self.events[account.sub] = sample_events(account.email)

    def add_message(
        self, sub: str, *, subject: str, snippet: str = "", body: str = "", headers: list[dict[str, str]] | None = None,
        thread_id: str | None = None, label_ids: list[str] | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """Put a mail that came in into a mailbox; gives its ids."""
        message_id = secrets.token_hex(8)
        own = {"Message-ID": f"<{message_id}@mail.example.com>", "From": "sender@example.com", "Subject": subject}
        given = {each["name"]: each["value"] for each in headers or []}
        with self.lock:
            self.messages[sub][message_id] = {
                "id": message_id,
                "threadId": thread_id or message_id,
                "labelIds": label_ids or ["INBOX", "UNREAD"],
                "snippet": snippet,
                "historyId": "3000",
                "internalDate": str(int(time.time() * 1000)),
                "sizeEstimate": len(body),
                "headers": [{"name": name, "value": value} for name, value in (own | given).items()],
                "body": body,
            }
        return {"id": message_id, "threadId": thread_id or message_id}

    def change_event(self, sub: str, event_id: str, changes: dict[str, Any]) -> None:
        """Change an event as its owner would at Google: it gets a new etag."""
        with self.lock:
            event = merged(self.events[sub][event_id], changes)
            self.events[sub][event_id] = event | {
                "etag": f'"{secrets.token_hex(8)}"',
                "sequence": event["sequence"] + 1,
            }

    def account_of(self, email: str) -> Account | None:
        """Find an account by its address."""
        return next((account for account in self.accounts.values() if account.email == email), None)

    def issue(self, code: Code) -> tuple[str, str | None]:
        """Turn a code into an access token and, if it asks for one, a refresh token."""
        scopes = frozenset(code.scopes)
        with self.lock:
            grant = self.grants.setdefault((code.sub, code.client_id), Grant(code.sub, code.client_id))
            grant.scopes |= scopes
            refresh_token = None
            if code.wants_refresh_token:
                refresh_token = self.handed_out.make("refresh_token", 48)
                grant.refresh_tokens.append(refresh_token)
                self.refresh_tokens[refresh_token] = RefreshToken(code.sub, code.client_id, scopes)
                while len(grant.refresh_tokens) > MOST_REFRESH_TOKENS:
                    del self.refresh_tokens[grant.refresh_tokens.pop(0)]
            return self.new_access_token(code.sub, code.client_id, scopes), refresh_token

    def new_access_token(self, sub: str, client_id: str, scopes: frozenset[str]) -> str:
        """Make an access token."""
        token = self.handed_out.make("access_token", 64)
        self.access_tokens[token] = AccessToken(sub, client_id, scopes, time.time() + ACCESS_TOKEN_SECONDS)
        return token

    def rotate(self, old: str) -> str:
        """Replace a refresh token by a new one; the old one dies."""
        with self.lock:
            known = self.refresh_tokens.pop(old)
            tokens = self.grants[known.sub, known.client_id].refresh_tokens
            new = self.handed_out.make("refresh_token", 48)
            tokens[tokens.index(old)] = new
            self.refresh_tokens[new] = known
            return new

    def revoke(self, sub: str, client_id: str) -> None:
        """End a grant with every token of it."""
        with self.lock:
            self.grants.pop((sub, client_id), None)
            for tokens in (self.refresh_tokens, self.access_tokens):
                for token in [each for each, of in tokens.items() if (of.sub, of.client_id) == (sub, client_id)]:
                    del tokens[token]
