-- Purpose: on which channel a contact may be reached, why, until when and at what hours.
-- Keeps:   P-3.3, P-6.3, P-8.2
-- Touches: table public.contact_permissions
-- Undo:    drop table public.contact_permissions

create table public.contact_permissions (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    channel text not null,
    state text not null,
    basis text not null,
    ends_at timestamptz,
    calling_from time,
    calling_until time,
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint permission_belongs_to_a_contact foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint one_permission_per_channel unique (workspace_id, contact_id, channel),
    constraint permission_channel_is_known check (channel in ('email', 'call', 'sms')),
    constraint permission_state_is_known check (state in ('allowed', 'withdrawn')),
    constraint permission_basis_is_known check (basis in ('consent', 'contract', 'legitimate_interest', 'asked_by_contact')),
    constraint permission_ends_at_is_a_moment check (isfinite(ends_at)),
    constraint calling_hours_are_a_span check (
        (calling_from is null) = (calling_until is null) and (calling_from is null or calling_until > calling_from)
    ),
    constraint calling_hours_are_for_calls check (calling_from is null or channel = 'call'),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.contact_permissions is
'Whether a contact may be reached by e-mail, call or SMS, why, until when and at what hours; withdrawn means no (P-3.3, P-6.3).';
comment on column public.contact_permissions.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.contact_permissions.id is 'The permission, within its workspace (P-6.3).';
comment on column public.contact_permissions.contact_id is 'Who may be reached (P-3.3).';
comment on column public.contact_permissions.channel is 'email, call or sms (P-3.3).';
comment on column public.contact_permissions.state is 'allowed or withdrawn (P-3.3).';
comment on column public.contact_permissions.basis is 'Why it is so (P-3.1).';
comment on column public.contact_permissions.ends_at is 'Until when it is allowed (P-3.3).';
comment on column public.contact_permissions.calling_from is 'From what time of day they may be called, in the contact''s time zone (P-3.3).';
comment on column public.contact_permissions.calling_until is 'Until what time of day (P-3.3).';
comment on column public.contact_permissions.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.contact_permissions.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.contact_permissions.created_at is 'When (P-8.2).';
comment on column public.contact_permissions.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.contact_permissions.updated_at is 'When (P-8.2).';
comment on column public.contact_permissions.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

create index contact_permissions_created_by on public.contact_permissions (created_by);
create index contact_permissions_updated_by on public.contact_permissions (updated_by);

alter table public.contact_permissions enable row level security;
revoke all on public.contact_permissions from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, contact_id, channel, state, basis, ends_at, calling_from, calling_until, made_by, created_by, created_at, updated_by,
    updated_at, version
) on public.contact_permissions to authenticated;
grant insert (
    workspace_id, id, contact_id, channel, state, basis, ends_at, calling_from, calling_until
) on public.contact_permissions to authenticated;
grant update (state, basis, ends_at, calling_from, calling_until, version) on public.contact_permissions to authenticated;

create policy contact_permissions_select_member on public.contact_permissions for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy contact_permissions_select_member on public.contact_permissions is
'You see what contacts allow of your workspaces (P-3.3, P-6.3).';
create policy contact_permissions_insert_member on public.contact_permissions for insert to authenticated
with check (
    (state = 'withdrawn' and workspace_id = any(array(select private.readable_workspaces())))
    or workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contact_permissions_insert_member on public.contact_permissions is
'You add what contacts allow to your workspaces, and what they no longer allow even while something is missing (P-3.3, P-6.3).';
create policy contact_permissions_update_member on public.contact_permissions for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    (state = 'withdrawn' and workspace_id = any(array(select private.readable_workspaces())))
    or workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contact_permissions_update_member on public.contact_permissions is
'You change what contacts allow in your workspaces, and take back what they no longer allow even while something is missing (P-3.3, P-6.3).';

create trigger stamp_record before insert or update on public.contact_permissions
for each row execute function private.stamp_record();
-- Row by row, unlike elsewhere: that a contact says no is written down whatever is missing.
create trigger gate_writes before insert or update on public.contact_permissions
for each row when (current_user = 'authenticated' and new.state <> 'withdrawn') execute function private.gate_writes();
create trigger log_insert after insert on public.contact_permissions
referencing new table as new_rows
for each statement execute function private.log_insert('contact_id');
create trigger limit_insert after insert on public.contact_permissions
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.contact_permissions
for each row when (old.version <> new.version) execute function private.log_update('contact_id');
create trigger limit_update after update on public.contact_permissions
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.contact_permissions
referencing old table as old_rows
for each statement execute function private.log_delete('contact_id');

create trigger contact_permissions_refuse_truncate before truncate on public.contact_permissions
for each statement execute function private.refuse_truncate();
