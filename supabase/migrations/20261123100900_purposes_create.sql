-- Purpose: the closed list of what a Google token may be opened for, with the scope and the limit of each.
-- Keeps:   P-5.1.2, P-5.1.3, P-5.2.4, P-3.1, P-3.4
-- Touches: table private.purposes
-- Undo:    drop table private.purposes

create table private.purposes (
    name text primary key,
    description text not null,
    document text not null,
    required_scope text,
    limit_count bigint not null,
    limit_seconds bigint not null,
    is_new_processing boolean not null default false,
    processing_purpose text not null references private.processing_purposes (name),
    constraint name_is_snake_case check (name ~ '^[a-z][a-z_]{1,62}$'),
    constraint description_is_a_sentence check (char_length(description) between 10 and 500),
    constraint document_is_access_or_refresh check (document in ('access', 'refresh')),
    constraint access_needs_a_scope check ((document = 'access') = (required_scope is not null)),
    constraint limit_count_is_sane check (limit_count between 1 and 10000),
    constraint limit_seconds_is_sane check (limit_seconds between 1 and 86400)
);

comment on table private.purposes is
'What a token may be opened for. A purpose that is not here opens nothing (P-3.1, P-5.2.4).';
comment on column private.purposes.name is 'The word that an opening names (P-3.1).';
comment on column private.purposes.description is 'What the user asked for when a token is opened so (P-3.1).';
comment on column private.purposes.document is 'Which of the two documents the purpose may open (P-5.4.6).';
comment on column private.purposes.required_scope is 'The scope that the user must have ticked: one box, one ability (P-2.3.2).';
comment on column private.purposes.limit_count is 'How many openings a user may have within limit_seconds (P-3.4).';
comment on column private.purposes.is_new_processing is 'Whether it closes while agreement or attestation is missing (P-1.1).';
comment on column private.purposes.processing_purpose is
'Which registered purpose the opening serves: without one there is no opening, and the register cannot lose it (P-3.1).';
comment on column private.purposes.limit_seconds is 'The length of that window in seconds (P-3.4).';

create index purposes_processing_purpose on private.purposes (processing_purpose);

alter table private.purposes enable row level security;
revoke all on private.purposes from public, anon, authenticated, service_role;

create trigger purposes_refuse_truncate before truncate on private.purposes
for each statement execute function private.refuse_truncate();

-- Google allows 6,000 units of Gmail a minute and user (a send is 100, a thread's status 40, a change of labels 5) and 600
-- calls of Calendar: each of ours alone stays below.
insert into private.purposes (
    name, description, document, required_scope, limit_count, limit_seconds, processing_purpose
) values
('send_message', 'Send a mail that the user wrote here.', 'access', 'https://www.googleapis.com/auth/gmail.send', 30, 60, 'provide_service'),
(
    'prepare_message', 'Look up what a mail needs that the user wrote here: ids of the mails it answers, or its alias.',
    'access', 'https://www.googleapis.com/auth/gmail.modify', 60, 60, 'provide_service'
),
(
    'show_message_status', 'Show whether messages of a thread are read or in the trash; nothing of what they say.',
    'access', 'https://www.googleapis.com/auth/gmail.modify', 120, 60, 'provide_service'
),
(
    'change_message_status', 'Mark a message as read or move it to trash, because the user did so here.',
    'access', 'https://www.googleapis.com/auth/gmail.modify', 240, 60, 'provide_service'
),
(
    'show_events', 'Show the user''s upcoming events, passed through and not kept.',
    'access', 'https://www.googleapis.com/auth/calendar.readonly', 240, 60, 'provide_service'
),
(
    'write_event', 'Create or change an event tied to an activity of the user.',
    'access', 'https://www.googleapis.com/auth/calendar.events', 60, 60, 'provide_service'
),
-- With a pause of two seconds after each failure, an outage at Google never uses this up.
('refresh', 'Get a new access token so that the user need not sign in again.', 'refresh', null, 300, 600, 'provide_service'),
('revoke', 'Tell Google that the user disconnected.', 'refresh', null, 60, 3600, 'provide_service');

-- What changes something at Google, or looks up what such a change needs; showing and refreshing go on whatever is missing.
update private.purposes set is_new_processing = true
where name in ('send_message', 'prepare_message', 'change_message_status', 'write_event');
