-- Purpose: one row per authorization under way, so that state, verifier and nonce are bound to a user and a session and used once.
-- Keeps:   P-2.3.2, P-5.5.2, P-8.2
-- Touches: table private.google_authorization_attempts
-- Undo:    drop table private.google_authorization_attempts

create table private.google_authorization_attempts (
    id uuid primary key,
    user_id uuid not null references public.profiles (user_id) on delete cascade,
    session_id uuid not null,
    state_hash text not null unique,
    sealed_secrets text not null,
    return_to text not null,
    requested_scopes text[] not null,
    status text not null default 'started',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    exchange_began_at timestamptz,
    google_account_key bigint,
    constraint state_hash_is_sha256_hex check (state_hash ~ '^[0-9a-f]{64}$'),
    constraint sealed_secrets_are_sealed check (private.sealed_document_kid(sealed_secrets, 'attempt') is not null),
    constraint return_to_is_short check (char_length(return_to) between 1 and 2048),
    constraint status_is_known check (status in ('started', 'returned', 'exchanging')),
    constraint expires_at_is_after_created_at check (expires_at > created_at),
    constraint attempt_lives_at_most_an_hour check (expires_at <= created_at + interval '1 hour'),
    constraint exchange_has_begun check ((status = 'exchanging') = (exchange_began_at is not null)),
    constraint account_is_known_after_the_exchange check (google_account_key is null or status = 'exchanging')
);

comment on table private.google_authorization_attempts is
'Authorizations under way: started, returned from Google, exchanging. Deleted when done, refused, disconnected or expired (P-5.5.2).';
comment on column private.google_authorization_attempts.id is 'The attempt; becomes the id of a new connection (P-2.3.2).';
comment on column private.google_authorization_attempts.user_id is 'Who started it, the only one who may finish it (P-8.2).';
comment on column private.google_authorization_attempts.session_id is 'The session in which it was started (P-8.2).';
comment on column private.google_authorization_attempts.state_hash is 'SHA-256 of the state; the state itself is not kept (P-8.2).';
comment on column private.google_authorization_attempts.sealed_secrets is 'code_verifier and nonce as a sealed document (P-5.5.2).';
comment on column private.google_authorization_attempts.return_to is 'Where the browser goes afterwards, checked against the allow-list (P-8.2).';
comment on column private.google_authorization_attempts.requested_scopes is 'What was asked for (P-2.3.2).';
comment on column private.google_authorization_attempts.status is 'How far it has come; each step happens once (P-8.2).';
comment on column private.google_authorization_attempts.created_at is 'When the user started (P-8.2).';
comment on column private.google_authorization_attempts.expires_at is 'When the present step is over (P-5.5.2).';
comment on column private.google_authorization_attempts.exchange_began_at is
'What Google gives out may be dead if the account was revoked after this (P-5.1.4).';
comment on column private.google_authorization_attempts.google_account_key is
'Which Google account it turned out to be, as a number that names nobody (P-5.5.2).';

create index google_authorization_attempts_user_id on private.google_authorization_attempts (user_id);
create index google_authorization_attempts_account_key on private.google_authorization_attempts (google_account_key);
create index google_authorization_attempts_expires_at on private.google_authorization_attempts (expires_at);

alter table private.google_authorization_attempts enable row level security;
revoke all on private.google_authorization_attempts from public, anon, authenticated, service_role;

create trigger google_authorization_attempts_refuse_truncate before truncate on private.google_authorization_attempts
for each statement execute function private.refuse_truncate();
