"""The declared purposes: the service knows those of the database, and each opening serves a registered purpose."""

import psycopg
import pytest

from service.domain.google_scopes import FEATURE_SCOPES
from service.domain.purposes import Purpose
from tests.databases import Database

# Opening a token asks for no consent, so an opening must not serve a purpose that needs one.
_SERVE_WHAT_NEEDS_CONSENT = (
    "select purposes.name from private.purposes as purposes inner join private.processing_purposes as registered "
    "on registered.name = purposes.processing_purpose where registered.needs_consent"
)
_INSERT = (
    "insert into private.purposes "
    "(name, description, document, limit_count, limit_seconds, processing_purpose) "
    "values ('planted', 'Do something else with a token.', 'refresh', 1, 60, %s)"
)


def test_service_and_database_have_the_same_purposes(shared: Database) -> None:
    rows = shared.rows("select name, required_scope from private.purposes where document = 'access'")
    assert {row["name"]: row["required_scope"] for row in rows} == {each.value: each.scope for each in Purpose}


def test_every_scope_that_is_asked_for_opens_something(shared: Database) -> None:
    rows = shared.rows("select required_scope from private.purposes where document = 'access'")
    assert {row["required_scope"] for row in rows} == set(FEATURE_SCOPES)


@pytest.mark.parametrize("registered", ["sell_data", None])
def test_opening_is_refused_if_its_purpose_is_not_registered(shared: Database, registered: str | None) -> None:
    refusals = (psycopg.errors.ForeignKeyViolation, psycopg.errors.NotNullViolation)
    with pytest.raises(refusals), shared.connection.transaction():
        shared.execute(_INSERT, (registered,))
    assert shared.rows("select name from private.purposes where name = 'planted'") == []


@pytest.mark.parametrize(
    "statement",
    [
        "delete from private.processing_purposes where name = 'provide_service'",
        "update private.processing_purposes set name = 'provide_something' where name = 'provide_service'",
        "update private.purposes set processing_purpose = 'sell_data' where name = 'send_message'",
    ],
)
def test_purpose_that_an_opening_serves_stays_in_the_register(shared: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation), shared.connection.transaction():
        shared.execute(statement)
    with shared.connection.transaction(force_rollback=True):
        shared.execute("alter table private.purposes drop constraint purposes_processing_purpose_fkey")
        shared.execute(statement)


def test_no_opening_serves_a_purpose_that_needs_consent(shared: Database) -> None:
    assert shared.rows(_SERVE_WHAT_NEEDS_CONSENT) == []
    with shared.connection.transaction(force_rollback=True):
        shared.execute("update private.purposes set processing_purpose = 'marketing' where name = 'send_message'")
        assert shared.rows(_SERVE_WHAT_NEEDS_CONSENT) == [{"name": "send_message"}]
