"""Somebody works with an imported contact at the very moment at which the import is undone: the contact stays."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.database.lists.hanging import permit
from tests.database.lists.scene import ADA, HEADER, Scene
from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import call_in
from tests.personas import acting_as

_UNDO = "private.undo_imported(imports)"


def _id(scene: Scene) -> UUID:
    return scene.database.value("select id from public.contacts where full_name = 'Ada Lovelace'")


def test_contact_that_is_tied_at_the_same_instant_is_kept(own_scene: Scene) -> None:
    import_id, _ = own_scene.imported(HEADER + ADA)
    ada, persona = _id(own_scene), own_scene.persona("member")
    with acting_as(own_scene.database, persona) as undoing, own_scene.database.connect() as tying:
        _, answer = race(
            own_scene.database,
            (tying, lambda: tying.execute(
                "insert into public.activities (workspace_id, kind, title, contact_id) values (%s, 'note', 'Met', %s)",
                (own_scene.workspace_id, ada),
            )),
            (undoing, lambda: call_in(undoing, "undo_import", import_id=import_id)),
        )  # fmt: skip
    assert answer["kept"] == [{"contact_id": str(ada), "reason": "tied"}]
    assert own_scene.rows("select contact_id from public.activities") == [{"contact_id": ada}]


_AT_ONCE = {
    "address_changed": "update public.contact_addresses set label = 'work' where contact_id = %(contact)s",
    "address_deleted": "delete from public.contact_addresses where contact_id = %(contact)s",
    "address_added": "insert into public.contact_addresses (workspace_id, contact_id, kind, address) "
    "values (%(workspace)s, %(contact)s, 'email', 'countess@example.com')",
    "permission_added": "insert into public.contact_permissions (workspace_id, contact_id, channel, state, basis) "
    "values (%(workspace)s, %(contact)s, 'email', 'withdrawn', 'asked_by_contact')",
}


@pytest.mark.parametrize("how", _AT_ONCE)
def test_contact_whose_addresses_or_permissions_change_at_the_same_instant_is_kept(own_scene: Scene, how: str) -> None:
    import_id, _ = own_scene.imported(HEADER + ADA)
    values = {"workspace": own_scene.workspace_id, "contact": _id(own_scene)}
    with (
        acting_as(own_scene.database, own_scene.persona("member")) as undoing,
        own_scene.signed_in("admin") as changing,
    ):
        _, answer = race(
            own_scene.database,
            (changing, lambda: changing.execute(_AT_ONCE[how].encode(), values)),
            (undoing, lambda: call_in(undoing, "undo_import", import_id=import_id)),
        )
    reason = "tied" if how == "permission_added" else "changed"
    assert answer["kept"] == [{"contact_id": str(values["contact"]), "reason": reason}]


def test_contact_whose_permission_is_deleted_at_the_same_instant_is_kept(own_scene: Scene) -> None:
    import_id, _ = own_scene.imported(HEADER + ADA)
    ada = _id(own_scene)
    permit(own_scene, ada, "email", "withdrawn", "asked_by_contact")
    with own_scene.database.connect() as changing, changing.transaction():
        changing.execute("delete from public.contact_permissions where contact_id = %s", (ada,))
        assert own_scene.call("undo_import", import_id=import_id)["kept_count"] == 1
    assert own_scene.call("undo_import", import_id=import_id)["kept"] == [{"contact_id": str(ada), "reason": "changed"}]


def test_company_that_somebody_is_put_into_at_the_same_instant_is_kept(own_scene: Scene) -> None:
    import_id, _ = own_scene.imported("name,company\nAda,Engines\n")
    company = own_scene.database.value("select id from public.companies where name = 'Engines'")
    with acting_as(own_scene.database, own_scene.persona("member")) as undoing, own_scene.database.connect() as hiring:
        _, answer = race(
            own_scene.database,
            (hiring, lambda: hiring.execute(
                "insert into public.contacts (workspace_id, full_name, company_id) values (%s, 'Jean', %s)",
                (own_scene.workspace_id, company),
            )),
            (undoing, lambda: call_in(undoing, "undo_import", import_id=import_id)),
        )  # fmt: skip
    assert answer["undone_count"] == 1
    assert [(contact["full_name"], contact["company"]) for contact in own_scene.contacts()] == [("Jean", "Engines")]


@pytest.mark.parametrize(
    ("lock", "test"),
    [
        (
            "order by addresses.id for update",
            lambda scene: test_contact_whose_addresses_or_permissions_change_at_the_same_instant_is_kept(
                scene, "address_changed"
            ),
        ),
        ("order by contacts.id limit 5000 for update", test_contact_that_is_tied_at_the_same_instant_is_kept),
        (
            "order by companies.id limit 5000 for update",
            test_company_that_somebody_is_put_into_at_the_same_instant_is_kept,
        ),
    ],
    ids=["addresses", "contacts", "companies"],
)
def test_undoing_without_its_lock_is_noticed(own_scene: Scene, lock: str, test: Callable[[Scene], None]) -> None:
    remove_guard(own_scene.database, _UNDO, lock, lock.removesuffix(" for update"))
    with pytest.raises(AssertionError):
        test(own_scene)
