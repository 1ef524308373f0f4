-- Purpose: on record for every list that was imported: who, from where, on what basis, how many; nothing of the persons in it.
-- Keeps:   P-2.3.4, P-3.1, P-6.3, P-8.2
-- Touches: table public.imports
-- Undo:    drop table public.imports

create table public.imports (
    workspace_id uuid not null references public.workspaces (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    created_by uuid references public.profiles (user_id) on delete set null,
    file_name text not null,
    source text not null,
    source_detail text,
    lawful_basis text not null,
    state text not null default 'staging',
    header jsonb not null default '[]',
    part_count bigint not null default 0,
    row_count bigint not null default 0,
    bad_count bigint not null default 0,
    is_partial boolean not null default false,
    imported_count bigint not null default 0,
    company_count bigint not null default 0,
    undone_count bigint not null default 0,
    failure text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    checked_at timestamptz,
    committed_at timestamptz,
    undo_until timestamptz,
    undone_at timestamptz,
    primary key (workspace_id, id),
    constraint import_file_name_is_short check (char_length(btrim(file_name)) between 1 and 200),
    constraint import_source_is_known check (
        source in ('manual', 'import', 'form', 'referral', 'event', 'partner', 'voice_agent', 'other')
    ),
    constraint import_source_detail_is_short check (char_length(source_detail) between 1 and 200),
    constraint import_lawful_basis_is_known check (
        lawful_basis in ('consent', 'contract', 'legitimate_interest', 'legal_obligation')
    ),
    constraint import_state_is_known check (
        state in ('staging', 'checked', 'committing', 'committed', 'undoing', 'undone', 'cancelled')
    ),
    constraint import_header_is_a_list check (jsonb_typeof(header) = 'array'),
    constraint import_counts_are_not_negative check (
        least(part_count, row_count, bad_count, imported_count, company_count, undone_count) >= 0
    ),
    constraint committed_import_says_when check (
        (state in ('committed', 'undoing', 'undone')) = (committed_at is not null) and (committed_at is null) = (undo_until is null)
    ),
    constraint undone_import_says_when check ((state = 'undone') = (undone_at is not null))
);
comment on table public.imports is
'Lists that were imported: who, from where, on what lawful basis and how many; no persons'' data (P-2.3.4, P-3.1).';
comment on column public.imports.workspace_id is 'Whose import it is (P-6.3).';
comment on column public.imports.id is 'The import (P-6.3).';
comment on column public.imports.created_by is 'Who imports; nobody once that account is gone (P-8.2).';
comment on column public.imports.file_name is 'What the file was called (P-2.3.4).';
comment on column public.imports.source is 'Where the persons came from (P-2.3.4).';
comment on column public.imports.source_detail is 'Which form, event or partner (P-2.3.4).';
comment on column public.imports.lawful_basis is 'Why the persons'' data may be kept (P-3.1).';
comment on column public.imports.state is
'staging, checked, committing, committed, undoing, undone or cancelled; the two in -ing wait for the schedule (P-8.2).';
comment on column public.imports.header is 'The columns of the file and how each was understood; null means ignored (P-8.2).';
comment on column public.imports.part_count is 'How many parts of the file have come (P-8.2).';
comment on column public.imports.row_count is 'How many rows it has (P-8.2).';
comment on column public.imports.bad_count is 'How many of them the last check found wrong (P-8.2).';
comment on column public.imports.is_partial is 'Whether only the good rows were asked for (P-8.2).';
comment on column public.imports.imported_count is 'How many contacts it made (P-8.2).';
comment on column public.imports.company_count is 'How many companies it made (P-8.2).';
comment on column public.imports.undone_count is 'How many contacts its undoing deleted (P-8.2).';
comment on column public.imports.failure is 'Why the schedule could not do what was asked, a word of docs/errors.md or a code of PostgreSQL (P-8.2).';
comment on column public.imports.created_at is 'When it was begun (P-8.2).';
comment on column public.imports.updated_at is 'When something last happened to it (P-9.1).';
comment on column public.imports.checked_at is 'When it was last checked (P-8.2).';
comment on column public.imports.committed_at is 'When its contacts were made (P-8.2).';
comment on column public.imports.undo_until is 'Until when it can be undone, 7 days on (P-9.1).';
comment on column public.imports.undone_at is 'When it was undone (P-8.2).';

create unique index imports_id on public.imports (id);
create index imports_created_by on public.imports (created_by);
create index imports_under_way on public.imports (updated_at) where state in ('staging', 'checked', 'committing', 'undoing');

alter table public.imports enable row level security;
revoke all on public.imports from public, anon, authenticated, service_role;
grant select (
    workspace_id, id, created_by, file_name, source, source_detail, lawful_basis, state, header, part_count, row_count, bad_count,
    is_partial, imported_count, company_count, undone_count, failure, created_at, updated_at, checked_at, committed_at, undo_until,
    undone_at
) on public.imports to authenticated;
create policy imports_select_member on public.imports for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy imports_select_member on public.imports is
'You see which lists were imported into your workspaces, by whom and on what basis (P-2.3.4, P-6.3).';
create trigger imports_refuse_truncate before truncate on public.imports
for each statement execute function private.refuse_truncate();
create trigger touch_updated_at before update on public.imports
for each row execute function private.touch_updated_at();
