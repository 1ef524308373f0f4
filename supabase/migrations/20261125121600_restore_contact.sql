-- Purpose: a contact that was merged comes back as it was, but for what has gone since.
-- Keeps:   P-8.2, P-9.2
-- Touches: functions private.without_gone_persons, private.attributes_that_fit, private.restore_contact, private.restore_permissions, private.take_out_of_kept
-- Undo:    drop the functions

create function private.without_gone_persons(p_row jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select p_row || pg_catalog.jsonb_build_object(
        'created_by', (select profiles.user_id from public.profiles as profiles where profiles.user_id = (p_row ->> 'created_by')::uuid),
        'updated_by', (select profiles.user_id from public.profiles as profiles where profiles.user_id = (p_row ->> 'updated_by')::uuid)
    )
$$;
comment on function private.without_gone_persons(jsonb) is 'A row without the names of those whose account is gone (P-9.2).';
revoke all on function private.without_gone_persons(jsonb) from public, anon, authenticated, service_role;

create function private.attributes_that_fit(p_workspace_id uuid, p_attributes jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
    select coalesce(pg_catalog.jsonb_object_agg(held.key, held.value), '{}')
    from pg_catalog.jsonb_each(p_attributes) as held
    inner join public.attribute_definitions as definitions
        on definitions.workspace_id = p_workspace_id and definitions.table_name = 'contacts' and definitions.key = held.key
    -- They were of their kind when they were held; since then a choice may have gone, or a key have been given another kind.
    where case definitions.kind
        when 'choice' then (held.value #>> '{}') = any (definitions.choices)
        when 'number' then pg_catalog.jsonb_typeof(held.value) = 'number'
        when 'date' then held.value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$' and pg_catalog.pg_input_is_valid(held.value #>> '{}', 'date')
        else pg_catalog.jsonb_typeof(held.value) = 'string'
    end
$$;
comment on function private.attributes_that_fit(uuid, jsonb) is
'Fields of the workspace''s own that a contact held and may still hold (P-8.2).';
revoke all on function private.attributes_that_fit(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.restore_contact(p_workspace_id uuid, p_contact jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    insert into public.contacts (
        workspace_id, id, full_name, job_title, company_id, owner_id, lifecycle, converted_at, source, source_detail, lawful_basis, language,
        time_zone, description, tags, attributes, import_id, made_by, created_by, created_at, updated_by, updated_at, version
    )
    select
        p_workspace_id, held.id, held.full_name, held.job_title,
        (select companies.id from public.companies as companies where companies.workspace_id = p_workspace_id and companies.id = held.company_id),
        (
            select members.user_id from public.workspace_members as members
            where members.workspace_id = p_workspace_id and members.user_id = held.owner_id
        ),
        held.lifecycle, held.converted_at, held.source, held.source_detail, held.lawful_basis, held.language, held.time_zone,
        held.description, held.tags,
        private.attributes_that_fit(p_workspace_id, held.attributes),
        held.import_id, held.made_by, held.created_by, held.created_at, held.updated_by, held.updated_at, held.version
    from pg_catalog.jsonb_populate_record(null::public.contacts, private.without_gone_persons(p_contact)) as held
$$;
comment on function private.restore_contact(uuid, jsonb) is
'Makes a contact as it was, without a company, owner or field that has gone since (P-8.2).';
revoke all on function private.restore_contact(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.restore_permissions(p_workspace_id uuid, p_kept uuid, p_merge jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- What was withdrawn since the merge was withdrawn by the person, whichever of the two it was.
    insert into public.contact_permissions
    select (pg_catalog.jsonb_populate_record(held, case when exists (
        select from public.contact_permissions as kept
        where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.channel = held.channel
            and kept.state = 'withdrawn' and not exists (
                select from pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{after,permissions}') as after
                where after.id = kept.id and after.version = kept.version
            )
    ) then '{"state": "withdrawn"}'::jsonb else '{}' end)).*
    from pg_catalog.jsonb_array_elements(p_merge #> '{merged,permissions}') as held_rows (held_row)
    cross join lateral pg_catalog.jsonb_populate_record(
        null::public.contact_permissions, private.without_gone_persons(held_rows.held_row)
    ) as held;

    insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis)
    select p_workspace_id, (p_merge #>> '{merged,contact,id}')::uuid, kept.channel, 'withdrawn', kept.basis
    from public.contact_permissions as kept
    where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.state = 'withdrawn' and not exists (
        select from pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{after,permissions}') as after
        where after.id = kept.id and after.version = kept.version
    )
    on conflict (workspace_id, contact_id, channel) do nothing;

    delete from public.contact_permissions as kept
    using pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{after,permissions}') as after
    where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.id = after.id and kept.version = after.version
        and not exists (
            select from pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{before,permissions}') as before
            where before.id = kept.id
        );
    update public.contact_permissions as kept
    set state = before.state, basis = before.basis, ends_at = before.ends_at, calling_from = before.calling_from,
        calling_until = before.calling_until
    from pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{before,permissions}') as before,
        pg_catalog.jsonb_populate_recordset(null::public.contact_permissions, p_merge #> '{after,permissions}') as after
    where kept.workspace_id = p_workspace_id and kept.contact_id = p_kept and kept.id = before.id and after.id = before.id
        and kept.version = after.version and before.version <> after.version;
end
$$;
comment on function private.restore_permissions(uuid, uuid, jsonb) is
'Gives both contacts of a merge what each permitted, but for what was withdrawn or changed since (P-3.3).';
revoke all on function private.restore_permissions(uuid, uuid, jsonb) from public, anon, authenticated, service_role;

create function private.take_out_of_kept(p_workspace_id uuid, p_kept uuid, p_merge jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    -- What the merge filled in and nobody has changed since is empty again.
    update public.contacts as kept
    set job_title = case when before.job_title is not distinct from after.job_title or kept.job_title is distinct from after.job_title then kept.job_title end,
        company_id = case when before.company_id is not distinct from after.company_id or kept.company_id is distinct from after.company_id then kept.company_id end,
        owner_id = case when before.owner_id is not distinct from after.owner_id or kept.owner_id is distinct from after.owner_id then kept.owner_id end,
        converted_at = case
            when before.converted_at is not distinct from after.converted_at or kept.converted_at is distinct from after.converted_at
                or kept.lifecycle = 'customer' then kept.converted_at
        end,
        language = case when before.language is not distinct from after.language or kept.language is distinct from after.language then kept.language end,
        time_zone = case when before.time_zone is not distinct from after.time_zone or kept.time_zone is distinct from after.time_zone then kept.time_zone end,
        description = case when before.description is not distinct from after.description or kept.description is distinct from after.description then kept.description end,
        tags = array(
            select tags.tag from pg_catalog.unnest(kept.tags) with ordinality as tags (tag, place)
            where tags.tag = any (before.tags) or tags.tag <> all (after.tags) order by tags.place
        ),
        attributes = kept.attributes - array(
            select filled.key from pg_catalog.jsonb_each(after.attributes) as filled
            where not before.attributes ? filled.key and kept.attributes -> filled.key = filled.value
        )
    from pg_catalog.jsonb_populate_record(null::public.contacts, p_merge #> '{before,contact}') as before,
        pg_catalog.jsonb_populate_record(null::public.contacts, p_merge #> '{after,contact}') as after
    where kept.workspace_id = p_workspace_id and kept.id = p_kept
$$;
comment on function private.take_out_of_kept(uuid, uuid, jsonb) is
'Takes out of the contact that stayed what the merge filled in, unless somebody has changed it since (P-8.2).';
revoke all on function private.take_out_of_kept(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
