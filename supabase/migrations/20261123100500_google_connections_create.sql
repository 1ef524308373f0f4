-- Purpose: which Google account a user connected, with what the profile promise allows to keep and nothing else.
-- Keeps:   P-2.3.2, P-5.1.1, P-5.2.1, P-5.4.2, P-5.5.1
-- Touches: table public.google_connections
-- Undo:    drop table public.google_connections

create table public.google_connections (
    id uuid primary key,
    user_id uuid not null unique references public.profiles (user_id) on delete cascade,
    google_sub text not null,
    email text not null,
    name text,
    picture text,
    granted_scopes text[] not null,
    status text not null default 'active',
    reconnect_reason text,
    connected_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint google_sub_is_short check (char_length(google_sub) between 1 and 255),
    constraint email_is_short check (char_length(email) between 3 and 320),
    constraint name_is_short check (char_length(name) <= 512),
    constraint picture_is_an_https_address check (picture ~ '^https://' and char_length(picture) <= 2048),
    constraint granted_scopes_are_all_named check (array_position(granted_scopes, null) is null),
    constraint status_is_known check (status in ('active', 'reconnect_required')),
    constraint reconnect_has_a_reason check ((status = 'reconnect_required') = (reconnect_reason is not null)),
    constraint reconnect_reason_is_known check (reconnect_reason in ('grant_ended', 'reauthentication_required'))
);

comment on table public.google_connections is
'One row per user with a connected Google account: name, e-mail and picture to show, and the scopes granted (P-2.3.2, P-5.1.1, P-5.4.2).';
comment on column public.google_connections.id is 'The connection; part of the key that seals its documents (P-5.4.1).';
comment on column public.google_connections.user_id is 'Whose connection it is: one per user (P-5.5.1).';
comment on column public.google_connections.google_sub is 'Google''s stable name of the account (P-5.1.1).';
comment on column public.google_connections.email is 'Shown so that the user sees which account is connected (P-5.2.1).';
comment on column public.google_connections.name is 'Shown with the account, if Google gave one (P-5.2.1).';
comment on column public.google_connections.picture is 'Shown with the account, if Google gave one (P-5.2.1).';
comment on column public.google_connections.granted_scopes is 'What the user ticked, as Google''s token response says (P-2.3.2).';
comment on column public.google_connections.status is 'active, or reconnect_required once Google ended the grant (P-5.1.4).';
comment on column public.google_connections.reconnect_reason is 'Why a reconnect is needed, a word the frontend can show (P-5.1.4).';
comment on column public.google_connections.connected_at is 'When the user connected, or last reconnected (P-5.5.1).';
comment on column public.google_connections.updated_at is 'When the row last changed (P-8.2).';

-- Disconnecting asks whether another user's live connection has the same Google account.
create index google_connections_account_key on public.google_connections (private.google_account_key(google_sub));

alter table public.google_connections enable row level security;
revoke all on public.google_connections from public, anon, authenticated, service_role;
grant select (
    id, user_id, google_sub, email, name, picture, granted_scopes, status, reconnect_reason, connected_at, updated_at
) on public.google_connections to authenticated;

create policy google_connections_select_owner on public.google_connections
for select to authenticated
using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy google_connections_select_owner on public.google_connections is
'You see your own Google connection; nobody writes it but the service (P-5.4.6, P-8.2).';

create trigger google_connections_refuse_truncate before truncate on public.google_connections
for each statement execute function private.refuse_truncate();
