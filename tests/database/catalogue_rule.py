"""What a rule of the catalogue is: a query for the objects that break it, with faults that must show."""

from __future__ import annotations

from dataclasses import dataclass

from service.policy.rights import OUR_SCHEMA_NAMES

OUR_SCHEMAS = str(OUR_SCHEMA_NAMES)

CLASSES = f"""
    pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces
        on namespaces.oid = classes.relnamespace and namespaces.nspname in {OUR_SCHEMAS}
"""
FUNCTIONS = f"""
    pg_catalog.pg_proc as functions
    inner join pg_catalog.pg_namespace as namespaces
        on namespaces.oid = functions.pronamespace and namespaces.nspname in {OUR_SCHEMAS}
"""
PROMISE = r"'P-\d+(\.\d+)+'"


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue.

    Attributes:
        offenders: a query for the names of the objects that break it; none is what we want.
        faults: statements, run as postgres, after each of which the query must find something.
    """

    name: str
    sentence: str
    offenders: str
    faults: tuple[str, ...]
