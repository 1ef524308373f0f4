-- Purpose: the database runs its own clocks.
-- Keeps:   P-5.5.1, P-5.5.2, P-9.1
-- Touches: extension pg_cron, cron jobs
-- Undo:    select cron.unschedule(name) for each

create extension if not exists pg_cron;

select cron.schedule('expire-google-attempts', '* * * * *', 'select private.expire_google_attempts()');
select cron.schedule('expire-google-revocations', '*/5 * * * *', 'select private.expire_google_revocations()');
select cron.schedule('expire-gmail-send-claims', '* * * * *', 'select private.expire_gmail_send_claims()');
select cron.schedule('delete-vault-orphans', '17 * * * *', 'select ops.delete_vault_orphans()');
select cron.schedule('keep-token-openings-partitions', '23 3 * * *', 'select audit.keep_partitions()');
select cron.schedule('expire-records', '41 3 * * *', 'select private.expire_records()');
-- pg_cron itself keeps every run for ever.
select cron.schedule(
    'expire-cron-run-details', '53 3 * * *',
    'delete from cron.job_run_details where end_time < pg_catalog.now() - interval ''7 days'''
);
