"""The grammar finds each form of guard in a function's text, and takes that one out."""

from __future__ import annotations

import pytest

from tests.mutation.guards import cuts_of, without

_FORMS = [
    ("perform private.require_open(p_user_id);", "no require_open", ""),
    ("perform private.require_member(a, b, 'x)');", "no require_member", ""),
    ("v_own := private.require_member(a, (b), 'admin');", "no require_member", "v_own := null;"),
    ("v_user_id uuid := private.require_user();", "no require_user", "v_user_id uuid := auth.uid();"),
    ("perform private.refuse('role_too_low', 403, 'No.');", "no refusal role_too_low", ""),
    ("raise insufficient_privilege using hint = 'a; b';", "no raise", ""),
    ("perform from t where t.id = 1 for no key update;", "no lock of a row", "perform from t where t.id = 1;"),
    ("perform pg_catalog.pg_advisory_xact_lock(1);", "no pg_advisory_xact_lock", ""),
    (
        "select case when v_at <= now() then 'too_late' end;",
        "never too_late",
        "select case when false then 'too_late' end;",
    ),
    ("select case when (a is null) or b then 'gone' end;", "never gone", "select case when false then 'gone' end;"),
    ("if private.session_outcome(a, b) = 'live' then", "session_outcome is 'live'", "if 'live' = 'live' then"),
    ("where private.has_agreed(u)", "has_agreed is true", "where true"),
    ("where m.user_id = auth.uid();", "m.user_id = auth.uid() is true", "where true;"),
    ("if auth.jwt() ? 'client_id' then", "auth.jwt() ? 'client_id' is false", "if false then"),
    (
        "and private.workspace_role_rank(m.role) >= private.workspace_role_rank(p_least_role)",
        "any rank of m.role",
        "and true",
    ),
    (
        "return pg_catalog.jsonb_build_object('outcome', 'limited');\n    end if;",
        "no early answer limited",
        "\n    end if;",
    ),
]


@pytest.mark.parametrize(("source", "what", "left"), _FORMS)
def test_guard_is_found_and_taken_out(source: str, what: str, left: str) -> None:
    (cut,) = cuts_of(source)
    assert (cut.what, without(source, cut)) == (what, left)


@pytest.mark.parametrize(
    "source",
    [
        "-- perform private.require_open(p_user_id);",
        "v_text := 'raise no_such_thing; ';",
        "raise warning 'use was not recorded: %', sqlstate;",
        "select case v_state when 'given' then 'consent_in_force' end;",
        "select case when p_is_given then 'given' end;",
        "loop exit when v_count = 0; continue when v_id is null; end loop;",
        "return pg_catalog.jsonb_build_object('outcome', 'done');\nend",
    ],
)
def test_what_guards_nothing_is_left_alone(source: str) -> None:
    assert cuts_of(source) == []


def test_trigger_without_its_refusal_hands_the_row_on() -> None:
    source = "begin raise insufficient_privilege; end"
    (cut,) = cuts_of(source, is_trigger=True)
    assert without(source, cut) == "begin return coalesce(new, old); end"


def test_each_of_several_guards_is_one_step() -> None:
    source = "perform private.require_open(u); perform private.require_open(u);"
    assert [without(source, cut).strip() for cut in cuts_of(source)] == ["perform private.require_open(u);"] * 2
