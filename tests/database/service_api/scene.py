"""A user for whom the service acts in two tabs while an operator changes something."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from tests.database.connections import Caller, connect
from tests.database.linked_records import add_workspace
from tests.databases import Connection, Database
from tests.personas import Person, add_person


@dataclass
class Scene:
    """A connected user, and a workspace that is not theirs alone, so that it outlives their account.

    Attributes:
        other_tab: the service, called for the user a second time.
        studio: an operator.
    """

    database: Database
    service: Caller
    other_tab: Caller
    studio: Connection
    user: Person
    workspace_id: UUID

    def delete_account(self) -> None:
        """The account of the user goes."""
        self.studio.execute("delete from auth.users where id = %s", (self.user.id,))


def build_scene(database: Database, stack: ExitStack) -> Scene:
    """Everybody in place; their connections are closed with the stack."""
    service, other_tab = (stack.enter_context(Caller(database)) for _ in range(2))
    user = connect(service, add_person(database)).person
    workspace_id = add_workspace(database, add_person(database), user)
    return Scene(database, service, other_tab, stack.enter_context(database.connect()), user, workspace_id)
