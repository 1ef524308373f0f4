"""The declared purposes: the service knows the same ones as the database, with the same scopes."""

from service.domain.google_scopes import FEATURE_SCOPES
from service.domain.purposes import Purpose
from tests.databases import Database


def test_service_and_database_have_the_same_purposes(shared: Database) -> None:
    rows = shared.rows("select name, required_scope from private.purposes where document = 'access'")
    assert {row["name"]: row["required_scope"] for row in rows} == {each.value: each.scope for each in Purpose}


def test_every_scope_that_is_asked_for_opens_something(shared: Database) -> None:
    rows = shared.rows("select required_scope from private.purposes where document = 'access'")
    assert {row["required_scope"] for row in rows} == set(FEATURE_SCOPES)
