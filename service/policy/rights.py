"""Every right that somebody else than the owner holds on an object of ours, read from the live catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

OUR_SCHEMA_NAMES = ("public", "service_api", "private", "audit", "ops")
Reader = psycopg.Connection[dict[str, Any]]

# Partitions count as their table: a right on one of them shows as a right on the table.
_QUERY = """
with relations as (
    select
        classes.oid, classes.relkind, classes.relowner, classes.relacl, namespaces.nspname,
        coalesce(parents.relname, classes.relname) as relname,
        case classes.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' else 'table' end as kind
    from pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
    left join pg_catalog.pg_inherits as inherits on inherits.inhrelid = classes.oid and classes.relispartition
    left join pg_catalog.pg_class as parents on parents.oid = inherits.inhparent
    where namespaces.nspname = any(%(schemas)s) and classes.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
),
held as (
    select 'schema ' || namespaces.nspname as object, rights.grantee, rights.privilege_type, rights.is_grantable,
        namespaces.nspowner as owner, null::text as column_name
    from pg_catalog.pg_namespace as namespaces
    left join lateral pg_catalog.aclexplode(
        coalesce(namespaces.nspacl, pg_catalog.acldefault('n', namespaces.nspowner))
    ) as rights on true
    where namespaces.nspname = any(%(schemas)s)
    union all
    select relations.kind || ' ' || relations.nspname || '.' || relations.relname, rights.grantee,
        rights.privilege_type, rights.is_grantable, relations.relowner, null
    from relations
    left join lateral pg_catalog.aclexplode(coalesce(
        relations.relacl,
        pg_catalog.acldefault(case relations.relkind when 'S' then 's' else 'r' end::"char", relations.relowner)
    )) as rights on true
    union all
    select relations.kind || ' ' || relations.nspname || '.' || relations.relname, rights.grantee,
        rights.privilege_type, rights.is_grantable, relations.relowner, columns.attname
    from relations
    inner join pg_catalog.pg_attribute as columns on columns.attrelid = relations.oid and not columns.attisdropped
    cross join lateral pg_catalog.aclexplode(columns.attacl) as rights
    union all
    select 'function ' || namespaces.nspname || '.' || functions.proname || '(' || (
            select coalesce(pg_catalog.string_agg(pg_catalog.format_type(type, null), ',' order by position), '')
            from pg_catalog.unnest(functions.proargtypes) with ordinality as arguments (type, position)
        ) || ')', rights.grantee, rights.privilege_type, rights.is_grantable, functions.proowner, null
    from pg_catalog.pg_proc as functions
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = functions.pronamespace
    left join lateral pg_catalog.aclexplode(
        coalesce(functions.proacl, pg_catalog.acldefault('f', functions.proowner))
    ) as rights on true
    where namespaces.nspname = any(%(schemas)s)
    union all
    select pg_catalog.concat_ws(' ', 'defaults', case defaults.defaclobjtype
            when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
            when 'n' then 'schemas' end, 'in ' || namespaces.nspname),
        rights.grantee, rights.privilege_type, rights.is_grantable, defaults.defaclrole, null
    from pg_catalog.pg_default_acl as defaults
    left join pg_catalog.pg_namespace as namespaces on namespaces.oid = defaults.defaclnamespace
    left join lateral pg_catalog.aclexplode(defaults.defaclacl) as rights on true
    where defaults.defaclrole = 'postgres'::regrole
)
select distinct
    held.object,
    case held.grantee when 0 then 'PUBLIC' else held.grantee::regrole::text end as role,
    pg_catalog.lower(held.privilege_type) as operation,
    held.column_name as "column",
    held.is_grantable
from held
"""
_OWNERS = {"postgres", "pg_database_owner"}


@dataclass(frozen=True, order=True)
class Right:
    """One role may do one thing with one object, or one column of it."""

    object: str
    role: str
    operation: str
    column: str = ""
    is_grantable: bool = False

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"{self.role} may {self.operation} {self.object}{column}{' and pass that on' * self.is_grantable}"


def read_rights(connection: Reader) -> tuple[set[str], set[Right]]:
    """The names of all objects of ours, and every right on them that is not the owner's."""
    rows = connection.execute(_QUERY, {"schemas": list(OUR_SCHEMA_NAMES)}).fetchall()
    rights = {
        Right(row["object"], row["role"], row["operation"], row["column"] or "", bool(row["is_grantable"]))
        for row in rows
        if row["role"] is not None and row["role"] not in _OWNERS
    }
    return {row["object"] for row in rows}, rights
