"""What the access files say, in the words of the live catalogue, so that both can be compared."""

from __future__ import annotations

from typing import NamedTuple

from service.policy.exposures import read_exposures
from service.policy.files import access_files, exposure, unreachable
from service.policy.rights import OUR_SCHEMA_NAMES, Reader, Right, read_rights

_OPERATIONS = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}
_POLICIES = """
select
    'table ' || namespaces.nspname || '.' || classes.relname as object,
    case roles.role when 0 then 'PUBLIC' else roles.role::regrole::text end as role,
    policies.polcmd::text as operation,
    policies.polname as policy,
    pg_catalog.obj_description(policies.oid, 'pg_policy') as sentence,
    pg_catalog.pg_get_expr(policies.polqual, policies.polrelid) as condition,
    pg_catalog.pg_get_expr(policies.polwithcheck, policies.polrelid) as "check"
from pg_catalog.pg_policy as policies
inner join pg_catalog.pg_class as classes on classes.oid = policies.polrelid
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
cross join lateral pg_catalog.unnest(policies.polroles) as roles (role)
where namespaces.nspname = any(%s)
"""


class RowRule(NamedTuple):
    """One policy as it applies to one role."""

    object: str
    role: str
    operation: str
    policy: str
    sentence: str | None
    condition: str | None
    check: str | None

    def __str__(self) -> str:
        words = f"policy {self.policy} on {self.object}: {self.role} may {self.operation}"
        return f"{words}, using {self.condition}, check {self.check}, said as: {self.sentence}"


def differences(connection: Reader) -> list[str]:
    """Everything in which the files and the live catalogue differ, in words for a reviewer."""
    objects, rights = read_rights(connection)
    rules = {
        RowRule(**row | {"operation": _OPERATIONS[row["operation"]]})
        for row in connection.execute(_POLICIES, [list(OUR_SCHEMA_NAMES)])
    }
    return [
        *_compare("object", _declared_objects(), objects),
        *_compare("right", _declared_rights(), rights),
        *_compare("row rule", _declared_row_rules(), rules),
        *_compare("exposure", _declared_exposures(), read_exposures(connection)),
    ]


def objects_declared_twice() -> set[str]:
    """Objects that more than one file or group speaks of."""
    names = _declared_names()
    return {name for name in names if names.count(name) > 1}


def _compare(what: str, declared: set, live: set) -> list[str]:
    return [
        *(f"{what} in the files and not in the database: {item}" for item in sorted(declared - live, key=str)),
        *(f"{what} in the database and not in the files: {item}" for item in sorted(live - declared, key=str)),
    ]


def _declared_names() -> list[str]:
    reachable = [declaration.content["object"] for declaration in access_files()]
    return reachable + [name for group in unreachable().content["groups"] for name in group["objects"]]


def _declared_objects() -> set[str]:
    return set(_declared_names())


def _declared_exposures() -> set[str]:
    surfaces = ("realtime", "graphql", "storage")
    return {f"{surface}: {name}" for surface in surfaces for name in exposure().content[surface]["objects"]}


def _declared_rights() -> set[Right]:
    rights = set()
    for declaration in access_files():
        for right in declaration.content["rights"]:
            columns = right.get("columns", "all")
            for column in [""] if columns == "all" else columns:
                rights.add(Right(declaration.content["object"], right["role"], right["operation"], column))
    return rights


def _declared_row_rules() -> set[RowRule]:
    return {
        RowRule(
            declaration.content["object"],
            right["role"],
            right["operation"],
            right["rows"]["policy"],
            right["rows"]["sentence"],
            right["rows"].get("condition"),
            right["rows"].get("check"),
        )
        for declaration in access_files()
        for right in declaration.content["rights"]
        if "policy" in right.get("rows", {})
    }
