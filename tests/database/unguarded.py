"""Takes a guard out of a database function, to see that a test notices."""

from tests.databases import Database


def remove_guard(database: Database, function: str, guard: str, instead: str = "") -> None:
    """Replace a piece of a function's text.

    Args:
        function: its signature, such as `service_api.open_token(uuid,uuid,text,boolean)`.
        guard: the text to take out; it must be there exactly once.
        instead: what stands there afterwards.
    """
    text = database.value("select pg_get_functiondef(%s::regprocedure)", (function,))
    assert text.count(guard) == 1, f"{function} has the guard {text.count(guard)} times"
    with database.connect() as connection:
        connection.execute(text.replace(guard, instead).encode())
