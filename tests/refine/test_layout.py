"""The layouts that real folders hold, as tables of cells: which rows are records, and why the others are not."""

from __future__ import annotations

from typing import Any

from harness.grids import grid

from hotpass.refine.grid import Grid
from hotpass.refine.layout import Layout, LayoutRules, find_tables
from hotpass.refine.profiles import load_profile

RULES = load_profile("generic").layout()
ROWS: list[list[Any]] = [
    ["Blue Sky Academy", "011 555 0100", "info@bluesky.example"],
    ["River Valley School", "011 555 0101", "office@river.example"],
    ["Eagle Wings", "011 555 0102", "jo@eagle.example"],
]
HEADER = ["School name", "Phone", "E-mail"]


def _found(layout: Layout) -> list[tuple[list[str], list[int]]]:
    return [
        ([str(header) for header in table.headers], [table.grid.row_of(row) for row in table.rows])
        for table in layout.tables
    ]


def _skipped(layout: Layout) -> list[tuple[int, int, str]]:
    return sorted((row.first, row.last, row.reason.value) for row in layout.skipped)


def _every_row_is_told(one: Grid, layout: Layout) -> None:
    """Every row is a record of some table or skipped with a reason."""
    told = {row for table in layout.tables for row in table.rows}
    told |= {row - one.row for skip in layout.skipped for row in range(skip.first, skip.last + 1)}
    assert told == set(range(one.cells.height))


def test_a_plain_table() -> None:
    layout = find_tables(grid([HEADER, *ROWS]), RULES)
    assert _found(layout) == [(HEADER, [2, 3, 4])]
    assert _skipped(layout) == [(1, 1, "header")]


def test_title_rows_and_blank_rows_above_the_header() -> None:
    one = grid([["Department of Schools"], ["List 2012"], [], HEADER, *ROWS, [], []], row=3)
    layout = find_tables(one, RULES)
    assert _found(layout) == [(HEADER, [7, 8, 9])]
    assert _skipped(layout) == [(3, 4, "title"), (5, 5, "blank"), (6, 6, "header"), (10, 11, "blank")]
    _every_row_is_told(one, layout)


def test_a_header_of_two_rows_with_groups() -> None:
    groups = [None, "Contact", None]
    rows = [["School", "Name", "E-mail"], *[[name, "Jo", mail] for name, _, mail in ROWS]]
    layout = find_tables(grid([groups, *rows]), RULES)
    assert _found(layout) == [(["School", "Contact / Name", "Contact / E-mail"], [3, 4, 5])]


def test_a_group_that_begins_at_the_left_edge() -> None:
    rows = [["Provider", None, None, "Details", None], ["Record", "School name", "Phone", "Zip", "Notes"]]
    rows += [["1", "Blue Sky", "0115550100", "2196", None], ["2", "River", "0115550101", "2196", "x"]]
    layout = find_tables(grid(rows), RULES)
    names = [
        "Provider / Record",
        "Provider / School name",
        "Provider / Phone",
        "Details / Zip",
        "Details / Notes",
    ]
    assert _found(layout) == [(names, [3, 4])]


def test_a_header_that_goes_on_in_the_next_row() -> None:
    rows = [["School", "Telephone", "Postal"], [None, "Number", "Code"]]
    rows += [[name, phone, "2196"] for name, phone, _ in ROWS]
    layout = find_tables(grid(rows), RULES)
    assert _found(layout) == [(["School", "Telephone Number", "Postal Code"], [3, 4, 5])]


def test_a_group_among_headers_of_one_row() -> None:
    rows = [["School", "Contact", None, "Remarks"], [None, "Person", "Tel", None]]
    rows += [[name, "Jo", phone, None] for name, phone, _ in ROWS]
    layout = find_tables(grid(rows), RULES)
    assert _found(layout) == [(["School", "Contact Person", "Contact Tel", "Remarks"], [3, 4, 5])]


def test_groups_beside_headers_that_take_both_rows() -> None:
    rows = [["School", None, "Contact", None, "Since", "Remarks"], ["Name", "Town", "Person", "Tel"]]
    rows += [[name, "Quillhaven", "Jo", phone, "2004", None] for name, phone, _ in ROWS]
    layout = find_tables(grid(rows), RULES)
    names = ["School / Name", "School / Town", "Contact / Person", "Contact / Tel", "Since", "Remarks"]
    assert _found(layout) == [(names, [3, 4, 5])]
    assert _skipped(layout) == [(1, 2, "header")]


def test_blocks_side_by_side_are_tables_of_their_own() -> None:
    rows = [[*HEADER, None, *HEADER]]
    rows += [[*left, None, *right] for left, right in zip(ROWS, [*ROWS[1:], [None] * 3], strict=True)]
    layout = find_tables(grid(rows), RULES)
    assert _found(layout) == [(HEADER, [2, 3, 4]), (HEADER, [2, 3])]
    assert layout.tables[1].sheet_columns() == (5, 6, 7)
    assert [(row.first, row.column) for row in layout.skipped if row.reason.value == "blank"] == [(4, 5)]


def test_a_blank_column_inside_a_table_does_not_cut_it() -> None:
    rows = [[*HEADER[:2], None, "E-mail"], *[[name, phone, None, mail] for name, phone, mail in ROWS]]
    layout = find_tables(grid(rows), RULES)
    assert _found(layout) == [(HEADER, [2, 3, 4])]
    assert layout.tables[0].sheet_columns() == (1, 2, 4)


def test_tables_one_below_the_other() -> None:
    other = [["Company", "Telephone", "Website"], ["Delta Air", "021 555 0100", "www.delta.example"]]
    layout = find_tables(grid([HEADER, *ROWS, [], *other]), RULES)
    assert _found(layout) == [(HEADER, [2, 3, 4]), (other[0], [7])]
    assert (5, 5, "blank") in _skipped(layout)


def test_repeated_headers_totals_notes_and_phantom_rows() -> None:
    rows = [HEADER, ROWS[0], HEADER, ROWS[1], ["Total", "2", None], ["Source: the department"]]
    one = grid([*rows, *[[] for _ in range(994)]])
    layout = find_tables(one, RULES)
    assert _found(layout) == [(HEADER, [2, 4])]
    assert _skipped(layout) == [
        (1, 1, "header"), (3, 3, "repeated header"), (5, 5, "total"), (6, 6, "footnote"), (7, 1000, "blank"),
    ]  # fmt: skip
    _every_row_is_told(one, layout)


def test_an_organisation_that_begins_like_a_total_stays() -> None:
    rows = [
        HEADER,
        ["Total Aviation", "011 555 0100", "info@total.example"],
        ["Note Worthy School", None, "a@b.example"],
        ["Total Air", "0115550100"],
    ]
    assert _found(find_tables(grid(rows), RULES)) == [(HEADER, [2, 3, 4])]


def test_a_list_without_a_header() -> None:
    layout = find_tables(grid(ROWS), RULES)
    assert _found(layout) == [(["", "", ""], [1, 2, 3])]
    assert "it has no header" in layout.notes[0]


def test_a_blank_header_is_said() -> None:
    layout = find_tables(grid([["School name", None, "E-mail"], *ROWS]), RULES)
    assert _found(layout) == [(["School name", "", "E-mail"], [2, 3, 4])]
    assert layout.notes == ("list.xlsx!Sites: columns without a header: B",)


def test_a_header_that_is_known_by_its_look_alone_is_said() -> None:
    rows = [["Skoolnaam", "Onderwyser"], ["Blou Lug", "Jo Nkosi"], ["Rivier", "Sam Botha"]]
    layout = find_tables(grid(rows), LayoutRules(kept=["*"]))
    assert _found(layout) == [(["Skoolnaam", "Onderwyser"], [2, 3])]
    assert layout.notes == ("list.xlsx!Sites: row 1 is taken for the header by its look alone",)


def test_the_profile_knows_the_header_row_better() -> None:
    rows = [["x", "y", "z"], ["School name", "Phone", "E-mail"], *ROWS]
    told = LayoutRules(RULES.known, {"list.xlsx!Sites": 1})
    assert _found(find_tables(grid(rows), told))[0] == (["x", "y", "z"], [2, 3, 4, 5])
    none = LayoutRules(RULES.known, {"*": 0})
    assert _found(find_tables(grid([HEADER, *ROWS]), none)) == [(["", "", ""], [1, 2, 3, 4])]


def test_blank_sheets_and_lookup_sheets_are_left_out() -> None:
    assert find_tables(grid([]), RULES).left_out[0].reason == "it is blank"
    assert find_tables(grid([[None, " "], [None, None]]), RULES).left_out[0].reason == "it is blank"
    codes = grid([["Code", "Meaning"], ["A", "Active"], ["C", "Closed"]], "Lookups")
    assert "a sheet of codes" in find_tables(codes, RULES).left_out[0].reason
    listed = grid([["Province"], ["Gauteng"], ["Limpopo"]], "Lists")
    assert "a sheet of codes" in find_tables(listed, RULES).left_out[0].reason
    other = grid([["Grade", "Points"], ["A", "4"], ["B", "3"]], "Sheet2")
    assert "a small list of texts" in find_tables(other, RULES).left_out[0].reason
    hidden = grid([["Category", "Type"], ["A", "4"]], "Sheet3", hidden=True)
    assert "hidden" in find_tables(hidden, RULES).left_out[0].reason


def test_a_sheet_of_organisations_called_list_is_none_of_codes() -> None:
    assert len(find_tables(grid([HEADER, *ROWS], "List"), RULES).tables) == 1


def test_the_profile_keeps_and_leaves_out_sheets() -> None:
    codes = grid([["Code", "Meaning"], ["A", "Active"]], "Lookups")
    assert find_tables(codes, LayoutRules(RULES.known, kept=["Lookups"])).tables
    rules = LayoutRules(RULES.known, left_out=["list.xlsx!S*"])
    assert find_tables(grid([HEADER, *ROWS]), rules).left_out[0].reason == "the profile leaves it out"
