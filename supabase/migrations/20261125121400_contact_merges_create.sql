-- Purpose: for 30 days a merge of two contacts can be undone; then, or with the person, what it was made of is forgotten.
-- Keeps:   P-6.3, P-8.2, P-9.1, P-9.2
-- Touches: tables public.contact_merges, private.contact_merge_persons; function private.expire_contact_merges; schedule
-- Undo:    drop them, unschedule

create table public.contact_merges (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    kept_contact_id uuid not null,
    merged_contact_id uuid not null,
    merged_by uuid references public.profiles (user_id) on delete set null,
    merged_at timestamptz not null default clock_timestamp(),
    undo_until timestamptz not null,
    undone_by uuid references public.profiles (user_id) on delete set null,
    undone_at timestamptz,
    snapshot jsonb,
    merged_name text generated always as (snapshot #>> '{merged,contact,full_name}') stored,
    primary key (workspace_id, id),
    constraint merge_kept_a_contact foreign key (workspace_id, kept_contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint merge_is_of_two_contacts check (kept_contact_id <> merged_contact_id),
    constraint undo_until_follows_the_merge check (undo_until > merged_at),
    constraint undone_merge_holds_nothing check ((undone_at is null) = (snapshot is not null))
);
comment on table public.contact_merges is
'Which contact was merged into which, by whom, with what it takes to undo it; 30 days, and gone with the person (P-8.2, P-9.1, P-9.2).';
comment on column public.contact_merges.workspace_id is 'In which workspace (P-6.3).';
comment on column public.contact_merges.id is 'The merge (P-8.2).';
comment on column public.contact_merges.kept_contact_id is 'The contact that stayed; the merge goes with it (P-9.2).';
comment on column public.contact_merges.merged_contact_id is 'The contact that became part of it (P-8.2).';
comment on column public.contact_merges.merged_by is 'Who merged; nobody once that account is gone (P-8.2).';
comment on column public.contact_merges.merged_at is 'When (P-8.2).';
comment on column public.contact_merges.undo_until is 'Until when it can be undone, 30 days on (P-9.1).';
comment on column public.contact_merges.undone_by is 'Who undid it; nobody once that account is gone (P-8.2).';
comment on column public.contact_merges.undone_at is 'When (P-8.2).';
comment on column public.contact_merges.merged_name is 'The name of the contact that became part of it, so that a list can say which merge to undo; nothing once undone (P-9.1).';
comment on column public.contact_merges.snapshot is 'What both were before; shown to nobody, empty once undone (P-9.1).';

create index contact_merges_kept on public.contact_merges (workspace_id, kept_contact_id, merged_at desc);
create index contact_merges_merged_by on public.contact_merges (merged_by);
create index contact_merges_undone_by on public.contact_merges (undone_by);
create index contact_merges_undo_until on public.contact_merges (undo_until);

alter table public.contact_merges enable row level security;
revoke all on public.contact_merges from public, anon, authenticated, service_role;
grant select (
    workspace_id, id, kept_contact_id, merged_contact_id, merged_name, merged_by, merged_at, undo_until, undone_by, undone_at
) on public.contact_merges to authenticated;
create policy contact_merges_select_member on public.contact_merges for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy contact_merges_select_member on public.contact_merges is
'You see which contacts of your workspaces were merged in the last 30 days (P-6.3, P-8.2).';
create trigger contact_merges_refuse_truncate before truncate on public.contact_merges
for each statement execute function private.refuse_truncate();

create table private.contact_merge_persons (
    workspace_id uuid not null,
    merge_id uuid not null,
    mask uuid not null,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    primary key (workspace_id, merge_id, mask),
    constraint person_is_named_in_a_merge foreign key (workspace_id, merge_id)
    references public.contact_merges (workspace_id, id) on delete cascade
);
comment on table private.contact_merge_persons is
'Which user stands behind which mask in the snapshot of a merge; gone with the account, which is then named nowhere (P-9.2).';
comment on column private.contact_merge_persons.workspace_id is 'In which workspace (P-6.3).';
comment on column private.contact_merge_persons.merge_id is 'In the snapshot of which merge (P-9.2).';
comment on column private.contact_merge_persons.mask is 'What stands there instead of the user''s id (P-9.2).';
comment on column private.contact_merge_persons.user_id is 'Who it is (P-9.2).';
create index contact_merge_persons_user_id on private.contact_merge_persons (user_id);
alter table private.contact_merge_persons enable row level security;
revoke all on private.contact_merge_persons from public, anon, authenticated, service_role;
create trigger contact_merge_persons_refuse_truncate before truncate on private.contact_merge_persons
for each statement execute function private.refuse_truncate();

create function private.expire_contact_merges()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted bigint;
begin
    delete from public.contact_merges as merges where merges.undo_until < pg_catalog.now();
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_contact_merges() is 'Forgets merges that can no longer be undone; returns how many (P-9.1).';
revoke all on function private.expire_contact_merges() from public, anon, authenticated, service_role;

select cron.schedule('expire-contact-merges', '31 * * * *', 'select private.expire_contact_merges()');
