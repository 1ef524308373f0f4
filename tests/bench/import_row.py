"""The rows about importing a list: against COPY and plain inserts into the same tables, and the memory it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import psycopg

from service.local.platform import Platform
from tests.bench.rows import Row, at_least, at_most
from tests.people import sign_up
from tests.scratch import refuse_unless_scratch

_ROWS, _FEW = 100_000, 20_000
_PART = 1_000_000
_FIRST = ("Ada", "Grace", "Jean", "Karim", "Mary", "Olga", "Wei", "Zo\u00eb")
_LAST = ("Curie", "Hopper", "Lovelace", "M\u00fcller", "Nguyen", "Noether", "Okafor", "Silva")
_JOBS = ("Buyer", "Chef", "Owner", "Sales", "Service")
_COLUMNS = "full_name, email, phone, job_title, company, lifecycle, tags"
# What somebody would write who has the rights of the tables' owner and a file that is right.
_COMPANIES = """
insert into public.companies (workspace_id, name, made_by, created_by)
select distinct %(workspace)s::uuid, company, 'import', %(user)s::uuid from pg_temp.list
"""
_CONTACTS = """
insert into public.contacts (
    workspace_id, id, full_name, job_title, company_id, lifecycle, tags, source, lawful_basis, made_by, created_by
)
select %(workspace)s, list.id, list.full_name, list.job_title, companies.id, list.lifecycle,
    string_to_array(list.tags, ';'), 'event', 'consent', 'import', %(user)s
from pg_temp.list as list
left join public.companies as companies on companies.workspace_id = %(workspace)s and companies.name = list.company
"""
_ADDRESSES = """
insert into public.contact_addresses (workspace_id, contact_id, kind, address, is_main, made_by, created_by)
select %(workspace)s::uuid, id, 'email', email, true, 'import', %(user)s::uuid from pg_temp.list
union all
select %(workspace)s::uuid, id, 'phone', phone, true, 'import', %(user)s::uuid from pg_temp.list
"""


class Importer:
    """A signed-up user who calls the functions of the database through gateway and PostgREST."""

    def __init__(self, platform: Platform, http: httpx.Client) -> None:
        user = sign_up(platform, http, name="importer")
        self.user_id = UUID(user.id)
        self._http, self._url = http, platform.supabase_url
        self._headers = {"apikey": platform.publishable_key, **user.headers}

    def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function.

        Raises:
            httpx.HTTPStatusError: it refused.
        """
        answer = self._http.post(f"{self._url}/rest/v1/rpc/{function}", headers=self._headers, json=arguments)
        answer.raise_for_status()
        return answer.json()

    def import_list(self, workspace_id: UUID, text: str) -> None:
        """All calls of an import, as a frontend makes them."""
        begun = self.call(
            "begin_import", workspace_id=str(workspace_id), source="event", lawful_basis="consent", file_name="list.csv"
        )
        asked = {"import_id": begun["import_id"]}
        for number, begin in enumerate(range(0, len(text), _PART), 1):
            self.call("add_import_part", **asked, part_number=number, content=text[begin : begin + _PART])
        self.call("check_import", **asked)
        assert self.call("commit_import", **asked)["state"] == "committed"


def imports(platform: Platform, rounds: int, report: Callable[[str], None], count: int = _ROWS) -> list[Row]:
    """Import a list of so many rows and write the same by hand, in turn; then watch the memory of it and a short one.

    Each import has a workspace of its own, which is deleted afterwards.
    """
    refuse_unless_scratch(platform.admin_url)
    speed = at_least(f"import of {count:,} rows against raw COPY plus insert", 0.3)
    flat = at_most(f"memory of a backend that imports {count:,} rows, against {_FEW:,}", 1.5)
    text, few = _file(count), _file(min(_FEW, count))
    with (
        httpx.Client(timeout=600, trust_env=False) as http,
        psycopg.connect(platform.database_url, autocommit=True) as owner,
    ):
        importer = Importer(platform, http)
        for number in range(1, rounds + 1):
            report(f"import: round {number} of {rounds}")
            by_hand = _seconds(owner, importer, lambda workspace_id: _by_hand(owner, importer, workspace_id, text))
            ours = _seconds(owner, importer, lambda workspace_id: importer.import_list(workspace_id, text))
            speed.ratios.append(by_hand / ours)
            speed.detail = f"{ours:.1f} and {by_hand:.1f} s, {count / ours:,.0f} rows a second"
        report("import: memory")
        peaks = [_peak(platform, owner, importer, content) for content in (few, text)]
        flat.ratios.append(peaks[1] / peaks[0])
        flat.detail = f"{peaks[1]:.0f} and {peaks[0]:.0f} MB of its own"
    return [speed, flat]


def _file(count: int) -> str:
    rows = (
        f"{_FIRST[n % 8]} {_LAST[n // 8 % 8]} {n},person{n}@shop{n % 997}.example,+1613{n:07d},{_JOBS[n % 5]},"
        f"Shop {n % (count // 20)},lead,vip;north\n"
        for n in range(count)
    )
    return f"{_COLUMNS.replace(' ', '')}\n{''.join(rows)}"


def _by_hand(owner: psycopg.Connection, importer: Importer, workspace_id: UUID, text: str) -> None:
    values = {"workspace": workspace_id, "user": importer.user_id}
    with owner.transaction():
        columns = _COLUMNS.replace(",", " text,")
        owner.execute(
            f"create temp table list (id uuid default gen_random_uuid(), {columns} text) on commit drop".encode()
        )
        with owner.cursor().copy(f"copy pg_temp.list ({_COLUMNS}) from stdin (format csv, header)".encode()) as copy:
            for begin in range(0, len(text), _PART):
                copy.write(text[begin : begin + _PART])
        for statement in (_COMPANIES, _CONTACTS, _ADDRESSES):
            owner.execute(statement.encode(), values)


@contextmanager
def _workspace(owner: psycopg.Connection, importer: Importer) -> Iterator[UUID]:
    name = f"Bench {uuid4()}"
    workspace_id = UUID(importer.call("create_workspace", name=name)["workspace_id"])
    yield workspace_id
    owner.execute("delete from public.workspaces where id = %s", (workspace_id,))
    # The next one finds tables as this one found them.
    for table in ("contacts", "contact_addresses", "companies", "record_changes", "import_rows"):
        owner.execute(f"vacuum analyze public.{table}".encode())


def _seconds(owner: psycopg.Connection, importer: Importer, act: Callable[[UUID], None]) -> float:
    with _workspace(owner, importer) as workspace_id:
        began = time.perf_counter()
        act(workspace_id)
        return time.perf_counter() - began


def _peak(platform: Platform, owner: psycopg.Connection, importer: Importer, text: str) -> float:
    """The most memory, in MB and apart from what all share, that a backend of PostgREST had while it imported."""
    server, most, is_over = psutil.Process(platform.cluster.pid), [0.0], threading.Event()

    def watch() -> None:
        # At least once, however short the list.
        while True:
            most[0] = max(most[0], *(_own_memory(child) for child in server.children()))
            if is_over.wait(0.05):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    with _workspace(owner, importer) as workspace_id:
        watcher.start()
        importer.import_list(workspace_id, text)
        is_over.set()
        watcher.join()
    return most[0]


def _own_memory(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess, FileNotFoundError, IndexError):
        if "authenticator" in process.cmdline()[0]:
            status = Path(f"/proc/{process.pid}/status").read_text()
            (line,) = [line for line in status.splitlines() if line.startswith("RssAnon")]
            return int(line.split()[1]) / 1024
    return 0.0
