-- Purpose: a list comes in parts, cut anywhere, each of which counts once.
-- Keeps:   P-2.3.4, P-8.2
-- Touches: functions private.require_upload, private.take_import_text, private.add_import_part
-- Undo:    drop the functions

create function private.require_upload(p_import public.imports)
returns private.import_uploads
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_upload private.import_uploads;
begin
    select uploads.* into v_upload from private.import_uploads as uploads
    where uploads.workspace_id = p_import.workspace_id and uploads.import_id = p_import.id;
    if v_upload.import_id is null then
        perform private.refuse('import_rows_lost', 409, 'The server restarted and lost what was uploaded. Begin again.');
    end if;
    return v_upload;
end
$$;
comment on function private.require_upload(public.imports) is 'How far an upload has come, or a refusal if a crash of the server has taken it (P-8.2).';
revoke all on function private.require_upload(public.imports) from public, anon, authenticated, service_role;

create function private.take_import_text(p_upload private.import_uploads, p_content text, p_is_last boolean)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_cut record;
    v_header record;
    v_taken bigint := 0;
    v_row_count bigint;
begin
    select cut.* into v_cut from private.cut_csv(p_upload.remainder || p_content, p_is_last) as cut;
    if (p_is_last and v_cut.is_quote_open) or pg_catalog.char_length(v_cut.remainder) > 262144 then
        perform private.refuse(
            'row_does_not_end', 422, 'A row is longer than 262144 characters, or its last quote is missing.',
            (p_upload.line_count + v_cut.line_count + 1)::text
        );
    end if;
    if p_upload.targets is null and v_cut.lines is not null then
        select header.* into v_header from private.read_import_header(p_upload, v_cut.lines) as header;
    else
        select p_upload as upload, v_cut.lines as lines into v_header;
    end if;
    if (v_header.upload).targets is not null and v_header.lines is not null then
        v_taken := private.take_import_rows(
            p_upload.workspace_id, p_upload.import_id, v_header.lines, v_cut.has_quotes, (v_header.upload).delimiter,
            (v_header.upload).targets, (v_header.upload).line_count
        );
    end if;
    update public.imports as imports set row_count = imports.row_count + v_taken
    where imports.workspace_id = p_upload.workspace_id and imports.id = p_upload.import_id
    returning imports.row_count into v_row_count;
    if v_row_count > 1000000 then
        perform private.refuse('import_too_large', 413, 'A list has at most 1000000 rows. Import it in parts.', '1000000');
    end if;
    update private.import_uploads as uploads
    set targets = (v_header.upload).targets, delimiter = (v_header.upload).delimiter,
        line_count = p_upload.line_count + v_cut.line_count, remainder = v_cut.remainder
    where uploads.workspace_id = p_upload.workspace_id and uploads.import_id = p_upload.import_id;
    return v_row_count;
end
$$;
comment on function private.take_import_text(private.import_uploads, text, boolean) is
'Takes a further piece of a list, the whole rows of it at once and the cut one with the next; returns how many rows there are (P-8.2).';
revoke all on function private.take_import_text(private.import_uploads, text, boolean) from public, anon, authenticated, service_role;

create function private.add_import_part(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_import public.imports := private.require_import(p_user_id, (p_arguments ->> 'import_id')::uuid, array['staging']);
    v_upload private.import_uploads := private.require_upload(v_import);
    v_number integer := (p_arguments ->> 'part_number')::integer;
    v_content text := coalesce(p_arguments ->> 'content', '');
    v_hash text := pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(v_content, 'UTF8')), 'hex');
    v_row_count bigint;
begin
    perform private.require_list_member(p_user_id, v_import.workspace_id, 'member', true);
    if pg_catalog.octet_length(v_content) > 1048576 then
        perform private.refuse('part_too_large', 413, 'A part has at most 1048576 bytes. Cut the file smaller.', '1048576');
    end if;
    if v_upload.part_hashes[v_number] = v_hash then
        return pg_catalog.jsonb_build_object('outcome', 'taken_before', 'part_count', v_import.part_count, 'row_count', v_import.row_count);
    end if;
    if v_number is distinct from v_import.part_count + 1 then
        perform private.refuse(
            'part_is_another', 409, 'This is not the next part, or not what came under its number before.', (v_import.part_count + 1)::text
        );
    end if;
    if v_upload.byte_count + pg_catalog.octet_length(v_content) > 524288000 then
        perform private.refuse('import_too_large', 413, 'A list has at most 524288000 bytes. Import it in parts.', '524288000');
    end if;
    -- A byte order mark belongs to the file and not to its first name.
    v_row_count := private.take_import_text(
        v_upload, case when v_upload.line_count = 0 and v_upload.remainder = '' then pg_catalog.ltrim(v_content, e'\ufeff') else v_content end, false
    );
    update private.import_uploads as uploads
    set part_hashes = uploads.part_hashes || v_hash, byte_count = uploads.byte_count + pg_catalog.octet_length(v_content)
    where uploads.workspace_id = v_import.workspace_id and uploads.import_id = v_import.id;
    update public.imports as imports set part_count = v_number
    where imports.workspace_id = v_import.workspace_id and imports.id = v_import.id;
    return pg_catalog.jsonb_build_object('outcome', 'taken', 'part_count', v_number, 'row_count', v_row_count);
end
$$;
comment on function private.add_import_part(uuid, jsonb) is
'Takes the next part of a list: {outcome: taken | taken_before, part_count, row_count} (P-2.3.4, P-8.2).';
revoke all on function private.add_import_part(uuid, jsonb) from public, anon, authenticated, service_role;
