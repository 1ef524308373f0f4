-- Says that this database is a scratch one. Demo, tests and everything else that destroys data look for it first.
create schema local_platform;
create table local_platform.scratch_marker (
    made_at timestamptz primary key default now(),
    note text not null default 'Made by the local platform. Nothing in this database is worth keeping.'
);
insert into local_platform.scratch_marker default values;
grant usage on schema local_platform to postgres;
grant select on local_platform.scratch_marker to postgres;
