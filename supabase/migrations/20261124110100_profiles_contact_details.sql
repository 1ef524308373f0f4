-- Purpose: contact details of the account holder, always readable and correctable, and the attestation to be an adult.
-- Keeps:   P-2.1.1, P-12.1, P-10.2
-- Touches: table public.profiles
-- Undo:    drop the columns and the policy

alter table public.profiles add column full_name text
constraint full_name_is_short check (char_length(full_name) between 1 and 200)
constraint full_name_is_visible check (private.is_visible_text(full_name));
alter table public.profiles add column phone text constraint phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$');
alter table public.profiles add column company text
constraint company_is_short check (char_length(company) between 1 and 200)
constraint company_is_visible check (private.is_visible_text(company));
alter table public.profiles add column locale text constraint locale_is_a_language_tag check (
    locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'
);
alter table public.profiles add column time_zone text constraint time_zone_is_known check (private.is_time_zone(time_zone));
alter table public.profiles add column adult_attested_at timestamptz;

comment on column public.profiles.full_name is 'What the person is called; the e-mail address stays in Supabase Auth (P-2.1.1).';
comment on column public.profiles.phone is 'In E.164, such as +16135550142 (P-2.1.1).';
comment on column public.profiles.company is 'Where the person works (P-2.1.1).';
comment on column public.profiles.locale is 'Language tag such as fr-CA, for what is shown and sent (P-2.1.1).';
comment on column public.profiles.time_zone is 'IANA name such as America/Toronto (P-2.1.1).';
comment on column public.profiles.adult_attested_at is 'When the person said to be 18 or older; no date of birth is asked (P-12.1).';

grant select (full_name, phone, company, locale, time_zone, adult_attested_at) on public.profiles to authenticated;
grant update (full_name, phone, company, locale, time_zone) on public.profiles to authenticated;

create policy profiles_update_owner on public.profiles
for update to authenticated
using ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'))
with check ((select auth.uid()) = user_id and not ((select auth.jwt()) ? 'client_id'));
comment on policy profiles_update_owner on public.profiles is
'You correct your own contact details at any time, whatever the state of your account (P-10.2).';

create trigger touch_updated_at before update on public.profiles
for each row when (old.* is distinct from new.*) execute function private.touch_updated_at();
