-- Purpose: whoever writes into a workspace whose terms nobody accepted is told so, by a function and by a row policy alike.
-- Keeps:   P-1.1, P-6.3
-- Touches: functions private.workspace_terms_missing, private.require_terms, private.refuse_without_terms
-- Undo:    drop the functions

create function private.workspace_terms_missing(p_workspace_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return exists (
        select from private.terms_in_effect as terms where not exists (
            select from private.accepted_terms as accepted
            where accepted.workspace_id = p_workspace_id and accepted.document = terms.document
        )
    );
end
$$;
comment on function private.workspace_terms_missing(uuid) is
'Whether an owner has yet to accept the service agreement or the data processing terms for the workspace (P-1.1).';
revoke all on function private.workspace_terms_missing(uuid) from public, anon, authenticated, service_role;

create function private.require_terms(p_workspace_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if private.workspace_terms_missing(p_workspace_id) then
        perform private.refuse('terms_missing', 403, 'An owner has yet to accept the terms for this workspace.');
    end if;
end
$$;
comment on function private.require_terms(uuid) is
'Refuses to take data of others into a workspace for which no owner has accepted the terms (P-1.1).';
revoke all on function private.require_terms(uuid) from public, anon, authenticated, service_role;

create function private.refuse_without_terms(p_workspace_id uuid)
returns boolean
language plpgsql
stable
-- Definer: as readable_workspaces; the body looks at workspaces of the caller alone and lets nothing through.
security definer
set search_path = ''
as $$
begin
    if p_workspace_id in (select private.readable_workspaces()) then
        perform private.require_terms(p_workspace_id);
    end if;
    return false;
end
$$;
comment on function private.refuse_without_terms(uuid) is
'Asked by a row policy that is about to refuse: says terms_missing if that is why, and is never true (P-1.1, P-6.3).';
revoke all on function private.refuse_without_terms(uuid) from public, anon, authenticated, service_role;
-- Row policies run it as the writer; without USAGE of the schema nobody can call it by name.
grant execute on function private.refuse_without_terms(uuid) to authenticated;
