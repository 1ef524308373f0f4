"""Checks within the database, as postgres: migrations, registers, rights, Vault, schedules, the breaker, keys, logs."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from service.config.token_keys import TokenKey
from service.doctor.findings import Check, Verdict, finding, ok, unknown, warning
from service.migrations import pending
from service.policy.comparison import differences
from service.policy.registers import register_differences
from service.stand_in_vault import StandInVaultError, refuse_stand_in_vault

Connection = psycopg.Connection[dict[str, Any]]
# Those of a fixed hour run daily, the others at least hourly.
_LATE = """
select jobs.jobname from cron.job as jobs
where not jobs.active or (
    select max(runs.start_time) from cron.job_run_details as runs where runs.jobid = jobs.jobid
) < now() - case when jobs.schedule ~ '^[0-9]+ [0-9]+ ' then interval '2 days' else interval '3 hours' end
order by jobs.jobname
"""
_FAILED = """
select distinct jobs.jobname from cron.job as jobs join cron.job_run_details as runs on runs.jobid = jobs.jobid
where runs.status = 'failed' and runs.start_time > now() - interval '1 day' order by jobs.jobname
"""
_SCHEDULES = (
    "delete-vault-orphans", "expire-cron-run-details", "expire-google-attempts",
    "expire-google-revocations", "expire-gmail-send-claims",
    "expire-outbox", "expire-pending-revocations", "expire-records", "keep-token-openings-partitions",
    "queue-unused-connection-checks",
)  # fmt: skip
_KEYS_IN_USE = "select distinct kid from private.google_secrets union select kid from private.pending_revocations"


def database_checks(database_url: str, keys: Sequence[TokenKey], *, is_production: bool) -> list[Check]:
    """Checks through a direct connection; each opens its own, so that one that fails hides no other."""

    def asking(look: Callable[[Connection], tuple[Verdict, str]]) -> Callable[[], tuple[Verdict, str]]:
        def ask() -> tuple[Verdict, str]:
            with Connection.connect(database_url, row_factory=dict_row, connect_timeout=5) as connection:
                connection.read_only = True
                return look(connection)

        return ask

    return [
        Check("migrations", lambda: _migrations(database_url)),
        Check("registers", asking(_registers)),
        Check("rights", asking(_rights)),
        Check("vault", lambda: _vault(database_url, is_production=is_production)),
        Check("schedules", asking(_schedules)),
        Check("vault-health", asking(_vault_health)),
        Check("breaker", asking(_breaker)),
        Check("outbox", asking(_outbox)),
        Check("keys-in-use", asking(lambda connection: _keys(connection, keys))),
        Check("statements-in-logs", asking(_log_statement)),
    ]


def _migrations(database_url: str) -> tuple[Verdict, str]:
    waiting = pending(database_url)
    if waiting:
        return finding(f"{len(waiting)} migrations wait: python -m service migrate")
    return ok("all applied")


def _registers(connection: Connection) -> tuple[Verdict, str]:
    if found := register_differences(connection):
        return finding(f"purposes or processors differ from policies/ in {_some(found)}: python -m service policy sync")
    return ok("purposes and processors are what policies/ says")


def _rights(connection: Connection) -> tuple[Verdict, str]:
    if found := differences(connection):
        return finding(
            f"rights differ from policies/access/ in {_some(found)}: a migration was left out, or somebody granted "
            "something by hand; python -m service policy sync --dry-run names all"
        )
    return ok("who may do what is what policies/access/ says")


def _some(found: Sequence[str]) -> str:
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"({found[0]}){more}"


def _vault(database_url: str, *, is_production: bool) -> tuple[Verdict, str]:
    try:
        refuse_stand_in_vault(database_url)
    except StandInVaultError as error:
        return finding(str(error)) if is_production else unknown("the local platform's stand-in")
    return ok("the real extension")


def _schedules(connection: Connection) -> tuple[Verdict, str]:
    there = {row["jobname"] for row in connection.execute("select jobname from cron.job")}
    if missing := [name for name in _SCHEDULES if name not in there]:
        return finding(f"not scheduled: {', '.join(missing)}; run migrate, or schedule them as the migrations do")
    late = [row["jobname"] for row in connection.execute(_LATE.encode()) if row["jobname"] in _SCHEDULES]
    if late:
        return finding(f"switched off or not run lately: {', '.join(late)}; is pg_cron running?")
    if not connection.execute("select 1 as one from cron.job_run_details limit 1").fetchone():
        return finding("none has ever run: does pg_cron run? Right after the first migrate, look again in two minutes")
    failed = [row["jobname"] for row in connection.execute(_FAILED)]
    if failed:
        return warning(f"failed within a day: {', '.join(failed)}; see cron.job_run_details")
    return ok(f"{len(_SCHEDULES)} schedules run")


def _vault_health(connection: Connection) -> tuple[Verdict, str]:
    row = connection.execute("select * from ops.vault_health").fetchone() or {}
    if wrong := {name: count for name, count in row.items() if count}:
        return finding(", ".join(f"{name} is {count}" for name, count in wrong.items()) + "; see docs/operate.md")
    return ok("every secret belongs to a connection, and the reverse")


def _breaker(connection: Connection) -> tuple[Verdict, str]:
    query = "select opened_at from ops.refresh_breaker_openings where closed_at is null"
    row = connection.execute(query).fetchone()
    if row:
        return finding(f"refreshing is stopped since {row['opened_at']:%Y-%m-%d %H:%M} UTC: docs/operate.md, alerts")
    return ok("refreshing goes on")


def _outbox(connection: Connection) -> tuple[Verdict, str]:
    row = connection.execute(
        "select count(*) filter (where parked_at is not null) as parked, count(*) filter (where parked_at is null "
        "and available_at < now() - interval '15 minutes') as waiting from private.outbox"
    ).fetchone() or {"parked": 0, "waiting": 0}
    if row["waiting"]:
        return finding(f"{row['waiting']} entries wait for more than 15 minutes: does a worker run?")
    if row["parked"]:
        return warning(f"{row['parked']} entries were given up: see ops.parked_outbox_entries")
    return ok("nothing waits")


def _keys(connection: Connection, keys: Sequence[TokenKey]) -> tuple[Verdict, str]:
    known = {key.kid for key in keys}
    used = {row["kid"] for row in connection.execute(_KEYS_IN_USE)}
    if missing := sorted(used - known):
        return finding(f"documents are sealed under {', '.join(missing)}, which TOKEN_KEYS lacks: put it back")
    retired = {row["kid"] for row in connection.execute("select kid from private.retired_keys")}
    if keys[0].kid in retired:
        return finding(f"{keys[0].kid} seals and is retired: the database refuses what it seals")
    if left := sorted(used - {keys[0].kid}):
        return warning(f"documents are still sealed under {', '.join(left)}: python -m service rotate-keys")
    return ok("every document is sealed under the first key")


def _log_statement(connection: Connection) -> tuple[Verdict, str]:
    rows = connection.execute(
        "select name, setting from pg_settings where name in ('log_statement', 'log_parameter_max_length', "
        "'log_min_duration_statement')"
    )
    settings = {row["name"]: row["setting"] for row in rows}
    if settings["log_statement"] == "all" or settings["log_min_duration_statement"] == "0":
        return warning("every statement is logged with its parameters: sealed documents, but ids and addresses too")
    return ok(f"log_statement is {settings['log_statement']}")
