"""Writes docs/access.md: who may do what, from the access files, as one table for auditors and frontend developers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from service.policy.files import Declaration, access_files, exposure, unreachable

_INTRODUCTION = """\
# Who may do what

Made from `policies/access/` by `python -m service policy page`; a test fails if it is not what the files say, and
others fail if the live database allows more or less. What is not in this table is refused.

**Who** is a role of the database, and after it who of that role gets through where persons differ; everybody else is
refused. `anon` is a visitor, `authenticated` a signed-in user, `google_service` the service for a user whose session is
live, `google_operator` the worker and operator commands, `service_role` their fallback, `PUBLIC` every role.

The persons are those of the test that tries each line (`tests/database/workspaces/test_cells.py`). They all ask for
the rows of one workspace and of its owner: *owner*, *admin* and *member* of it, *unattested* (a member who has not said
to be 18 or older), *removed* from it, *invited* to it, *stranger* (owner of another workspace), *anonymous* (signed in
without an account). **Rows** is what the policy itself says to the person who reads or writes.
"""
_HEADER = ("Object", "Who", "May", "Columns", "Rows, or what it does", "Promises")
_GROUPS = (
    ("Tables and views", "Reached with supabase-js: `from('…')`.", ("table public.", "view public.")),
    ("Functions for the frontend", "Called with supabase-js: `rpc('…')`.", ("function public.",)),
    ("Functions for the service", "In a schema that neither visitors nor users may use.", ("function service_api.",)),
    (
        "Steps behind those",
        "Run with the rights of their caller by functions, policies and constraints; no client may use the schema.",
        ("table private.", "view private.", "function private."),
    ),
    ("Schemas", "A right on a schema opens no object in it by itself.", ("schema ",)),
)


class _Row(NamedTuple):
    object: str
    who: str
    may: str
    columns: str
    rows: str
    promises: str


def access_page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for title, note, kinds in _GROUPS:
        files = [each for each in access_files() if each.content["object"].startswith(kinds)]
        parts.append(f"## {title}\n\n{note}\n\n{_rights_table([row for each in files for row in _rows(each)])}")
    parts += [_exposure_part(), _unreachable_part()]
    return "\n".join(parts)


def _rights_table(rows: list[_Row]) -> str:
    # Functions have no columns; a column that is empty throughout is left out.
    shown = [place for place in range(len(_HEADER)) if any(row[place] for row in rows)]
    return _table(*([line[place] for place in shown] for line in [_HEADER, *rows]))


def _rows(declaration: Declaration) -> Iterator[_Row]:
    content = declaration.content
    kind, _, name = content["object"].partition(" ")
    shown = name if kind == "schema" else name.partition(".")[2]
    link = f"[{shown.replace(',', ', ')}](../policies/access/{declaration.path.name})"

    def alike(right: dict[str, Any]) -> tuple[str, str, str]:
        return right["operation"], _columns(right), _effect(content, right)

    for (operation, columns, effect), rights in groupby(content["rights"], alike):
        who = ", ".join(_who(right) for right in rights)
        yield _Row(link, who, operation, columns, effect, ", ".join(content["promises"]))


def _who(right: dict[str, Any]) -> str:
    persons = f": {', '.join(right['personas'])}" if "personas" in right else ""
    return f"`{right['role']}`{persons}"


def _columns(right: dict[str, Any]) -> str:
    columns = right.get("columns", [])
    return columns if isinstance(columns, str) else ", ".join(columns)


def _effect(content: dict[str, Any], right: dict[str, Any]) -> str:
    if "rows" in right:
        return right["rows"].get("sentence") or right["rows"]["all_because"]
    # What a role of the service may call is said by the function's purpose; of persons, who may is worth a sentence.
    is_for_persons = right["role"] in ("anon", "authenticated", "PUBLIC")
    return f"{content['purpose']} {right['reason']}" if is_for_persons else content["purpose"]


def _exposure_part() -> str:
    rows = [
        (surface, ", ".join(content["objects"]) or "nothing", content["reason"], ", ".join(content["promises"]))
        for surface, content in exposure().content.items()
        if isinstance(content, dict)
    ]
    note = "From [exposure.yaml](../policies/access/exposure.yaml)."
    return f"## Other ways to a client\n\n{note}\n\n{_table(('Way', 'Shows', 'Why', 'Promises'), *rows)}"


def _unreachable_part() -> str:
    rows = [
        (group["reason"], "<br>".join(sorted(group["objects"])), ", ".join(group["promises"]))
        for group in unreachable().content["groups"]
    ]
    note = "From [unreachable.yaml](../policies/access/unreachable.yaml): nobody but its owner may touch it."
    return f"## Nobody\n\n{note}\n\n{_table(('Why', 'Objects', 'Promises'), *rows)}"


def _table(header: Sequence[str], *rows: Sequence[str]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
