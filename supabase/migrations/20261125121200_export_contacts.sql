-- Purpose: owners and admins take a list of contacts out as a CSV file that no spreadsheet calculates.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.check_export_filter, private.filtered_contacts, private.export_contacts
-- Undo:    drop the functions

create function private.check_export_filter(p_filter jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_field text;
begin
    select fields.key into v_field
    from pg_catalog.jsonb_each(case pg_catalog.jsonb_typeof(p_filter) when 'object' then p_filter else '{"filter": 1}' end) as fields
    where not coalesce(pg_catalog.jsonb_typeof(fields.value) = 'string' and case
        when fields.key in ('owner_id', 'company_id') then pg_catalog.pg_input_is_valid(fields.value #>> '{}', 'uuid')
        when fields.key in ('created_from', 'created_until')
            then pg_catalog.pg_input_is_valid(fields.value #>> '{}', 'timestamptz')
        when fields.key = 'lifecycle' then fields.value #>> '{}' in ('lead', 'qualified', 'customer', 'former_customer')
        when fields.key in ('tag', 'query') then pg_catalog.char_length(fields.value #>> '{}') <= 200
    end, false)
    order by fields.key limit 1;
    if v_field is not null then
        perform private.refuse('filter_is_wrong', 422, 'The filter names a field that there is not, or a value that the field does not take.', v_field);
    end if;
end
$$;
comment on function private.check_export_filter(jsonb) is 'Refuses a filter with the first field that is unknown or holds what it does not take (P-8.2).';
revoke all on function private.check_export_filter(jsonb) from public, anon, authenticated, service_role;

create function private.filtered_contacts(p_workspace_id uuid, p_filter jsonb, p_most bigint)
returns setof public.contacts
language sql
stable
security invoker
set search_path = ''
as $$
    select contacts.* from public.contacts as contacts
    where contacts.workspace_id = p_workspace_id and not contacts.is_trashed
        and (not p_filter ? 'lifecycle' or contacts.lifecycle = p_filter ->> 'lifecycle')
        and (not p_filter ? 'owner_id' or contacts.owner_id = (p_filter ->> 'owner_id')::uuid)
        and (not p_filter ? 'company_id' or contacts.company_id = (p_filter ->> 'company_id')::uuid)
        and (not p_filter ? 'tag' or p_filter ->> 'tag' = any (contacts.tags))
        and (not p_filter ? 'created_from' or contacts.created_at >= (p_filter ->> 'created_from')::timestamptz)
        and (not p_filter ? 'created_until' or contacts.created_at < (p_filter ->> 'created_until')::timestamptz)
        and (
            not p_filter ? 'query'
            -- Not by the index of searching, which ends at so many finds: an export is whole.
            or (
                select pg_catalog.bool_and(pg_catalog.strpos(
                    pg_catalog.lower(pg_catalog.concat_ws(' ', contacts.full_name, contacts.job_title)), typed.word
                ) > 0)
                from pg_catalog.regexp_split_to_table(pg_catalog.lower(pg_catalog.btrim(p_filter ->> 'query')), '\s+') as typed (word)
            )
        )
    order by contacts.created_at, contacts.id limit p_most
$$;
comment on function private.filtered_contacts(uuid, jsonb, bigint) is
'Contacts of a workspace, not in the trash, by lifecycle, owner_id, company_id, tag, created_from, created_until and query: words of name and job title (P-8.2).';
revoke all on function private.filtered_contacts(uuid, jsonb, bigint) from public, anon, authenticated, service_role;

create function private.export_contacts(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_workspace_id uuid := (p_arguments ->> 'workspace_id')::uuid;
    v_filter jsonb := coalesce(nullif(p_arguments -> 'filter', 'null'), '{}');
    v_most bigint := 100000;
    v_keys text[];
    v_emails bigint;
    v_phones bigint;
    v_count bigint;
    v_csv text;
begin
    perform private.require_list_member(p_user_id, v_workspace_id, 'admin', false);
    perform private.check_export_filter(v_filter);
    select coalesce(pg_catalog.array_agg(definitions.key order by definitions.key), '{}') into v_keys
    from public.attribute_definitions as definitions
    where definitions.workspace_id = v_workspace_id and definitions.table_name = 'contacts';
    select pg_catalog.count(*), coalesce(pg_catalog.max(held.emails), 1), coalesce(pg_catalog.max(held.phones), 1)
    into v_count, v_emails, v_phones
    from private.filtered_contacts(v_workspace_id, v_filter, v_most + 1) as contacts
    left join lateral (
        select pg_catalog.count(*) filter (where addresses.kind = 'email') as emails,
            pg_catalog.count(*) filter (where addresses.kind = 'phone') as phones
        from public.contact_addresses as addresses
        where addresses.workspace_id = v_workspace_id and addresses.contact_id = contacts.id
    ) as held on true;
    if v_count > v_most then
        perform private.refuse('export_too_large', 413, 'One file holds at most 100000 contacts. Filter by created_from and created_until.', v_most::text);
    end if;
    v_emails := greatest(least(v_emails, 99), 1);
    v_phones := greatest(least(v_phones, 99), 1);
    select pg_catalog.concat_ws(
        e'\r\n', private.csv_line(private.export_header(v_workspace_id, v_keys, v_emails, v_phones)),
        pg_catalog.string_agg(private.csv_line(
            array[contacts.full_name, contacts.job_title, companies.name, contacts.lifecycle]
            || (held.emails || pg_catalog.array_fill(null::text, array[v_emails::integer]))[1:v_emails::integer]
            || (held.phones || pg_catalog.array_fill(null::text, array[v_phones::integer]))[1:v_phones::integer]
            || array[contacts.language, contacts.time_zone, private.export_tags(contacts.tags), contacts.description]
            || array(
                select contacts.attributes ->> keys.key from pg_catalog.unnest(v_keys) with ordinality as keys (key, place)
                order by keys.place
            )
        ), e'\r\n' order by contacts.created_at, contacts.id)
    ) || e'\r\n', pg_catalog.count(*) into v_csv, v_count
    from private.filtered_contacts(v_workspace_id, v_filter, v_most) as contacts
    left join public.companies as companies
        on companies.workspace_id = v_workspace_id and companies.id = contacts.company_id and not companies.is_trashed
    cross join lateral (
        select
            coalesce(pg_catalog.array_agg(addresses.address order by addresses.is_main desc, addresses.created_at, addresses.address)
            filter (where addresses.kind = 'email'), '{}') as emails,
            coalesce(pg_catalog.array_agg(addresses.address order by addresses.is_main desc, addresses.created_at, addresses.address)
            filter (where addresses.kind = 'phone'), '{}') as phones
        from public.contact_addresses as addresses
        where addresses.workspace_id = v_workspace_id and addresses.contact_id = contacts.id
    ) as held;
    insert into public.list_exports (workspace_id, exported_by, filter_fields, contact_count)
    values (v_workspace_id, p_user_id, array(select pg_catalog.jsonb_object_keys(v_filter) order by 1), v_count);
    return pg_catalog.to_jsonb(v_csv);
end
$$;
comment on function private.export_contacts(uuid, jsonb) is
'The contacts of a workspace that a filter leaves, as the text of a CSV file; each export is on record (P-6.3, P-8.2).';
revoke all on function private.export_contacts(uuid, jsonb) from public, anon, authenticated, service_role;
