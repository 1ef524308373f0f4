-- Purpose: a contact says when it became a customer, who changed it, and lies in the trash before it goes.
-- Keeps:   P-2.1.1, P-8.2, P-9.1
-- Touches: function private.note_conversion; triggers on public.contacts
-- Undo:    drop the triggers and the function

create function private.note_conversion()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if new.lifecycle = 'customer' then
        new.converted_at := coalesce(case when tg_op = 'UPDATE' then old.converted_at end, pg_catalog.clock_timestamp());
    end if;
    return new;
end
$$;
comment on function private.note_conversion() is 'Trigger: notes when a contact first became a customer (P-2.1.1).';
revoke all on function private.note_conversion() from public, anon, authenticated, service_role;
create trigger note_conversion before insert or update of lifecycle on public.contacts
for each row when (
    new.lifecycle = 'customer' and pg_catalog.current_setting('cxtrack.is_restored', true) is distinct from 'yes'
) execute function private.note_conversion();
create trigger stamp_trash before insert or update of trashed_at, purge_at on public.contacts
for each row execute function private.stamp_trash();

create trigger stamp_record before insert or update on public.contacts
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.contacts
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.contacts
referencing new table as new_rows
for each statement execute function private.log_insert('id');
create trigger limit_insert after insert on public.contacts
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.contacts
for each row when (old.version <> new.version) execute function private.log_update('id');
create trigger limit_update after update on public.contacts
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.contacts
referencing old table as old_rows
for each statement execute function private.log_delete('id');
create trigger limit_delete after delete on public.contacts
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
