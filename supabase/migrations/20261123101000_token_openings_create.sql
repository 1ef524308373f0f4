-- Purpose: an append-only record of every opening of a token and every refusal, by month.
-- Keeps:   P-5.4.6, P-5.6.2, P-3.4, P-9.1
-- Touches: table audit.token_openings, functions audit.keep_token_openings_append_only, audit.forget_subject
-- Undo:    drop trigger forget_subject on public.profiles, drop table and functions

create table audit.token_openings (
    opened_at timestamptz not null default clock_timestamp(),
    purpose text references private.purposes (name),
    outcome text not null,
    subject uuid,
    constraint outcome_is_known check (
        outcome in (
            'opened', 'purpose_unknown', 'session_ended', 'user_banned', 'account_closing', 'not_connected',
            'reconnect_required', 'scope_not_granted', 'limited', 'secret_missing', 'refresh_stopped',
            'adult_attestation_missing', 'agreement_missing', 'activity_not_found', 'activity_has_an_event',
            'event_has_an_activity', 'workspace_not_found', 'recipient_refused'
        )
    )
) partition by range (opened_at);

comment on table audit.token_openings is
'Each opening of a Google token and each refusal: when, for what, with what outcome, for whom. Kept 13 months (P-3.4, P-5.4.6).';
comment on column audit.token_openings.opened_at is 'When, by the clock and not by the transaction (P-3.4).';
comment on column audit.token_openings.purpose is 'For which declared purpose; null if an undeclared one was asked for (P-3.1).';
comment on column audit.token_openings.outcome is 'opened, or why not (P-5.4.6).';
comment on column audit.token_openings.subject is 'Whose token; nulled when that person''s profile is erased, and only then (P-5.5.3).';

-- The calls in flight and the refusals are counted by user and time, the limits by purpose as well.
create index token_openings_subject_opened_at on audit.token_openings (subject, opened_at desc);
create index token_openings_purpose_subject_opened_at on audit.token_openings (purpose, subject, opened_at desc);

alter table audit.token_openings enable row level security;
revoke all on audit.token_openings from public, anon, authenticated, service_role;

create function audit.keep_token_openings_append_only()
returns trigger
language plpgsql
volatile
-- Definer: it must see whether the profile is gone, whoever runs the statement.
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE'
        and new.subject is null
        and (new.opened_at, new.purpose, new.outcome) is not distinct from (old.opened_at, old.purpose, old.outcome)
        and not exists (select from public.profiles as profiles where profiles.user_id = old.subject)
    then
        return new;
    end if;
    raise insufficient_privilege using
        message = 'audit.token_openings is append-only',
        hint = 'Only the erasure of a person clears the subject column; old months go as whole partitions.';
end
$$;

comment on function audit.keep_token_openings_append_only() is
'Trigger: refuses to change or delete an opening, except to forget a person who was erased (P-3.4, P-5.5.3).';
revoke all on function audit.keep_token_openings_append_only() from public, anon, authenticated, service_role;

create trigger keep_append_only before update or delete on audit.token_openings
for each row execute function audit.keep_token_openings_append_only();

create trigger token_openings_refuse_truncate before truncate on audit.token_openings
for each statement execute function private.refuse_truncate();

create function audit.forget_subject()
returns trigger
language plpgsql
volatile
-- Definer: the profile may go through a cascade begun by Supabase Auth; the body clears only that person's subject column.
security definer
set search_path = ''
as $$
begin
    update audit.token_openings set subject = null where subject = old.user_id;
    return null;
end
$$;

comment on function audit.forget_subject() is 'Trigger: an erased person''s openings keep time and purpose, but not the person (P-5.5.3).';
revoke all on function audit.forget_subject() from public, anon, authenticated, service_role;

create trigger forget_subject after delete on public.profiles
for each row execute function audit.forget_subject();
