"""Each promise that is kept names what keeps it and what proves that, and both are there."""

import pytest

from service.policy.files import Declaration, access_files, exposure, promise_files, promise_ids, unreachable
from tests.databases import Database
from tests.policies.promise_references import live_names, missing_enforcers, missing_proofs

each_promise = pytest.mark.parametrize("promise", promise_files(), ids=lambda promise: promise.path.stem)


@pytest.fixture(scope="session")
def live(shared: Database) -> set[str]:
    """The names of everything in the database."""
    return live_names(shared)


@each_promise
def test_what_enforces_the_promise_exists(promise: Declaration, live: set[str]) -> None:
    assert missing_enforcers(promise.content, live) == []


@each_promise
def test_what_proves_the_promise_exists(promise: Declaration) -> None:
    assert missing_proofs(promise.content) == []


@each_promise
def test_promise_is_enforced_where_it_says(promise: Declaration) -> None:
    assert promise.content["id"] in promise_ids()
    assert any("test" in proof for proof in promise.content["proven_by"])


def test_promises_that_access_files_name_exist() -> None:
    named = {name for declaration in access_files() for name in declaration.content["promises"]}
    named |= {name for group in unreachable().content["groups"] for name in group["promises"]}
    named |= {name for each in exposure().content.values() if isinstance(each, dict) for name in each["promises"]}
    assert named <= promise_ids()


@pytest.mark.parametrize(
    "name",
    [
        "table private.no_such_table",
        "view ops.no_such_view",
        "column public.profiles.password",
        "function private.open_token(uuid)",
        "trigger no_such_trigger on public.profiles",
        "policy no_such_policy on public.profiles",
        "constraint no_such_constraint on public.profiles",
        "schedule no-such-schedule",
        "role no_such_role",
        "module service/no_such_module.py",
    ],
)
def test_enforcer_that_does_not_exist_is_found(live: set[str], name: str) -> None:
    assert missing_enforcers({"enforced_by": [name]}, live) == [name]


def test_trigger_that_is_switched_off_enforces_nothing(shared: Database) -> None:
    name = "trigger delete_vault_secrets on private.google_secrets"
    assert missing_enforcers({"enforced_by": [name]}, live_names(shared)) == []
    with shared.connection.transaction(force_rollback=True):
        shared.execute("alter table private.google_secrets disable trigger delete_vault_secrets")
        assert missing_enforcers({"enforced_by": [name]}, live_names(shared)) == [name]


@pytest.mark.parametrize(
    "test",
    [
        "tests/policies/test_promises.py::test_that_nobody_wrote",
        "tests/policies/no_such_file.py::test_enforcer_that_does_not_exist_is_found",
        "tests/policies/declarations.py::faults",
    ],
)
def test_proof_that_does_not_exist_is_found(test: str) -> None:
    assert missing_proofs({"proven_by": [{"test": test}]}) == [test]
