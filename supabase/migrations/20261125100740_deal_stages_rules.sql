-- Purpose: a deal that is won or lost is closed, its way is noted, and each stage adds up.
-- Keeps:   P-2.1.1, P-8.2
-- Touches: functions private.note_closing, note_outcome, note_deal_stage; view public.stage_totals
-- Undo:    drop them

create function private.note_closing()
returns trigger
language plpgsql
volatile
-- Definer: the stage is looked up whatever the writer may read; the body reads one stage and writes nothing else.
security definer
set search_path = ''
as $$
begin
    -- Locked, so that what it means does not change until the deal is in it.
    perform from public.pipeline_stages as stages where stages.workspace_id = new.workspace_id and stages.id = new.stage_id for share;
    new.closed_at := case
        when exists (
            select from public.pipeline_stages as stages
            where stages.workspace_id = new.workspace_id and stages.id = new.stage_id and stages.outcome <> 'open'
        ) then coalesce(case when tg_op = 'UPDATE' then old.closed_at end, pg_catalog.clock_timestamp())
    end;
    return new;
end
$$;
comment on function private.note_closing() is 'Trigger: a deal is closed while it is in a stage that means won or lost (P-2.1.1).';
revoke all on function private.note_closing() from public, anon, authenticated, service_role;
create trigger note_closing before insert or update of stage_id on public.deals
for each row execute function private.note_closing();

create function private.note_outcome()
returns trigger
language plpgsql
volatile
-- Definer: the deals are closed or opened whoever may change them; the body has those of one stage looked at again.
security definer
set search_path = ''
as $$
begin
    -- Naming the stage is enough for note_closing.
    update public.deals as deals set stage_id = deals.stage_id
    where deals.workspace_id = new.workspace_id and deals.pipeline_id = new.pipeline_id and deals.stage_id = new.id
        and (deals.closed_at is null) = (new.outcome <> 'open');
    return null;
end
$$;
comment on function private.note_outcome() is 'Trigger: what a stage comes to mean holds for the deals that are in it (P-2.1.1).';
revoke all on function private.note_outcome() from public, anon, authenticated, service_role;
create trigger note_outcome after update of outcome on public.pipeline_stages
for each row when (old.outcome is distinct from new.outcome) execute function private.note_outcome();

create function private.note_deal_stage()
returns trigger
language plpgsql
volatile
-- Definer: nobody writes the history but this; the body notes the way of this one deal.
security definer
set search_path = ''
as $$
begin
    insert into public.deal_stage_changes (workspace_id, deal_id, from_stage_id, to_stage_id, changed_by)
    values (new.workspace_id, new.id, case when tg_op = 'UPDATE' then old.stage_id end, new.stage_id, new.updated_by);
    return null;
end
$$;
comment on function private.note_deal_stage() is 'Trigger: notes that a deal was made or moved to another stage (P-2.1.1, P-8.2).';
revoke all on function private.note_deal_stage() from public, anon, authenticated, service_role;
create trigger note_new_deal after insert on public.deals
for each row execute function private.note_deal_stage();
create trigger note_moved_deal after update of stage_id on public.deals
for each row when (old.stage_id is distinct from new.stage_id) execute function private.note_deal_stage();

create view public.stage_totals with (security_invoker = true) as
select
    deals.workspace_id,
    deals.pipeline_id,
    deals.stage_id,
    deals.currency,
    count(*) as deal_count,
    sum(deals.amount) as amount
from public.deals as deals
where not deals.is_trashed
group by deals.workspace_id, deals.pipeline_id, deals.stage_id, deals.currency;
comment on view public.stage_totals is 'How many deals each stage holds and what they are worth, by currency (P-2.1.1).';
revoke all on public.stage_totals from public, anon, authenticated, service_role;
grant select on public.stage_totals to authenticated;
