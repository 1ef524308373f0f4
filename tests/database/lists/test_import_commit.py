"""A checked list becomes contacts: all of it, or its good rows, or nothing."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard
from tests.database.workspaces.stage import publish

_BAD = "Nobody,nobody,\n"
_LONG = pytest.mark.skipif(os.environ.get("TORTURE") != "full", reason="the long form: make torture")


def test_rows_become_contacts_that_say_where_they_are_from(scene: Scene) -> None:
    scene.define("tier", "choice", ["gold"])
    text = (
        "name,email,email_2,phone,job_title,company,lifecycle,language,time_zone,tags,description,tier\n"
        "Ada Lovelace,ada@example.com,a.l@example.com,+16135550142,Analyst,Engines,customer,en-GB,Europe/London,"
        'vip;math,"Met ""there""",gold\n'
        "Grace Hopper,,,,,,,,,,,\n"
    )
    import_id, report = scene.imported(text, source="partner", source_detail="Fair", lawful_basis="contract")
    assert (report["state"], report["imported_count"], report["company_count"]) == ("committed", 2, 1)
    ada, grace = scene.contacts()
    assert ada == {
        "full_name": "Ada Lovelace", "job_title": "Analyst", "company": "Engines", "lifecycle": "customer",
        "language": "en-GB", "time_zone": "Europe/London", "description": 'Met "there"', "tags": ["vip", "math"],
        "attributes": {"tier": "gold"}, "addresses": ["ada@example.com", "a.l@example.com", "+16135550142"],
    }  # fmt: skip
    assert (grace["lifecycle"], grace["tags"], grace["addresses"]) == ("lead", [], [])
    provenance = scene.rows(
        "select distinct c.made_by, c.created_by, c.import_id, c.source, c.source_detail, c.lawful_basis, c.version, "
        "a.made_by as address_made_by, o.made_by as company_made_by, o.import_id as company_import_id "
        "from public.contacts as c inner join public.contact_addresses as a on a.contact_id = c.id "
        "inner join public.companies as o on o.id = c.company_id where c.workspace_id = %(id)s",
        id=scene.workspace_id,
    )
    assert provenance == [
        {
            "made_by": "import", "created_by": scene.people["member"].id, "import_id": import_id, "source": "partner",
            "source_detail": "Fair", "lawful_basis": "contract", "version": 1, "address_made_by": "import",
            "company_made_by": "import", "company_import_id": import_id,
        }
    ]  # fmt: skip
    noted = scene.rows(
        "select distinct made_by from public.record_changes where workspace_id = %(id)s "
        "and table_name <> 'attribute_definitions'",
        id=scene.workspace_id,
    )
    assert noted == [{"made_by": "import"}]


def test_import_stays_on_record_without_a_persons_data(scene: Scene) -> None:
    import_id, _ = scene.imported(HEADER + ADA)
    (row,) = scene.rows("select imports::text as it from public.imports where id = %(id)s", "owner", id=import_id)
    assert "people.csv" in row["it"]
    assert not [word for word in ("Lovelace", "ada@", "613555") if word in row["it"]]
    assert scene.staged() == 0


def test_one_wrong_row_keeps_the_whole_list_out_unless_the_good_rows_are_asked_for(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA + _BAD + GRACE)["import_id"]
    refused = scene.refused("commit_import", import_id=import_id)
    assert (refused.code, refused.status, refused.details) == ("import_has_problems", 409, "1")
    assert scene.contacts() == []
    report = scene.call("commit_import", import_id=import_id, only_good_rows=True)
    assert (report["imported_count"], report["bad_count"]) == (2, 1)
    assert [contact["full_name"] for contact in scene.contacts()] == ["Ada Lovelace", "Grace Hopper"]
    # What was left out can still be looked up; it names nobody.
    assert scene.problems(import_id) == [(3, "email", "bad_email")]


def test_companies_are_found_whatever_their_case_and_made_once(scene: Scene) -> None:
    scene.rows(
        "insert into public.companies (workspace_id, name) values (%(id)s, 'Engines Ltd')", id=scene.workspace_id
    )
    scene.rows("insert into public.companies (workspace_id, name) values (%(id)s, 'Navy')", id=scene.workspace_id)
    scene.rows(
        "update public.companies set trashed_at = now() where workspace_id = %(id)s and name = 'Navy'",
        id=scene.workspace_id,
    )
    _, report = scene.imported("name,company\nAda,ENGINES LTD\nGrace,navy\nMary,Navy\nJean,\n")
    assert report["company_count"] == 1
    companies = {contact["full_name"]: contact["company"] for contact in scene.contacts()}
    assert companies == {"Ada": "Engines Ltd", "Grace": "navy", "Mary": "navy", "Jean": None}
    rows = "select trashed_at is null as it from public.companies where workspace_id = %(id)s and lower(name) = 'navy'"
    assert sorted(row["it"] for row in scene.rows(rows, id=scene.workspace_id)) == [False, True]


def test_import_that_is_asked_for_twice_is_done_once(scene: Scene) -> None:
    import_id, first = scene.imported(HEADER + ADA)
    assert scene.call("commit_import", import_id=import_id) == first
    assert len(scene.contacts()) == 1


def test_contact_made_since_the_check_is_seen(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA + GRACE)["import_id"]
    scene.add_contact("Ada", "ada@example.com")
    assert scene.refused("commit_import", import_id=import_id).code == "import_has_problems"
    report = scene.call("commit_import", import_id=import_id, only_good_rows=True)
    assert report["imported_count"] == 1
    assert [contact["full_name"] for contact in scene.contacts()] == ["Ada", "Grace Hopper"]


def test_contact_made_since_the_check_would_be_doubled_without_looking_again(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.make_imported(imports)",
        "perform private.find_import_duplicates(p_import.workspace_id, p_import.id);",
    )  # fmt: skip
    with pytest.raises(pytest.fail.Exception):
        test_contact_made_since_the_check_is_seen(own_scene)


@pytest.mark.parametrize("state", ["staging", "cancelled"])
def test_list_that_was_not_checked_is_not_imported(scene: Scene, state: str) -> None:
    import_id = scene.upload(HEADER + ADA)
    if state == "cancelled":
        scene.call("cancel_import", import_id=import_id)
    refused = scene.refused("commit_import", import_id=import_id)
    assert (refused.code, refused.status, refused.details) == ("import_state_is_another", 409, state)
    assert scene.contacts() == []


def test_cancelled_import_leaves_nothing(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA + _BAD)["import_id"]
    assert scene.call("cancel_import", import_id=import_id) == {"import_id": import_id, "state": "cancelled"}
    assert scene.call("cancel_import", import_id=import_id)["state"] == "cancelled"
    assert (scene.contacts(), scene.staged()) == ([], 0)
    assert scene.refused("check_import", import_id=import_id).code == "import_state_is_another"


def test_member_who_left_neither_goes_on_nor_sees_the_rows(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA)["import_id"]
    scene.call("leave_workspace", workspace_id=scene.workspace_id)
    assert scene.refused("commit_import", import_id=import_id).code == "import_not_found"
    assert scene.rows("select 1 as it from public.import_rows where import_id = %(id)s", id=import_id) == []


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("check_import", {}), ("commit_import", {}), ("add_import_part", {"part_number": 2, "content": GRACE})],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_import_waits_for_what_is_missing(scene: Scene, function: str, arguments: dict[str, Any]) -> None:
    import_id = (
        scene.upload(HEADER + ADA) if function == "add_import_part" else UUID(scene.check(HEADER + ADA)["import_id"])
    )
    scene.database.execute(
        "update public.profiles set adult_attested_at = null where user_id = %s", (scene.people["member"].id,)
    )
    refused = scene.refused(function, import_id=import_id, **arguments)
    assert (refused.code, refused.status) == ("adult_attestation_missing", 403)
    # Giving it up is no new processing.
    scene.call("cancel_import", import_id=import_id)


def test_import_waits_for_the_terms_of_the_workspace(own_scene: Scene) -> None:
    publish(own_scene.database, "service_agreement", "terms-1")
    refused = own_scene.refused(
        "begin_import", workspace_id=own_scene.workspace_id, source="event", lawful_basis="consent", file_name="a.csv"
    )
    assert (refused.code, refused.status) == ("terms_missing", 403)


def test_nobody_imports_into_a_workspace_of_others(scene: Scene) -> None:
    arguments = {"source": "event", "lawful_basis": "consent", "file_name": "a.csv"}
    for workspace_id in (scene.elsewhere_id, UUID(int=0)):
        refused = scene.refused("begin_import", workspace_id=workspace_id, **arguments)
        assert (refused.code, refused.status) == ("workspace_not_found", 404)


def test_field_that_goes_between_check_and_import_keeps_the_whole_list_out(scene: Scene) -> None:
    scene.define("size", "text")
    import_id = scene.check("name,size\nAda,\nGrace,4\n")["import_id"]
    scene.rows("delete from public.attribute_definitions where workspace_id = %(id)s", "owner", id=scene.workspace_id)
    refused = scene.refused("commit_import", import_id=import_id)
    assert (refused.code, refused.details) == ("import_has_problems", "1")
    assert scene.contacts() == []


def test_rows_that_a_crash_took_are_missed(scene: Scene) -> None:
    import_id = scene.check(HEADER + ADA + GRACE)["import_id"]
    scene.database.execute("delete from public.import_rows where import_id = %s and line_number = 2", (import_id,))
    for function in ("check_import", "commit_import"):
        assert scene.refused(function, import_id=import_id).code == "import_rows_lost"


def test_upload_that_a_crash_took_is_missed(scene: Scene) -> None:
    import_id = scene.upload(HEADER + ADA)
    scene.database.execute("delete from private.import_uploads where import_id = %s", (import_id,))
    refused = (
        scene.refused("add_import_part", import_id=import_id, part_number=2, content=GRACE),
        scene.refused("check_import", import_id=import_id),
    )
    assert [each.code for each in refused] == ["import_rows_lost"] * 2


def test_rows_wait_in_no_log_and_no_backup(scene: Scene) -> None:
    kinds = scene.database.rows(
        "select relname, relpersistence::text as kind from pg_class where oid = any(%s::regclass[])",
        (["public.import_rows", "public.import_problems", "private.import_uploads"],),
    )
    assert {row["kind"] for row in kinds} == {"u"}


@pytest.mark.parametrize("sent", [10_000, pytest.param(1_000_000, marks=_LONG)])
def test_list_of_a_million_rows_is_taken_and_one_more_is_refused(scene: Scene, sent: int) -> None:
    import_id = scene.upload("name\n")
    # So many have come before.
    scene.database.execute("update public.imports set row_count = %s where id = %s", (1_000_000 - sent, import_id))
    parts = 20
    for number in range(2, parts + 2):
        content = "a\n" * (sent // parts)
        answer = scene.call("add_import_part", import_id=import_id, part_number=number, content=content)
    assert answer["row_count"] == 1_000_000
    refused = scene.refused("add_import_part", import_id=import_id, part_number=parts + 2, content="a\n")
    assert (refused.code, refused.status, refused.details) == ("import_too_large", 413, "1000000")
    # The last row has no line end: it is taken with the check.
    scene.call("add_import_part", import_id=import_id, part_number=parts + 2, content="a")
    assert scene.refused("check_import", import_id=import_id).code == "import_too_large"
    scene.call("cancel_import", import_id=import_id)
