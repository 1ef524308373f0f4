"""Rules that every table of business data keeps: the wall between workspaces, the gate, the limit."""

from __future__ import annotations

from tests.database.catalogue_rule import CLASSES, Rule

# Which operation of which table a client may do, with its bit in pg_trigger.tgtype.
_WRITES = f"""
    {CLASSES}
    inner join (values ('insert', 4), ('delete', 8), ('update', 16)) as operations (name, bit)
        on case operations.name
            when 'delete' then pg_catalog.has_table_privilege('authenticated', classes.oid, 'delete')
            else pg_catalog.has_any_column_privilege('authenticated', classes.oid, operations.name)
        end
"""

RECORD_RULES = (
    Rule(
        "foreign_keys_inside_a_workspace_name_it",
        "A record points at records of its own workspace alone: the key says so, whatever a row policy says.",
        "select keys.conname || ' on ' || keys.conrelid::regclass from pg_catalog.pg_constraint as keys "
        f"inner join {CLASSES} on classes.oid = keys.conrelid "
        "inner join pg_catalog.pg_attribute as own on own.attrelid = keys.conrelid and own.attname = 'workspace_id' "
        "inner join pg_catalog.pg_attribute as theirs "
        "on theirs.attrelid = keys.confrelid and theirs.attname = 'workspace_id' "
        "where keys.contype = 'f' and array_position(keys.conkey, own.attnum) "
        "is distinct from coalesce(array_position(keys.confkey, theirs.attnum), 0)",
        (
            "alter table public.companies add constraint planted unique (id); alter table public.deals "
            "add column supplier_id uuid references public.companies (id)",
            "alter table public.deals add column supplier_workspace_id uuid, add column supplier_id uuid, "
            "add foreign key (supplier_workspace_id, supplier_id) references public.companies (workspace_id, id)",
        ),
    ),
    Rule(
        "writes_of_clients_are_gated",
        "Whatever clients may write is closed while something is missing, and says what; but profiles never close, nor "
        "what a contact no longer allows.",
        f"select classes.oid::regclass || ' on ' || operations.name from {_WRITES} "
        "where classes.relkind in ('r', 'p') and classes.oid <> 'public.profiles'::regclass and not exists ("
        "select from pg_catalog.pg_trigger as triggers where triggers.tgrelid = classes.oid "
        "and triggers.tgfoid = 'private.gate_writes()'::regprocedure and triggers.tgtype & operations.bit > 0 "
        "and triggers.tgtype & 2 > 0 and triggers.tgenabled = 'O' "
        "and (triggers.tgtype & 1 = 0 or classes.oid = 'public.contact_permissions'::regclass))",
        (
            "drop trigger gate_writes on public.companies",
            "alter table public.deals disable trigger gate_writes",
            "grant delete on public.contact_permissions to authenticated",
            "grant update (kind) on public.security_notices to authenticated",
        ),
    ),
    Rule(
        "calls_of_clients_are_limited",
        "One call of a client changes at most 1000 records of any table; of invitations there are 50 at most.",
        f"select classes.oid::regclass || ' on ' || operations.name from {_WRITES} "
        "where classes.relkind in ('r', 'p') and classes.oid <> 'public.invitations'::regclass and exists ("
        "select from pg_catalog.pg_attribute as columns "
        "where columns.attrelid = classes.oid and columns.attname = 'workspace_id') and not exists ("
        "select from pg_catalog.pg_trigger as triggers where triggers.tgrelid = classes.oid "
        "and triggers.tgfoid = 'private.limit_rows()'::regprocedure and triggers.tgtype & operations.bit > 0 "
        "and triggers.tgenabled = 'O')",
        (
            "drop trigger limit_update on public.sent_messages",
            "grant delete on public.sent_messages to authenticated",
        ),
    ),
    Rule(
        "gates_and_limits_leave_the_database_alone",
        "What a cascade or a function of ours does was asked before, or is a right: neither gated nor limited.",
        "select triggers.tgname || ' on ' || triggers.tgrelid::regclass from pg_catalog.pg_trigger as triggers "
        "where triggers.tgfoid in ('private.gate_writes()'::regprocedure, 'private.limit_rows()'::regprocedure) "
        "and pg_get_triggerdef(triggers.oid) !~ 'WHEN \\(\\(+CURRENT_USER = ''authenticated''::name\\)(\\)| AND )'",
        (
            "create trigger planted before update on public.companies for each statement "
            "execute function private.gate_writes()",
        ),
    ),
    Rule(
        "refusals_come_after_the_row_policy",
        "A row trigger before an insert runs before the row policy: its refusal would tell strangers what is there.",
        f"select triggers.tgname || ' on ' || triggers.tgrelid::regclass from {CLASSES} "
        "inner join pg_catalog.pg_trigger as triggers on triggers.tgrelid = classes.oid and triggers.tgtype & 7 = 7 "
        "inner join pg_catalog.pg_proc as functions on functions.oid = triggers.tgfoid "
        "inner join pg_catalog.pg_attribute as columns "
        "on columns.attrelid = classes.oid and columns.attname = 'workspace_id' "
        # It refuses a change of a version that is no more, of a row that the writer was let to.
        "where functions.prosrc ~ '(refuse|raise)' and functions.oid <> 'private.stamp_record()'::regprocedure",
        (
            "create trigger planted before insert on public.contacts for each row "
            "execute function private.check_attributes()",
        ),
    ),
    Rule(
        "estimates_know_nothing_of_others",
        "A client may have PostgREST tell the planner's estimate for any filter, and samples are of everybody's rows.",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "where namespaces.nspname = 'public' and classes.relkind in ('r', 'p') and not columns.attisdropped "
        "and columns.attstattarget is distinct from 0 union all "
        "select classes.oid::regclass::text from pg_catalog.pg_class as classes "
        "inner join pg_catalog.pg_index as indexes on indexes.indexrelid = classes.oid "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid "
        "where classes.relnamespace = 'public'::regnamespace and indexes.indkey[columns.attnum - 1] = 0 "
        "and columns.attstattarget is distinct from 0",
        (
            "alter table public.contacts alter column full_name set statistics 100",
            "alter table public.contacts add column nickname text",
            "create index planted on public.contacts (lower(full_name))",
        ),
    ),
    Rule(
        "keys_can_be_named_in_an_embed",
        "PostgREST takes what stands after the ! of an embed for a kind of join if it begins with left or inner.",
        f"select keys.conname || ' on ' || keys.conrelid::regclass from {CLASSES} "
        "inner join pg_catalog.pg_constraint as keys on keys.conrelid = classes.oid and keys.contype = 'f' "
        "where namespaces.nspname = 'public' and keys.conname ~ '^(left|inner)'",
        ("alter table public.deals add constraint left_planted foreign key (owner_id) references public.profiles",),
    ),
    Rule(
        "counters_are_not_shared",
        "A number that counts the rows of everybody would tell each reader how many others add; versions and texts, "
        "which everybody reads, are numbered.",
        f"select classes.oid::regclass || '.' || columns.attname from {CLASSES} "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attnum > 0 "
        "left join pg_catalog.pg_attrdef as defaults "
        "on defaults.adrelid = classes.oid and defaults.adnum = columns.attnum "
        "where (columns.attidentity <> '' or pg_get_expr(defaults.adbin, defaults.adrelid) like 'nextval(%%') "
        "and pg_catalog.has_column_privilege('authenticated', classes.oid, columns.attnum, 'select') "
        "and classes.oid not in ('public.policy_versions'::regclass, 'public.consent_texts'::regclass)",
        (
            "alter table public.deals add column number bigint generated always as identity; "
            "grant select (number) on public.deals to authenticated",
            "alter table public.deals add column number bigserial; "
            "grant select (number) on public.deals to authenticated",
        ),
    ),
    Rule(
        "ids_are_looked_up_by_the_key",
        "Without samples the planner takes an index of a workspace that ends with the id of a record for as good as "
        "the key, and reads the workspace whole to find one.",
        f"select indexes.indexrelid::regclass::text from {CLASSES} "
        "inner join pg_catalog.pg_index as indexes on indexes.indrelid = classes.oid "
        "inner join pg_catalog.pg_attribute as columns on columns.attrelid = classes.oid and columns.attname = 'id' "
        "and columns.atttypid = 'uuid'::regtype "
        "where namespaces.nspname = 'public' and not indexes.indisunique and exists ("
        "select from pg_catalog.generate_series(2, indexes.indnkeyatts - 1) as place "
        "where indexes.indkey[place] = columns.attnum)",
        ("create index planted on public.companies (workspace_id, name, id)",),
    ),
)
