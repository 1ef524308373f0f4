-- Purpose: what the frontend calls to make, join, run and leave a workspace.
-- Keeps:   P-2.1.3, P-6.3, P-8.2, P-1.1
-- Touches: functions of public
-- Undo:    drop the functions

create function public.create_workspace(name text, industry text default null, team_size text default null, revenue_range text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('create_workspace', pg_catalog.jsonb_build_object('name', create_workspace.name, 'industry', create_workspace.industry, 'team_size', create_workspace.team_size, 'revenue_range', create_workspace.revenue_range))
    returning answer;
end;
comment on function public.create_workspace(text, text, text, text) is
'Makes a workspace that the caller owns: {workspace_id, are_terms_missing} (P-2.1.3, P-6.3).';
revoke all on function public.create_workspace(text, text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.create_workspace(text, text, text, text) to authenticated;

create function public.accept_workspace_terms(workspace_id uuid, policy_version_id bigint, text_sha256 text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('accept_workspace_terms', pg_catalog.jsonb_build_object('workspace_id', accept_workspace_terms.workspace_id, 'policy_version_id', accept_workspace_terms.policy_version_id, 'text_sha256', accept_workspace_terms.text_sha256))
    returning answer;
end;
comment on function public.accept_workspace_terms(uuid, bigint, text) is
'An owner accepts the service agreement or the data processing terms for the workspace: {outcome: accepted | accepted_before, are_terms_missing} (P-1.1).';
revoke all on function public.accept_workspace_terms(uuid, bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.accept_workspace_terms(uuid, bigint, text) to authenticated;

create function public.invite_member(workspace_id uuid, email text, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('invite_member', pg_catalog.jsonb_build_object('workspace_id', invite_member.workspace_id, 'email', invite_member.email, 'role', invite_member.role))
    returning answer;
end;
comment on function public.invite_member(uuid, text, text) is
'Owners and admins invite an address for 7 days: {invitation_id, token, expires_at}; the token is shown this once (P-6.3, P-8.2).';
revoke all on function public.invite_member(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.invite_member(uuid, text, text) to authenticated;

create function public.accept_invitation(token text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('accept_invitation', pg_catalog.jsonb_build_object('token', accept_invitation.token))
    returning answer;
end;
comment on function public.accept_invitation(text) is
'Joins a workspace: {outcome: joined | already_a_member, workspace_id}, or invitation_not_found, invitation_used, invitation_expired, too_many_attempts with retry_after in seconds (P-6.3, P-8.2).';
revoke all on function public.accept_invitation(text) from public, anon, authenticated, service_role;
grant execute on function public.accept_invitation(text) to authenticated;

create function public.change_member_role(workspace_id uuid, user_id uuid, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('change_member_role', pg_catalog.jsonb_build_object('workspace_id', change_member_role.workspace_id, 'user_id', change_member_role.user_id, 'role', change_member_role.role))
    returning answer;
end;
comment on function public.change_member_role(uuid, uuid, text) is
'Gives a member another role: {user_id, role} (P-8.2).';
revoke all on function public.change_member_role(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.change_member_role(uuid, uuid, text) to authenticated;

create function public.transfer_ownership(workspace_id uuid, user_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
    insert into private.own_requests (action, arguments)
    values ('transfer_ownership', pg_catalog.jsonb_build_object('workspace_id', transfer_ownership.workspace_id, 'user_id', transfer_ownership.user_id))
    returning answer;
end;
comment on function public.transfer_ownership(uuid, uuid) is
'Makes another member owner and the caller admin: {owner_id} (P-8.2).';
revoke all on function public.transfer_ownership(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.transfer_ownership(uuid, uuid) to authenticated;

create function public.remove_member(workspace_id uuid, user_id uuid, reassign_to uuid default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
-- PostgREST grants the time: a person may own many records, and what follows from going is done for each.
set statement_timeout = '60s'
begin atomic
    insert into private.own_requests (action, arguments)
    values ('remove_member', pg_catalog.jsonb_build_object('workspace_id', remove_member.workspace_id, 'user_id', remove_member.user_id, 'reassign_to', remove_member.reassign_to))
    returning answer;
end;
comment on function public.remove_member(uuid, uuid, uuid) is
'Takes a member out; the records go to the named member or to nobody: {removed, reassigned_to} (P-6.3, P-8.2).';
revoke all on function public.remove_member(uuid, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.remove_member(uuid, uuid, uuid) to authenticated;

create function public.leave_workspace(workspace_id uuid, reassign_to uuid default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
-- PostgREST grants the time: a person may own many records, and what follows from going is done for each.
set statement_timeout = '60s'
begin atomic
    insert into private.own_requests (action, arguments)
    values ('leave_workspace', pg_catalog.jsonb_build_object('workspace_id', leave_workspace.workspace_id, 'reassign_to', leave_workspace.reassign_to))
    returning answer;
end;
comment on function public.leave_workspace(uuid, uuid) is
'Takes the caller out, whatever the state of the account: {removed, reassigned_to} (P-6.3, P-9.2).';
revoke all on function public.leave_workspace(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.leave_workspace(uuid, uuid) to authenticated;
