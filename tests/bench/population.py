"""Fills a scratch database with connected users by plain inserts, a million of them in some seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from service.adapters.sealing import TokenSealer
from service.config.token_keys import parse_token_keys
from service.domain.sealed import TokenBinding, Use
from service.local.keys import AUDIENCE, SigningKey
from tests.scratch import refuse_unless_scratch

_SCOPE = "https://www.googleapis.com/auth/calendar.readonly"
_VERSION = 1
# Ids follow from a number, so that nobody has to carry a million of them around.
_FILL = """
set session_replication_role = replica;
create temp table people on commit drop as
select
    n, md5('user ' || n)::uuid as user_id, md5('session ' || n)::uuid as session_id,
    md5('connection ' || n)::uuid as connection_id, md5('access ' || n)::uuid as access_id,
    md5('refresh ' || n)::uuid as refresh_id
from generate_series(1, {count}) as n;
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, created_at, updated_at)
select '00000000-0000-0000-0000-000000000000', user_id, 'authenticated', 'authenticated',
    'person-' || n || '@example.com', '', now(), now() from people;
insert into auth.sessions (id, user_id, created_at, updated_at, aal)
select session_id, user_id, now(), now(), 'aal1' from people;
insert into public.profiles (user_id) select user_id from people;
insert into public.google_connections (id, user_id, google_sub, email, granted_scopes)
select connection_id, user_id, lpad(n::text, 21, '2'), 'person-' || n || '@gmail.com', array['{scope}'] from people;
insert into private.google_secrets (
    connection_id, access_secret_id, refresh_secret_id, kid, token_version, client_id, access_expires_at, refresh_after
)
select connection_id, access_id, refresh_id, '{kid}', {version}, 'bench', now() + interval '12 hours',
    now() + interval '11 hours' from people;
insert into vault.secrets (id, secret) select access_id, repeat('A', 600) from people;
insert into vault.secrets (id, secret) select refresh_id, repeat('A', 600) from people;
"""
_OPENABLE = """
update vault.secrets as s
set secret = encode(vault._crypto_aead_det_encrypt(
    convert_to(%s, 'UTF8'), convert_to(s.id::text, 'UTF8'), 0, 'pgsodium'::bytea, s.nonce
), 'base64')
where s.id = md5('access ' || %s)::uuid
"""


@dataclass(frozen=True)
class Person:
    """One of them: user and session."""

    user_id: UUID
    session_id: UUID

    def access_token(self, key: SigningKey, issuer: str) -> str:
        """Sign what Auth would have given at sign-in, good for some hours."""
        now = datetime.now(UTC)
        claims: dict[str, Any] = {
            "iss": issuer, "aud": AUDIENCE, "sub": str(self.user_id), "session_id": str(self.session_id),
            "role": "authenticated", "aal": "aal1", "is_anonymous": False,
            "iat": int(now.timestamp()), "exp": int((now + timedelta(hours=6)).timestamp()),
        }  # fmt: skip
        return key.sign(claims)


def fill(admin_url: str, *, count: int, token_keys: str, openable: Sequence[int]) -> list[Person]:
    """Insert so many connected users.

    Args:
        openable: the numbers, from 1, of those whose access document can really be opened; they are returned. The
            others have as many bytes in Vault, which nobody reads.

    Raises:
        NotScratch: the database does not carry the scratch marker.
    """
    refuse_unless_scratch(admin_url)
    keys = parse_token_keys(token_keys)
    sealer, people = TokenSealer(keys), list[Person]()
    with psycopg.connect(admin_url) as connection:
        fill_text = _FILL.format(count=int(count), scope=_SCOPE, kid=keys[0].kid, version=_VERSION)
        connection.execute(fill_text.encode())
        with connection.cursor() as cursor:
            for number in openable:
                row = cursor.execute(
                    "select md5('user ' || %(n)s)::uuid, md5('session ' || %(n)s)::uuid, "
                    "md5('connection ' || %(n)s)::uuid",
                    {"n": str(number)},
                ).fetchone()
                assert row is not None
                user_id, session_id, connection_id = row
                binding = TokenBinding(connection_id, user_id, _VERSION)
                tokens = {"access_token": f"ya29.bench-{number:0150d}", "client_id": "bench"}
                cursor.execute(_OPENABLE, (sealer.seal(Use.ACCESS, binding, tokens), str(number)))
                people.append(Person(user_id, session_id))
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
    return people
