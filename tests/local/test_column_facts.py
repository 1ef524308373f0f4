"""What is known of columns holds for every row that there may be: where a view could show more, nothing is known."""

from __future__ import annotations

import pytest
from psycopg.rows import dict_row

from service.local.column_facts import Fact, column_facts
from service.policy.rights import Reader
from tests.databases import Database

_TABLE = """
create table public.planted (
    id bigint primary key, sort text not null check (sort in ('a', 'b''c')),
    shade text check (shade = any (array['é', '']))
);
create table public.other (id bigint primary key, sort text not null check (sort in ('z')), sorts text[] not null);
"""
_ANY = Fact()
_FILLED = Fact(is_never_null=True)
# What a view shows as its one column, and what is then known of it.
_SHOWN = [
    ("select sort from public.planted", Fact(True, ("a", "b'c"))),
    ("select shade from public.planted", Fact(False, ("é", ""))),
    ("select shade from public.planted where id > 1 and shade is not null", Fact(True, ("é", ""))),
    ("select shade from public.planted where id > 1 or shade is not null", Fact(False, ("é", ""))),
    ("select shade from public.planted where not (shade is not null)", Fact(False, ("é", ""))),
    ("select coalesce(shade, sort) from public.planted", Fact(True, ("é", "", "a", "b'c"))),
    ("select coalesce(shade, null) from public.planted", Fact(False, ("é", ""))),
    ("select coalesce(shade, lower(sort)) from public.planted", _ANY),
    ("select upper(sort) from public.planted", _ANY),
    ("select sort || '' from public.planted", _ANY),
    ("select count(shade) from public.planted", _FILLED),
    ("select max(sort) from public.planted", _ANY),
    ("select sort from public.planted group by grouping sets ((sort), ())", _ANY),
    ("select shown.sort from (select sort from public.planted offset 0) as shown", Fact(True, ("a", "b'c"))),
    ("with shown as (select sort from public.planted) select sort from shown", _ANY),
    ("select sort from public.planted union all select 'd'", Fact(True, ("a", "b'c", "d"))),
    ("select sort from public.planted union select null", Fact(False, ("a", "b'c"))),
    ("select sort from public.planted union all select shade from public.planted", Fact(False, ("a", "b'c", "é", ""))),
    ("select sort from public.planted union all select id::text from public.other", _ANY),
    ("select id from public.planted union all select id from public.other", _FILLED),
    ("select other.sort from public.planted left join public.other using (id)", Fact(False, ("z",))),
    ("select planted.sort from public.planted left join public.other using (id)", Fact(True, ("a", "b'c"))),
    ("select other.sort from public.planted inner join public.other using (id)", Fact(True, ("z",))),
    ("select (select other.sort from public.other where other.id = planted.id) from public.planted", _ANY),
    ("select shown.sort from public.planted left join lateral (select 'd' as sort) as shown on planted.id = 1",
     Fact(False, ("d",))),
]  # fmt: skip
# What a constraint asks of a column that says nothing of a closed list of words.
_OPEN = [
    "sort <> all (array['a'])", "lower(sort) in ('a')", "sort in ('a', lower('B'))", "sort in ('a') or id > 1",
    "sort >= any (array['a'])", "sort in ('a') or true", "sort is distinct from 'a'", "sort <> 'a'",
    "sort = lower('A')",
]  # fmt: skip


def _fact(database: Database, of: str, name: str) -> Fact:
    with Reader.connect(database.url(), row_factory=dict_row) as connection:
        return column_facts(connection)[of][name]


def test_view_says_no_more_than_what_it_shows(database: Database) -> None:
    database.execute(_TABLE)
    for number, (query, _) in enumerate(_SHOWN):
        database.execute(f"create view public.shown_{number} (it) as {query}")
    with Reader.connect(database.url(), row_factory=dict_row) as connection:
        facts = column_facts(connection)
    found = {query: facts[f"shown_{number}"]["it"] for number, (query, _) in enumerate(_SHOWN)}
    assert found == dict(_SHOWN)


def test_view_of_a_view_and_of_something_private_is_seen_through(database: Database) -> None:
    database.execute(_TABLE)
    database.execute("create view private.between as select sort as named from public.planted")
    database.execute("create view public.shown as select named as it from private.between")
    assert _fact(database, "shown", "it") == Fact(True, ("a", "b'c"))


@pytest.mark.parametrize("asked", _OPEN)
def test_any_text_may_stand_where_a_constraint_asks_something_else(database: Database, asked: str) -> None:
    database.execute(f"create table public.planted (id bigint, sort text, constraint planted check ({asked}))")
    assert _fact(database, "planted", "sort") == _ANY


def test_constraint_that_older_rows_may_break_closes_nothing(database: Database) -> None:
    database.execute("create table public.planted (sort text)")
    database.execute("alter table public.planted add constraint planted check (sort in ('a')) not valid")
    assert _fact(database, "planted", "sort") == _ANY
    database.execute("alter table public.planted validate constraint planted")
    assert _fact(database, "planted", "sort") == Fact(False, ("a",))
