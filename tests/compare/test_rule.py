"""The rule of data versions, pair by pair: what stood there, what stands there now, what that is called, which bump."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from harness.pairs import Content, Csv, Folder, Other, Parquet, Sheets, read_pair, sheet

from hotpass.compare import CompareOptions, Kind, compare_books, decide
from hotpass.tables import Engine, open_engine
from hotpass.versioning.version import Bump

NONE, PATCH, MINOR, MAJOR = None, Bump.PATCH, Bump.MINOR, Bump.MAJOR
Expected = Mapping[Kind, int]

SITES: list[list[Any]] = [
    ["id", "name", "beds"],
    ["S1", "Finch Row", 12],
    ["S2", "Heron Place", 8],
    ["S3", "Kite Bay", 20],
]
EPOCH_1904 = '<workbookPr date1904="1"/>'
DATED: list[list[Any]] = [["id", "opened"], ["S1", '<s="1"><v>45322</v>'], ["S2", '<s="1"><v>45000</v>']]
SUM = "<><f>B2*2</f><v>4</v>"


def sites(*changes: tuple[int, int, Any], more: Any = (), without: int = 0) -> Sheets:
    """The workbook of sites with cells set, rows put at its end, or one row left out."""
    rows = [list(row) for row in SITES]
    for row, column, value in changes:
        rows[row][column] = value
    return sheet(*(row for n, row in enumerate(rows) if not without or n != without), *more)


def titled(name: str) -> Sheets:
    """A sheet whose header is a title, for the table begins some rows below."""
    return sheet(["Sites of 2012", None], [None, None], ["id", "name"], ["S1", name], ["S2", "Kite Bay"])


Pair = tuple[str, Content, Content, Expected, Bump | None]
KeyedPair = tuple[str, str, str, str, Expected, Bump | None]

PAIRS: list[Pair] = [
    # ---------------------------------------------------------------------------------- the same content
    ("the same file", Csv("id,n/1,a"), Csv("id,n/1,a"), {}, NONE),
    ("rows in another order", Csv("id,n/1,a/2,b"), Csv("id,n/2,b/1,a"), {}, NONE),
    ("rows without a key in another order", Csv("n/a/a/b"), Csv("n/b/a/a"), {}, NONE),
    ("a number written otherwise", Csv("id,v/1,1.50/2,3.0"), Csv("id,v/1,1.5/2,3"), {}, NONE),
    ("truth written otherwise", Csv("id,v/1,True/2,FALSE"), Csv("id,v/1,true/2,false"), {}, NONE),
    ("quotes that need not be", Csv("id,n/1,a"), Csv('id,n/"1","a"'), {}, NONE),
    ("sorted workbook", sites(), sheet(SITES[0], *reversed(SITES[1:])), {}, NONE),
    ("blank rows at the end of a sheet", sites(), sites(more=[[None], [None]]), {}, NONE),
    ("parquet compressed otherwise", Parquet({"id": [1, 2]}), Parquet({"id": [1, 2]}, "zstd"), {}, NONE),
    ("an empty table", Csv("id,n"), Csv("id,n"), {}, NONE),
    ("a number like a number with zeros in a key", Csv("id,n/1.0,a/2.5,b"), Csv("id,n/2.50,b/1,a"), {}, NONE),
    # ----------------------------------------------------------------------------------- patch: cells
    ("a corrected cell", sites(), sites((1, 1, "Finch Rows")), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("a corrected cell below a title and a blank row", titled("Finch Row"), titled("Finch Rows"), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("two corrected cells of one row", Csv("id,a,b/1,x,y"), Csv("id,a,b/1,X,Y"), {Kind.CELLS_CHANGED: 2}, PATCH),
    ("a filled blank", Csv("id,n/1,/2,b"), Csv("id,n/1,a/2,b"), {Kind.CELLS_FILLED: 1}, PATCH),
    ("a filled blank in a sheet", sites((2, 2, None)), sites(), {Kind.CELLS_FILLED: 1}, PATCH),
    ("an emptied cell", Csv("id,n/1,a/2,b"), Csv("id,n/1,/2,b"), {Kind.CELLS_EMPTIED: 1}, PATCH),
    ("an emptied cell in a sheet", sites(), sites((3, 1, None)), {Kind.CELLS_EMPTIED: 1}, PATCH),
    ("a blank column filled", Csv("id,n/1,/2,"), Csv("id,n/1,4/2,5"), {Kind.CELLS_FILLED: 2}, PATCH),
    ("a column emptied", Csv("id,n/1,4/2,5"), Csv("id,n/1,/2,"), {Kind.CELLS_EMPTIED: 2}, PATCH),
    ("a column of nothing filled in parquet", Parquet({"id": [1, 2], "n": pa.nulls(2)}), Parquet({"id": [1, 2], "n": ["a", None]}),
     {Kind.CELLS_FILLED: 1}, PATCH),
    ("empty text for blank", Csv("id,n/1,/2,b"), Csv('id,n/1,""/2,b'), {Kind.BLANKS_RESTYLED: 1}, PATCH),
    ("blank for empty text in a sheet", sites((1, 1, "")), sites((1, 1, None)), {Kind.BLANKS_RESTYLED: 1}, PATCH),
    ("changed, filled and emptied", Csv("id,n/1,a/2,/3,c"), Csv("id,n/1,A/2,b/3,"),
     {Kind.CELLS_CHANGED: 1, Kind.CELLS_FILLED: 1, Kind.CELLS_EMPTIED: 1}, PATCH),
    ("corrected and sorted", Csv("id,n/1,a/2,b"), Csv("id,n/2,B/1,a"), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("the last of seventeen digits", Csv("id,n/a,12345678901234567"), Csv("id,n/a,12345678901234568"),
     {Kind.CELLS_CHANGED: 1}, PATCH),
    ("upper case", Csv("id,n/1,a"), Csv("id,n/1,A"), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("a space at the end", sites(), sites((1, 1, "Finch Row ")), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("a letter composed otherwise", Csv("id,n/1,caf\u00e9"), Csv("id,n/1,cafe\u0301"), {Kind.CELLS_CHANGED: 1}, PATCH),
    ("a cell of parquet", Parquet({"id": [1, 2], "v": [1.5, 2.5]}), Parquet({"id": [1, 2], "v": [1.5, 2.25]}),
     {Kind.CELLS_CHANGED: 1}, PATCH),
    ("the epoch of dates flipped", sheet(*DATED), sheet(*DATED, properties=EPOCH_1904), {Kind.CELLS_CHANGED: 2}, PATCH),
    ("a cell of the second sheet", Sheets({"A": SITES, "B": SITES}), Sheets({"A": SITES, "B": [*SITES[:3], ["S3", "Kite", 20]]}),
     {Kind.CELLS_CHANGED: 1}, PATCH),
    ("an exact duplicate removed", Csv("id,n/1,a/1,a/2,b"), Csv("id,n/1,a/2,b"), {Kind.DUPLICATES_REMOVED: 1}, PATCH),
    ("two of three copies removed", Csv("n,m/a,b/a,b/a,b/a,c/b,c/b,c"), Csv("n,m/a,b/a,c/b,c/b,c"), {Kind.DUPLICATES_REMOVED: 2}, PATCH),
    ("a file that is no table", Other("one"), Other("two"), {Kind.FILE_CHANGED: 1}, PATCH),
    # ---------------------------------------------------------------------------------- minor: more of it
    ("a row added", Csv("id,n/1,a"), Csv("id,n/1,a/2,b"), {Kind.ROWS_ADDED: 1}, MINOR),
    ("rows added to a sheet", sites(), sites(more=[["S4", "Lark Hill", 3], ["S5", "Wren Way", 4]]), {Kind.ROWS_ADDED: 2}, MINOR),
    ("the first rows", Csv("id,n"), Csv("id,n/1,a/2,b"), {Kind.ROWS_ADDED: 2}, MINOR),
    ("a row added and a cell corrected", Csv("id,n/1,a"), Csv("id,n/1,A/2,b"),
     {Kind.ROWS_ADDED: 1, Kind.CELLS_CHANGED: 1}, MINOR),
    ("one more copy of a row", Csv("n,m/a,b/a,b/b,b"), Csv("n,m/a,b/a,b/a,b/b,b"), {Kind.ROWS_ADDED: 1}, MINOR),
    ("a column added", Csv("id,n/1,a"), Csv("id,n,m/1,a,x"), {Kind.COLUMN_ADDED: 1}, MINOR),
    ("a column added in the middle", Csv("id,n/1,a"), Csv("id,m,n/1,x,a"), {Kind.COLUMN_ADDED: 1}, MINOR),
    ("a column added to a sheet", sites(), sheet(*([*row, cell] for row, cell in zip(SITES, ["x", 1, 2, 3], strict=True))),
     {Kind.COLUMN_ADDED: 1}, MINOR),
    ("columns in another order", Csv("id,n,m/1,a,b"), Csv("id,m,n/1,b,a"), {Kind.COLUMNS_REORDERED: 2}, MINOR),
    ("a corrected cell and another order of columns, either of them a key", Csv("id,n/1,a/2,b"), Csv("n,id/a,1/c,2"),
     {Kind.COLUMNS_REORDERED: 2, Kind.CELLS_CHANGED: 1}, MINOR),
    ("a sheet added", Sheets({"A": SITES}), Sheets({"A": SITES, "B": SITES}), {Kind.TABLE_ADDED: 1}, MINOR),
    ("a table added to a folder", Folder({"a.csv": "id/1"}), Folder({"a.csv": "id/1", "b.csv": "id/1"}), {Kind.TABLE_ADDED: 1}, MINOR),
    ("a file added to a folder", Folder({"a.csv": "id/1"}), Folder({"a.csv": "id/1", "b.pdf": "x"}), {Kind.FILE_ADDED: 1}, MINOR),
    # ------------------------------------------------------------------------------- major: what breaks readers
    ("a row removed", Csv("id,n/1,a/2,b"), Csv("id,n/1,a"), {Kind.ROWS_REMOVED: 1}, MAJOR),
    ("a row removed from a sheet", sites(), sites(without=2), {Kind.ROWS_REMOVED: 1}, MAJOR),
    ("every row removed", Csv("id,n/1,a/2,b"), Csv("id,n"), {Kind.ROWS_REMOVED: 2}, MAJOR),
    ("an id corrected", Csv("id,n/1,a/2,b"), Csv("id,n/1,a/3,b"), {Kind.ROWS_REMOVED: 1, Kind.ROWS_ADDED: 1}, MAJOR),
    ("all copies of a row removed", Csv("n,m/a,b/a,b/b,b/b,b"), Csv("n,m/b,b/b,b"), {Kind.ROWS_REMOVED: 2}, MAJOR),
    ("without a key, a cell is a row", Csv("n,m/a,x/a,x/b,x/b,x"), Csv("n,m/a,x/a,x/b,x/b,y"),
     {Kind.DUPLICATES_REMOVED: 1, Kind.ROWS_ADDED: 1}, MINOR),
    ("a column removed", Csv("id,n,m/1,a,x"), Csv("id,n/1,a"), {Kind.COLUMN_REMOVED: 1}, MAJOR),
    ("a column of a sheet removed", sites(), sheet(*(row[:2] for row in SITES)), {Kind.COLUMN_REMOVED: 1}, MAJOR),
    ("a column renamed where it stands", Csv("id,phone/1,12/2,13"), Csv("id,telephone/1,12/2,13"), {Kind.COLUMN_RENAMED: 1}, MAJOR),
    ("renamed and moved, the values say so", Csv("id,x,phone/1,a,12/2,b,13"), Csv("id,telephone,x/1,12,a/2,13,b"),
     {Kind.COLUMN_RENAMED: 1, Kind.COLUMNS_REORDERED: 2}, MAJOR),
    ("moved and without evidence no rename", Csv("id,x,phone/1,a,12/2,b,13"), Csv("id,telephone,x/1,12,a/2,99,b"),
     {Kind.COLUMN_REMOVED: 1, Kind.COLUMN_ADDED: 1}, MAJOR),
    ("a renamed column in which a cell was corrected", Csv("id,phone/1,12/2,13"), Csv("id,telephone/1,12/2,14"),
     {Kind.COLUMN_RENAMED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("whole numbers became numbers", Csv("id,v/a,1/b,2"), Csv("id,v/a,1/b,2.5"),
     {Kind.COLUMN_RETYPED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("numbers became text", Csv("id,v/a,1/b,2"), Csv("id,v/a,1/b,two"), {Kind.COLUMN_RETYPED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("ids became text", sheet(["id", "n"], [1, "a"], [2, "b"]), sheet(["id", "n"], ["1", "a"], ["2", "b"]),
     {Kind.COLUMN_RETYPED: 1}, MAJOR),
    ("text 1 for number 1", sites(), sites((1, 2, "12")), {Kind.COLUMN_RETYPED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("a date became a date with time", sheet(["id", "d"], ["a", '<s="1"><v>45322</v>']), sheet(["id", "d"], ["a", '<s="3"><v>45322.5</v>']),
     {Kind.COLUMN_RETYPED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("times with a zone became times without", Parquet({"id": [1], "t": pa.array([0], pa.timestamp("us", "UTC"))}),
     Parquet({"id": [1], "t": pa.array([0], pa.timestamp("us"))}), {Kind.COLUMN_RETYPED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("wider whole numbers in parquet", Parquet({"id": pa.array([1, 2], pa.int32())}), Parquet({"id": pa.array([1, 2], pa.int64())}),
     {Kind.COLUMN_RETYPED: 1}, MAJOR),
    ("an added row that changes the type", Csv("id,v/a,1"), Csv("id,v/a,1/b,x"), {Kind.COLUMN_RETYPED: 1, Kind.ROWS_ADDED: 1}, MAJOR),
    ("a sheet removed", Sheets({"A": SITES, "B": SITES[:2]}), Sheets({"A": SITES}), {Kind.TABLE_REMOVED: 1}, MAJOR),
    ("a sheet renamed", Sheets({"A": SITES, "B": SITES[:2]}), Sheets({"A": SITES, "C": SITES[:2]}), {Kind.TABLE_RENAMED: 1}, MAJOR),
    ("the only sheet renamed and corrected", Sheets({"A": SITES}), Sheets({"B": [*SITES[:3], ["S3", "Kite", 20]]}),
     {Kind.TABLE_RENAMED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("a workbook instead of a list", Csv("id,name,beds/S1,Finch Row,12/S2,Heron Place,8/S3,Kite Bay,20"), sites(),
     {Kind.FORMAT_CHANGED: 1}, MAJOR),
    ("a list instead of parquet", Parquet({"id": ["a", "b"], "v": [1.5, 2.0], "b": [True, None]}), Csv("id,v,b/a,1.50,TRUE/b,2,"),
     {Kind.FORMAT_CHANGED: 1}, MAJOR),
    ("another format, and a cell corrected", Csv("id,n/1,a/2,b"), Parquet({"id": [1, 2], "n": ["a", "B"]}),
     {Kind.FORMAT_CHANGED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("tabs instead of commas", Csv("id,n/1,a"), Csv("id\tn/1\ta", "tsv"), {Kind.FORMAT_CHANGED: 1}, MAJOR),
    ("a table of a folder removed", Folder({"a.csv": "id/1", "b.csv": "k/1"}), Folder({"a.csv": "id/1"}), {Kind.TABLE_REMOVED: 1}, MAJOR),
    ("a file of a folder removed", Folder({"a.csv": "id/1", "b.pdf": "x"}), Folder({"a.csv": "id/1"}), {Kind.FILE_REMOVED: 1}, MAJOR),
    ("a file of a folder renamed", Folder({"a.csv": "id/1", "b.pdf": "x"}), Folder({"a.csv": "id/1", "c.pdf": "x"}), {Kind.FILE_RENAMED: 1}, MAJOR),
]  # fmt: skip

BY_KEY: list[KeyedPair] = [
    ("a key that is unique", "id", "id,n/1,a/2,a", "id,n/1,a/2,b", {Kind.CELLS_CHANGED: 1}, PATCH),
    ("another column than the leftmost", "k", "id,k/1,a/2,b", "id,k/3,a/2,b", {Kind.CELLS_CHANGED: 1}, PATCH),
    ("two columns", "a,b", "a,b,n/1,1,x/1,2,y", "a,b,n/1,2,Y/1,1,x", {Kind.CELLS_CHANGED: 1}, PATCH),
    ("the same key twice is never paired at random", "id", "id,n/1,a/1,b/2,c", "id,n/1,b/1,x/2,C",
     {Kind.ROWS_REMOVED: 1, Kind.ROWS_ADDED: 1, Kind.CELLS_CHANGED: 1}, MAJOR),
    ("a key twice on one side", "id", "id,n/1,a/2,c", "id,n/1,a/1,b/2,c", {Kind.ROWS_ADDED: 1}, MINOR),
    ("blank keys are no key", "id", "id,n/,a/2,c", "id,n/,b/2,c", {Kind.ROWS_REMOVED: 1, Kind.ROWS_ADDED: 1}, MAJOR),
    ("equal rows with a blank key", "id", "id,n/,a/2,c", "id,n/2,c/,a", {}, NONE),
    ("keys that are one number", "id", "id,n/1.0,a/2,b", "id,n/1,a/2,B", {Kind.CELLS_CHANGED: 1, Kind.COLUMN_RETYPED: 1}, MAJOR),
    ("keys that are texts", "id", "id,n/01,a/x,b", "id,n/1,a/x,b", {Kind.ROWS_REMOVED: 1, Kind.ROWS_ADDED: 1}, MAJOR),
    ("a key that one side does not have", "k", "k,id,n/1,a,x/2,b,y", "id,n/a,x/b,y",
     {Kind.COLUMN_REMOVED: 1, Kind.KEY_CHANGED: 1}, MAJOR),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One room for all pairs."""
    with open_engine() as engine:
        yield engine


def counted(changes: Any) -> Counter[Kind]:
    total: Counter[Kind] = Counter()
    for change in changes:
        total[change.kind] += change.count
    return total


INVERSE = {
    Kind.CELLS_FILLED: Kind.CELLS_EMPTIED,
    Kind.ROWS_ADDED: Kind.ROWS_REMOVED,
    Kind.DUPLICATES_REMOVED: Kind.ROWS_ADDED,
    Kind.COLUMN_ADDED: Kind.COLUMN_REMOVED,
    Kind.TABLE_ADDED: Kind.TABLE_REMOVED,
    Kind.FILE_ADDED: Kind.FILE_REMOVED,
}


def grouped(total: Counter[Kind], *, back: bool) -> Counter[Kind]:
    """Counts in which both directions have the same names: a copy that came is a row that came."""
    turned = (
        {**INVERSE, **{b: a for a, b in INVERSE.items() if a is not Kind.DUPLICATES_REMOVED}} if back else {}
    )
    found: Counter[Kind] = Counter()
    for kind, number in total.items():
        named = turned.get(kind, kind)
        found[Kind.ROWS_REMOVED if named is Kind.DUPLICATES_REMOVED else named] += number
    return found


@pytest.mark.parametrize("raw", [False, True], ids=["", "types open"])
@pytest.mark.parametrize("pair", PAIRS, ids=[pair[0] for pair in PAIRS])
def test_what_changed_and_which_bump(engine: Engine, tmp_path: Path, pair: Pair, raw: bool) -> None:
    name, old, new, kinds, bump = pair
    if raw and not (isinstance(old, Csv | Folder) and isinstance(new, Csv | Folder)):
        pytest.skip("types are left open in delimited text alone")
    before, after = read_pair(engine, tmp_path, old, new, raw=raw)
    forth, back = compare_books(engine, before, after), compare_books(engine, after, before)
    assert counted(forth.all_changes) == Counter(kinds), name
    assert decide(forth.all_changes).bump is bump
    assert grouped(counted(back.all_changes), back=True) == grouped(counted(forth.all_changes), back=False)
    assert compare_books(engine, before, before).is_same
    for table in forth.tables:
        assert table.log is not None
        assert (tuple(table.log.cells()), tuple(table.log.rows())) == (table.cells, table.rows_changed)


@pytest.mark.parametrize("raw", [False, True], ids=["", "types open"])
@pytest.mark.parametrize("pair", BY_KEY, ids=[pair[0] for pair in BY_KEY])
def test_what_changed_by_a_key(engine: Engine, tmp_path: Path, pair: KeyedPair, raw: bool) -> None:
    name, key, old, new, kinds, bump = pair
    before, after = read_pair(engine, tmp_path, Csv(old), Csv(new), raw=raw)
    found = compare_books(engine, before, after, CompareOptions(key=tuple(key.split(","))))
    assert counted(found.all_changes) == Counter(kinds), name
    assert decide(found.all_changes).bump is bump


def test_the_specification_is_long_enough() -> None:
    assert len(PAIRS) + len(BY_KEY) >= 60
