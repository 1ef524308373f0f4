-- Purpose: what a member leaves behind: records go on under a named member or under nobody, open invitations end.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.reassign_records, take_back_invitations
-- Undo:    drop the functions

create function private.reassign_records(p_workspace_id uuid, p_from uuid, p_to uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_reference record;
begin
    -- Every table whose rows belong to a member says so by a foreign key that sets its column to null: none is forgotten here.
    for v_reference in
        select
            keys.conrelid::pg_catalog.regclass::text as table_name,
            pg_catalog.max(own.attname::text) filter (where theirs.attname = 'user_id') as member_column,
            pg_catalog.max(own.attname::text) filter (where theirs.attname = 'workspace_id') as workspace_column
        from pg_catalog.pg_constraint as keys
        cross join lateral rows from (pg_catalog.unnest(keys.conkey), pg_catalog.unnest(keys.confkey)) as pairs (own, theirs)
        inner join pg_catalog.pg_attribute as own on own.attrelid = keys.conrelid and own.attnum = pairs.own
        inner join pg_catalog.pg_attribute as theirs on theirs.attrelid = keys.confrelid and theirs.attnum = pairs.theirs
        where keys.contype = 'f' and keys.confrelid = 'public.workspace_members'::pg_catalog.regclass
            -- What goes with its member (on delete cascade) is nobody's to inherit. A partition's key is that of its table.
            and keys.confdeltype = 'n' and keys.conparentid = 0
        group by keys.oid, keys.conrelid
        order by 1, 2
    loop
        execute pg_catalog.format(
            'update %s set %I = $1 where %I = $2 and %I = $3',
            v_reference.table_name, v_reference.member_column, v_reference.workspace_column, v_reference.member_column
        ) using p_to, p_workspace_id, p_from;
    end loop;
end
$$;
comment on function private.reassign_records(uuid, uuid, uuid) is
'Gives what belongs to one member of a workspace to another, or to nobody if none is named (P-6.3).';
revoke all on function private.reassign_records(uuid, uuid, uuid) from public, anon, authenticated, service_role;

create function private.take_back_invitations(p_workspace_id uuid, p_user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
    -- Otherwise somebody who is removed comes back under another address, in the role that was taken away.
    delete from public.invitations as invitations
    where invitations.workspace_id = p_workspace_id and invitations.invited_by = p_user_id and invitations.accepted_at is null
$$;
comment on function private.take_back_invitations(uuid, uuid) is
'Ends the open invitations of somebody who may not invite any more (P-6.3, P-8.2).';
revoke all on function private.take_back_invitations(uuid, uuid) from public, anon, authenticated, service_role;
