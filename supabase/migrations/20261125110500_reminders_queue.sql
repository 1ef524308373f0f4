-- Purpose: an activity that is still to be done waits in the outbox for the moment at which it is to be reminded of.
-- Keeps:   P-2.1.1, P-3.4, P-6.3
-- Touches: table private.queued_reminders; functions private.queue_reminder, private.delete_queued_entry; triggers on public.activities
-- Undo:    drop the triggers on public.activities, delete entries of the kind from private.outbox, drop table and functions

create table private.queued_reminders (
    outbox_id bigint primary key references private.outbox (id) on delete cascade,
    workspace_id uuid not null,
    activity_id uuid not null,
    remind_at timestamptz not null,
    constraint reminder_waits_for_an_activity foreign key (workspace_id, activity_id)
    references public.activities (workspace_id, id) on delete cascade,
    constraint activity_waits_once unique (workspace_id, activity_id)
);
comment on table private.queued_reminders is
'Which activity an entry of the outbox reminds of. One each: it is replaced when the moment moves, and goes when the activity does (P-2.1.1, P-3.4).';
comment on column private.queued_reminders.outbox_id is 'The entry (P-3.4).';
comment on column private.queued_reminders.workspace_id is 'In which workspace (P-6.3).';
comment on column private.queued_reminders.activity_id is 'Of which activity (P-2.1.1).';
comment on column private.queued_reminders.remind_at is 'The moment that was asked for (P-2.1.1).';

alter table private.queued_reminders enable row level security;
revoke all on private.queued_reminders from public, anon, authenticated, service_role;
create trigger queued_reminders_refuse_truncate before truncate on private.queued_reminders
for each statement execute function private.refuse_truncate();

create function private.delete_queued_entry()
returns trigger
language plpgsql
volatile
-- Definer: the row may go through a cascade that a client or another role began; the body deletes the entry that it hung on.
security definer
set search_path = ''
as $$
begin
    delete from private.outbox as entries where entries.id = old.outbox_id;
    return null;
end
$$;
comment on function private.delete_queued_entry() is 'Trigger: an entry of the outbox goes with the activity that it would remind of (P-3.4).';
revoke all on function private.delete_queued_entry() from public, anon, authenticated, service_role;
create trigger delete_queued_entry after delete on private.queued_reminders
for each row execute function private.delete_queued_entry();

create function private.queue_reminder()
returns trigger
language plpgsql
volatile
-- Definer: whoever writes an activity may not write the outbox; the body keeps the one entry of this activity.
security definer
set search_path = ''
as $$
begin
    -- By way of the entry, which takes its reminder along: the worker locks in that order too.
    delete from private.outbox as entries
    using private.queued_reminders as queued
    where queued.workspace_id = new.workspace_id and queued.activity_id = new.id and entries.id = queued.outbox_id;
    if new.remind_at > pg_catalog.clock_timestamp() and new.done_at is null and new.trashed_at is null then
        insert into private.queued_reminders (outbox_id, workspace_id, activity_id, remind_at)
        values (
            -- A day late, it helps nobody any more.
            private.add_outbox_entry('remind_of_activity', new.remind_at, new.remind_at + interval '1 day'),
            new.workspace_id, new.id, new.remind_at
        );
    end if;
    return null;
end
$$;
comment on function private.queue_reminder() is
'Trigger: one entry of the outbox for an activity with a reminder to come that is neither done nor in the trash, and none for any other (P-2.1.1, P-3.4).';
revoke all on function private.queue_reminder() from public, anon, authenticated, service_role;

create trigger queue_reminder_of_new after insert on public.activities
for each row when (new.remind_at is not null) execute function private.queue_reminder();
create trigger queue_reminder_of_changed after update on public.activities
for each row when (
    (old.remind_at, old.done_at is null, old.trashed_at is null)
    is distinct from (new.remind_at, new.done_at is null, new.trashed_at is null)
) execute function private.queue_reminder();
