-- Purpose: the ledger of consents: for each person and purpose, which text was shown and what was answered.
-- Keeps:   P-3.1, P-3.3, P-4.4
-- Touches: tables public.consent_texts, public.consents; view public.current_consents
-- Undo:    drop them

create table public.consent_texts (
    id bigint generated always as identity primary key,
    purpose text not null references private.processing_purposes (name),
    version text not null,
    language text not null,
    text text not null,
    text_sha256 text not null,
    published_at timestamptz not null default now(),
    constraint consent_text_is_published_once unique (purpose, version, language),
    constraint consent_text_is_short check (char_length(text) between 1 and 5000),
    constraint consent_text_has_its_hash check (text_sha256 ~ '^[0-9a-f]{64}$'),
    constraint language_is_a_tag check (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$')
);
comment on table public.consent_texts is 'The exact texts with which consent is asked, in versions that never change (P-3.3, P-4.4).';
comment on column public.consent_texts.id is 'The text (P-3.3).';
comment on column public.consent_texts.purpose is 'What consent is asked for (P-3.1).';
comment on column public.consent_texts.version is 'Its version (P-3.3).';
comment on column public.consent_texts.language is 'In which language (P-3.3).';
comment on column public.consent_texts.text is 'What is shown, letter for letter (P-3.3).';
comment on column public.consent_texts.text_sha256 is 'Its hash, proof of what was shown (P-3.3).';
comment on column public.consent_texts.published_at is 'Since when it is used (P-3.3).';

create function private.normal_address(p_address text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
    -- One person under one spelling: otherwise a withdrawal would not reach what was given.
    select pg_catalog.lower(pg_catalog.normalize(pg_catalog.btrim(p_address), 'NFC'))
$$;
comment on function private.normal_address(text) is
'An e-mail address or phone number as the ledger spells it: lower case, composed, without spaces around it (P-3.3).';
revoke all on function private.normal_address(text) from public, anon, authenticated, service_role;

create table public.consents (
    id uuid not null default gen_random_uuid() primary key,
    user_id uuid references public.profiles (user_id) on delete cascade,
    workspace_id uuid references public.workspaces (id) on delete cascade,
    address text,
    address_hash text,
    purpose text not null references private.processing_purposes (name),
    state text not null,
    consent_text_id bigint references public.consent_texts (id),
    source text not null,
    proof text,
    recorded_by uuid references public.profiles (user_id) on delete set null,
    recorded_at timestamptz not null default now(),
    constraint consent_is_about_one_subject check (num_nonnulls(user_id, address, address_hash) = 1),
    constraint others_belong_to_a_workspace check ((user_id is null) = (workspace_id is not null)),
    constraint address_is_an_email_or_phone check (
        address ~ '^\+[1-9][0-9]{6,14}$' or (
            address ~ '^[^@\s,;:<>()\[\]\\"]{1,64}@([^@\s.,;:<>()\[\]\\"]+\.)+[^@\s.,;:<>()\[\]\\"]{2,}$'
            and char_length(address) <= 254 and private.is_visible_text(address)
        )
    ),
    constraint address_is_in_its_normal_form check (address = private.normal_address(address)),
    constraint address_hash_names_its_key check (address_hash ~ '^[A-Za-z0-9._-]{1,64}:[0-9a-f]{64}$'),
    constraint consent_state_is_known check (state in ('given', 'withdrawn')),
    constraint consent_has_its_text check (state = 'withdrawn' or consent_text_id is not null),
    constraint consent_source_is_known check (source in ('settings', 'sign_up', 'form', 'email', 'call', 'import', 'operator')),
    constraint proof_is_short check (char_length(proof) between 1 and 500),
    constraint proof_is_visible check (private.is_visible_text(proof))
);
comment on table public.consents is
'Append-only ledger of consents given and withdrawn, by users and by people who are not users (P-3.3, P-4.4).';
comment on column public.consents.id is 'The entry (P-3.3).';
comment on column public.consents.user_id is 'Whose consent, if a user''s (P-3.3).';
comment on column public.consents.workspace_id is 'For which workspace, if not a user''s (P-6.3).';
comment on column public.consents.address is 'Whose consent, if not a user''s: e-mail in lower case or phone in E.164 (P-3.3).';
comment on column public.consents.address_hash is 'Keyed hash of the address, kid first, once the person is erased (P-3.3).';
comment on column public.consents.purpose is 'For what (P-3.1).';
comment on column public.consents.state is 'given or withdrawn (P-3.3).';
comment on column public.consents.consent_text_id is 'The text that was shown (P-3.3).';
comment on column public.consents.source is 'How it came (P-3.3).';
comment on column public.consents.proof is 'Where it can be looked up, such as a form or a call, never its content (P-3.3).';
comment on column public.consents.recorded_by is 'Which member wrote it down; nobody once that account is gone (P-3.3).';
comment on column public.consents.recorded_at is 'When; the newest of a person and purpose counts (P-3.3).';

create index consents_user_id on public.consents (user_id, purpose, recorded_at desc);
create index consents_workspace_address on public.consents (workspace_id, address, purpose, recorded_at desc);
create index consents_workspace_hash on public.consents (workspace_id, address_hash, purpose, recorded_at desc);
create index consents_purpose on public.consents (purpose);
create index consents_consent_text_id on public.consents (consent_text_id);
create index consents_recorded_by on public.consents (recorded_by);
