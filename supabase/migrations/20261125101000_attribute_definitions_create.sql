-- Purpose: fields of a workspace's own, typed, at most 50 for each table.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.attribute_definitions
-- Undo:    drop table public.attribute_definitions

create table public.attribute_definitions (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    table_name text not null,
    key text not null,
    label text not null,
    kind text not null,
    choices text[],
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint attribute_key_is_taken_once unique (workspace_id, table_name, key),
    constraint attribute_table_is_known check (table_name in ('contacts', 'companies', 'deals')),
    constraint attribute_key_is_snake_case check (key ~ '^[a-z][a-z0-9_]{0,62}$'),
    constraint attribute_label_is_short check (char_length(btrim(label)) >= 1 and char_length(label) <= 100),
    constraint attribute_kind_is_known check (kind in ('text', 'number', 'date', 'choice')),
    constraint choices_are_of_choices check ((kind = 'choice') = (choices is not null)),
    constraint choices_are_few_and_short check (
        cardinality(choices) between 1 and 100 and array_position(choices, null) is null
        and char_length(array_to_string(choices, '')) <= 5000
    ),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.attribute_definitions is 'Fields that a workspace added to its contacts, companies or deals (P-2.1.1, P-6.3).';
comment on column public.attribute_definitions.workspace_id is 'Whose field it is (P-6.3).';
comment on column public.attribute_definitions.id is 'The field, within its workspace (P-6.3).';
comment on column public.attribute_definitions.table_name is 'contacts, companies or deals (P-2.1.1).';
comment on column public.attribute_definitions.key is 'Its name in attributes (P-2.1.1).';
comment on column public.attribute_definitions.label is 'What people read (P-2.1.1).';
comment on column public.attribute_definitions.kind is 'text, number, date or choice (P-2.1.1).';
comment on column public.attribute_definitions.choices is 'What can be chosen (P-2.1.1).';
comment on column public.attribute_definitions.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.attribute_definitions.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.attribute_definitions.created_at is 'When (P-8.2).';
comment on column public.attribute_definitions.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.attribute_definitions.updated_at is 'When (P-8.2).';
comment on column public.attribute_definitions.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

create index attribute_definitions_created_by on public.attribute_definitions (created_by);
create index attribute_definitions_updated_by on public.attribute_definitions (updated_by);

alter table public.attribute_definitions enable row level security;
revoke all on public.attribute_definitions from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, table_name, key, label, kind, choices, made_by, created_by, created_at, updated_by, updated_at, version
) on public.attribute_definitions to authenticated;
grant insert (workspace_id, id, table_name, key, label, kind, choices) on public.attribute_definitions to authenticated;
grant update (label, choices, version) on public.attribute_definitions to authenticated;
grant delete on public.attribute_definitions to authenticated;

create policy attribute_definitions_select_member on public.attribute_definitions for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy attribute_definitions_select_member on public.attribute_definitions is
'You see fields of its own of your workspaces (P-6.3).';
create policy attribute_definitions_insert_admin on public.attribute_definitions for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy attribute_definitions_insert_admin on public.attribute_definitions is
'Owners and admins add fields of its own to their workspaces (P-6.3).';
create policy attribute_definitions_update_admin on public.attribute_definitions for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces('admin'))))
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy attribute_definitions_update_admin on public.attribute_definitions is
'Owners and admins change fields of its own of their workspaces (P-6.3).';
create policy attribute_definitions_delete_admin on public.attribute_definitions for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy attribute_definitions_delete_admin on public.attribute_definitions is
'Owners and admins delete fields of its own of their workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.attribute_definitions
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.attribute_definitions
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.attribute_definitions
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.attribute_definitions
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.attribute_definitions
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.attribute_definitions
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.attribute_definitions
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.attribute_definitions
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger attribute_definitions_refuse_truncate before truncate on public.attribute_definitions
for each statement execute function private.refuse_truncate();
