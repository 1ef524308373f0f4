"""What reaches clients on other ways than the Data API, read from the live database: Realtime, GraphQL, Storage."""

from __future__ import annotations

from service.policy.rights import OUR_SCHEMA_NAMES, Reader

# Realtime itself publishes its own messages; a private channel opens by a policy on them.
# Supabase's lints 0026 and 0027 ask the same of GraphQL: with the extension, whatever one may read shows its form.
_QUERY = """
select 'realtime: table ' || tables.schemaname || '.' || tables.tablename || ' in ' || tables.pubname as exposure
from pg_catalog.pg_publication_tables as tables
where tables.schemaname <> 'realtime'
union all
select policies.schemaname || ': policy ' || policies.policyname || ' on '
    || policies.schemaname || '.' || policies.tablename
from pg_catalog.pg_policies as policies
where policies.schemaname in ('realtime', 'storage')
union all
select 'storage: ' || case when buckets.public then 'public' else 'private' end || ' bucket ' || buckets.id
from storage.buckets as buckets
union all
select 'graphql: extension ' || extensions.extname
from pg_catalog.pg_extension as extensions
where extensions.extname = 'pg_graphql'
union all
select 'graphql: ' || case when classes.relkind in ('v', 'm') then 'view ' else 'table ' end
    || namespaces.nspname || '.' || classes.relname || ' to ' || roles.rolname
from pg_catalog.pg_class as classes
inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
cross join pg_catalog.pg_roles as roles
where namespaces.nspname = any(%s)
    and classes.relkind in ('r', 'v', 'm', 'f')
    and roles.rolname in ('anon', 'authenticated')
    and pg_catalog.has_any_column_privilege(roles.oid, classes.oid, 'select')
    and exists (select from pg_catalog.pg_extension as extensions where extensions.extname = 'pg_graphql')
"""


def read_exposures(connection: Reader) -> set[str]:
    """Everything that is exposed, as `<surface>: <object>`."""
    return {row["exposure"] for row in connection.execute(_QUERY, [list(OUR_SCHEMA_NAMES)])}
