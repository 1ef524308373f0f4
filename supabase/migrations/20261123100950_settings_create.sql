-- Purpose: the few numbers that operators may change, within bounds that keep the promises.
-- Keeps:   P-5.1.4, P-3.4
-- Touches: table private.settings
-- Undo:    drop table private.settings

create table private.settings (
    is_only_row boolean primary key default true,
    breaker_minimum bigint not null default 5,
    breaker_percent bigint not null default 5,
    breaker_window interval not null default interval '10 minutes',
    checks_unused_connections boolean not null default true,
    unused_after interval not null default interval '7 days',
    unused_checks_per_night bigint not null default 5000,
    openings_per_day_worth_a_look bigint not null default 1000,
    updated_at timestamptz,
    constraint there_is_one_row check (is_only_row),
    constraint breaker_minimum_is_sane check (breaker_minimum between 1 and 100),
    constraint breaker_percent_is_sane check (breaker_percent between 1 and 50),
    constraint breaker_window_is_sane check (breaker_window between interval '1 minute' and interval '1 hour'),
    constraint unused_after_is_sane check (unused_after between interval '1 day' and interval '60 days'),
    constraint unused_checks_are_sane check (unused_checks_per_night between 1 and 50000),
    constraint openings_worth_a_look_are_sane check (openings_per_day_worth_a_look between 10 and 100000)
);

comment on table private.settings is 'One row that operators may change in Studio; its bounds keep the promises (P-5.1.4, P-3.4).';
comment on column private.settings.is_only_row is 'Makes a second row impossible (P-3.4).';
comment on column private.settings.breaker_minimum is 'More refreshes than this must have met invalid_grant before the breaker opens (P-5.1.4).';
comment on column private.settings.breaker_percent is 'More than this share of all refreshes must have met it too (P-5.1.4).';
comment on column private.settings.breaker_window is 'Within how long (P-5.1.4).';
comment on column private.settings.checks_unused_connections is 'Whether connections that nobody uses are refreshed now and then, to notice a revoked grant (P-5.5.4).';
comment on column private.settings.unused_after is 'Without a refresh for how long a connection counts as unused (P-5.5.4).';
comment on column private.settings.unused_checks_per_night is 'How many of them are checked in one night (P-3.4).';
comment on column private.settings.openings_per_day_worth_a_look is 'From how many openings a user and day are listed in ops (P-3.4).';
comment on column private.settings.updated_at is 'When an operator last changed the row; null if nobody has (P-3.4).';

alter table private.settings enable row level security;
revoke all on private.settings from public, anon, authenticated, service_role;
create trigger settings_refuse_truncate before truncate on private.settings
for each statement execute function private.refuse_truncate();

create function private.keep_settings()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' then
        raise insufficient_privilege using message = 'private.settings keeps its one row; change it instead';
    end if;
    new.updated_at := pg_catalog.clock_timestamp();
    return new;
end
$$;

comment on function private.keep_settings() is 'Trigger: the row stays, and says when it was changed (P-3.4).';
revoke all on function private.keep_settings() from public, anon, authenticated, service_role;
create trigger keep_settings before update or delete on private.settings
for each row execute function private.keep_settings();

insert into private.settings default values;
