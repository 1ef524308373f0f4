-- Purpose: which contact was written to, when and with what end; nothing of what was written.
-- Keeps:   P-5.2.2, P-5.2.5, P-6.3, P-8.2
-- Touches: table public.sent_messages
-- Undo:    drop table public.sent_messages

create table public.sent_messages (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    sender_id uuid not null references public.profiles (user_id) on delete cascade,
    contact_id uuid not null,
    field text not null,
    idempotency_key uuid not null,
    message_id text,
    thread_id text,
    state text not null default 'sending',
    is_shared boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (workspace_id, id),
    constraint message_went_to_a_contact foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint contact_stands_once_on_a_message unique (sender_id, idempotency_key, workspace_id, contact_id),
    constraint recipient_field_is_known check (field in ('to', 'cc', 'bcc')),
    constraint message_state_is_known check (state in ('sending', 'sent', 'failed', 'unknown')),
    constraint sent_message_has_its_id check ((state = 'sent') = (message_id is not null)),
    constraint ended_message_says_when check ((state = 'sending') = (finished_at is null))
);
comment on table public.sent_messages is
'Which contact a member wrote to: ids, state and time, no subject, no body. Seen by the sender, or by the workspace if shared (P-5.2.2, P-5.2.5).';
comment on column public.sent_messages.workspace_id is 'In which workspace (P-6.3).';
comment on column public.sent_messages.id is 'The message to this contact (P-6.3).';
comment on column public.sent_messages.sender_id is 'Which user wrote; the row goes with that account (P-5.2.2).';
comment on column public.sent_messages.contact_id is 'To whom; addresses that are no contact are not kept (P-5.2.2).';
comment on column public.sent_messages.field is 'to, cc or bcc (P-5.2.2).';
comment on column public.sent_messages.idempotency_key is 'The send that it belongs to (P-5.2.2).';
comment on column public.sent_messages.message_id is 'Gmail''s id, once sent (P-5.2.2).';
comment on column public.sent_messages.thread_id is 'Gmail''s id of the conversation, once sent (P-5.2.2).';
comment on column public.sent_messages.state is 'sending, sent, failed or unknown (P-5.2.2).';
comment on column public.sent_messages.is_shared is 'Whether the sender lets the workspace see it (P-5.2.2).';
comment on column public.sent_messages.created_at is 'When it was begun (P-5.2.2).';
comment on column public.sent_messages.finished_at is 'When its end was known (P-5.2.2).';

create index sent_messages_contact on public.sent_messages (workspace_id, contact_id, created_at desc);

alter table public.sent_messages enable row level security;
revoke all on public.sent_messages from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, sender_id, contact_id, field, idempotency_key, message_id, thread_id, state, is_shared, created_at, finished_at
) on public.sent_messages to authenticated;
grant update (is_shared) on public.sent_messages to authenticated;

create policy sent_messages_select_member on public.sent_messages for select to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces())) and (is_shared or sender_id = (select auth.uid()))
    and not ((select auth.jwt()) ? 'client_id')
);
comment on policy sent_messages_select_member on public.sent_messages is
'You see whom you wrote to, and what colleagues share of theirs (P-5.2.2, P-6.3).';
create policy sent_messages_update_sender on public.sent_messages for update to authenticated
using (
    sender_id = (select auth.uid()) and workspace_id = any(array(select private.readable_workspaces()))
    and not ((select auth.jwt()) ? 'client_id')
)
with check (
    sender_id = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    and (workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id))
);
comment on policy sent_messages_update_sender on public.sent_messages is
'You decide whether your workspace sees whom you wrote to (P-5.2.2).';
create trigger gate_writes before update on public.sent_messages
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger limit_update after update on public.sent_messages
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger sent_messages_refuse_truncate before truncate on public.sent_messages
for each statement execute function private.refuse_truncate();
