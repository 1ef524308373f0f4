"""What a file costs grows with its size, whatever is in it: no file of a megabyte keeps the database busy."""

from __future__ import annotations

from uuid import UUID

from tests.database.lists.scene import Scene
from tests.database.workspaces.calling import Answer, call_in

# Far above what it takes, which is well below a second, and far below what it took when each line was paid for by all others.
_SECONDS = 10


def _add(scene: Scene, content: str, import_id: UUID | None = None, number: int = 1) -> tuple[UUID, Answer]:
    import_id = import_id or scene.begin()
    with scene.acting_as("member") as connection:
        connection.execute(f"set local statement_timeout = '{_SECONDS}s'".encode())
        return import_id, call_in(
            connection, "add_import_part", import_id=import_id, part_number=number, content=content
        )


def test_empty_lines_above_the_header_cost_next_to_nothing(scene: Scene) -> None:
    blank = "\n" * 200_000 + " \t\n" * 30_000
    import_id, answer = _add(scene, f"{blank}\tname\n,Ada\n\tAda\n")
    assert answer["row_count"] == 2
    lines = scene.rows("select line_number, full_name from public.import_rows where import_id = %(id)s", id=import_id)
    assert lines == [{"line_number": 230_002, "full_name": None}, {"line_number": 230_003, "full_name": "Ada"}]
    assert scene.rows("select header from public.imports where id = %(id)s", id=import_id) == [
        {"header": [{"name": "", "column": None}, {"name": "name", "column": "full_name"}]}
    ]


def test_part_of_empty_lines_leaves_the_header_for_the_next(scene: Scene) -> None:
    import_id, answer = _add(scene, "\n" * 100_000)
    assert answer["row_count"] == 0
    _add(scene, " \n\nname\nAda\n", import_id, 2)
    assert scene.rows("select line_number from public.import_rows where import_id = %(id)s", id=import_id) == [
        {"line_number": 100_004}
    ]
