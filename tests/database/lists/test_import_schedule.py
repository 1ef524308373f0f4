"""Long lists are imported by the schedule; what is left lying goes after a day, and with whoever uploaded it."""

from __future__ import annotations

import pytest

from tests.database.lists.scene import ADA, GRACE, HEADER, Scene
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import Answer


def _run(scene: Scene) -> str | None:
    return scene.database.value("select private.run_imports()")


def _state(scene: Scene, import_id: object) -> Answer:
    (row,) = scene.rows(
        "select state, failure, imported_count, undone_count from public.imports where id = %(id)s", id=import_id
    )
    return row


def test_long_list_is_imported_and_undone_by_the_schedule(long_scene: Scene) -> None:
    import_id, report = long_scene.imported(HEADER + ADA + GRACE)
    assert report["state"] == "committing"
    assert long_scene.contacts() == []
    assert long_scene.call("commit_import", import_id=import_id)["state"] == "committing"
    assert _run(long_scene) == "committed"
    assert _state(long_scene, import_id) == {
        "state": "committed",
        "failure": None,
        "imported_count": 2,
        "undone_count": 0,
    }
    makers = long_scene.rows(
        "select distinct made_by, created_by from public.contacts where import_id = %(id)s", id=import_id
    )
    assert makers == [{"made_by": "import", "created_by": long_scene.people["member"].id}]

    assert long_scene.call("undo_import", import_id=import_id) == {
        "import_id": str(import_id), "state": "undoing", "undone_count": 0, "kept_count": None, "kept": [],
    }  # fmt: skip
    assert _run(long_scene) == "undone"
    assert (_state(long_scene, import_id)["undone_count"], long_scene.contacts()) == (2, [])
    assert _run(long_scene) is None


def test_longest_waiting_is_done_first_and_one_a_run(long_scene: Scene) -> None:
    first, _ = long_scene.imported("name\nAda\nGrace\n")
    second, _ = long_scene.imported("name\nMary\nJean\n", "admin")
    assert (_run(long_scene), _state(long_scene, first)["state"], _state(long_scene, second)["state"]) == (
        "committed", "committed", "committing",
    )  # fmt: skip


def test_long_list_with_wrong_rows_is_refused_at_once(long_scene: Scene) -> None:
    report = long_scene.check(HEADER + ADA + "Nobody,nobody,\n")
    refused = long_scene.refused("commit_import", import_id=report["import_id"])
    assert (refused.code, refused.details) == ("import_has_problems", "1")
    assert _state(long_scene, report["import_id"])["state"] == "checked"


def test_long_list_that_fails_says_why_and_can_be_tried_again(long_scene: Scene) -> None:
    import_id, _ = long_scene.imported(HEADER + ADA + GRACE)
    contact = long_scene.add_contact("Ada", "ada@example.com")
    assert _run(long_scene) == "checked"
    assert _state(long_scene, import_id)["failure"] == "import_has_problems"
    assert len(long_scene.contacts()) == 1
    long_scene.rows("delete from public.contact_addresses where contact_id = %(id)s", id=contact)
    assert long_scene.call("check_import", import_id=import_id)["problems"] == {}
    long_scene.call("commit_import", import_id=import_id)
    assert (_run(long_scene), _state(long_scene, import_id)["failure"]) == ("committed", None)


def test_long_list_that_fails_for_another_reason_names_the_database_s_code(long_scene: Scene) -> None:
    import_id, _ = long_scene.imported(HEADER + ADA + GRACE)
    long_scene.database.execute(
        "alter table public.contacts add constraint planted check (full_name <> 'Ada Lovelace')"
    )
    assert (_run(long_scene), _state(long_scene, import_id)["failure"]) == ("checked", "23514")
    assert long_scene.contacts() == []


def test_long_list_that_waits_can_be_cancelled(long_scene: Scene) -> None:
    import_id, _ = long_scene.imported(HEADER + ADA + GRACE)
    long_scene.call("cancel_import", import_id=import_id)
    assert (_run(long_scene), long_scene.contacts(), long_scene.staged()) == (None, [], 0)


def test_schedule_is_there(scene: Scene) -> None:
    jobs = scene.database.rows(
        "select jobname, schedule, command from cron.job where jobname like '%import%' or jobname like '%export%' "
        "or jobname like '%merge%' order by 1"
    )
    assert [(job["jobname"], job["command"].split("private.")[1]) for job in jobs] == [
        ("expire-contact-merges", "expire_contact_merges()"),
        ("expire-imports", "expire_imports()"),
        ("expire-list-exports", "expire_list_exports()"),
        ("run-imports", "run_imports()"),
    ]


@pytest.mark.parametrize("state", ["staging", "checked", "committing"])
def test_import_that_nobody_goes_on_with_ends_after_a_day(long_scene: Scene, state: str) -> None:
    import_id = long_scene.upload(HEADER + ADA + GRACE)
    if state != "staging":
        long_scene.call("check_import", import_id=import_id)
    if state == "committing":
        long_scene.call("commit_import", import_id=import_id)
    young = long_scene.upload(HEADER + ADA)
    _age(long_scene, import_id, "23 hours")
    assert long_scene.database.value("select private.expire_imports()") == 0
    _age(long_scene, import_id, "25 hours")
    assert long_scene.database.value("select private.expire_imports()") == 1
    assert [_state(long_scene, each)["state"] for each in (import_id, young)] == ["cancelled", "staging"]
    left = long_scene.database.rows("select distinct import_id from public.import_rows")
    assert left == [{"import_id": young}]


def test_import_says_when_somebody_last_went_on_with_it(scene: Scene) -> None:
    import_id = scene.upload(HEADER + ADA)
    last = "select updated_at from public.imports where id = %s"
    before = scene.database.value(last, (import_id,))
    scene.call("add_import_part", import_id=import_id, part_number=2, content=GRACE)
    assert scene.database.value(last, (import_id,)) > before


def test_report_of_what_was_left_out_goes_a_day_after_the_import(own_scene: Scene) -> None:
    import_id, _ = own_scene.imported(HEADER + ADA + "Nobody,nobody,\n", only_good_rows=True)
    own_scene.database.value("select private.expire_imports()")
    assert len(own_scene.problems(import_id)) == 1
    _age(own_scene, import_id, "25 hours")
    own_scene.database.value("select private.expire_imports()")
    assert own_scene.problems(import_id) == []


def test_what_was_uploaded_goes_with_its_user_and_what_was_imported_stays(long_scene: Scene) -> None:
    done, _ = long_scene.imported(HEADER + GRACE)
    waiting = long_scene.check("name\nAda\nMary\n")["import_id"]
    long_scene.database.execute("delete from auth.users where id = %s", (long_scene.people["member"].id,))
    states = long_scene.database.rows("select id::text, state, created_by from public.imports order by created_at")
    assert [(row["id"], row["state"], row["created_by"]) for row in states] == [
        (str(done), "committed", None),
        (waiting, "cancelled", None),
    ]
    assert (long_scene.staged(), [contact["full_name"] for contact in long_scene.contacts()]) == (0, ["Grace Hopper"])


def test_what_was_uploaded_would_outlive_its_user_without_the_trigger(long_scene: Scene) -> None:
    long_scene.database.execute("drop trigger end_import_of_nobody on public.imports")
    with pytest.raises(AssertionError):
        test_what_was_uploaded_goes_with_its_user_and_what_was_imported_stays(long_scene)


def test_day_is_what_ends_an_import(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database, "private.expire_imports()",
        "imports.updated_at < pg_catalog.now() - interval '1 day' or", "true or",
    )  # fmt: skip
    own_scene.upload(HEADER + ADA)
    assert own_scene.database.value("select private.expire_imports()") == 1


def _age(scene: Scene, import_id: object, age: str) -> None:
    with scene.database.connect() as connection:
        connection.execute("alter table public.imports disable trigger touch_updated_at")
        connection.execute(
            "update public.imports set updated_at = now() - %s::interval where id = %s", (age, import_id)
        )
        connection.execute("alter table public.imports enable trigger touch_updated_at")
