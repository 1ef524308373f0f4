"""The statements that fill the records: everything follows from a row's number, so that nothing has to be kept.

A record has a place, from 0: places decide the workspace, the row's number decides the time. A step that reaches every
place once lies between the two, so that neighbours in time belong to different workspaces.
"""

from __future__ import annotations

# Names are put together from syllables: of nobody, and some are more common than others, as with real ones.
WORDS = """
create temp table syllables on commit drop as
select n - 1 as n, syllable from unnest(array[
    'ba', 'bel', 'bor', 'ca', 'cor', 'da', 'del', 'dor', 'el', 'fa', 'fen', 'ga', 'gil', 'ha', 'hol', 'in', 'ja',
    'jor', 'ka', 'ken', 'la', 'len', 'lor', 'ma', 'mel', 'mor', 'na', 'nel', 'nor', 'o', 'pa', 'pel', 'per', 'ra',
    'rin', 'ros', 'sa', 'sel', 'son', 'ta', 'tel', 'tin', 'tor', 'ul', 'va', 'vel', 'vin', 'wa', 'wil', 'za'
]) with ordinality as listed (syllable, n);
create temp table words on commit drop as
select numbers.n,
    initcap(a.syllable || b.syllable) as given,
    initcap(c.syllable || a.syllable || d.syllable) as family
from generate_series(0, 19999) as numbers (n)
inner join syllables as a on a.n = numbers.n % 50
inner join syllables as b on b.n = numbers.n * 7 / 50 % 50
inner join syllables as c on c.n = numbers.n * 3 / 50 % 50
inner join syllables as d on d.n = numbers.n / 2500 * 11 % 50;
create index on words (n);
analyze words;
create function pg_temp.common(p_n bigint, p_count bigint) returns bigint language sql immutable
return floor(p_count * power((p_n * 2654435761 % 4294967296) / 4294967296.0::float8, 2))::bigint;
"""

ACCOUNTS = (
    """
    create function pg_temp.workspace(p_place bigint) returns uuid language sql immutable
    return md5('workspace ' || case
        when p_place < {large} then 1
        when p_place < {large} + {small} then 2
        else 3 + (p_place - {large} - {small}) * ({workspaces} - 2) / ({contacts} - {large} - {small})
    end)::uuid
    """,
    """
    create temp table people on commit drop as
    select w, md5('workspace ' || w)::uuid as workspace_id, md5('person ' || w || ' ' || p)::uuid as user_id,
        md5('session ' || w || ' ' || p)::uuid as session_id, case p when 1 then 'owner' else 'member' end as role
    from generate_series(1, {workspaces}) as w, generate_series(1, {people}) as p
    union all
    select w, md5('workspace ' || w)::uuid, md5('member 1')::uuid, md5('member session 1')::uuid, 'member'
    from generate_series(1, 3) as w
    """,
    """
    insert into auth.users (instance_id, id, aud, role, email, encrypted_password, created_at, updated_at)
    select distinct on (user_id) '00000000-0000-0000-0000-000000000000'::uuid, user_id, 'authenticated',
        'authenticated', user_id || '@example.com', '', now(), now() from people
    """,
    """
    insert into auth.sessions (id, user_id, created_at, updated_at, aal)
    select distinct on (session_id) session_id, user_id, now(), now(), 'aal1'::auth.aal_level from people
    """,
    "insert into public.profiles (user_id, adult_attested_at) select distinct user_id, now() from people",
    """
    insert into public.agreements (user_id, policy_version_id, kind, text_sha256)
    select distinct people.user_id, versions.id, 'explicit', versions.text_sha256
    from people, public.policy_versions as versions where versions.id = private.agreement_needed()
    """,
    "insert into public.workspaces (id, name) select distinct workspace_id, 'Workspace ' || w from people",
    """
    insert into public.workspace_members (workspace_id, user_id, role) select workspace_id, user_id, role from people
    """,
    """
    select ops.publish_policy_version(
        document, 'bench', document, 'https://example.com/terms', 'First version.', now(), true
    ) from unnest(array['service_agreement', 'data_processing_terms']) as document
    """,
    """
    insert into public.workspace_agreements (workspace_id, policy_version_id, accepted_by, text_sha256)
    select people.workspace_id, versions.id, people.user_id, versions.text_sha256
    from people, public.policy_versions as versions
    where people.role = 'owner' and versions.document in ('service_agreement', 'data_processing_terms')
    """,
)

RECORDS = (
    (
        "companies and deals",
        """
        create temp table places on commit drop as
        select numbered.n, place, workspace_id, md5('company ' || place)::uuid as company_id,
            md5('deal ' || place)::uuid as deal_id,
            now() - ({companies} - numbered.n)::float8 / {companies} * interval '730 days' as created_at,
            words.family || ' ' || (array[
                'Works', 'Bakery', 'Partners', 'Studio', 'Supplies', 'Foods', 'Labs'
            ])[1 + numbered.n % 7] as name,
            (array['Winnipeg', 'Toronto', 'Montreal', 'Halifax', 'Calgary'])[1 + numbered.n % 5] as city
        from (
            select n, n * {company_step} % {companies} as place,
                pg_temp.workspace(n * {company_step} % {companies} * 10) as workspace_id
            from generate_series(1::bigint, {companies}) as n
        ) as numbered
        inner join words on words.n = pg_temp.common(numbered.n, 20000);
        insert into public.companies (workspace_id, id, name, domain, city, created_at, updated_at)
        select workspace_id, company_id, name, 'company-' || place || '.example', city, created_at, created_at
        from places;
        insert into public.pipelines (workspace_id, id, name)
        select id, md5('pipeline ' || id)::uuid, 'Sales' from public.workspaces;
        insert into public.pipeline_stages (workspace_id, id, pipeline_id, name, position, outcome)
        select pipelines.workspace_id, md5('stage ' || pipelines.workspace_id || s)::uuid, pipelines.id,
            (array['New', 'Talking', 'Won', 'Lost'])[s], s, (array['open', 'open', 'won', 'lost'])[s]
        from public.pipelines as pipelines, generate_series(1, 4) as s;
        insert into public.deals (
            workspace_id, id, name, pipeline_id, stage_id, company_id, amount, currency, created_at, updated_at
        )
        select workspace_id, deal_id, name || ' ' || (array['renewal', 'rollout', 'pilot', 'order'])[1 + n % 4],
            md5('pipeline ' || workspace_id)::uuid, md5('stage ' || workspace_id || (1 + n % 4))::uuid, company_id,
            n % 9000, 'CAD', created_at, created_at from places;
        insert into public.deal_contacts (workspace_id, id, deal_id, contact_id)
        select workspace_id, gen_random_uuid(), deal_id, md5('contact ' || place * 10)::uuid from places;
        insert into public.deal_stage_changes (workspace_id, deal_id, to_stage_id, changed_at)
        select workspace_id, deal_id, md5('stage ' || workspace_id || (1 + n % 4))::uuid, created_at from places;
        """,
    ),
    (
        "contacts",
        """
        insert into public.contacts (
            workspace_id, id, full_name, job_title, company_id, made_by, created_by, updated_by, created_at, updated_at
        )
        select workspace_id, md5('contact ' || place)::uuid, given.given || ' ' || family.family,
            (array[
                'Buyer', 'Head of Sales', 'Baker', 'Engineer', 'Owner', null, 'Accountant', 'Manager'
            ])[1 + numbered.n % 8],
            case when pg_temp.workspace(place / 10 * 10) = workspace_id then md5('company ' || place / 10)::uuid end,
            'import', null, null, created_at, created_at
        from (
            select n, n * {step} % {contacts} as place, pg_temp.workspace(n * {step} % {contacts}) as workspace_id,
                now() - ({contacts} - n)::float8 / {contacts} * interval '730 days' as created_at
            from generate_series(1::bigint, {contacts}) as n
        ) as numbered
        inner join words as given on given.n = pg_temp.common(numbered.n, 2500)
        inner join words as family on family.n = pg_temp.common(numbered.n * 31, 20000)
        """,
    ),
    (
        "addresses",
        """
        insert into public.contact_addresses (workspace_id, id, contact_id, kind, address, is_main)
        select contacts.workspace_id, gen_random_uuid(), contacts.id, kind, case kind
            when 'email'
                then lower(replace(contacts.full_name, ' ', '.')) || '.' || left(contacts.id::text, 4) || '@example.com'
            else '+1204' || lpad(abs(hashtext(contacts.id::text) % 10000000)::text, 7, '0')
        end, true
        from public.contacts as contacts, unnest(array['email', 'phone']) as kind
        where kind = 'email' or contacts.id < '80000000-0000-0000-0000-000000000000'
        """,
    ),
    (
        "activities",
        """
        insert into public.activities (
            workspace_id, id, kind, title, contact_id, starts_at, ends_at, due_at, done_at, made_by, created_at,
            updated_at
        )
        select workspace_id, md5('activity ' || j)::uuid, kind, title || ' ' || j,
            md5('contact ' || contact_place)::uuid, starts_at, starts_at + interval '30 minutes',
            case kind when 'task' then starts_at end,
            case when starts_at < now() and j % 4 > 0 then starts_at end, 'import', created_at, created_at
        from (
            select j, created_at, pg_temp.workspace(contact_place) as workspace_id, contact_place,
                (array['meeting', 'follow_up', 'appointment', 'call', 'note', 'task'])[1 + j % 6] as kind,
                (array[
                    'Talk about the order', 'Ask for the contract', 'Visit', 'Call back', 'Note', 'Send figures'
                ])[1 + j % 6] as title,
                case when j % 6 <> 4 then created_at + j * 7919 % 365 * interval '1 day' end as starts_at
            from (
                select j, now() - ({activities} - j)::float8 / {activities} * interval '730 days' as created_at,
                    -- A tenth of what happens, happens with one contact in a hundred.
                    case
                        when a.place % 10 = 0
                            and pg_temp.workspace(c.place / 100 * 100) = pg_temp.workspace(c.place)
                            then c.place / 100 * 100
                        else c.place
                    end as contact_place
                from generate_series(1::bigint, {activities}) as j
                cross join lateral (select j * {activity_step} % {activities} as place) as a
                cross join lateral (select a.place * {contacts} / {activities} as place) as c
            ) as numbered
        ) as described
        """,
    ),
    (
        "attendees and changes on record",
        """
        insert into public.activity_attendees (workspace_id, id, activity_id, contact_id)
        select workspace_id, gen_random_uuid(), id, contact_id from public.activities
        where contact_id is not null and kind = 'meeting' and id < '80000000-0000-0000-0000-000000000000';
        insert into public.record_changes (workspace_id, table_name, record_id, operation, made_by, changed_at)
        select workspace_id, 'contacts', id, 'insert', made_by, created_at from public.contacts;
        """,
    ),
)
