"""FAULTS 48 for workbooks: every cell with its type, its digits and its true address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.books import Opened, number, ods, ods_cell, opened, row, text, xlsx
from openpyxl import Workbook

from hotpass.tables import Table, Type

HEADER = row(1, {"A": text("a"), "B": text("b")})


def sheet(*cells: str) -> str:
    """A sheet of one column ``a``, from row 2 on; an empty text is no cell at all."""
    rows = (row(n, {"A": cell}) if cell else "" for n, cell in enumerate(cells, 2))
    return row(1, {"A": text("a")}) + "".join(rows)


def column(tmp_path: Path, *cells: str, **more: Any) -> tuple[str, list[str | None]]:
    """The type of a column of such cells, and its rows."""
    with opened(xlsx(tmp_path / "x.xlsx", sheet(*cells), **more)) as look:
        return look.types()[0], [values[0] for values in look.rows()]


ERROR = 't="e"><v>#N/A</v>'
BLANK = 's="1">'

COLUMNS: list[tuple[str, list[str], str, list[str | None]]] = [
    ("whole numbers", [number(1), number("2.0"), number("1E3")], "integer", ["1", "2", "1000"]),
    ("numbers", [number("0.30000000000000004"), number("1E-7"), number(-0.0)], "number",
     ["0.30000000000000004", "0.0000001", "0"]),
    ("digits beyond the last", [number("0.1000000000000000055511151231257827")], "number", ["0.1"]),
    ("ids of 17 digits", [number("12345678901234567"), "", number(1)], "integer", ["12345678901234568", None, "1"]),
    ("large numbers", [number("1E20"), number("1.7976931348623157E308")], "integer",
     ["100000000000000000000", "17976931348623157" + "0" * 292]),
    ("text of digits", [text("007"), text("12345678901234567")], "text", ["007", "12345678901234567"]),
    ("text and number", [text("1"), number(1)], "mixed", ["t:1", "n:1"]),
    ("truth", ['t="b"><v>1</v>', 't="b"><v>0</v>'], "boolean", ["true", "false"]),
    ("truth and number", ['t="b"><v>1</v>', number(1)], "mixed", ["b:true", "n:1"]),
    ("words that look like more", [text("NA"), text("None"), text("null"), text("TRUE"), text("#N/A")], "text",
     ["NA", "None", "null", "TRUE", "#N/A"]),
    ("an error among text", [text("#N/A"), ERROR], "mixed", ["t:#N/A", "e:#N/A"]),
    ("an error among numbers", [number(1), 't="e"><v>#DIV/0!</v>', number("2.5")], "mixed",
     ["n:1", "e:#DIV/0!", "n:2.5"]),
    ("errors alone", [ERROR, 't="e"><v>#REF!</v>'], "mixed", ["e:#N/A", "e:#REF!"]),
    ("blank is not empty text", [text("x"), text(""), BLANK, "", text("y")], "text", ["x", "", None, None, "y"]),
    ("empty text among numbers", [number(1), text(""), BLANK, number(2)], "integer", ["1", "", None, "2"]),
    ("empty text alone", [text(""), BLANK, text("")], "empty", ["", None, ""]),
    ("an empty formula result", ['t="str"><f>""</f><v></v>', text("x")], "text", ["", "x"]),
    ("formulas have their last values", ['><f>1+1</f><v>2</v>', number(3)], "integer", ["2", "3"]),
    ("a formula never calculated", ["><f>1+1</f>", number(3)], "integer", [None, "3"]),
    ("blank formatted rows at the end", [number(1), BLANK, BLANK], "integer", ["1"]),
    ("dates", [number(45322, 1), number(1, 1), number(59, 1), number(61, 1)], "date",
     ["2024-01-31", "1900-01-01", "1900-02-28", "1900-03-01"]),
    ("dates with time", [number("45322.4375", 3), number(45323, 1)], "datetime",
     ["2024-01-31 10:30:00", "2024-02-01 00:00:00"]),
    ("parts of a second", [number("45322.437502893519", 3)], "datetime", ["2024-01-31 10:30:00.25"]),
    ("times alone", [number("0.4375", 4), number(0, 4), number("0.99999", 4)], "time",
     ["10:30:00", "00:00:00", "23:59:59.136"]),
    ("times and dates", [number("0.4375", 4), number(45322, 1)], "mixed", ["h:10:30:00", "d:2024-01-31"]),
    ("more than a day", [number("1.1041666666666667", 2), number("0.25", 2)], "duration", ["26:30:00", "06:00:00"]),
    ("everything", [text("x"), number("1.5"), 't="b"><v>1</v>', number(45322, 1), number("45322.5", 3),
     number("0.5", 4), number("1.5", 2), ERROR, text("")], "mixed",
     ["t:x", "n:1.5", "b:true", "d:2024-01-31", "m:2024-01-31 12:00:00", "h:12:00:00", "u:36:00:00", "e:#N/A", ""]),
    ("escaped characters", ['t="inlineStr"><is><t xml:space="preserve">a_x000D_b_x0041_ &amp;lt; &#10;</t></is>'], "text", ["a\rbA &lt; \n"]),
    ("text of 40,000 letters", [text("é" * 40_000)], "text", ["é" * 40_000]),
]  # fmt: skip


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Every case as a sheet of one book."""
    path = tmp_path_factory.mktemp("columns") / "x.xlsx"
    with opened(xlsx(path, {case[0]: sheet(*case[1]) for case in COLUMNS})) as look:
        yield look


@pytest.mark.parametrize(("name", "cells", "kind", "rows"), COLUMNS, ids=[case[0] for case in COLUMNS])
def test_cells_keep_what_they_are(
    columns: Opened, name: str, cells: list[str], kind: str, rows: list[str | None]
) -> None:
    assert columns.types(name) == [kind]
    assert [values[0] for values in columns.rows(name)] == rows


@pytest.mark.parametrize(("serial", "shown"), [(0, "1904-01-01"), (43860, "2024-01-31"), (1, "1904-01-02")])
def test_dates_count_from_the_books_own_day(tmp_path: Path, serial: int, shown: str) -> None:
    cells = [number(serial, 1), number(43861, 1)] if serial else [number(43861, 1), number(43860, 1)]
    kind, rows = column(tmp_path, *cells, properties='<workbookPr date1904="1"/>')
    assert kind == "date"
    assert rows[0] == (shown if serial else "2024-02-01")
    assert column(tmp_path, number("0.4375", 4), properties='<workbookPr date1904="1"/>') == (
        "time",
        ["10:30:00"],
    )


def test_shared_strings_are_whole(tmp_path: Path) -> None:
    strings = [
        "a",
        "",
        " x ",
        '<r><t>ri</t></r><r><t>ch</t></r><rPh sb="0" eb="1"><t>no</t></rPh>',
        "a_x000D_",
    ]
    cells = [f't="s"><v>{n}</v>' for n in range(1, 5)]
    with opened(xlsx(tmp_path / "x.xlsx", sheet(*cells), strings=strings)) as look:
        assert look.rows() == [("",), (" x ",), ("rich",), ("a\r",)]
    rows = row(1, {"A": 't="s"><v>3</v>', "B": 't="s"><v>4</v>'}) + row(2, {"A": number(1)})
    with opened(xlsx(tmp_path / "x.xlsx", rows, strings=strings)) as look:
        assert look.names() == ["rich", "a\r"]


def at(table: Table, line: int, name: str) -> str:
    return table.address(line, next(column for column in table.columns if column.name == name))


@pytest.mark.parametrize("first", [text("a"), number(2020)])
def test_addresses_are_those_of_the_sheet(tmp_path: Path, first: str) -> None:
    """Wherever the cells begin, and whether the headers are text or not."""
    rows = row(3, {"C": first, "D": text("b")}) + row(6, {"C": number(7), "AB": number(9)})
    with opened(xlsx(tmp_path / "x.xlsx", rows)) as look:
        table = look.table()
        assert table.first_row == 4
        assert look.rows()[:2] == [(None,) * 26] * 2
        assert at(table, 2, "b") == "x.xlsx!S!D6"
        assert at(table, 2, "column AB") == "x.xlsx!S!AB6"
        assert look.names()[0] == ("a" if first == text("a") else "2020")


def test_a_cell_left_of_the_headers_is_a_column(tmp_path: Path) -> None:
    rows = row(1, {"B": text("b")}) + row(2, {"A": number(5), "B": number(6)})
    with opened(xlsx(tmp_path / "x.xlsx", rows)) as look:
        assert look.names() == ["column A", "b"]
        assert at(look.table(), 0, "column A") == "x.xlsx!S!A2"


def test_headers_twice_blank_or_merged_are_told_apart(tmp_path: Path) -> None:
    headers = {"A": text("h"), "B": text("h"), "C": text("h_1"), "D": text(""), "F": text("h")}
    rows = row(1, headers) + row(2, {letter: number(n) for n, letter in enumerate("ABCDEF")})
    with opened(xlsx(tmp_path / "x.xlsx", rows)) as look:
        assert look.names() == ["h", "h (2)", "h_1", "column D", "column E", "h (3)"]
        assert look.book.notes == (
            "x.xlsx!S: headers that stand there twice are told apart: 'h (2)', 'h (3)'",
            "x.xlsx!S: columns without a header are named by their letter: column D, column E",
        )


def test_headers_that_are_no_text_have_canonical_names(tmp_path: Path) -> None:
    headers = {"A": number(2020), "B": number(45322, 1), "C": 't="b"><v>1</v>', "D": number("0.5")}
    with opened(xlsx(tmp_path / "x.xlsx", row(1, headers) + row(2, {"A": number(1)}))) as look:
        assert look.names() == ["2020", "2024-01-31", "true", "0.5"]


def test_hidden_sheets_are_named_and_read_on_request(tmp_path: Path) -> None:
    pages = {"One": HEADER, "Two": HEADER, "Three": HEADER}
    path = xlsx(tmp_path / "x.xlsx", pages, states={"One": "hidden", "Three": "veryHidden"})
    with opened(path) as look:
        assert [table.name for table in look.book.tables] == ["Two"]
        assert look.book.notes == ("x.xlsx: hidden sheets are left out: 'One', 'Three'",)
    with opened(path, hidden=True) as look:
        assert [(table.name, table.hidden) for table in look.book.tables] == [
            ("One", True),
            ("Two", False),
            ("Three", True),
        ]
        assert "x.xlsx!One: this sheet is hidden" in look.book.notes


def test_an_empty_sheet_is_a_table_without_columns(tmp_path: Path) -> None:
    with opened(xlsx(tmp_path / "x.xlsx", {"Full": HEADER, "Empty": ""})) as look:
        assert [(table.name, len(table.columns)) for table in look.book.tables] == [("Full", 2), ("Empty", 0)]
        assert look.engine.execute(f"SELECT count(*) FROM {look.table('Empty').relation}") == [(0,)]


def test_formulas_that_were_never_calculated_are_counted(tmp_path: Path) -> None:
    book = Workbook()
    for cells in (["id", "sum", "n"], ["a", "=1+1", 2], ["b", "=A1*2", None]):
        book.active.append(cells)
    book.save(tmp_path / "x.xlsx")
    with opened(tmp_path / "x.xlsx") as look:
        assert [note for note in look.book.notes if "calculated" in note] == [
            "x.xlsx!Sheet: formulas that were never calculated count as blank: 2; save it in a spreadsheet program"
        ]
    rows = sheet('t="str"><f>""</f><v></v>', "><f>1+1</f><v>2</v>")
    with opened(xlsx(tmp_path / "y.xlsx", rows)) as look:
        assert not any("calculated" in note for note in look.book.notes)


def test_formulas_are_read_when_asked_for(tmp_path: Path) -> None:
    rows = (
        row(1, {"A": text("a"), "B": text("b")})
        + row(2, {"A": number(1), "B": "><f>A2*2</f><v>2</v>"})
        + row(3, {"A": number(2), "B": '><f t="shared" ref="B3:B4" si="0">A3&amp;"x"</f><v>4</v>'})
        + row(4, {"A": number(3), "B": '><f t="shared" si="0"/><v>6</v>'})
    )
    with opened(xlsx(tmp_path / "x.xlsx", rows), formulas=True) as look:
        found = look.engine.execute(f"SELECT r, c, f FROM {look.table().formulas} ORDER BY ALL")
        assert found == [(0, 2, "A2*2"), (1, 2, 'A3&"x"'), (2, 2, 'A3&"x" (as in B3)')]
    with opened(tmp_path / "x.xlsx") as look:
        assert look.table().formulas == ""


def test_what_openpyxl_writes_is_read_alike(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.append(["t", "n", "f", "b", "d", "m", "h", "u"])
    day, clock = dt.date(2024, 1, 31), dt.time(10, 30)
    moment = dt.datetime(2024, 1, 31, 10, 30, 0, 250_000)  # noqa: DTZ001
    page.append(["x", 1, 0.1, True, day, moment, clock, dt.timedelta(hours=26, minutes=30)])
    page.append([None, None, 1 / 3, False, None, None, None, None])
    book.save(tmp_path / "x.xlsx")
    with opened(tmp_path / "x.xlsx") as look:
        assert look.rows() == [
            ("x", "1", "0.1", "true", "2024-01-31", "2024-01-31 10:30:00.25", "10:30:00", "26:30:00"),
            (None, None, "0.3333333333333333", "false", None, None, None, None),
        ]
        kinds = [
            Type.TEXT,
            Type.INTEGER,
            Type.NUMBER,
            Type.BOOLEAN,
            Type.DATE,
            Type.DATETIME,
            Type.TIME,
            Type.DURATION,
        ]
        assert look.types() == [kind.value for kind in kinds]


def test_the_suffix_may_lie_and_an_object_has_none(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "x.xls", HEADER + row(2, {"A": number(1), "B": number(2)}))
    with opened(path) as look:
        assert look.rows() == [("1", "2")]


def test_a_sheet_may_have_any_name(tmp_path: Path) -> None:
    name = "it&apos;s &quot;1&quot; &amp; é!"
    with opened(xlsx(tmp_path / "x.xlsx", {name: HEADER + row(2, {"A": number(1)})})) as look:
        assert look.table().name == 'it\'s "1" & é!'
        assert look.rows() == [("1", None)]


@pytest.mark.slow
def test_a_sheet_as_long_as_sheets_can_be(tmp_path: Path) -> None:
    rows = row(1, {"A": text("a")}) + "".join(row(n, {"A": number(n)}) for n in range(2, 1_048_577))
    with opened(xlsx(tmp_path / "x.xlsx", rows)) as look:
        relation = look.table().relation
        assert look.engine.execute(
            f"SELECT count(*), min(r), max(r), min(c1::INT), max(c1::INT) FROM {relation}"
        ) == [(1_048_575, 0, 1_048_574, 2, 1_048_576)]
        assert at(look.table(), 1_048_574, "a") == "x.xlsx!S!A1048576"


def test_an_open_document_is_a_workbook(tmp_path: Path) -> None:
    kinds = ("string", "float", "boolean", "date", "date", "time")
    values = ("x", "1.5", "true", "2024-01-31", "2024-01-31T10:30:00", "PT26H30M00S")
    path = ods(
        tmp_path / "x.ods",
        [
            [ods_cell("string", letter) for letter in "abcdefg"],
            [
                *(ods_cell(kind, value) for kind, value in zip(kinds, values, strict=True)),
                ods_cell("float", "1"),
            ],
            [ods_cell("")] * 6 + [ods_cell("string", "1")],
        ],
    )
    with opened(path) as look:
        assert look.book.format == "ods"
        assert look.types() == ["text", "number", "boolean", "date", "datetime", "duration", "mixed"]
        assert look.rows() == [
            ("x", "1.5", "true", "2024-01-31", "2024-01-31 10:30:00", "26:30:00", "n:1"),
            (None,) * 6 + ("t:1",),
        ]


def test_a_mixed_column_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    """Columns of one type are still read by column, with dates, errors and empty text among them."""
    rows = (
        row(1, dict(zip("ABCDE", map(text, "abcde"), strict=True)))
        + row(2, {"A": text("1"), "B": number("0.1"), "C": number(45322, 1), "D": text(""), "E": number(1)})
        + row(3, {"A": number(1), "B": text(""), "C": number("45322.5", 3), "E": ERROR})
        + row(4, {"A": 't="b"><v>0</v>', "B": number(2), "D": text("x"), "E": number(2)})
    )
    for properties, day in (("", "2024-01-31"), ('<workbookPr date1904="1"/>', "2028-02-01")):
        with opened(xlsx(tmp_path / "x.xlsx", rows, properties=properties)) as look:
            assert look.types() == ["mixed", "number", "datetime", "text", "mixed"]
            assert look.rows() == [
                ("t:1", "0.1", f"{day} 00:00:00", "", "n:1"),
                ("n:1", "", f"{day} 12:00:00", None, "e:#N/A"),
                ("b:false", "2", None, "x", "n:2"),
            ]


def test_cells_that_do_not_say_where_they_are_follow_one_another(tmp_path: Path) -> None:
    rows = f"<row><c {text('a')}</c><c {text('b')}</c></row><row><c {number(1)}</c><c><f>A2</f><v>2</v></c></row>"
    with opened(xlsx(tmp_path / "x.xlsx", rows), formulas=True) as look:
        assert look.names() == ["a", "b"]
        assert look.rows() == [("1", "2")]
