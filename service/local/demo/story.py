"""What the demo's steps share: who acts, where, and how a step fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from service.local.demo.evidence import Database
from service.local.google.client import GoogleControl
from service.local.platform import Platform
from supabase import Client

ACCOUNT = "ada@example.com"


class StepFailed(Exception):
    """A step did not do what it must; the message says what was seen."""


@dataclass
class Story:
    """What the steps share: who acts, where, and what the last step left for the next."""

    platform: Platform
    service: httpx.Client
    google: GoogleControl
    database: Database
    user: Client | None = None
    user_id: str = ""
    access_token: str = field(default="", repr=False)

    def get(self, path: str, **options: object) -> httpx.Response:
        """Ask the service as the signed-in user."""
        headers = {"Authorization": f"Bearer {self.access_token}"}
        return self.service.get(path, headers=headers, **options)  # type: ignore[arg-type]

    def call(self, method: str, path: str, expected: int, **options: object) -> dict[str, object]:
        """Call the service as the signed-in user."""
        headers = {"Authorization": f"Bearer {self.access_token}", **options.pop("headers", {})}  # type: ignore[dict-item]
        answer = self.service.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
        if answer.status_code != expected:
            raise StepFailed(f"{method} {path} answered {answer.status_code} {answer.json().get('error_code', '')}")
        return answer.json()


Evidence = Iterator[str]
Step = Callable[[Story], Evidence]


def require(condition: bool, otherwise: str) -> None:
    """Fail the step unless this holds."""
    if not condition:
        raise StepFailed(otherwise)


def sub_of(story: Story) -> str:
    """Google's name of the account that Ada connected."""
    return story.database.value(
        "select google_sub from public.google_connections where user_id = %(user)s", user=story.user_id
    )
