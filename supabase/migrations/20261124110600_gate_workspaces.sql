-- Purpose: the two functions by which every row policy of business data decides, and the gate before writes.
-- Keeps:   P-6.3, P-8.2, P-1.1
-- Touches: functions private.readable_workspaces, private.writable_workspaces, private.gate_writes, private.require_open; policies on workspaces and members
-- Undo:    drop policies and functions

create function private.readable_workspaces(p_least_role text default 'member')
returns setof uuid
language plpgsql
stable
-- Definer: a member may not read memberships but through this; the body answers for the user of the verified JWT alone.
security definer
rows 3
set search_path = ''
as $$
declare
    -- Every statement of a client waits for this: the claims are read once, and one query finds all.
    v_claims jsonb := auth.jwt();
begin
    if v_claims ? 'client_id' then
        return;
    end if;
    return query
    select members.workspace_id
    from private.session_ends as sessions
    inner join public.workspace_members as members on members.user_id = sessions.user_id
    where sessions.session_id = (v_claims ->> 'session_id')::uuid and sessions.user_id = (v_claims ->> 'sub')::uuid
        and sessions.ended_by is null
        and private.workspace_role_rank(members.role) >= private.workspace_role_rank(p_least_role);
end
$$;
comment on function private.readable_workspaces(text) is
'The workspaces whose data the signed-in user may read, in this role or a higher one: membership and a live session, nothing else (P-6.3, P-8.2).';
revoke all on function private.readable_workspaces(text) from public, anon, authenticated, service_role;
-- Row policies run it as the reader; without USAGE of the schema nobody can call it by name.
grant execute on function private.readable_workspaces(text) to authenticated;

create function private.writable_workspaces(p_least_role text default 'member')
returns setof uuid
language plpgsql
stable
-- Definer: as readable_workspaces.
security definer
rows 3
set search_path = ''
as $$
declare
    v_claims jsonb := auth.jwt();
    v_user_id uuid := (v_claims ->> 'sub')::uuid;
begin
    if v_claims ? 'client_id' or pg_catalog.cardinality(private.missing_for(v_user_id)) > 0 then
        return;
    end if;
    return query
    select members.workspace_id
    from private.session_ends as sessions
    inner join public.workspace_members as members on members.user_id = sessions.user_id
    where sessions.session_id = (v_claims ->> 'session_id')::uuid and sessions.user_id = v_user_id
        and sessions.ended_by is null
        and private.workspace_role_rank(members.role) >= private.workspace_role_rank(p_least_role)
        -- As workspace_terms_missing, for all of them in one query.
        and not exists (
            select from private.terms_in_effect as terms where not exists (
                select from private.accepted_terms as accepted
                where accepted.workspace_id = members.workspace_id and accepted.document = terms.document
            )
        );
end
$$;
comment on function private.writable_workspaces(text) is
'The workspaces in which the signed-in user may start new processing, in this role or a higher one: nothing is missing (P-1.1, P-6.3, P-12.1).';
revoke all on function private.writable_workspaces(text) from public, anon, authenticated, service_role;
grant execute on function private.writable_workspaces(text) to authenticated;

create function private.gate_writes()
returns trigger
language plpgsql
volatile
-- Definer: whoever writes may not read what the gate looks at; the body records an acceptance by use and nothing else.
security definer
set search_path = ''
as $$
begin
    -- A client's own statement, and not what a function or a cascade does for it: whoever leaves may have records to give up.
    if pg_catalog.current_setting('role') = 'authenticated' and pg_catalog.pg_trigger_depth() = 1 then
        perform private.require_open(auth.uid());
    end if;
    -- Nothing if it is for a statement; where it is for a row, the row goes on.
    return new;
end
$$;
comment on function private.gate_writes() is
'Trigger: a write is refused with what is missing, before a row policy would refuse it without a reason (P-1.1).';
revoke all on function private.gate_writes() from public, anon, authenticated, service_role;

create function private.require_open(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_missing text[] := private.missing_for(p_user_id);
begin
    if pg_catalog.cardinality(v_missing) > 0 then
        perform private.refuse(
            v_missing[1], 403, 'New processing is closed for this account until what is missing is done.',
            pg_catalog.array_to_string(v_missing, ', ')
        );
    end if;
    perform private.record_use(p_user_id);
end
$$;
comment on function private.require_open(uuid) is 'Refuses new processing with what is missing, or records its use (P-1.1, P-14.1).';
revoke all on function private.require_open(uuid) from public, anon, authenticated, service_role;

grant select (id, name, industry, team_size, revenue_range, created_at, updated_at) on public.workspaces to authenticated;
grant update (name, industry, team_size, revenue_range) on public.workspaces to authenticated;
grant select (workspace_id, user_id, role, display_name, joined_at, role_changed_at) on public.workspace_members to authenticated;
grant select (id, workspace_id, policy_version_id, accepted_by, text_sha256, accepted_at) on public.workspace_agreements to authenticated;

create policy workspaces_select_member on public.workspaces for select to authenticated
using (id = any(array(select private.readable_workspaces())));
comment on policy workspaces_select_member on public.workspaces is 'You see the workspaces that you belong to (P-6.3).';
create policy workspaces_update_admin on public.workspaces for update to authenticated
using (id = any(array(select private.readable_workspaces('admin'))))
with check (
    id = any(array(select private.writable_workspaces('admin'))) or private.refuse_without_terms(id)
);
comment on policy workspaces_update_admin on public.workspaces is 'Owners and admins change the facts about their workspace (P-2.1.3).';
create policy workspace_members_select_member on public.workspace_members for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy workspace_members_select_member on public.workspace_members is 'You see who belongs to your workspaces (P-6.3).';
create policy workspace_agreements_select_member on public.workspace_agreements for select to authenticated
using (workspace_id = any(array(select private.readable_workspaces())));
comment on policy workspace_agreements_select_member on public.workspace_agreements is
'You see what was accepted for your workspaces (P-1.1).';

-- Not what the database or a function of its own does: that asked before, or is a right, which never closes.
create trigger gate_writes before insert or update on public.workspaces
for each statement when (current_user = 'authenticated') execute function private.gate_writes();
