"""What must be true after any run, as SQL: each query finds what may not be, and its name says so."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from service.adapters.sealing import TokenSealer
from service.config.token_keys import parse_token_keys
from service.domain.sealed import SealedDocumentError, TokenBinding, UnknownKeyError, Use
from tests.databases import Database
from tests.faults.torture.known import MOST_OPENINGS, Known

Mail = tuple[UUID, UUID]
_FACTS = """
create schema if not exists torture;
drop table if exists torture.mails, torture.calls, torture.deleted, torture.closed;
create table torture.mails (user_id uuid, idempotency_key uuid);
create table torture.calls (user_id uuid, purpose text, asked bigint, answered bigint);
create table torture.deleted (user_id uuid, email text, google_sub text);
create table torture.closed (user_id uuid);
"""
# Looked at right after the last call, before any clock moves.
AT_ONCE = {
    "a refresh lease lasts longer than thirty seconds": "select from private.google_secrets "
    "where refresh_lease_until > clock_timestamp() + interval '30 seconds'",
    "an exchange lasts longer than two minutes": "select from private.google_authorization_attempts "
    "where status = 'exchanging' and expires_at > clock_timestamp() + interval '2 minutes'",
    "an account waits longer than 15 seconds for a revocation": "select from private.google_revocations "
    "where revoke_until > clock_timestamp() + interval '15 seconds'",
}
AFTERWARDS = {
    "an active connection lacks one of its two secrets": "select from public.google_connections as c "
    "where c.status = 'active' and not exists (select from private.google_secrets as s "
    "join vault.secrets as a on a.id = s.access_secret_id join vault.secrets as r on r.id = s.refresh_secret_id "
    "where s.connection_id = c.id)",
    "a connection that has ended keeps tokens": "select from public.google_connections as c "
    "join private.google_secrets as s on s.connection_id = c.id where c.status <> 'active'",
    "a secret in Vault belongs to nobody": "select from vault.secrets as held where not exists (select from "
    "private.google_secrets as s where held.id in (s.access_secret_id, s.refresh_secret_id)) "
    "and not exists (select from private.pending_revocations as p where p.refresh_secret_id = held.id)",
    "a mail was sent twice": "select from torture.mails group by user_id, idempotency_key having count(*) > 1",
    "a mail was sent without a claim": "select from torture.mails as m join public.profiles as p using (user_id) "
    "where not exists (select from private.gmail_send_claims as c "
    "where (c.user_id, c.idempotency_key) = (m.user_id, m.idempotency_key))",
    "a claim says sent and there is no mail": "select from private.gmail_send_claims as c where c.state = 'sent' "
    "and not exists (select from torture.mails as m "
    "where (c.user_id, c.idempotency_key) = (m.user_id, m.idempotency_key))",
    "a claim says failed and there is a mail": "select from private.gmail_send_claims as c join torture.mails as m "
    "on (c.user_id, c.idempotency_key) = (m.user_id, m.idempotency_key) where c.state = 'failed'",
    "a claim is still sending": "select from private.gmail_send_claims where state = 'sending'",
    "a call was answered that no opening is on record for": "select from torture.calls as t "
    "join public.profiles as p using (user_id) where t.answered > (select count(*) from audit.token_openings as o "
    "where o.subject = t.user_id and o.purpose = t.purpose and o.outcome = 'opened')",
    "more openings are on record than calls can have made": "select from audit.token_openings as o "
    "join public.profiles as p on p.user_id = o.subject join private.purposes as u on u.name = o.purpose "
    "where o.outcome = 'opened' and u.document = 'access' group by o.subject, o.purpose "
    f"having count(*) > {MOST_OPENINGS} * coalesce((select sum(t.asked) from torture.calls as t "
    "where t.user_id = o.subject and t.purpose = o.purpose), 0)",
    "an account that is closing has a connection": "select from torture.closed as t "
    "join public.google_connections as c using (user_id)",
    "an account that is closing has an attempt": "select from torture.closed as t "
    "join private.google_authorization_attempts as a using (user_id)",
    "the outbox holds an entry beyond its end": "select from private.outbox "
    "where ends_at < clock_timestamp() - interval '1 hour'",
    "an entry of the outbox was given up": "select from private.outbox where parked_at is not null",
}
_TABLES = """
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname in ('public', 'private', 'audit', 'ops', 'vault')
order by name
"""


def state_facts(database: Database, known: Known, mails: Sequence[Mail]) -> None:
    """Write down what users and Google know, so that queries can compare it."""
    database.execute(_FACTS)
    with database.connection.cursor() as cursor:
        cursor.executemany("insert into torture.mails values (%s, %s)", list(mails))
        cursor.executemany(
            "insert into torture.calls values (%s, %s, %s, %s)",
            [(user, purpose, count, known.answered[user, purpose]) for (user, purpose), count in known.asked.items()],
        )
        cursor.executemany("insert into torture.deleted values (%s, %s, %s)", known.deleted)
        cursor.executemany("insert into torture.closed values (%s)", [(each,) for each in known.closed])


def broken(database: Database, queries: dict[str, str]) -> list[str]:
    """The names of the queries that find something."""
    return [name for name, query in queries.items() if database.rows(query)]


def left_of_the_deleted(database: Database) -> list[str]:
    """Where something of a deleted user still stands: every table of ours, whatever its columns are called."""
    found: list[str] = []
    for table in database.rows(_TABLES):
        hit = database.rows(
            f"select from {table['name']} as t join torture.deleted as d on t::text like '%' || d.user_id || '%' "
            "or t::text like '%' || d.email || '%' or t::text like '%' || d.google_sub || '%' limit 1"
        )
        if hit:
            found.append(f"{table['name']} holds something of a deleted user")
    return found


def documents_that_do_not_open(database: Database, token_keys: str) -> list[str]:
    """Whether every stored document opens for its own user, connection, use and version."""
    sealer, found = TokenSealer(parse_token_keys(token_keys)), list[str]()
    rows = database.rows(
        "select c.id, c.user_id, s.token_version, a.decrypted_secret as access, r.decrypted_secret as refresh "
        "from public.google_connections as c join private.google_secrets as s on s.connection_id = c.id "
        "join vault.decrypted_secrets as a on a.id = s.access_secret_id "
        "join vault.decrypted_secrets as r on r.id = s.refresh_secret_id"
    )
    for row in rows:
        binding = TokenBinding(row["id"], row["user_id"], row["token_version"])
        for use, document in ((Use.ACCESS, row["access"]), (Use.REFRESH, row["refresh"])):
            try:
                sealer.open(use, binding, document)
            except (SealedDocumentError, UnknownKeyError):
                found.append(f"the {use.value} document of a connection does not open")
    return found
