"""The stand-in for Supabase Vault: the interface, the rights and the refusals of the real extension."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from service.local.postgres import Cluster
from tests.databases import Database, Row
from tests.local.unmigrated import rights_on, unmigrated_database

_HOSTED_RIGHTS = {"supabase_admin": "arwdDxtm", "postgres": "r*d*D*x*", "service_role": "rd"}
_READ = "select decrypted_secret from vault.decrypted_secrets where id = %s"


@pytest.fixture(scope="module")
def unmigrated(cluster: Cluster) -> Iterator[Database]:
    """A database before any migration of ours, for all tests of this file."""
    with unmigrated_database(cluster) as database:
        yield database


@pytest.fixture
def vault(unmigrated: Database) -> Iterator[Database]:
    """Vault without a secret: what a test does is taken back at its end."""
    with unmigrated.connection.transaction(force_rollback=True):
        yield unmigrated


def create(vault: Database, secret: str, name: str | None = None) -> UUID:
    """A new secret's id."""
    return vault.value("select vault.create_secret(%s, %s, 'made by a test')", (secret, name))


def flip_byte_of_secret(position: int) -> str:
    """The part of an update that alters one byte of the stored ciphertext."""
    sealed = "decode(secret, 'base64')"
    return f"set secret = encode(set_byte({sealed}, {position}, get_byte({sealed}, {position}) # 1), 'base64')"


def row_of(vault: Database, secret_id: UUID) -> Row:
    """What the table holds of a secret."""
    (row,) = vault.rows("select * from vault.secrets where id = %s", (secret_id,))
    return row


def test_secret_is_read_back_by_id_and_stored_sealed(vault: Database) -> None:
    secret_id = create(vault, "grüße, 100 %", "greeting")
    assert vault.value(_READ, (secret_id,)) == "grüße, 100 %"
    row = row_of(vault, secret_id)
    assert "100" not in row["secret"]
    assert (row["name"], row["description"], row["key_id"]) == ("greeting", "made by a test", None)


@pytest.mark.parametrize("secret", ["", "a" * 20_000])
def test_secret_of_any_length_is_read_back(vault: Database, secret: str) -> None:
    assert vault.value(_READ, (create(vault, secret),)) == secret


def test_equal_secrets_are_stored_differently(vault: Database) -> None:
    first, second = (row_of(vault, create(vault, "same")) for _ in range(2))
    assert first["secret"] != second["secret"]
    assert first["nonce"] != second["nonce"]


def test_update_changes_what_it_is_given_and_keeps_the_rest_if_null(vault: Database) -> None:
    secret_id = create(vault, "old", "kept")
    before = row_of(vault, secret_id)
    vault.execute("select vault.update_secret(%s, 'new')", (secret_id,))
    after = row_of(vault, secret_id)
    assert vault.value(_READ, (secret_id,)) == "new"
    assert after["secret"] != before["secret"]
    unchanged = ("id", "name", "description", "nonce", "created_at")
    assert [after[column] for column in unchanged] == [before[column] for column in unchanged]
    vault.execute("select vault.update_secret(%s, new_name => 'renamed', new_description => 'else')", (secret_id,))
    renamed = row_of(vault, secret_id)
    assert (renamed["name"], renamed["description"], renamed["secret"]) == ("renamed", "else", after["secret"])


def test_update_does_nothing_and_says_nothing_if_the_id_is_unknown(vault: Database) -> None:
    secret_id = create(vault, "kept")
    before = vault.rows("select * from vault.secrets")
    vault.execute("select vault.update_secret(%s, 'lost', 'lost')", (uuid4(),))
    assert vault.rows("select * from vault.secrets") == before
    assert vault.value(_READ, (secret_id,)) == "kept"


def test_delete_removes_the_row(vault: Database) -> None:
    secret_id = create(vault, "gone")
    vault.execute("delete from vault.secrets where id = %s", (secret_id,))
    assert vault.rows(_READ, (secret_id,)) == []


def test_create_and_rename_are_refused_if_the_name_is_taken(vault: Database) -> None:
    create(vault, "first", "taken")
    other = create(vault, "second", "free")
    with pytest.raises(errors.UniqueViolation), vault.connection.transaction():
        create(vault, "third", "taken")
    with pytest.raises(errors.UniqueViolation), vault.connection.transaction():
        vault.execute("select vault.update_secret(%s, new_name => 'taken')", (other,))


@pytest.mark.parametrize("relation", ["vault.secrets", "vault.decrypted_secrets"])
def test_rights_are_the_hosted_ones(unmigrated: Database, relation: str) -> None:
    rights = rights_on(unmigrated, relation)
    if unmigrated.connection.info.server_version < 170000:
        # MAINTAIN came with PostgreSQL 17.
        rights = {role: letters.replace("m", "") for role, letters in rights.items()}
        assert rights == {role: letters.replace("m", "") for role, letters in _HOSTED_RIGHTS.items()}
    else:
        assert rights == _HOSTED_RIGHTS


@pytest.mark.parametrize("role", ["postgres", "service_role"])
@pytest.mark.parametrize(
    "statement",
    [
        "insert into vault.secrets (secret) values ('clear text')",
        "update vault.secrets set secret = 'clear text'",
        "update vault.decrypted_secrets set description = ''",
        "select vault._root_key('tag')",
        "select pg_read_file('vault_root_key')",
        "select vault._crypto_aead_det_encrypt('', '', 0)",
        "create trigger spy after insert on vault.secrets execute function suppress_redundant_updates_trigger()",
        "create trigger spy before truncate on vault.secrets execute function suppress_redundant_updates_trigger()",
        "alter table vault.secrets disable row level security",
    ],
)
def test_statement_is_refused_to_whoever_may_use_vault(vault: Database, role: str, statement: str) -> None:
    vault.execute(f"set local role {role}")
    with pytest.raises(errors.InsufficientPrivilege), vault.connection.transaction():
        vault.execute(statement)


def test_service_role_creates_reads_updates_and_deletes(vault: Database) -> None:
    vault.execute("set local role service_role")
    secret_id = create(vault, "old")
    vault.execute("select vault.update_secret(%s, 'new')", (secret_id,))
    assert vault.value(_READ, (secret_id,)) == "new"
    vault.execute("delete from vault.secrets where id = %s", (secret_id,))
    assert vault.rows(_READ, (secret_id,)) == []
    with pytest.raises(errors.InsufficientPrivilege), vault.connection.transaction():
        vault.execute("truncate vault.secrets")


@pytest.mark.parametrize("role", ["anon", "authenticated", "authenticator", "supabase_storage_admin"])
@pytest.mark.parametrize(
    "statement",
    [
        "select from vault.secrets",
        "select from vault.decrypted_secrets",
        "delete from vault.secrets",
        "select vault.create_secret('x')",
        "select vault.update_secret(gen_random_uuid(), 'x')",
        "select vault._crypto_aead_det_decrypt('', '', 0)",
    ],
)
def test_statement_is_refused_to_everybody_else(vault: Database, role: str, statement: str) -> None:
    vault.execute(f"set local role {role}")
    with pytest.raises(errors.InsufficientPrivilege), vault.connection.transaction():
        vault.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        flip_byte_of_secret(0),
        flip_byte_of_secret(40),
        "set secret = encode(substring(decode(secret, 'base64') from 1 for 32), 'base64')",
        "set secret = ''",
        "set nonce = set_byte(nonce, 0, get_byte(nonce, 0) # 1)",
        "set id = gen_random_uuid()",
    ],
    ids=["tag", "body", "cut_off", "empty", "nonce", "id"],
)
def test_row_does_not_open_if_it_was_altered(unmigrated: Database, change: str) -> None:
    healthy, altered = create(unmigrated, "healthy"), create(unmigrated, "altered", "altered")
    with unmigrated.connect("supabase_admin") as platform:
        platform.execute(f"update vault.secrets {change} where id = %s".encode(), (altered,))
    try:
        with pytest.raises(errors.InvalidParameterValue, match="invalid ciphertext"):
            unmigrated.rows("select decrypted_secret from vault.decrypted_secrets where name = 'altered'")
        # A scan meets the broken row; whoever asks by id does not.
        with pytest.raises(errors.InvalidParameterValue):
            unmigrated.rows("select decrypted_secret from vault.decrypted_secrets")
        assert unmigrated.value(_READ, (healthy,)) == "healthy"
    finally:
        unmigrated.execute("delete from vault.secrets")


def test_row_does_not_open_and_cannot_be_updated_if_it_holds_anothers_ciphertext(unmigrated: Database) -> None:
    ids = [create(unmigrated, "first"), create(unmigrated, "second")]
    with unmigrated.connect("supabase_admin") as platform:
        platform.execute(
            "update vault.secrets as s set (secret, nonce) = (select o.secret, o.nonce from vault.secrets as o "
            "where o.id <> s.id)"
        )
    try:
        for secret_id in ids:
            for statement in (_READ, "select vault.update_secret(%s, 'new')"):
                with pytest.raises(psycopg.Error, match="invalid ciphertext"):
                    unmigrated.rows(statement, (secret_id,))
    finally:
        unmigrated.execute("delete from vault.secrets")


def test_stand_in_is_told_from_the_real_extension_by_its_functions_language(unmigrated: Database) -> None:
    rows = unmigrated.rows(
        "select distinct lanname from pg_proc join pg_language on pg_language.oid = prolang "
        "where pronamespace = 'vault'::regnamespace"
    )
    assert {row["lanname"] for row in rows} == {"sql", "plpgsql"}
