"""What the catalogue knows of a column beyond its type: that it is never null, and which words alone it may hold.

Of tables it follows from constraints; of a view from the columns that it shows, through its unions and subqueries.
What is not understood here is left as it is: any text, perhaps null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from service.local.node_trees import Node, read_tree, text_of

_COLUMNS = """
select attributes.attrelid::text as relation, attributes.attnum::text as number, attributes.attname as name,
    classes.relname as of, classes.relnamespace = 'public'::regnamespace as is_public,
    attributes.attnotnull as is_filled,
    (select array_agg(checks.conbin::text) from pg_constraint as checks
     where checks.conrelid = attributes.attrelid and checks.contype = 'c' and checks.convalidated
        and checks.conkey = array[attributes.attnum]) as checks,
    (select rules.ev_action::text from pg_rewrite as rules
     where rules.ev_class = classes.oid and classes.relkind = 'v' and rules.rulename = '_RETURN') as view
from pg_attribute as attributes
inner join pg_class as classes on classes.oid = attributes.attrelid
where attributes.attnum > 0 and not attributes.attisdropped and classes.relkind in ('r', 'p', 'v')
    and classes.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
order by classes.relname, attributes.attnum
"""
# Numbers that PostgreSQL never changes: text = text, "is not null", no outer join; count(*) and count(value).
_EQUAL, _NOT_NULL, _NO_OUTER_JOIN = "98", "1", ["b"]
_COUNTS = {"2803", "2147"}


@dataclass(frozen=True)
class Fact:
    """What is known of a column.

    Attributes:
        is_never_null: whether it always holds something.
        words: all that it may hold, in the order of the constraint; None if it may be any text.
    """

    is_never_null: bool = False
    words: tuple[str, ...] | None = None


_NOTHING = Fact()


def column_facts(connection: Connection[dict[str, Any]]) -> dict[str, dict[str, Fact]]:
    """What is known of each column of each table and view of public, by their names."""
    rows = connection.execute(_COLUMNS).fetchall()
    facts = _Facts(rows)
    found: dict[str, dict[str, Fact]] = {}
    for row in rows:
        if row["is_public"]:
            found.setdefault(row["of"], {})[row["name"]] = facts.of(row["relation"], row["number"])
    return found


class _Facts:
    """Looks columns up by the numbers of their relation and their own."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._columns = {(row["relation"], row["number"]): row for row in rows}

    def of(self, relation: str, number: str) -> Fact:
        row = self._columns.get((relation, number))
        if row is None:
            return _NOTHING
        if row["view"]:
            return self._shown(read_tree(row["view"])[0], number)
        words = (_words(read_tree(check)) for check in row["checks"] or [])
        return Fact(row["is_filled"], next((each for each in words if each is not None), None))

    def _shown(self, query: Node, number: str) -> Fact:
        """What a query answers as its column of this number."""
        if query["setOperations"]:
            return _any_of(self._shown(part["subquery"], number) for part in query["rtable"] if "subquery" in part)
        (target,) = (each for each in query["targetList"] if each["resno"] == number)
        # Grouping sets answer null where a column is left out of one.
        return _NOTHING if query["groupingSets"] else self._value(query, target["expr"])

    def _value(self, query: Node, value: Node) -> Fact:
        if value["node"] == "CONST":
            text = text_of(value)
            is_null = value["constisnull"] == "true"
            # Null is no word, and takes none away.
            return Fact(not is_null, () if is_null else None if text is None else (text,))
        if value["node"] == "COALESCEEXPR":
            parts = [self._value(query, each) for each in value["args"]]
            return Fact(any(part.is_never_null for part in parts), _any_of(parts).words)
        if value["node"] == "VAR" and value["varlevelsup"] == "0":
            return self._column(query, value)
        return Fact(value["node"] == "AGGREF" and value["aggfnoid"] in _COUNTS)

    def _column(self, query: Node, column: Node) -> Fact:
        source, number = query["rtable"][int(column["varno"]) - 1], column["varattno"]
        if "subquery" in source:
            fact = self._shown(source["subquery"], number)
        else:
            fact = self.of(source["relid"], number) if "relid" in source else _NOTHING
        # Of an outer join the columns of one side are null where it has no row.
        is_joined = column["varnullingrels"] == _NO_OUTER_JOIN
        is_asked = any(_is_same(each, column) for each in _asked_not_null(query["jointree"]["quals"]))
        return Fact(is_asked or (is_joined and fact.is_never_null), fact.words)


def _any_of(facts: Iterable[Fact]) -> Fact:
    listed = list(facts)
    words: dict[str, None] = {}
    for fact in listed:
        words.update(dict.fromkeys(fact.words or ()))
    is_closed = all(fact.words is not None for fact in listed)
    return Fact(all(fact.is_never_null for fact in listed), tuple(words) if is_closed else None)


def _words(check: Node) -> tuple[str, ...] | None:
    """The words of `column in ('a', 'b')`; None if the constraint says anything else."""
    is_list = check["node"] == "SCALARARRAYOPEXPR" and check["useOr"] == "true"
    # Of a list of one word PostgreSQL makes an equation.
    if not (is_list or check["node"] == "OPEXPR") or check["opno"] != _EQUAL:
        return None
    column, listed = check["args"]
    if column["node"] != "VAR" or (is_list and listed["node"] != "ARRAYEXPR"):
        return None
    constants = listed["elements"] if is_list else [listed]
    words = [text_of(each) if each["node"] == "CONST" else None for each in constants]
    known = tuple(word for word in words if word is not None)
    return known if len(known) == len(words) else None


def _asked_not_null(condition: Node | None) -> Iterator[Node]:
    """Columns that a row of the query has to have."""
    if condition and condition["node"] == "NULLTEST" and condition["nulltesttype"] == _NOT_NULL:
        yield condition["arg"]
    elif condition and condition["node"] == "BOOLEXPR" and condition["boolop"] == "and":
        for each in condition["args"]:
            yield from _asked_not_null(each)


def _is_same(one: Node, other: Node) -> bool:
    names = ("node", "varno", "varattno", "varlevelsup")
    return all(one.get(name) == other.get(name) for name in names)
