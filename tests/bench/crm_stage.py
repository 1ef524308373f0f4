"""The two sides of a comparison: a member under row policies, and the owner's view with the filter by hand.

The other side asks the same PostgREST the same question under a role that row policies do not bind, as they do not bind
the owner of the tables, and searches by a copy of private.search_records that does not look who asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from service.local.keys import AUDIENCE
from service.local.platform import Platform
from tests.bench.crm_population import CrmPopulation
from tests.scratch import refuse_unless_scratch

_LOOK = "perform private.require_readable(p_workspace_id);"
_PRIVATE = "private.search_records(uuid,text,text[],integer,integer,uuid)"
_PUBLIC = "public.search_records(uuid,text,text[],integer,integer,uuid)"
_ROLE = """
create role bench_owner nologin bypassrls;
-- Where the planner has no samples it would sort a whole workspace for its newest rows: the member is to be measured
-- against the better way.
alter role bench_owner set enable_bitmapscan = off;
grant bench_owner to authenticator;
grant usage on schema public, extensions to bench_owner;
grant select, insert on all tables in schema public to bench_owner;
-- What constraints and indexes of a row run.
grant execute on function private.is_time_zone(text), private.is_visible_text(text) to bench_owner;
grant execute on function private.search_tokens(uuid, text, text) to bench_owner;
"""
_REACHABLE = """
revoke all on function private.bench_search(uuid, text, text[], integer, integer, uuid) from public;
revoke all on function public.bench_search(uuid, text, text[], integer, integer, uuid) from public;
-- The index of a search is read by nothing but a bitmap.
alter function private.bench_search(uuid, text, text[], integer, integer, uuid) set enable_bitmapscan = on;
grant execute on function private.bench_search(uuid, text, text[], integer, integer, uuid) to bench_owner;
grant execute on function public.bench_search(uuid, text, text[], integer, integer, uuid) to bench_owner;
notify pgrst, 'reload schema';
"""


@dataclass(frozen=True)
class Side:
    """Somebody who asks.

    Attributes:
        role: what PostgREST switches to, with the settings of that role.
        search: the function that searches for them.
    """

    role: str
    search: str
    headers: dict[str, str]
    claims: str


@dataclass(frozen=True)
class CrmStage:
    """What everything is measured on."""

    platform: Platform
    population: CrmPopulation
    member: Side
    owner: Side

    @property
    def authenticator_url(self) -> str:
        """The database, for a connection like those of PostgREST."""
        return self.platform.cluster.url(self.platform.database, "authenticator")


def add_owner_side(admin_url: str) -> None:
    """Add the role that stands for the owner, and what it searches by.

    Raises:
        NotScratch: the database does not carry the scratch marker.
    """
    refuse_unless_scratch(admin_url)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(_ROLE)
        # Whoever owns the tables owns the functions of the members, too.
        connection.execute("set role postgres")
        for signature in (_PRIVATE, _PUBLIC):
            row = connection.execute("select pg_get_functiondef(%s::regprocedure)", (signature,)).fetchone()
            assert row is not None
            definition = row[0].replace("search_records", "bench_search")
            if signature == _PRIVATE:
                assert _LOOK in definition
                definition = definition.replace(_LOOK, "")
            connection.execute(definition)
        connection.execute(_REACHABLE)


def crm_stage(platform: Platform, population: CrmPopulation) -> CrmStage:
    """The member and the owner, each with a token that Auth signed, where `add_owner_side` was called before."""
    member = population.member
    expires_at = datetime.now(UTC) + timedelta(hours=6)
    claims = {"aud": AUDIENCE, "role": "bench_owner", "sub": str(member.user_id), "exp": int(expires_at.timestamp())}
    tokens = {
        "authenticated": member.access_token(platform.keys.auth, platform.jwt_issuer),
        "bench_owner": platform.keys.auth.sign({"iss": platform.jwt_issuer, **claims}),
    }
    in_database = {
        "sub": str(member.user_id), "session_id": str(member.session_id), "role": "authenticated", "aud": AUDIENCE,
        "aal": "aal1", "is_anonymous": False,
    }  # fmt: skip
    member_side, owner_side = (
        Side(
            role=role,
            search=search,
            headers={"apikey": platform.publishable_key, "Authorization": f"Bearer {tokens[role]}"},
            claims=json.dumps(in_database),
        )
        for role, search in (("authenticated", "search_records"), ("bench_owner", "bench_search"))
    )
    return CrmStage(platform, population, member_side, owner_side)


@contextmanager
def without_triggers(admin_url: str) -> Iterator[None]:
    """Contacts without any trigger of ours, until the block ends; foreign keys, constraints and indexes stay."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("alter table public.contacts disable trigger user")
        try:
            yield
        finally:
            connection.execute("alter table public.contacts enable trigger user")
