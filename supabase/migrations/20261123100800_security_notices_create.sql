-- Purpose: what a user must be told about the security of their own account.
-- Keeps:   P-3.2, P-3.4, P-8.2
-- Touches: table public.security_notices
-- Undo:    drop table public.security_notices

create table public.security_notices (
    id uuid not null default gen_random_uuid() primary key,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    kind text not null,
    created_at timestamptz not null default now(),
    constraint kind_is_known check (kind in ('google_authorization_used_by_another_user', 'google_reconnect_required'))
);

comment on table public.security_notices is
'Security alerts for one user, read by the frontend. A kind and a time, no free text (P-3.2, P-3.4).';
comment on column public.security_notices.id is 'The notice (P-3.2).';
comment on column public.security_notices.user_id is 'Who is told (P-3.2).';
comment on column public.security_notices.kind is 'What happened, one of a fixed list (P-3.2).';
comment on column public.security_notices.created_at is 'When it happened (P-3.4).';

create index security_notices_user_id on public.security_notices (user_id, created_at desc);

alter table public.security_notices enable row level security;
revoke all on public.security_notices from public, anon, authenticated, service_role;
grant select (id, user_id, kind, created_at) on public.security_notices to authenticated;

create policy security_notices_select_owner on public.security_notices
for select to authenticated
using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy security_notices_select_owner on public.security_notices is 'You see the alerts about your own account (P-3.2).';

create trigger security_notices_refuse_truncate before truncate on public.security_notices
for each statement execute function private.refuse_truncate();
