"""A walk through the rights of a person: each step is one of them, and all are open whatever else is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.policy.files import access_files
from tests.database.connections import Caller, begin_arguments
from tests.database.workspaces.calling import Refused, call
from tests.database.workspaces.closed import Somebody
from tests.personas import acting_as, run_as

_CORRECTED = {
    "full_name": "Ada Example", "phone": "+16135550142", "company": "Mill", "locale": "fr", "time_zone": "Europe/Paris",
}  # fmt: skip


def own_tables() -> dict[str, str]:
    """What holds rows of one person that are theirs alone to read, with the columns that the access files name."""
    found = {}
    for declaration in access_files():
        name = declaration.content["object"].split(" ", 1)[1]
        for right in declaration.content["rights"]:
            rows = right.get("rows") or {}
            if right["operation"] == "select" and str(rows.get("policy", "")).endswith("_select_owner"):
                found[name] = ", ".join(right["columns"])
    return {**found, "public.current_consents": "*"}


def reads(somebody: Somebody) -> None:
    """Exactly the rows of their own are seen, whole: an empty answer is no answer."""
    with acting_as(somebody.database, somebody.persona) as connection:
        for table, columns in own_tables().items():
            # Of contacts a workspace keeps consents in the same table; those are not anybody's own.
            query = f"select {columns} from {table} where user_id is not null"
            held = somebody.database.rows(f"{query} and user_id = %s", (somebody.person.id,))
            seen = connection.execute(query.encode()).fetchall()
            assert held, f"{table} holds nothing of theirs"
            assert sorted(map(str, seen)) == sorted(map(str, held)), table
    assert call(somebody.database, somebody.persona, "own_state")["missing"] == somebody.missing
    assert _connection(somebody, "read_google_connection")["outcome"] == "connected"


def corrects(somebody: Somebody) -> None:
    """Each contact detail is changed, and stays so."""
    changes = ", ".join(f"{column} = %({column})s" for column in _CORRECTED)
    columns = ", ".join(_CORRECTED)
    run_as(somebody.database, somebody.persona, f"update public.profiles set {changes}", _CORRECTED)
    kept = somebody.database.rows(f"select {columns} from public.profiles where user_id = %s", (somebody.person.id,))
    assert kept == [_CORRECTED], "public.profiles"


def withdraws(somebody: Somebody) -> None:
    """A consent ends, and the person sees that it did."""
    states = "select state from public.current_consents where user_id = %s and purpose = 'marketing'"
    assert run_as(somebody.database, somebody.persona, states, (somebody.person.id,)) == [{"state": "given"}]
    call(somebody.database, somebody.persona, "withdraw_consent", purpose="marketing")
    assert run_as(somebody.database, somebody.persona, states, (somebody.person.id,)) == [{"state": "withdrawn"}]


def takes_note(somebody: Somebody) -> None:
    """A notice that was shown is marked so, and the person sees that it is."""
    unseen = "select id from public.policy_notices where delivered_at is null limit 1"
    (notice,) = run_as(somebody.database, somebody.persona, unseen)
    answer = call(somebody.database, somebody.persona, "mark_policy_notice_delivered", notice_id=notice["id"])
    kept = "select to_json(delivered_at) #>> '{}' as it from public.policy_notices where id = %s"
    assert run_as(somebody.database, somebody.persona, kept, (notice["id"],)) == [{"it": answer["delivered_at"]}]


def disconnects(somebody: Somebody) -> None:
    """The connection is gone with its secrets, and the service knows of none."""
    answer = call(somebody.database, somebody.persona, "disconnect_google")
    assert (answer["outcome"], answer.get("secrets_deleted")) == ("disconnected", somebody.secrets)
    assert run_as(somebody.database, somebody.persona, "select id from public.google_connections") == []
    assert somebody.database.value("select count(*) from private.google_secrets") == 0
    for function in ("read_google_connection", "disconnect_google"):
        assert _connection(somebody, function)["outcome"] == "not_connected"


def leaves(somebody: Somebody) -> None:
    """Whoever belongs to a workspace leaves it; to anybody else there is none."""
    here = {"workspace_id": somebody.stage.workspace_id}
    if somebody.is_member:
        answer = call(somebody.database, somebody.persona, "leave_workspace", **here)
        assert answer == {"removed": str(somebody.person.id), "reassigned_to": None}
    else:
        with pytest.raises(Refused) as refused:
            call(somebody.database, somebody.persona, "leave_workspace", **here)
        assert (refused.value.code, refused.value.status) == ("workspace_not_found", 404)
    assert run_as(somebody.database, somebody.persona, "select id from public.workspaces") == []
    assert somebody.database.rows(
        "select role from public.workspace_members where user_id = %s", (somebody.person.id,)
    ) == []  # fmt: skip


def begins_nothing(somebody: Somebody) -> None:
    """New processing is refused with the first thing that is missing, and nothing of it is there."""
    with pytest.raises(Refused) as refused:
        call(somebody.database, somebody.persona, "create_workspace", name="Not opened")
    assert (refused.value.code, refused.value.status) == (somebody.missing[0], 403)
    assert refused.value.details == ", ".join(somebody.missing)
    assert somebody.database.value("select count(*) from public.workspaces where name = 'Not opened'") == 0
    with Caller(somebody.database) as service:
        begun = service.call("begin_google_authorization", **begin_arguments(somebody.person))
    assert begun["outcome"] == somebody.missing[0]
    assert somebody.database.value("select count(*) from private.google_authorization_attempts") == 0


# In this order: what ends something comes last.
WALK: tuple[Callable[[Somebody], None], ...] = (
    reads,
    corrects,
    begins_nothing,
    withdraws,
    takes_note,
    disconnects,
    leaves,
)


def _connection(somebody: Somebody, function: str) -> dict[str, object]:
    with Caller(somebody.database) as service:
        return service.call(function, user_id=somebody.person.id, session_id=somebody.person.session_id)
