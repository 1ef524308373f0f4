-- Purpose: nobody is bound by a text on the day they first hear of it.
-- Keeps:   P-14.1
-- Touches: function private.announce_material_change, a trigger of public.policy_versions
-- Undo:    drop them

create function private.announce_material_change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- The first version of a document changes nothing that anybody agreed to.
    if new.is_material and new.effective_at < new.published_at + interval '1 day'
        and exists (select from public.policy_versions as versions where versions.document = new.document) then
        raise check_violation using message = 'A material change takes effect a day after it is published, or later.',
            constraint = 'material_change_is_announced_first', table = 'policy_versions', schema = 'public',
            hint = 'Give a later p_effective_at. A change that is not material may take effect at once.';
    end if;
    return new;
end
$$;
comment on function private.announce_material_change() is
'Trigger: leaves a day between the publishing of a material change and its effect, in which notices reach people (P-14.1).';
revoke all on function private.announce_material_change() from public, anon, authenticated, service_role;
create trigger announce_material_change before insert on public.policy_versions
for each row execute function private.announce_material_change();
