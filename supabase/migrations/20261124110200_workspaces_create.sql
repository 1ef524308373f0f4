-- Purpose: the wall between customers: a workspace, and who belongs to it in which role.
-- Keeps:   P-2.1.3, P-6.3, P-8.2
-- Touches: tables public.workspaces, public.workspace_members
-- Undo:    drop both tables

create table public.workspaces (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    industry text,
    team_size text,
    revenue_range text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workspace_name_is_short check (char_length(btrim(name)) >= 1 and char_length(name) <= 200),
    constraint workspace_name_is_visible check (private.is_visible_text(name)),
    constraint industry_is_short check (char_length(industry) between 1 and 100),
    constraint industry_is_visible check (private.is_visible_text(industry)),
    constraint team_size_is_known check (team_size in ('1', '2-10', '11-50', '51-200', 'over_200')),
    constraint revenue_range_is_known check (
        revenue_range in ('under_100k', '100k-500k', '500k-1m', '1m-5m', '5m-20m', 'over_20m')
    )
);

comment on table public.workspaces is 'One customer: business data of one never shows in another (P-2.1.3, P-6.3).';
comment on column public.workspaces.id is 'The workspace (P-6.3).';
comment on column public.workspaces.name is 'What its members call it (P-2.1.3).';
comment on column public.workspaces.industry is 'The line of business (P-2.1.3).';
comment on column public.workspaces.team_size is 'How many people work there, as a range (P-2.1.3).';
comment on column public.workspaces.revenue_range is 'Yearly revenue, as a range (P-2.1.3).';
comment on column public.workspaces.created_at is 'When it was made (P-2.1.3).';
comment on column public.workspaces.updated_at is 'When the row last changed (P-8.2).';

create table public.workspace_members (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    role text not null,
    display_name text,
    joined_at timestamptz not null default now(),
    role_changed_at timestamptz not null default now(),
    primary key (workspace_id, user_id),
    constraint role_is_known check (role in ('owner', 'admin', 'member'))
);

comment on table public.workspace_members is
'Who belongs to a workspace. Changed by functions alone; a workspace always has an owner (P-6.3, P-8.2).';
comment on column public.workspace_members.workspace_id is 'The workspace (P-6.3).';
comment on column public.workspace_members.user_id is 'The member (P-6.3).';
comment on column public.workspace_members.role is 'owner, admin or member (P-8.2).';
comment on column public.workspace_members.display_name is 'What colleagues see of the member''s profile: the name and nothing else (P-2.1.1).';
comment on column public.workspace_members.joined_at is 'When the member joined (P-8.2).';
comment on column public.workspace_members.role_changed_at is 'When the role was last given (P-8.2).';

create index workspace_members_user_id on public.workspace_members (user_id, workspace_id);

create function private.keep_an_owner()
returns trigger
language plpgsql
volatile
-- Definer: whoever changes a member may not read all members; the body looks at one workspace and writes nothing.
security definer
set search_path = ''
as $$
begin
    -- Two who give up ownership at once wait for each other here; the second sees what the first has done.
    perform from public.workspaces as workspaces where workspaces.id = old.workspace_id for no key update;
    if found and not exists (
        select from public.workspace_members as members
        where members.workspace_id = old.workspace_id and members.role = 'owner'
    ) then
        perform private.refuse('workspace_needs_an_owner', 409, 'A workspace keeps at least one owner. Transfer ownership first.');
    end if;
    return null;
end
$$;

comment on function private.keep_an_owner() is 'Trigger: no workspace loses its last owner, whoever changes its members (P-8.2).';
revoke all on function private.keep_an_owner() from public, anon, authenticated, service_role;

create trigger keep_an_owner_on_change after update of role on public.workspace_members
for each row when (old.role = 'owner' and new.role <> 'owner') execute function private.keep_an_owner();
create trigger keep_an_owner_on_delete after delete on public.workspace_members
for each row when (old.role = 'owner') execute function private.keep_an_owner();

create trigger touch_updated_at before update on public.workspaces
for each row when (old.* is distinct from new.*) execute function private.touch_updated_at();
create trigger workspaces_refuse_truncate before truncate on public.workspaces
for each statement execute function private.refuse_truncate();
create trigger workspace_members_refuse_truncate before truncate on public.workspace_members
for each statement execute function private.refuse_truncate();

alter table public.workspaces enable row level security;
alter table public.workspace_members enable row level security;
revoke all on public.workspaces, public.workspace_members from public, anon, authenticated, service_role;
