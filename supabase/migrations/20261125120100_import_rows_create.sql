-- Purpose: rows of a list wait here, seen by whoever uploads them alone, until they are imported or given up, a day at most.
-- Keeps:   P-2.3.4, P-6.3, P-8.2, P-9.1
-- Touches: tables public.import_rows, public.import_problems, private.import_uploads
-- Undo:    drop them

-- Unlogged: what waits here is in no backup and no log of changes. After a crash of the server it is gone, which check_import says.
create unlogged table public.import_rows (
    workspace_id uuid not null,
    import_id uuid not null,
    line_number bigint not null,
    contact_id uuid not null default gen_random_uuid(),
    full_name text,
    job_title text,
    company text,
    lifecycle text,
    language text,
    time_zone text,
    description text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    emails text[] not null default '{}',
    phones text[] not null default '{}',
    primary key (workspace_id, import_id, line_number),
    constraint row_belongs_to_an_import foreign key (workspace_id, import_id)
    references public.imports (workspace_id, id) on delete cascade
);
comment on table public.import_rows is 'Rows of a list that are not imported yet, as they were understood; a day at most (P-2.3.4, P-9.1).';
comment on column public.import_rows.workspace_id is 'Into which workspace (P-6.3).';
comment on column public.import_rows.import_id is 'Of which import (P-2.3.4).';
comment on column public.import_rows.line_number is 'On which line of the file it begins, the header being line 1 (P-8.2).';
comment on column public.import_rows.contact_id is 'Which contact it will be (P-8.2).';
comment on column public.import_rows.full_name is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.job_title is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.company is 'By name: found, or made with the contact (P-2.3.4).';
comment on column public.import_rows.lifecycle is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.language is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.time_zone is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.description is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.tags is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.attributes is 'Of the contact to be (P-2.3.4).';
comment on column public.import_rows.emails is 'In lower case, one for each column of the file, null where the cell is empty (P-2.3.4).';
comment on column public.import_rows.phones is 'In E.164, one for each column of the file, null where the cell is empty (P-2.3.4).';

create unlogged table public.import_problems (
    workspace_id uuid not null,
    import_id uuid not null,
    line_number bigint not null,
    column_name text not null,
    code text not null,
    primary key (workspace_id, import_id, line_number, column_name, code),
    constraint problem_belongs_to_an_import foreign key (workspace_id, import_id)
    references public.imports (workspace_id, id) on delete cascade,
    constraint problem_is_known check (code in (
        'attribute_is_not_of_its_kind', 'bad_email', 'bad_encoding', 'bad_phone', 'does_not_show', 'duplicate_in_file',
        'duplicate_of_contact', 'name_missing', 'ragged_row', 'too_long', 'too_many_tags', 'unknown_language', 'unknown_lifecycle', 'unknown_time_zone'
    ))
);
comment on table public.import_problems is 'What is wrong in which row of a list, row by row, without what the row holds (P-8.2).';
comment on column public.import_problems.workspace_id is 'Into which workspace (P-6.3).';
comment on column public.import_problems.import_id is 'Of which import (P-2.3.4).';
comment on column public.import_problems.line_number is 'On which line of the file the row begins (P-8.2).';
comment on column public.import_problems.column_name is 'In which column, as it was understood; * means the whole row (P-8.2).';
comment on column public.import_problems.code is 'What is wrong, a word of docs/errors.md (P-8.2).';

-- Unlogged as well: the end of a part is the beginning of a row.
create unlogged table private.import_uploads (
    workspace_id uuid not null,
    import_id uuid not null,
    mapping jsonb not null,
    targets text[],
    delimiter text,
    line_count bigint not null default 0,
    byte_count bigint not null default 0,
    remainder text not null default '',
    part_hashes text[] not null default '{}',
    primary key (workspace_id, import_id),
    constraint upload_belongs_to_an_import foreign key (workspace_id, import_id)
    references public.imports (workspace_id, id) on delete cascade,
    constraint delimiter_is_known check (delimiter in (',', ';', e'\t')),
    constraint header_was_read_whole check ((targets is null) = (delimiter is null))
);
comment on table private.import_uploads is 'How far the upload of a list has come; gone with its rows (P-8.2, P-9.1).';
comment on column private.import_uploads.workspace_id is 'Into which workspace (P-6.3).';
comment on column private.import_uploads.import_id is 'Of which import (P-2.3.4).';
comment on column private.import_uploads.mapping is 'How the user wants columns to be understood: {header: column or null} (P-8.2).';
comment on column private.import_uploads.targets is 'Which column of a contact each column of the file is; null in it means none (P-8.2).';
comment on column private.import_uploads.delimiter is 'What stands between two cells, as the header shows (P-8.2).';
comment on column private.import_uploads.line_count is 'How many lines were read (P-8.2).';
comment on column private.import_uploads.byte_count is 'How many bytes have come (P-8.2).';
comment on column private.import_uploads.remainder is 'The row that the last part cut (P-8.2).';
comment on column private.import_uploads.part_hashes is 'SHA-256 of each part, so that a part that comes twice counts once (P-8.2).';

alter table public.import_rows enable row level security;
alter table public.import_problems enable row level security;
alter table private.import_uploads enable row level security;
revoke all on public.import_rows from public, anon, authenticated, service_role;
revoke all on public.import_problems from public, anon, authenticated, service_role;
revoke all on private.import_uploads from public, anon, authenticated, service_role;
grant select (
    workspace_id, import_id, line_number, full_name, job_title, company, lifecycle, language, time_zone, description, tags, attributes,
    emails, phones
) on public.import_rows to authenticated;
grant select (workspace_id, import_id, line_number, column_name, code) on public.import_problems to authenticated;

create policy import_rows_select_importer on public.import_rows for select to authenticated
using (
    import_id = any(array(
        select imports.id from public.imports as imports
        where imports.created_by = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    ))
    and workspace_id = any(array(select private.readable_workspaces()))
);
comment on policy import_rows_select_importer on public.import_rows is 'You alone see the rows that you upload, until they are imported (P-6.3).';
create policy import_problems_select_importer on public.import_problems for select to authenticated
using (
    import_id = any(array(
        select imports.id from public.imports as imports
        where imports.created_by = (select auth.uid()) and not ((select auth.jwt()) ? 'client_id')
    ))
    and workspace_id = any(array(select private.readable_workspaces()))
);
comment on policy import_problems_select_importer on public.import_problems is 'You see what is wrong in the list that you upload (P-8.2).';
create trigger import_rows_refuse_truncate before truncate on public.import_rows
for each statement execute function private.refuse_truncate();
create trigger import_problems_refuse_truncate before truncate on public.import_problems
for each statement execute function private.refuse_truncate();
create trigger import_uploads_refuse_truncate before truncate on private.import_uploads
for each statement execute function private.refuse_truncate();
