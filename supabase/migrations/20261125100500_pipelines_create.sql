-- Purpose: how a workspace sells: its pipelines.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.pipelines
-- Undo:    drop table public.pipelines

create table public.pipelines (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    name text not null,
    position bigint not null default 0,
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint pipeline_name_is_short check (char_length(btrim(name)) >= 1 and char_length(name) <= 100),
    constraint pipeline_name_is_visible check (private.is_visible_text(name)),
    constraint pipeline_position_is_small check (position between 0 and 1000),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.pipelines is 'Ways of selling of a workspace, each with its stages (P-2.1.1, P-6.3).';
comment on column public.pipelines.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.pipelines.id is 'The pipeline, within its workspace (P-6.3).';
comment on column public.pipelines.name is 'What it is called (P-2.1.1).';
comment on column public.pipelines.position is 'Where it stands among others (P-2.1.1).';
comment on column public.pipelines.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.pipelines.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.pipelines.created_at is 'When (P-8.2).';
comment on column public.pipelines.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.pipelines.updated_at is 'When (P-8.2).';
comment on column public.pipelines.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

create index pipelines_created_by on public.pipelines (created_by);
create index pipelines_updated_by on public.pipelines (updated_by);

alter table public.pipelines enable row level security;
revoke all on public.pipelines from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, name, position, made_by, created_by, created_at, updated_by, updated_at, version
) on public.pipelines to authenticated;
grant insert (workspace_id, id, name, position) on public.pipelines to authenticated;
grant update (name, position, version) on public.pipelines to authenticated;
grant delete on public.pipelines to authenticated;

create policy pipelines_select_member on public.pipelines for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy pipelines_select_member on public.pipelines is
'You see pipelines of your workspaces (P-6.3).';
create policy pipelines_insert_admin on public.pipelines for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy pipelines_insert_admin on public.pipelines is
'Owners and admins add pipelines to their workspaces (P-6.3).';
create policy pipelines_update_admin on public.pipelines for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces('admin'))))
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy pipelines_update_admin on public.pipelines is
'Owners and admins change pipelines of their workspaces (P-6.3).';
create policy pipelines_delete_admin on public.pipelines for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy pipelines_delete_admin on public.pipelines is
'Owners and admins delete pipelines of their workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.pipelines
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.pipelines
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.pipelines
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.pipelines
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.pipelines
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.pipelines
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.pipelines
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.pipelines
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger pipelines_refuse_truncate before truncate on public.pipelines
for each statement execute function private.refuse_truncate();
