"""`policy sync` makes the registers say what the files say, names what differs in rights, and changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.policy import sync as command
from service.policy.registers import register_differences
from service.policy.sync import SyncRefused, sync
from tests.databases import Database, Row
from tests.local.unmigrated import unmigrated_database
from tests.service.policy.conftest import Run

_EXTRA = (
    "insert into private.processing_purposes values ('sell_data', 'Sell what customers store.', 'consent', true)",
    "update private.processors set country = 'US' where name = 'Supabase'",
)


def _registers(database: Database) -> list[Row]:
    # With the transaction that wrote each row: a row written again shows.
    return database.rows(
        "select 'purposes' as register, name, to_jsonb(p) as entry, p.xmin::text from private.processing_purposes as p "
        "union all select 'processors', name, to_jsonb(p), p.xmin::text from private.processors as p order by 1, 2"
    )


def test_sync_loads_what_the_files_say(unloaded: Database, run: Run) -> None:
    before = _registers(unloaded)
    dry = run("sync", "--dry-run", database_url=unloaded.url())
    assert (dry.returncode, dry.stderr) == (1, "")
    assert "purposes: marketing is in the file alone\n" in dry.stdout
    assert "11 differences, would be loaded; nothing was changed." in dry.stdout
    assert _registers(unloaded) == before

    loaded = run("sync", database_url=unloaded.url())
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert "processors: Google is in the file alone\n" in loaded.stdout
    assert "Registers: 11 differences, loaded; the registers are in sync." in loaded.stdout
    assert register_differences(unloaded.connection) == []

    before = _registers(unloaded)
    for arguments in (["sync"], ["sync", "--dry-run"]):
        again = run(*arguments, database_url=unloaded.url())
        assert (again.returncode, again.stdout) == (0, "Registers: nothing differs.\nRights: nothing differs.\n")
    assert _registers(unloaded) == before


def test_migration_and_file_say_the_same_of_what_both_name(unloaded: Database) -> None:
    assert unloaded.rows("select name from private.processing_purposes") == [{"name": "provide_service"}]
    assert [line for line in register_differences(unloaded.connection) if "provide_service" in line] == []


def test_sync_takes_away_and_changes_back_what_the_files_do_not_say(database: Database, run: Run) -> None:
    for statement in _EXTRA:
        database.execute(statement)
    answer = run("sync", database_url=database.url())
    assert answer.returncode == 0
    assert "purposes: sell_data is in the database alone\n" in answer.stdout
    assert "processors: Supabase differs in country: 'US' in the database, 'CA' in the file\n" in answer.stdout
    assert register_differences(database.connection) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "grant select (phone) on public.profiles to anon",
            "right in the database and not in the files: anon may select table public.profiles, column phone\n",
        ),
        (
            "revoke execute on function public.own_state() from authenticated",
            "right in the files and not in the database: authenticated may execute function public.own_state()\n",
        ),
        ("drop policy profiles_select_owner on public.profiles", "row rule in the files and not in the database:"),
        ("alter publication supabase_realtime add table public.consents", "exposure in the database and not in"),
    ],
)
def test_sync_names_a_right_that_differs_and_leaves_it(database: Database, run: Run, statement: str, said: str) -> None:
    database.execute(statement)
    database.execute(_EXTRA[0])
    for arguments in (["sync", "--dry-run"], ["sync"]):
        answer = run(*arguments, database_url=database.url())
        assert (answer.returncode, answer.stderr) == (1, "")
        assert said in answer.stdout
        assert "Rights: 1 difference. They are not changed here" in answer.stdout
    assert register_differences(database.connection) == []


_BROKEN = [
    ("purposes.yaml", "lawful_basis: contract", "lawful_basis: goodwill", "'goodwill' is not one of"),
    ("purposes.yaml", "name: marketing", "name: analytics", "analytics is there twice"),
    ("purposes.yaml", "owner: privacy\n", "owner: privacy\n" * 2, "is not YAML, line 2: a key is written twice"),
    ("processors.yaml", "competes_with_customers: false", "competes_with_customers: perhaps", "is not of type"),
    ("processors.yaml", "processors:\n", "processors: [\n", "is not YAML"),
    ("access/public.profiles.yaml", "role: authenticated", "role: everybody", "'everybody' is not one of"),
    ("access/exposure.yaml", "objects: []", "objects: [everything]", "'everything' does not match"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), _BROKEN)
def test_sync_is_refused_if_a_file_is_broken(
    unloaded: Database, run: Run, deployed: Path, name: str, old: str, new: str, said: str
) -> None:
    path, before = deployed / "policies" / name, _registers(unloaded)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    _refused(run, unloaded.url(), said)
    assert _registers(unloaded) == before


@pytest.mark.parametrize("name", ["purposes.yaml", "access/unreachable.yaml"])
def test_sync_is_refused_if_a_file_was_not_deployed(unloaded: Database, run: Run, deployed: Path, name: str) -> None:
    (deployed / "policies" / name).unlink()
    _refused(run, unloaded.url(), f"policies/{name} is missing beside service/")


def test_sync_is_refused_if_an_entry_is_gone_that_is_in_use(database: Database, run: Run, deployed: Path) -> None:
    path, before = deployed / "policies" / "purposes.yaml", _registers(database)
    text = path.read_text()
    beginning, end = text.index("  - name: marketing"), text.index("  - name: analytics")
    path.write_text(text[:beginning] + text[end:].replace("name: partner_sharing", "name: partner_selling"))
    for options in ([], ["--dry-run"]):
        _refused(run, database.url(), 'Key (name)=(marketing) is still referenced from table "consent_texts"', *options)
    assert _registers(database) == before


def test_sync_goes_on_if_a_review_is_overdue(database: Database, run: Run, deployed: Path) -> None:
    path = deployed / "policies" / "purposes.yaml"
    path.write_text(path.read_text().replace("reviewed: 2026", "reviewed: 2019").replace("by: 2027", "by: 2020"))
    assert run("sync", database_url=database.url()).returncode == 0


def test_sync_is_refused_without_a_password_if_nothing_answers(run: Run) -> None:
    answer = _refused(run, "postgresql://postgres:geheim@127.0.0.1:1/postgres", "Connection refused")
    assert "geheim" not in answer


def test_sync_is_refused_if_there_is_no_url(run: Run) -> None:
    _refused(run, "", "DATABASE_URL: is missing")


@pytest.mark.parametrize("role", ["authenticator", "supabase_auth_admin"])
def test_sync_is_refused_to_a_role_that_does_not_own_the_registers(unloaded: Database, run: Run, role: str) -> None:
    before = _registers(unloaded)
    said = f"of the role {role}, and private.processing_purposes belongs to postgres"
    _refused(run, unloaded.url(role), said)  # type: ignore[arg-type]
    assert _registers(unloaded) == before


def test_sync_is_refused_before_the_migrations(unloaded: Database, run: Run) -> None:
    with unmigrated_database(unloaded.cluster) as empty:
        _refused(run, empty.url(), "no registers yet: python -m service migrate")
    unloaded.execute("delete from supabase_migrations.schema_migrations where version > '20261124112'")
    _refused(run, unloaded.url(), "migrations wait: python -m service migrate")
    unloaded.execute("insert into supabase_migrations.schema_migrations (version) values ('20990101000000')")
    _refused(run, unloaded.url(), "20990101000000, which is not in the migrations folder")


def test_sync_is_refused_while_another_session_changes_the_registers(
    unloaded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_LOCK_TIMEOUT", "50ms")
    before = _registers(unloaded)
    with unloaded.connect() as other, other.transaction():
        other.execute("lock table private.processors in share row exclusive mode")
        with pytest.raises(SyncRefused, match="Another session"):
            sync(unloaded.url(), is_dry_run=False)
    assert _registers(unloaded) == before
    assert sync(unloaded.url(), is_dry_run=False).exit_code == 0


def _refused(run: Run, database_url: str, said: str, *options: str) -> str:
    """Refused with a reason and without a trace; gives what was printed."""
    answer = run("sync", *options, database_url=database_url)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr
    return answer.stderr
