"""Every cell of the access table is tried: each right that policies/access gives, by everybody who might want it.

The cells come from the files: a persona that a file names gets through, everybody else is refused and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database.workspaces.stage import Stage
from tests.database.workspaces.trying import Cell, all_cells, fingerprint, try_cell
from tests.databases import Connection

_PEOPLE = ("owner", "admin", "member", "unattested", "removed", "invited", "stranger", "anonymous")
_ROLES = {persona.name: persona for persona in (ANON, SERVICE_ROLE, GOOGLE_SERVICE, GOOGLE_OPERATOR)}
_OPERATIONS = ("select", "insert", "update", "delete")
# Which row of the stage the cell is about.
_ROW = {
    "profiles": "user_id = %(owner)s",
    "google_connections": "user_id = %(owner)s",
    "security_notices": "user_id = %(owner)s",
    "workspaces": "id = %(workspace)s",
    "workspace_members": "workspace_id = %(workspace)s and user_id = %(owner)s",
    "invitations": "id = %(invitation)s",
    "policy_versions": "id = %(version)s",
    "policy_notices": "id = %(notice)s",
    "agreements": "user_id = %(owner)s",
    "workspace_agreements": "workspace_id = %(workspace)s",
    "consent_texts": "id = %(text)s",
    "consents": "workspace_id = %(workspace)s",
    "current_consents": "workspace_id = %(workspace)s",
    "activity_reminders": "user_id = %(owner)s",
    "own_open_activities": "assignee_id = %(owner)s",
}
# What an update of the table sets; any other column would do.
_SET = {
    "profiles": "company = 'Changed'",
    "google_connections": "email = 'changed@example.com'",
    "security_notices": "kind = 'google_reconnect_required'",
    "workspaces": "name = 'Changed'",
    "workspace_members": "role = 'member'",
    "invitations": "email = 'changed@example.com'",
    "policy_versions": "version = 'changed'",
    "policy_notices": "channel = 'email'",
    "agreements": "text_sha256 = 'changed'",
    "workspace_agreements": "text_sha256 = 'changed'",
    "consent_texts": "text = 'Changed.'",
    "consents": "state = 'withdrawn'",
    "current_consents": "state = 'withdrawn'",
    "activity_reminders": "shown_at = now()",
    "own_open_activities": "title = 'Changed'",
}
# Answers that are a refusal without an error.
_REFUSALS = {"invitation_not_found", "invitation_used", "invitation_expired", "too_many_attempts", "session_ended"}


class Cell(NamedTuple):
    """One role or person, one operation, one object, and whether it may be."""

    object: str
    operation: str
    who: str
    is_allowed: bool

    def __str__(self) -> str:
        return f"{self.object.split('(')[0].replace(' ', '_')}-{self.operation}-{self.who}"


def _cells() -> list[Cell]:
    cells = []
    for declaration in access_files():
        kind, name = declaration.content["object"].split(" ", 1)
        if not name.startswith("public.") or kind == "schema":
            continue
        rights = {(right["role"], right["operation"]): right for right in declaration.content["rights"]}
        for operation in ("execute",) if kind == "function" else _OPERATIONS:
            people = rights.get(("authenticated", operation), {}).get("personas", [])
            cells += [Cell(f"{kind} {name}", operation, who, who in people) for who in _PEOPLE]
            cells += [Cell(f"{kind} {name}", operation, role, (role, operation) in rights) for role in _ROLES]
    return cells


def _calls(stage: Stage, who: str) -> dict[str, dict[str, Any]]:
    workspace, spare = {"workspace_id": stage.workspace_id}, {"user_id": stage.id("spare")}
    version = {"policy_version_id": stage.version["id"], "text_sha256": stage.version["text_sha256"]}
    text = {"consent_text_id": stage.text["id"], "text_sha256": stage.text["text_sha256"]}
    terms = {"policy_version_id": stage.terms["id"], "text_sha256": stage.terms["text_sha256"]}
    contact = {**workspace, "address": ADDRESS, "purpose": "marketing", "source": "form"}
    return {
        "accept_invitation": {"token": stage.token},
        "accept_policy": version,
        "accept_workspace_terms": {**workspace, **terms},
        "attest_adult": {"is_adult": True},
        "change_member_role": {**workspace, **spare, "role": "admin"},
        "create_workspace": {"name": f"Shop of {who}"},
        "disconnect_google": {},
        "give_consent": {"purpose": "marketing", **text},
        "invite_member": {**workspace, "email": "new@example.com", "role": "member"},
        "leave_workspace": workspace,
        "mark_policy_notice_delivered": {"notice_id": stage.notice_id},
        "own_state": {},
        "record_contact_consent": {**contact, **text},
        "remove_member": {**workspace, **spare},
        "transfer_ownership": {**workspace, **spare},
        "withdraw_consent": {"purpose": "marketing"},
        "withdraw_contact_consent": contact,
    }


def _fingerprint(database: Database) -> dict[str, Any]:
    """What every table of business data holds; counted attempts are meant to change."""
    tables = [table for table in _ROW if table not in ("current_consents", "own_open_activities")]
    query = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from public.{} as t"
    return {table: database.value(query.format(table)) for table in tables}


def _try(connection: Connection, stage: Stage, cell: Cell) -> bool:
    """Whether it got through."""
    kind, name = cell.object.split(" ", 1)
    name = name.split("(")[0].removeprefix("public.")
    if kind == "function":
        answer = call_in(connection, name, **_calls(stage, cell.who)[name])
        return answer.get("outcome") not in _REFUSALS
    where = _ROW[name]
    parameters = {
        "owner": stage.id("owner"), "workspace": stage.workspace_id, "invitation": stage.invitation_id,
        "version": stage.version["id"], "notice": stage.notice_id, "text": stage.text["id"],
    }  # fmt: skip
    column = where.split(" ")[0]
    statement = {
        "select": f"select {column} from public.{name} where {where}",
        "insert": f"insert into public.{name} default values",
        "update": f"update public.{name} set {_SET[name]} where {where}",
        "delete": f"delete from public.{name} where {where}",
    }[cell.operation]
    try:
        cursor = connection.execute(statement.encode(), parameters)
    except psycopg.Error as error:
        raise refusal(error) from error
    return cursor.rowcount > 0


def _persona(stage: Stage, who: str) -> Persona:
    return _ROLES[who] if who in _ROLES else stage.persona(who)


def _is_by_design(refused: Refused) -> bool:
    """Whether it is a refusal, and no fault of the test's own statement."""
    return refused.code in ("42501", "55000") or refused.status in (401, 403, 404, 409)


@pytest.fixture(scope="session")
def before(stage: Stage) -> dict[str, Any]:
    """What was there before any cell was tried."""
    return fingerprint(stage.database)


@pytest.fixture(scope="module")
def connection(stage: Stage) -> Iterator[Connection]:
    """One connection for all cells, as PostgREST keeps its own."""
    with stage.database.connect("authenticator") as opened:
        yield opened


@pytest.mark.parametrize("cell", all_cells(), ids=str)
def test_cell_is_as_the_access_file_says(
    stage: Stage, before: dict[str, str], connection: Connection, cell: Cell
) -> None:
    outcome = try_cell(connection, stage, cell)
    assert outcome.is_through is cell.is_allowed
    # A refused call may count the try; whoever wrote nothing cannot have changed anything.
    if outcome.has_written and not outcome.is_through:
        assert fingerprint(stage.database) == before


def test_stage_is_as_it_was_after_all_cells(stage: Stage, before: dict[str, str]) -> None:
    assert fingerprint(stage.database) == before


@pytest.mark.parametrize(("fault", "cell"), _FAULTS, ids=[str(cell) for _, cell in _FAULTS])
def test_cell_comes_out_differently_if_its_guard_is_broken(stage: Stage, fault: str, cell: Cell) -> None:
    assert cell in all_cells()
    database = stage.database
    with database.connection.transaction(force_rollback=True):
        database.execute(fault)
        assert try_cell(database.connection, stage, cell).is_through is not cell.is_allowed
