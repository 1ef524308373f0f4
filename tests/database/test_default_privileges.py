"""Hosted projects differ in what new objects grant by themselves; ours end up the same on both kinds."""

from collections.abc import Iterator

import pytest

from service.local.postgres import Cluster
from service.policy.rights import read_rights
from tests.databases import Database, cloned_database, make_template

SCHEMA_DEFAULTS = (
    "select defaclobjtype::text as kind, defaclnamespace::regnamespace::text as schema, defaclacl::text as rights "
    "from pg_default_acl where defaclrole = 'postgres'::regrole order by 1, 2"
)


@pytest.fixture(scope="module")
def granted(cluster: Cluster) -> Iterator[Database]:
    """A migrated database of a project whose new objects in public are granted to every API role."""
    template = make_template(cluster, "template_granted", default_privileges="granted")
    with cloned_database(cluster, template) as database:
        yield database


def test_both_settings_end_in_the_same_rights(shared: Database, granted: Database) -> None:
    assert read_rights(shared.connection) == read_rights(granted.connection)
    assert shared.rows(SCHEMA_DEFAULTS) == granted.rows(SCHEMA_DEFAULTS)


@pytest.mark.parametrize("grant", ["truncate on public.profiles to anon", "usage on schema ops to authenticated"])
def test_comparison_goes_red_if_one_of_them_had_a_right_more(shared: Database, granted: Database, grant: str) -> None:
    with granted.connection.transaction(force_rollback=True):
        granted.execute(f"grant {grant}")
        assert read_rights(shared.connection) != read_rights(granted.connection)


def test_settings_differ_before_any_migration(cluster: Cluster) -> None:
    found = []
    for setting in ("granted", "withheld"):
        name = f"unmigrated_{setting}"
        cluster.create_database(name)
        try:
            cluster.bootstrap(name, default_privileges=setting)
            with cloned_database(cluster, name) as database:
                found.append(database.rows(SCHEMA_DEFAULTS))
        finally:
            cluster.drop_database(name)
    assert found[0] != found[1]
