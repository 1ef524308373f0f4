"""service_api.count_key_uses: how much hangs on which key, by what it is, and nobody's name."""

from tests.database.connections import KID, Caller, claim, connect
from tests.database.rotations import NEW_KID, list_entries, reseal
from tests.databases import Database
from tests.personas import GOOGLE_OPERATOR, add_person


def test_uses_are_counted_by_key_and_kind(database: Database) -> None:
    with Caller(database) as service, Caller(database, GOOGLE_OPERATOR) as operator:
        assert operator.call("count_key_uses") == {"keys": []}
        gone, moved, left = (connect(service, add_person(database, name)).person for name in "abc")
        claim(service, left)
        entries = {entry["user_id"]: entry for entry in list_entries(operator)}
        reseal(operator, entries[str(moved.id)])
        database.execute("delete from auth.users where id = %s", (gone.id,))
        assert operator.call("count_key_uses") == {
            "keys": [
                {"kid": KID, "connection_count": 1, "attempt_count": 1, "pending_revocation_count": 1},
                {"kid": NEW_KID, "connection_count": 1, "attempt_count": 0, "pending_revocation_count": 0},
            ]
        }
