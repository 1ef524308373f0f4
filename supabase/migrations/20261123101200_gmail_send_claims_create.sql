-- Purpose: one row per Idempotency-Key, committed before Gmail is called, so that a mail goes out at most once.
-- Keeps:   P-5.2.2, P-3.4, P-9.1
-- Touches: table private.gmail_send_claims
-- Undo:    drop table private.gmail_send_claims

create table private.gmail_send_claims (
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    idempotency_key uuid not null,
    request_hmac text not null,
    state text not null default 'sending',
    message_id text,
    thread_id text,
    error_code text,
    google_status bigint,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (user_id, idempotency_key),
    constraint request_hmac_names_its_key check (request_hmac ~ '^[A-Za-z0-9._-]{1,64}:[0-9a-f]{64}$'),
    constraint state_is_known check (state in ('sending', 'sent', 'failed', 'unknown')),
    constraint sent_has_a_message_id check ((state = 'sent') = (message_id is not null)),
    constraint failed_has_an_error_code check ((state = 'failed') = (error_code is not null)),
    constraint message_id_is_an_id check (message_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    constraint thread_id_is_an_id check (thread_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    constraint google_status_is_a_refusal check (google_status between 400 and 499),
    constraint google_status_needs_an_error_code check (google_status is null or error_code is not null),
    constraint error_code_is_a_code check (error_code ~ '^[a-z_]{1,64}$'),
    constraint finished_unless_sending check ((state = 'sending') = (finished_at is null))
);

comment on table private.gmail_send_claims is
'What became of each send, kept 7 days: state and Google''s ids, nothing of the message (P-5.2.2, P-9.1).';
comment on column private.gmail_send_claims.user_id is 'Who sent (P-5.2.2).';
comment on column private.gmail_send_claims.idempotency_key is 'The caller''s key for this one send (P-3.4).';
comment on column private.gmail_send_claims.request_hmac is 'Keyed hash of the request, to notice another body under the same key (P-3.4).';
comment on column private.gmail_send_claims.state is 'sending, sent, failed (certainly not sent) or unknown (P-3.4).';
comment on column private.gmail_send_claims.message_id is 'Gmail''s id of the message sent (P-5.2.2).';
comment on column private.gmail_send_claims.thread_id is 'Gmail''s id of its thread (P-5.2.2).';
comment on column private.gmail_send_claims.error_code is 'Why it was certainly not sent (P-3.4).';
comment on column private.gmail_send_claims.google_status is 'The HTTP status with which Gmail refused; null if it was never reached (P-3.4).';
comment on column private.gmail_send_claims.created_at is 'When the send was claimed (P-9.1).';
comment on column private.gmail_send_claims.finished_at is 'When the outcome was known (P-3.4).';

create index gmail_send_claims_created_at on private.gmail_send_claims (created_at);

alter table private.gmail_send_claims enable row level security;
revoke all on private.gmail_send_claims from public, anon, authenticated, service_role;

create trigger gmail_send_claims_refuse_truncate before truncate on private.gmail_send_claims
for each statement execute function private.refuse_truncate();
