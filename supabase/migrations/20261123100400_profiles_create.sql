-- Purpose: one profile per user, the row that everything of a user hangs on and is locked by.
-- Keeps:   P-2.1.2, P-5.5.3, P-8.2
-- Touches: table public.profiles, trigger on auth.users
-- Undo:    drop trigger on auth.users, drop table public.profiles

create table public.profiles (
    user_id uuid primary key references auth.users (id) on delete cascade,
    account_state text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint account_state_is_known check (account_state in ('active', 'closing'))
);

comment on table public.profiles is
'One row per user. Tables of ours reference it, not auth.users, so that every path locks in one order (P-5.5.3, P-8.2). Holds no password (P-2.1.2).';
comment on column public.profiles.user_id is 'The user in Supabase Auth, whose credentials stay there (P-2.1.2).';
comment on column public.profiles.account_state is 'active, or closing once deletion has begun: a closing account opens no token (P-5.5.3).';
comment on column public.profiles.created_at is 'When the user signed up, or when this table came (P-8.2).';
comment on column public.profiles.updated_at is 'When the row last changed (P-8.2).';

alter table public.profiles enable row level security;
revoke all on public.profiles from public, anon, authenticated, service_role;
grant select (user_id, account_state, created_at, updated_at) on public.profiles to authenticated;

create policy profiles_select_owner on public.profiles
for select to authenticated
using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy profiles_select_owner on public.profiles is 'You see your own profile and nobody else''s (P-8.2).';

create trigger profiles_refuse_truncate before truncate on public.profiles
for each statement execute function private.refuse_truncate();

create function private.create_profile()
returns trigger
language plpgsql
volatile
-- Definer: Supabase Auth inserts users under a role that has no right in public; the body writes only the new user's row.
security definer
set search_path = ''
as $$
begin
    insert into public.profiles (user_id) values (new.id) on conflict (user_id) do nothing;
    return new;
end
$$;

comment on function private.create_profile() is 'Trigger: gives each new user a profile (P-8.2).';
revoke all on function private.create_profile() from public, anon, authenticated, service_role;

create trigger create_profile after insert on auth.users
for each row execute function private.create_profile();

-- Users who signed up before this migration.
insert into public.profiles (user_id) select users.id from auth.users as users on conflict (user_id) do nothing;
