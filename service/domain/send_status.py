"""What became of a send, for whoever lost the answer: read from the claim, without asking Google."""

from uuid import UUID

from service.domain.answers import GmailSend
from service.domain.ports import Database
from service.domain.principal import Principal
from service.domain.refusals import refusal
from service.errors import NotFound


def read_send(principal: Principal, key: UUID, *, database: Database) -> GmailSend:
    """Read the claim of an Idempotency-Key of this user.

    Raises:
        NotFound: no send was claimed under this key within the last 7 days, or it is another user's.
        Unauthenticated: the session has ended.
    """
    answer = database.read_gmail_send(principal, idempotency_key=key)
    if answer.outcome == "not_found":
        raise NotFound
    if answer.send is None:
        raise refusal(answer.outcome)
    return answer.send
