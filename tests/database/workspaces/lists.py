"""Imports in each state, an export and a merge in a workspace, for tests to try their rights on."""

from __future__ import annotations

from uuid import UUID

from tests.database.workspaces.calling import call
from tests.databases import Database
from tests.personas import Person, Persona

_LIST = "name,email\n{0} Person,{0}@example.com\nNobody,nobody\n"


def add_lists(database: Database, people: dict[str, Person], workspace_id: UUID, elsewhere_id: UUID) -> dict[str, UUID]:
    """Imports of the member's and a stranger's, an export, a merge, two contacts to merge; gives the ids."""
    member, owner = people["member"].persona(), people["owner"].persona()
    ids = {name: _upload(database, member, workspace_id, name) for name in ("open", "checked", "committed", "others")}
    for name in ("checked", "committed", "others"):
        call(database, member, "check_import", import_id=ids[name])
    for name in ("committed", "others"):
        call(database, member, "commit_import", import_id=ids[name], only_good_rows=True)
    call(database, owner, "export_contacts", workspace_id=workspace_id)
    contacts = [_contact(database, workspace_id, name) for name in ("Ada", "Countess", "Lovelace", "Augusta")]
    merge = call(
        database, member, "merge_contacts", workspace_id=workspace_id, keep_id=contacts[0], merge_id=contacts[1]
    )
    ids["elsewhere"] = _upload(database, people["stranger"].persona(), elsewhere_id, "elsewhere")
    return {
        **{f"{name}_import": import_id for name, import_id in ids.items()},
        "list_export": database.value("select id from public.list_exports where workspace_id = %s", (workspace_id,)),
        "merge": UUID(merge["merge_id"]), "kept_contact": contacts[2], "merged_contact": contacts[3],
    }  # fmt: skip


def _upload(database: Database, who: Persona, workspace_id: UUID, name: str) -> UUID:
    begun = call(
        database, who, "begin_import", workspace_id=workspace_id, source="event", lawful_basis="consent",
        file_name=f"{name}.csv",
    )  # fmt: skip
    call(database, who, "add_import_part", import_id=begun["import_id"], part_number=1, content=_LIST.format(name))
    return UUID(begun["import_id"])


def _contact(database: Database, workspace_id: UUID, name: str) -> UUID:
    return database.value(
        "insert into public.contacts (workspace_id, full_name) values (%s, %s) returning id", (workspace_id, name)
    )
