"""Whatever form a CSV file has and wherever it is cut, its rows are those that every other reader finds."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.lists.scene import FULL_WIDTH, Scene
from tests.database.unguarded import remove_guard

_FILE = 'name,email,description\r\n"Lovelace, Ada",ada@example.com,"She said ""hello"",\r\nthen left"\r\nGrace,,\r\n'
_ROWS = [("Lovelace, Ada", 'She said "hello",\nthen left'), ("Grace", None)]
_read = "select line_number, full_name, description, emails from public.import_rows where import_id = %(id)s order by 1"


def _rows(scene: Scene, text: str, *, size: int = 1_000_000) -> list[tuple[str, str | None]]:
    report = scene.check(text, size=size)
    found = [(row["full_name"], row["description"]) for row in scene.rows(_read, id=report["import_id"])]
    scene.call("cancel_import", import_id=report["import_id"])
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 13, 1000])
def test_file_is_read_the_same_wherever_it_is_cut(scene: Scene, size: int) -> None:
    assert _rows(scene, _FILE, size=size) == _ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
def test_line_ends_delimiters_and_marks_are_understood(scene: Scene, end: str, delimiter: str, mark: str) -> None:
    lines = [["name", "description", "email"], ["Ada", "plain", ""], ["Grace", "", ""]]
    text = mark + end.join(delimiter.join(line) for line in lines)
    assert _rows(scene, text, size=4) == [("Ada", "plain"), ("Grace", None)]


def test_lines_are_counted_as_an_editor_shows_them(scene: Scene) -> None:
    text = '\n\nname,description,email\n\nAda,"one\ntwo\nthree",\n,,\nGrace,,\n"Li\nWei",,\nMary,,'
    report = scene.check(text, size=6)
    assert [row["line_number"] for row in scene.rows(_read, id=report["import_id"])] == [5, 9, 10, 12]


def test_delimiter_of_the_header_counts_and_not_of_the_rows(scene: Scene) -> None:
    assert _rows(scene, "name;description\nAda;a,b,c,d\nGrace;e\n") == [("Ada", "a,b,c,d"), ("Grace", "e")]


@pytest.mark.parametrize("sign", "=+-@\t\r" + FULL_WIDTH)
def test_apostrophe_before_a_formula_is_taken_off(scene: Scene, sign: str) -> None:
    formula = f"{sign}1+1"
    expected = formula.replace("\r", "\n")
    assert _rows(scene, f'name,description\nAda,"\'{formula}"\nGrace,"\'\'{formula}"\n') == [
        ("Ada", expected),
        ("Grace", f"'{expected}"),
    ]
    assert _rows(scene, "name\nO'Hara\n'tis\n") == [("O'Hara", None), ("'tis", None)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name\nAda\nGr"ace\n"\n', "3"),
        ('name\n"Ada" \n', "2"),
        ('name\n "Ada"\n', "2"),
        ('name\n"Ada"x"\n"\n', "2"),
        ('na"me"\nAda\n', "1"),
    ],
)
def test_quote_within_a_cell_is_refused_with_its_line(scene: Scene, text: str, line: str) -> None:
    refused = scene.refused("add_import_part", import_id=scene.begin(), part_number=1, content=text)
    assert (refused.code, refused.status, refused.details) == ("quotes_are_wrong", 422, line)


def test_quote_that_is_never_closed_is_refused_with_the_line_it_begins_on(scene: Scene) -> None:
    import_id = scene.upload('name\n"Li\nWei"\nAda\n"Grace\nMary\n')
    refused = scene.refused("check_import", import_id=import_id)
    assert (refused.code, refused.details) == ("row_does_not_end", "5")
    refused = scene.refused("add_import_part", import_id=import_id, part_number=2, content="x" * 262_144)
    assert (refused.code, refused.details) == ("row_does_not_end", "5")


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n \n"])
def test_empty_file_is_refused(scene: Scene, text: str) -> None:
    import_id = scene.begin()
    scene.call("add_import_part", import_id=import_id, part_number=1, content=text)
    refused = scene.refused("check_import", import_id=import_id)
    assert (refused.code, refused.status) == ("file_is_empty", 422)


@pytest.mark.parametrize("text", ["name", "name\n", "name\r\n\r\n", "name,email\n,\n"])
def test_file_of_a_header_alone_is_refused(scene: Scene, text: str) -> None:
    assert scene.refused("check_import", import_id=scene.upload(text)).code == "file_has_no_rows"


_cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\ufffd\ufdd0\ufdd1\ufdd2\ufdd3\ufeff")
    | st.sampled_from("\",;\t\n'"),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(_cells, min_size=1, max_size=6),
    size=st.integers(1, 40),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_file_of_another_writer_is_read_as_it_was_meant(
    scene: Scene, cells: list[str], size: int, delimiter: str, quoting: int
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["name", "description", "email"])
    for number, cell in enumerate(cells):
        writer.writerow([str(number), cell, ""])
    # What this system means by an apostrophe, and by a cell of nothing but spaces.
    formulas = tuple("=+-@\t\n" + FULL_WIDTH)
    meant = [cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(formulas) else cell for cell in cells]
    meant = [cell if cell.strip(" \t\n") else None for cell in meant]
    assert [description for _, description in _rows(scene, file.getvalue(), size=size)] == meant


def test_cut_within_a_row_would_be_seen_if_the_rest_was_not_kept(own_scene: Scene) -> None:
    remove_guard(
        own_scene.database,
        "private.take_import_text(private.import_uploads,text,boolean)",
        "p_upload.remainder || p_content",
        "p_content",
    )
    with pytest.raises(Exception, match=r"file_is_empty|name_column_missing|quotes_are_wrong|row_does_not_end|assert"):
        test_file_is_read_the_same_wherever_it_is_cut(own_scene, 7)
