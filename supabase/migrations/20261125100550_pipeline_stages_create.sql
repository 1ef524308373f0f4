-- Purpose: the stages that a deal goes through.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.pipeline_stages
-- Undo:    drop table public.pipeline_stages

create table public.pipeline_stages (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    pipeline_id uuid not null,
    name text not null,
    position bigint not null default 0,
    outcome text not null default 'open',
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint stage_belongs_to_a_pipeline foreign key (workspace_id, pipeline_id)
    references public.pipelines (workspace_id, id) on delete cascade,
    constraint stage_is_named_with_its_pipeline unique (workspace_id, pipeline_id, id),
    constraint stage_name_is_short check (char_length(btrim(name)) >= 1 and char_length(name) <= 100),
    constraint stage_name_is_visible check (private.is_visible_text(name)),
    constraint stage_position_is_small check (position between 0 and 1000),
    constraint stage_outcome_is_known check (outcome in ('open', 'won', 'lost')),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.pipeline_stages is 'Stages that a deal goes through, and what reaching one means (P-2.1.1, P-6.3).';
comment on column public.pipeline_stages.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.pipeline_stages.id is 'The stage, within its workspace (P-6.3).';
comment on column public.pipeline_stages.pipeline_id is 'Of which pipeline (P-2.1.1).';
comment on column public.pipeline_stages.name is 'What it is called (P-2.1.1).';
comment on column public.pipeline_stages.position is 'Where it stands in the pipeline (P-2.1.1).';
comment on column public.pipeline_stages.outcome is 'open, or how a deal in it ended: won or lost (P-2.1.1).';
comment on column public.pipeline_stages.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.pipeline_stages.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.pipeline_stages.created_at is 'When (P-8.2).';
comment on column public.pipeline_stages.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.pipeline_stages.updated_at is 'When (P-8.2).';
comment on column public.pipeline_stages.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

create index pipeline_stages_created_by on public.pipeline_stages (created_by);
create index pipeline_stages_updated_by on public.pipeline_stages (updated_by);

alter table public.pipeline_stages enable row level security;
revoke all on public.pipeline_stages from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, pipeline_id, name, position, outcome, made_by, created_by, created_at, updated_by, updated_at, version
) on public.pipeline_stages to authenticated;
grant insert (workspace_id, id, pipeline_id, name, position, outcome) on public.pipeline_stages to authenticated;
grant update (name, position, outcome, version) on public.pipeline_stages to authenticated;
grant delete on public.pipeline_stages to authenticated;

create policy pipeline_stages_select_member on public.pipeline_stages for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy pipeline_stages_select_member on public.pipeline_stages is
'You see stages of pipelines of your workspaces (P-6.3).';
create policy pipeline_stages_insert_admin on public.pipeline_stages for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy pipeline_stages_insert_admin on public.pipeline_stages is
'Owners and admins add stages of pipelines to their workspaces (P-6.3).';
create policy pipeline_stages_update_admin on public.pipeline_stages for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces('admin'))))
with check (
    workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id)
);
comment on policy pipeline_stages_update_admin on public.pipeline_stages is
'Owners and admins change stages of pipelines of their workspaces (P-6.3).';
create policy pipeline_stages_delete_admin on public.pipeline_stages for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy pipeline_stages_delete_admin on public.pipeline_stages is
'Owners and admins delete stages of pipelines of their workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.pipeline_stages
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.pipeline_stages
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.pipeline_stages
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.pipeline_stages
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.pipeline_stages
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.pipeline_stages
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.pipeline_stages
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.pipeline_stages
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger pipeline_stages_refuse_truncate before truncate on public.pipeline_stages
for each statement execute function private.refuse_truncate();
