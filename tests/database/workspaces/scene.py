"""Two people at once in one workspace, or with one account: who they are, what they do, and what guards it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from tests.database.racing import race
from tests.database.unguarded import remove_guard
from tests.database.workspaces.calling import call, outcome_in, refusal, tab
from tests.database.workspaces.stage import Stage
from tests.databases import Connection, Database

# A function with the text to take out and what stands there instead, or a statement that takes the guard away.
Guard = tuple[str, str, str] | str
Move = tuple[Connection, Callable[[], Any]]


@dataclass
class Scene:
    """A stage of the test's own, somebody in Studio, and tabs of whoever is in it."""

    stage: Stage
    studio: Connection
    open: ExitStack

    @property
    def database(self) -> Database:
        return self.stage.database

    def tab(self, who: str) -> Connection:
        """A further tab of somebody."""
        return self.open.enter_context(tab(self.database, self.stage.persona(who)))

    def does(self, who: str, function: str, **arguments: Any) -> Move:
        """A call in a tab of its own; its answer is the outcome, or the code of a refusal."""
        connection = self.tab(who)
        return connection, partial(outcome_in, connection, function, **arguments)

    def here(self, who: str, function: str, **arguments: Any) -> Move:
        """A call about the workspace of the stage."""
        return self.does(who, function, workspace_id=self.stage.workspace_id, **arguments)

    def studio_does(self, statement: str, *parameters: Any) -> Move:
        """A statement of an operator."""
        return self.studio, lambda: self.studio.execute(statement.encode(), parameters) and "done"

    def another_operator_does(self, statement: str, *parameters: Any) -> Move:
        """A statement of a second operator; its answer is done, or the code of a refusal."""
        connection = self.open.enter_context(self.database.connect())

        def act() -> str:
            try:
                connection.execute(statement.encode(), parameters)
            except psycopg.Error as error:
                return refusal(error).code
            return "done"

        return connection, act

    def deletes(self, who: str) -> Move:
        """An operator deletes an account."""
        return self.studio_does("delete from auth.users where id = %s", self.stage.id(who))

    def race(self, first: Move, second: Move, then: Callable[[], object] = lambda: None) -> tuple[Any, Any]:
        """The first holds its locks until the second is seen waiting for them."""
        return race(self.database, first, second, then)

    def raise_to_owner(self, who: str) -> None:
        """A second owner."""
        change = {"workspace_id": self.stage.workspace_id, "user_id": self.stage.id(who), "role": "owner"}
        call(self.database, self.stage.persona("owner"), "change_member_role", **change)

    def owners(self) -> list[str]:
        """Who owns the workspace."""
        names = {person.id: name for name, person in self.stage.people.items()}
        rows = self.database.rows(
            "select user_id from public.workspace_members where workspace_id = %s and role = 'owner'",
            (self.stage.workspace_id,),
        )
        return sorted(names[row["user_id"]] for row in rows)

    def take_out(self, guards: Iterable[Guard]) -> None:
        """Leave the race to luck."""
        for guard in guards:
            if isinstance(guard, str):
                self.database.execute(guard)
            else:
                remove_guard(self.database, *guard)


Race = Callable[[Scene], None]
_LOCK = "perform from public.workspaces as workspaces where workspaces.id = {} for no key update;"
LOCK_OF_MEMBERS = ("private.require_member(uuid,uuid,text)", _LOCK.format("p_workspace_id"), "")
LOCK_OF_PROFILE = (
    "private.require_user()",
    "perform from public.profiles as profiles where profiles.user_id = v_user_id for no key update;",
    "",
)
LOCK_OF_OWNERS = (
    "private.keep_an_owner()",
    _LOCK.format("old.workspace_id"),
    # Whether the workspace is there is still asked.
    _LOCK.format("old.workspace_id").replace(" for no key update", ""),
)
