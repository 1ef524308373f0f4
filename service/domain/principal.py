"""Who is calling: what the service keeps of a verified access token."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user in one session.

    `aal` is the authenticator assurance level, `aal1` or `aal2` (after a second factor). `expires_at` is Unix time.
    """

    user_id: UUID
    session_id: UUID
    aal: str
    expires_at: int
