-- Purpose: how a contact can be reached.
-- Keeps:   P-2.1.1, P-6.3, P-8.2
-- Touches: table public.contact_addresses
-- Undo:    drop table public.contact_addresses

create table public.contact_addresses (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    kind text not null,
    -- So that one index finds an address, and what begins so when a search asks.
    address text collate "C" not null,
    label text,
    is_main boolean not null default false,
    made_by text not null default 'user',
    created_by uuid references public.profiles (user_id) on delete set null,
    created_at timestamptz not null default now(),
    updated_by uuid references public.profiles (user_id) on delete set null,
    updated_at timestamptz not null default now(),
    version bigint not null default 1,
    primary key (workspace_id, id),
    constraint address_belongs_to_a_contact foreign key (workspace_id, contact_id)
    references public.contacts (workspace_id, id) on delete cascade,
    constraint address_is_held_once unique (workspace_id, contact_id, address),
    constraint address_kind_is_known check (kind in ('email', 'phone')),
    constraint address_fits_its_kind check (case kind
        when 'phone' then address ~ '^\+[1-9][0-9]{6,14}$'
        else
            char_length(address) <= 254
            and address ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'
    end),
    constraint label_is_short check (char_length(label) between 1 and 50),
    constraint made_by_is_known check (made_by in ('user', 'voice_agent', 'automation', 'import', 'form')),
    constraint version_counts_up check (version >= 1)
);
comment on table public.contact_addresses is 'E-mail addresses and phone numbers of contacts, several each, found by an index (P-2.1.1, P-6.3).';
comment on column public.contact_addresses.workspace_id is 'Whose record it is (P-6.3).';
comment on column public.contact_addresses.id is 'The address, within its workspace (P-6.3).';
comment on column public.contact_addresses.contact_id is 'Whose address (P-2.1.1).';
comment on column public.contact_addresses.kind is 'email or phone (P-2.1.1).';
comment on column public.contact_addresses.address is 'E-mail in lower case, or phone in E.164 (P-2.1.1).';
comment on column public.contact_addresses.label is 'Such as work or home (P-2.1.1).';
comment on column public.contact_addresses.is_main is 'Whether it is the first choice of its kind (P-2.1.1).';
comment on column public.contact_addresses.made_by is 'What made it: user, voice_agent, automation, import or form (P-4.2).';
comment on column public.contact_addresses.created_by is 'Which person made it, if one did; nobody once that account is gone (P-8.2).';
comment on column public.contact_addresses.created_at is 'When (P-8.2).';
comment on column public.contact_addresses.updated_by is 'Who changed it last; nobody once that account is gone (P-8.2).';
comment on column public.contact_addresses.updated_at is 'When (P-8.2).';
comment on column public.contact_addresses.version is 'Counts changes; name the one you saw when you change it, and a change made meanwhile is not lost (P-8.2).';

create unique index one_main_address_of_a_kind on public.contact_addresses (workspace_id, contact_id, kind) where is_main;
-- With the contact, so that a search reads nothing else.
create index contact_addresses_address on public.contact_addresses (workspace_id, address) include (contact_id);
create index contact_addresses_created_by on public.contact_addresses (created_by);
create index contact_addresses_updated_by on public.contact_addresses (updated_by);

alter table public.contact_addresses enable row level security;
revoke all on public.contact_addresses from public, anon, authenticated, service_role;

grant select (
    workspace_id, id, contact_id, kind, address, label, is_main, made_by, created_by, created_at, updated_by, updated_at, version
) on public.contact_addresses to authenticated;
grant insert (workspace_id, id, contact_id, kind, address, label, is_main) on public.contact_addresses to authenticated;
grant update (address, label, is_main, version) on public.contact_addresses to authenticated;
grant delete on public.contact_addresses to authenticated;

create policy contact_addresses_select_member on public.contact_addresses for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy contact_addresses_select_member on public.contact_addresses is
'You see addresses of contacts of your workspaces (P-6.3).';
create policy contact_addresses_insert_member on public.contact_addresses for insert to authenticated
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contact_addresses_insert_member on public.contact_addresses is
'You add addresses of contacts to your workspaces (P-6.3).';
create policy contact_addresses_update_member on public.contact_addresses for update to authenticated
using (workspace_id = any(array(select private.readable_workspaces())))
with check (
    workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id)
);
comment on policy contact_addresses_update_member on public.contact_addresses is
'You change addresses of contacts of your workspaces (P-6.3).';
create policy contact_addresses_delete_member on public.contact_addresses for delete to authenticated
using (
    workspace_id = any(array(select private.readable_workspaces()))
    and (workspace_id = any(array(select private.writable_workspaces())) or private.refuse_without_terms(workspace_id))
);
comment on policy contact_addresses_delete_member on public.contact_addresses is
'You delete addresses of contacts of your workspaces (P-6.3).';

create trigger stamp_record before insert or update on public.contact_addresses
for each row execute function private.stamp_record();
create trigger gate_writes before insert or update or delete on public.contact_addresses
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
create trigger log_insert after insert on public.contact_addresses
referencing new table as new_rows
for each statement execute function private.log_insert('contact_id');
create trigger limit_insert after insert on public.contact_addresses
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_update after update on public.contact_addresses
for each row when (old.version <> new.version) execute function private.log_update('contact_id');
create trigger limit_update after update on public.contact_addresses
referencing new table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();
create trigger log_delete after delete on public.contact_addresses
referencing old table as old_rows
for each statement execute function private.log_delete('contact_id');
create trigger limit_delete after delete on public.contact_addresses
referencing old table as changed_rows
for each statement when (current_user = 'authenticated') execute function private.limit_rows();

create trigger contact_addresses_refuse_truncate before truncate on public.contact_addresses
for each statement execute function private.refuse_truncate();
