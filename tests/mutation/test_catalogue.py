"""The list of mutations comes from the catalogue: what a later migration makes is on it without a further word."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.databases import Database
from tests.mutation.catalogue import KINDS, Mutation, list_mutations, sample
from tests.mutation.redundant import REDUNDANT


@pytest.fixture
def mutations(shared: Database) -> list[Mutation]:
    return list_mutations(shared)


def test_redundant_guards_are_few_and_there(mutations: list[Mutation]) -> None:
    assert REDUNDANT.keys() <= {mutation.name for mutation in mutations}
    assert len(REDUNDANT) <= 5


def test_every_kind_is_listed_and_every_name_is_its_own(mutations: list[Mutation]) -> None:
    assert {mutation.kind for mutation in mutations} == set(KINDS)
    assert max(Counter(mutation.name for mutation in mutations).values()) == 1


def test_list_follows_the_catalogue(shared: Database, mutations: list[Mutation]) -> None:
    before = {mutation.name for mutation in mutations}
    with shared.connection.transaction(force_rollback=True):
        shared.execute("create table public.planted (size integer constraint planted_is_small check (size < 9))")
        shared.execute("alter table public.planted enable row level security")
        shared.execute("create policy planted_select on public.planted for select to authenticated using (size > 1)")
        shared.execute(
            "create trigger planted_guard before delete on public.planted "
            "for each row execute function private.keep_for_good()"
        )
        shared.execute(
            "create function private.planted() returns void language plpgsql as "
            "$$ begin perform private.require_open(null); end $$"
        )
        found = {mutation.name for mutation in list_mutations(shared)} - before
    assert found >= {
        "grant truncate on table public.planted to anon",
        "grant execute on function private.planted() to public",
        "alter table public.planted disable row level security",
        "drop policy planted_select on public.planted",
        "alter policy planted_select on public.planted using (true)",
        "drop trigger planted_guard on public.planted",
        "alter table public.planted drop constraint planted_is_small",
        "private.planted: no require_open",
    }


def test_right_that_is_held_is_no_mutation(mutations: list[Mutation]) -> None:
    names = {mutation.name for mutation in mutations}
    assert "grant usage on schema service_api to google_service" not in names
    assert "grant usage on schema service_api to anon" in names


def test_sample_is_of_every_kind_and_the_same_for_its_seed(mutations: list[Mutation]) -> None:
    drawn = sample(mutations, 2 * len(KINDS), 7)
    assert Counter(mutation.kind for mutation in drawn) == dict.fromkeys(KINDS, 2)
    assert drawn == sample(mutations, 2 * len(KINDS), 7)
    assert drawn != sample(mutations, 2 * len(KINDS), 8)
