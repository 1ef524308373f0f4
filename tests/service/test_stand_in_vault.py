"""Production must not take a local imitation of Vault for the real one."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from service.local.postgres import Cluster
from service.stand_in_vault import StandInVaultError, refuse_stand_in_vault


@pytest.fixture
def bare_database(cluster: Cluster) -> Iterator[str]:
    """The name of a database that nobody has bootstrapped: no Vault in it."""
    name = f"bare_{secrets.token_hex(4)}"
    cluster.create_database(name)
    yield name
    cluster.drop_database(name)


def test_database_passes_if_it_has_no_vault_yet(cluster: Cluster, bare_database: str):
    refuse_stand_in_vault(cluster.url(bare_database))


def test_database_passes_if_its_cipher_is_compiled(cluster: Cluster, bare_database: str):
    with psycopg.connect(cluster.url(bare_database, "supabase_admin")) as connection:
        connection.execute("create schema vault")
        # Any compiled function will do: its language is looked at, and it is never called.
        connection.execute(
            "create function vault._crypto_aead_det_noncegen() returns uuid "
            "as '$libdir/pgcrypto', 'pg_random_uuid' language c"
        )
    refuse_stand_in_vault(cluster.url(bare_database))


def test_database_is_refused_if_its_cipher_is_written_in_sql(cluster: Cluster, bare_database: str):
    cluster.bootstrap(bare_database)
    with pytest.raises(StandInVaultError, match="not those of the real extension"):
        refuse_stand_in_vault(cluster.url(bare_database))
