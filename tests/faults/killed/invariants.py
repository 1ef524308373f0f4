"""What must be true of a user's Google connection at every moment, whoever was killed and when."""

from __future__ import annotations

from service.adapters.sealing import TokenSealer
from service.config.token_keys import parse_token_keys
from service.domain.sealed import SealedDocumentError, TokenBinding, UnknownKeyError, Use
from tests.databases import Database
from tests.service.routes.actors import Actor

_SECRETS = """
select secrets.*, access_held.decrypted_secret as access_document, refresh_held.decrypted_secret as refresh_document,
    secrets.refresh_lease_until > clock_timestamp() + interval '30 seconds' as is_leased_too_long
from private.google_secrets as secrets
left join vault.decrypted_secrets as access_held on access_held.id = secrets.access_secret_id
left join vault.decrypted_secrets as refresh_held on refresh_held.id = secrets.refresh_secret_id
where secrets.connection_id = %s
"""
# On a database of the suite's own these look at everything there is.
_NEVER = {
    "a secret in Vault belongs to nobody": "select from vault.secrets as held where not exists (select from "
    "private.google_secrets as named where held.id in (named.access_secret_id, named.refresh_secret_id)) "
    "and not exists (select from private.pending_revocations as named where named.refresh_secret_id = held.id)",
    "an exchange lasts longer than two minutes": "select from private.google_authorization_attempts "
    "where status = 'exchanging' and expires_at > clock_timestamp() + interval '2 minutes'",
    "an account waits longer than 15 seconds for a revocation": "select from private.google_revocations "
    "where revoke_until > clock_timestamp() + interval '15 seconds'",
    "a message to a contact has another end than its claim": "select from public.sent_messages as messages "
    "left join private.gmail_send_claims as claims "
    "on (claims.user_id, claims.idempotency_key) = (messages.sender_id, messages.idempotency_key) "
    "where coalesce(claims.state, 'given back') <> messages.state",
}


def broken_invariants(database: Database, actor: Actor) -> list[str]:
    """Say what is neither before nor after, in words; empty if all is well."""
    found = [what for what, query in _NEVER.items() if database.rows(query)]
    connections = database.rows("select id, status from public.google_connections where user_id = %s", (actor.id,))
    for connection in connections:
        rows = database.rows(_SECRETS, (connection["id"],))
        if connection["status"] != "active":
            found += ["a connection that has ended has tokens"] * len(rows)
        elif len(rows) != 1:
            found.append("an active connection has no tokens")
        else:
            found += _of_secrets(actor, rows[0])
    if len(actor.google.grants(actor.sub)) > 1:
        found.append("Google holds two grants")
    return found


def _of_secrets(actor: Actor, row: dict[str, object]) -> list[str]:
    sealer = TokenSealer(parse_token_keys(actor.platform.identity.token_keys))
    binding = TokenBinding(row["connection_id"], actor.id, row["token_version"])  # type: ignore[arg-type]
    found = ["a refresh lease lasts longer than 30 seconds"] if row["is_leased_too_long"] else []
    for use, document in ((Use.ACCESS, row["access_document"]), (Use.REFRESH, row["refresh_document"])):
        try:
            sealer.open(use, binding, str(document))
        except (SealedDocumentError, UnknownKeyError):
            found.append(f"the {use.name.lower()} document does not open")
    return found


def let_time_pass(database: Database) -> None:
    """Let every lease, attempt, revocation and claim be over, as the stated times would, and run the schedules."""
    database.execute("update private.google_secrets set refresh_lease_until = now() where refresh_lease_id is not null")
    database.execute(
        "update private.google_authorization_attempts set created_at = now() - interval '40 minutes', "
        "expires_at = now() - interval '1 second'"
    )
    database.execute("update private.google_revocations set began_at = now() - interval '1 hour', "
                     "revoke_until = now() - interval '59 minutes'")  # fmt: skip
    database.execute("update private.gmail_send_claims set created_at = now() - interval '6 minutes'")
    for function in ("expire_google_attempts", "expire_google_revocations", "expire_gmail_send_claims"):
        database.execute(f"select private.{function}()")


def assert_goes_on(database: Database, actor: Actor) -> None:
    """The user can connect, use, refresh and disconnect, and then nothing is left here or at Google."""
    let_time_pass(database)
    actor.connect()
    assert broken_invariants(database, actor) == []
    database.execute("update private.google_secrets set access_expires_at = now(), refresh_after = now()")
    assert actor.call("GET", "/v1/calendar/events").status_code == 200
    receipt = actor.call("DELETE", "/v1/google/connection").json()
    assert (receipt["secrets_deleted"], receipt["google"]["is_revoked"]) == (2, True)
    assert actor.google.grants(actor.sub) == []
    assert broken_invariants(database, actor) == []
