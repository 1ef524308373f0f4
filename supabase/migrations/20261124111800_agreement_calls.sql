-- Purpose: what the frontend calls to attest, agree, consent and withdraw.
-- Keeps:   P-1.1, P-3.3, P-4.4, P-12.1, P-14.1
-- Touches: functions of public
-- Undo:    drop the functions

create function public.own_state()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('own_state', '{}'::jsonb)
    returning answer;
end;
comment on function public.own_state() is
'What closes new processing for the caller: {missing, policy_version_needed, workspaces_without_terms} (P-1.1).';
revoke all on function public.own_state() from public, anon, authenticated, service_role;
grant execute on function public.own_state() to authenticated;

create function public.attest_adult(is_adult boolean)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
-- PostgREST grants the time: a person may own many records, and what follows from going is done for each.
set statement_timeout = '60s'
begin atomic
    insert into private.own_requests (action, arguments)
    values ('attest_adult', pg_catalog.jsonb_build_object('is_adult', attest_adult.is_adult))
    returning answer;
end;
comment on function public.attest_adult(boolean) is
'{outcome: attested}; with false the account is deleted and nothing kept: {outcome: account_deleted} (P-12.1).';
revoke all on function public.attest_adult(boolean) from public, anon, authenticated, service_role;
grant execute on function public.attest_adult(boolean) to authenticated;

create function public.accept_policy(policy_version_id bigint, text_sha256 text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('accept_policy', pg_catalog.jsonb_build_object('policy_version_id', accept_policy.policy_version_id, 'text_sha256', accept_policy.text_sha256))
    returning answer;
end;
comment on function public.accept_policy(bigint, text) is
'Agrees to the version whose text was shown: {outcome: agreed | agreed_before} (P-1.1).';
revoke all on function public.accept_policy(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.accept_policy(bigint, text) to authenticated;

create function public.mark_policy_notice_delivered(notice_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('mark_policy_notice_delivered', pg_catalog.jsonb_build_object('notice_id', mark_policy_notice_delivered.notice_id))
    returning answer;
end;
comment on function public.mark_policy_notice_delivered(uuid) is
'The notice was shown to the caller: {delivered_at} (P-14.1).';
revoke all on function public.mark_policy_notice_delivered(uuid) from public, anon, authenticated, service_role;
grant execute on function public.mark_policy_notice_delivered(uuid) to authenticated;

create function public.give_consent(purpose text, consent_text_id bigint, text_sha256 text, source text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('give_consent', pg_catalog.jsonb_build_object('purpose', give_consent.purpose, 'consent_text_id', give_consent.consent_text_id, 'text_sha256', give_consent.text_sha256, 'source', give_consent.source))
    returning answer;
end;
comment on function public.give_consent(text, bigint, text, text) is
'The caller consents to a purpose with the text that was shown: {consent_id, state, recorded_at} (P-3.3, P-4.4).';
revoke all on function public.give_consent(text, bigint, text, text) from public, anon, authenticated, service_role;
grant execute on function public.give_consent(text, bigint, text, text) to authenticated;

create function public.withdraw_consent(purpose text, source text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('withdraw_consent', pg_catalog.jsonb_build_object('purpose', withdraw_consent.purpose, 'source', withdraw_consent.source))
    returning answer;
end;
comment on function public.withdraw_consent(text, text) is
'The caller withdraws a consent, in force at once, whatever the state of the account: {consent_id, state, recorded_at} (P-3.3, P-10.6).';
revoke all on function public.withdraw_consent(text, text) from public, anon, authenticated, service_role;
grant execute on function public.withdraw_consent(text, text) to authenticated;

create function public.record_contact_consent(workspace_id uuid, address text, purpose text, consent_text_id bigint, text_sha256 text, source text, proof text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('record_contact_consent', pg_catalog.jsonb_build_object('workspace_id', record_contact_consent.workspace_id, 'address', record_contact_consent.address, 'purpose', record_contact_consent.purpose, 'consent_text_id', record_contact_consent.consent_text_id, 'text_sha256', record_contact_consent.text_sha256, 'source', record_contact_consent.source, 'proof', record_contact_consent.proof))
    returning answer;
end;
comment on function public.record_contact_consent(uuid, text, text, bigint, text, text, text) is
'A member writes down the consent of somebody who is no user: {consent_id, state, recorded_at} (P-3.3).';
revoke all on function public.record_contact_consent(uuid, text, text, bigint, text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.record_contact_consent(uuid, text, text, bigint, text, text, text) to authenticated;

create function public.withdraw_contact_consent(workspace_id uuid, address text, purpose text, source text, proof text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('withdraw_contact_consent', pg_catalog.jsonb_build_object('workspace_id', withdraw_contact_consent.workspace_id, 'address', withdraw_contact_consent.address, 'purpose', withdraw_contact_consent.purpose, 'source', withdraw_contact_consent.source, 'proof', withdraw_contact_consent.proof))
    returning answer;
end;
comment on function public.withdraw_contact_consent(uuid, text, text, text, text) is
'A member writes down a withdrawal, in force at once: {consent_id, state, recorded_at} (P-3.3).';
revoke all on function public.withdraw_contact_consent(uuid, text, text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.withdraw_contact_consent(uuid, text, text, text, text) to authenticated;
