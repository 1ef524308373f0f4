-- Purpose: joining a workspace with an invitation's token; guessing is counted and tells nothing.
-- Keeps:   P-6.3, P-8.2, P-3.4
-- Touches: function private.accept_invitation, private.expire_invitations
-- Undo:    drop the functions

create function private.accept_invitation(p_user_id uuid, p_arguments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    -- Found by its hash in an index: how long that takes says nothing about how much of a token was right.
    v_hash text := pg_catalog.encode(
        pg_catalog.sha256(pg_catalog.convert_to(coalesce(p_arguments ->> 'token', ''), 'UTF8')), 'hex'
    );
    v_invitation public.invitations;
    v_outcome text;
begin
    perform private.require_open(p_user_id);
    if (
        select pg_catalog.count(*) >= 10 from private.invitation_attempts as attempts
        where attempts.user_id = p_user_id and attempts.tried_at > pg_catalog.clock_timestamp() - interval '10 minutes'
    ) then
        return pg_catalog.jsonb_build_object('outcome', 'too_many_attempts', 'retry_after', 600);
    end if;

    -- The workspace before the invitation, as a workspace that goes takes them: joining and its end then wait for each other.
    -- Somebody else's token waits for nobody, as none does.
    perform from public.workspaces as workspaces
    where workspaces.id in (
        select invitations.workspace_id from public.invitations as invitations
        where invitations.token_hash = v_hash
            and invitations.email = (select pg_catalog.lower(users.email) from auth.users as users where users.id = p_user_id)
    )
    for no key update;
    select invitations.* into v_invitation
    from public.invitations as invitations
    inner join auth.users as users on users.id = p_user_id
        and users.email_confirmed_at is not null and pg_catalog.lower(users.email) = invitations.email
    where invitations.token_hash = v_hash
    for update of invitations;
    v_outcome := case
        -- One answer for a token that is nobody's, somebody else's or for an address that is not verified.
        when v_invitation.id is null then 'invitation_not_found'
        when v_invitation.accepted_at is not null then 'invitation_used'
        when v_invitation.expires_at <= pg_catalog.clock_timestamp() then 'invitation_expired'
        else 'joined'
    end;
    if v_outcome <> 'joined' then
        -- An answer and not an error: an error would undo the count.
        insert into private.invitation_attempts (user_id) values (p_user_id);
        return pg_catalog.jsonb_build_object('outcome', v_outcome);
    end if;

    update public.invitations as invitations set accepted_at = pg_catalog.clock_timestamp() where invitations.id = v_invitation.id;
    insert into public.workspace_members (workspace_id, user_id, role, display_name)
    select v_invitation.workspace_id, profiles.user_id, v_invitation.role, profiles.full_name
    from public.profiles as profiles where profiles.user_id = p_user_id
    on conflict (workspace_id, user_id) do nothing;
    return pg_catalog.jsonb_build_object(
        'outcome', case when found then 'joined' else 'already_a_member' end, 'workspace_id', v_invitation.workspace_id
    );
end
$$;
comment on function private.accept_invitation(uuid, jsonb) is
'{outcome: joined | already_a_member, workspace_id}, or invitation_not_found, invitation_used, invitation_expired, too_many_attempts (P-6.3, P-8.2).';
revoke all on function private.accept_invitation(uuid, jsonb) from public, anon, authenticated, service_role;

create function private.expire_invitations()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_deleted integer;
begin
    delete from private.invitation_attempts as attempts where attempts.tried_at < pg_catalog.now() - interval '1 day';
    delete from public.invitations as invitations
    where invitations.id in (
        select old.id from public.invitations as old
        where old.expires_at < pg_catalog.now() - interval '30 days'
        for update skip locked
    );
    get diagnostics v_deleted = row_count;
    return v_deleted;
end
$$;
comment on function private.expire_invitations() is
'Deletes invitations 30 days after they expired and counted attempts after a day; returns how many invitations (P-9.1).';
revoke all on function private.expire_invitations() from public, anon, authenticated, service_role;
