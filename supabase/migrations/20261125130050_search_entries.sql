-- Purpose: one shape for what can be found, whatever its table: by its tokens, and as it is shown.
-- Keeps:   P-6.3, P-8.2, P-9.1
-- Touches: function private.search_kind; view private.search_entries
-- Undo:    drop them

create function private.search_kind(p_kind text, p_workspace_id uuid, p_tokens tsquery, p_most integer)
returns table (id uuid, title text, more text)
language plpgsql
stable
security invoker
rows 20
set search_path = ''
as $$
begin
    -- Arguments stand in selects of their own so that the planner does not see them: it would plan anew for each, which takes longer
    -- than to search. "is not distinct from": or an index by workspace would be read as well, and tells nothing that the tokens do not.
    if p_kind = 'contact' then
        return query
        select contacts.id, contacts.full_name, contacts.job_title from public.contacts as contacts
        where private.search_tokens(contacts.workspace_id, contacts.full_name, contacts.job_title) @@ (select p_tokens)
            and contacts.workspace_id is not distinct from (select p_workspace_id) and not contacts.is_trashed
        limit (select p_most);
    elsif p_kind = 'company' then
        return query
        select companies.id, companies.name, coalesce(companies.domain, '') || ' ' || coalesce(companies.city, '')
        from public.companies as companies
        where private.search_tokens(
            companies.workspace_id, companies.name, coalesce(companies.domain, '') || ' ' || coalesce(companies.city, '')
        ) @@ (select p_tokens)
            and companies.workspace_id is not distinct from (select p_workspace_id) and not companies.is_trashed
        limit (select p_most);
    elsif p_kind = 'deal' then
        return query
        select deals.id, deals.name, null::text from public.deals as deals
        where private.search_tokens(deals.workspace_id, deals.name, null) @@ (select p_tokens)
            and deals.workspace_id is not distinct from (select p_workspace_id) and not deals.is_trashed
        limit (select p_most);
    end if;
end
$$;
comment on function private.search_kind(text, uuid, tsquery, integer) is
'Records of one kind in one workspace whose tokens fit, out of the trash, at most so many (P-6.3, P-9.1).';
revoke all on function private.search_kind(text, uuid, tsquery, integer) from public, anon, authenticated, service_role;

create view private.search_entries with (security_invoker = true) as
select
    'contact' as kind,
    contacts.workspace_id,
    contacts.id,
    contacts.full_name as title,
    concat_ws(', ', contacts.job_title, (
        select companies.name from public.companies as companies
        where companies.workspace_id = contacts.workspace_id and companies.id = contacts.company_id and not companies.is_trashed
    )) as subtitle
from public.contacts as contacts
union all
select
    'company' as kind,
    companies.workspace_id,
    companies.id,
    companies.name as title,
    concat_ws(', ', companies.domain, companies.city) as subtitle
from public.companies as companies
union all
select
    'deal' as kind,
    deals.workspace_id,
    deals.id,
    deals.name as title,
    concat_ws(', ', (
        select stages.name from public.pipeline_stages as stages
        where stages.workspace_id = deals.workspace_id and stages.id = deals.stage_id
    ), (
        select companies.name from public.companies as companies
        where companies.workspace_id = deals.workspace_id and companies.id = deals.company_id and not companies.is_trashed
    )) as subtitle
from public.deals as deals;
comment on view private.search_entries is 'What is shown of a contact, a company or a deal that was found: title and subtitle (P-6.3, P-9.1).';
revoke all on private.search_entries from public, anon, authenticated, service_role;
