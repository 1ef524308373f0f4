-- Purpose: invitations by e-mail: a hashed token, one use, for one verified address, gone 30 days after they expire.
-- Keeps:   P-6.3, P-8.2, P-9.1
-- Touches: tables public.invitations, private.invitation_attempts
-- Undo:    drop both tables

create table public.invitations (
    id uuid primary key default gen_random_uuid(),
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    email text not null,
    role text not null,
    token_hash text not null unique,
    invited_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    constraint email_is_an_address check (
        email ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'
        and char_length(email) <= 254
    ),
    constraint invited_role_is_known check (role in ('admin', 'member')),
    constraint token_hash_is_a_hash check (token_hash ~ '^[0-9a-f]{64}$'),
    constraint invitation_expires_after_it_was_made check (expires_at > created_at)
);

comment on table public.invitations is 'Who was invited to a workspace. The link is shown once to the inviter; here rests its hash (P-6.3, P-8.2).';
comment on column public.invitations.id is 'The invitation (P-8.2).';
comment on column public.invitations.workspace_id is 'To which workspace (P-6.3).';
comment on column public.invitations.email is 'For which address, in lower case; nobody else can accept (P-8.2).';
comment on column public.invitations.role is 'What the invited person will be; nobody is invited as owner (P-8.2).';
comment on column public.invitations.token_hash is 'SHA-256 of the token in the link (P-8.2).';
comment on column public.invitations.invited_by is 'Who invited; nobody once that person''s account is gone (P-8.2).';
comment on column public.invitations.created_at is 'When (P-9.1).';
comment on column public.invitations.expires_at is 'Until when it can be accepted (P-8.2).';
comment on column public.invitations.accepted_at is 'When it was used, which it can be once (P-8.2).';

create index invitations_workspace_id on public.invitations (workspace_id, created_at);
create index invitations_invited_by on public.invitations (invited_by);
create index invitations_email on public.invitations (email);

create table private.invitation_attempts (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    tried_at timestamptz not null default clock_timestamp()
);
comment on table private.invitation_attempts is 'Tokens that led nowhere, counted so that nobody guesses one; kept for a day (P-3.4).';
comment on column private.invitation_attempts.id is 'The attempt (P-3.4).';
comment on column private.invitation_attempts.user_id is 'Who tried (P-3.4).';
comment on column private.invitation_attempts.tried_at is 'When (P-3.4).';
create index invitation_attempts_user_id on private.invitation_attempts (user_id, tried_at);

alter table public.invitations enable row level security;
alter table private.invitation_attempts enable row level security;
revoke all on public.invitations from public, anon, authenticated, service_role;
revoke all on private.invitation_attempts from public, anon, authenticated, service_role;
grant select (id, workspace_id, email, role, invited_by, created_at, expires_at, accepted_at) on public.invitations to authenticated;
grant delete on public.invitations to authenticated;

create policy invitations_select_admin on public.invitations for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces('admin'))));
comment on policy invitations_select_admin on public.invitations is 'Owners and admins see whom their workspace invited (P-6.3).';
create policy invitations_delete_admin on public.invitations for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces('admin')))
    and (workspace_id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(workspace_id))
);
comment on policy invitations_delete_admin on public.invitations is 'Owners and admins take an invitation back (P-8.2).';

create trigger gate_writes before delete on public.invitations
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger invitations_refuse_truncate before truncate on public.invitations
for each statement execute function private.refuse_truncate();
create trigger invitation_attempts_refuse_truncate before truncate on private.invitation_attempts
for each statement execute function private.refuse_truncate();
