-- Purpose: how a deal went through its stages.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.deal_stage_changes
-- Undo:    drop table public.deal_stage_changes

create table public.deal_stage_changes (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    deal_id uuid not null,
    from_stage_id uuid,
    to_stage_id uuid,
    changed_by uuid references public.profiles (user_id) on delete set null,
    changed_at timestamptz not null default clock_timestamp(),
    primary key (workspace_id, id),
    constraint stage_change_is_of_a_deal foreign key (workspace_id, deal_id)
    references public.deals (workspace_id, id) on delete cascade,
    constraint stage_before_is_of_the_workspace foreign key (workspace_id, from_stage_id)
    references public.pipeline_stages (workspace_id, id) on delete set null (from_stage_id),
    constraint reached_stage_is_of_the_workspace foreign key (workspace_id, to_stage_id)
    references public.pipeline_stages (workspace_id, id) on delete set null (to_stage_id)
);
comment on table public.deal_stage_changes is 'How each deal went through its stages; written by a trigger, changed by nobody (P-2.1.1, P-8.2).';
comment on column public.deal_stage_changes.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.deal_stage_changes.id is 'The change; no number, which would tell how much others do (P-8.2, P-6.3).';
comment on column public.deal_stage_changes.deal_id is 'Of which deal (P-2.1.1).';
comment on column public.deal_stage_changes.from_stage_id is 'The stage before; null for a new deal (P-2.1.1).';
comment on column public.deal_stage_changes.to_stage_id is 'The stage after (P-2.1.1).';
comment on column public.deal_stage_changes.changed_by is 'Who moved it; nobody once that account is gone (P-8.2).';
comment on column public.deal_stage_changes.changed_at is 'When (P-8.2).';

create index deal_stage_changes_deal on public.deal_stage_changes (workspace_id, deal_id, changed_at desc);
create index deal_stage_changes_from on public.deal_stage_changes (workspace_id, from_stage_id);
create index deal_stage_changes_to on public.deal_stage_changes (workspace_id, to_stage_id);
create index deal_stage_changes_changed_by on public.deal_stage_changes (changed_by);

alter table public.deal_stage_changes enable row level security;
revoke all on public.deal_stage_changes from public, anon, authenticated, service_role;

grant select (workspace_id, id, deal_id, from_stage_id, to_stage_id, changed_by, changed_at) on public.deal_stage_changes to authenticated;

create policy deal_stage_changes_select_member on public.deal_stage_changes for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy deal_stage_changes_select_member on public.deal_stage_changes is
'You see the way of deals through their stages of your workspaces (P-6.3).';

create trigger deal_stage_changes_refuse_truncate before truncate on public.deal_stage_changes
for each statement execute function private.refuse_truncate();
