"""The steps of a key rotation that several tests take, under a second key."""

from typing import Any
from uuid import UUID

from service.adapters.sealing import TokenSealer
from service.config.token_keys import TokenKey
from service.domain.sealed import TokenBinding, Use
from tests.database.connections import KID, Answer, Caller, Connected

NEW_KID = "local-tests-new"
# The new key seals, the old one still opens.
NEW_SEALER = TokenSealer([TokenKey(NEW_KID, b"\x08" * 32), TokenKey(KID, b"\x07" * 32)])


def list_entries(operator: Caller, *, kid: str = NEW_KID, after: UUID | None = None, limit: int = 100) -> list[Answer]:
    """What is not sealed under the new key yet."""
    return operator.call("list_documents_to_reseal", kid=kid, after=after, limit=limit)["entries"]


def entry_of(operator: Caller, connected: Connected) -> Answer:
    """The documents of one connection, to be sealed anew."""
    (entry,) = [
        each for each in list_entries(operator, limit=500) if each["connection_id"] == str(connected.connection_id)
    ]
    return entry


def reseal_arguments(entry: Answer) -> dict[str, Any]:
    """What the command passes: the same tokens under the new key."""
    user_id, connection_id = UUID(entry["user_id"]), UUID(entry["connection_id"])
    held = TokenBinding(connection_id, user_id, entry["token_version"])
    renewed = TokenBinding(connection_id, user_id, entry["next_token_version"])
    documents = {
        name: NEW_SEALER.seal(use, renewed, NEW_SEALER.open(use, held, entry[name]))
        for name, use in (("access_document", Use.ACCESS), ("refresh_document", Use.REFRESH))
    }
    return {
        "user_id": user_id,
        "connection_id": connection_id,
        "token_version": entry["token_version"],
        "next_token_version": entry["next_token_version"],
        **documents,
    }


def reseal(operator: Caller, entry: Answer, **changes: Any) -> Answer:
    """Store the documents of an entry under the new key."""
    return operator.call("store_resealed_documents", **reseal_arguments(entry) | changes)
