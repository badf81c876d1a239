"""A folder as people leave it: what is read, what is not and why; nothing in it is fatal."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from hotpass.refine.grid import Grid
from hotpass.refine.ingest import discover
from hotpass.refine.reading import Read, read_grids
from hotpass.tables import Limits
from hotpass.tables.errors import NothingThereError

CSV = "Name,Phone\nBlue Sky Academy,011 555 0100\n"


def _book(path: Path, rows: list[list[object]], title: str = "Sites") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def _read(folder: Path, limits: Limits | None = None) -> Read:
    limits = limits or Limits()
    return read_grids(discover(folder, limits).files, limits)


def _cells(grid: Grid) -> list[tuple[str | None, ...]]:
    return list(grid.cells.rows())


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A folder with one of everything that goes wrong."""
    (tmp_path / "b.csv").write_text(CSV)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "copy.csv").write_text(CSV)
    _book(tmp_path / "good.xlsx", [["Name"], ["Blue Sky"]])
    (tmp_path / "~$good.xlsx").write_bytes(b"\x05user")
    (tmp_path / ".~lock.good.ods#").write_text("user")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "broken.xlsx").write_bytes((tmp_path / "good.xlsx").read_bytes()[:2000])
    (tmp_path / "not.xlsx").write_text("this is no workbook")
    (tmp_path / "secret.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "quote.csv").write_text('Name,Phone\n"Blue" Sky,1\n')
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    return tmp_path


def test_every_file_is_read_or_named_with_its_reason(messy: Path) -> None:
    found = discover(messy)
    assert [file.name for file in found.files] == ["a/copy.csv", "bad.parquet", "good.xlsx", "quote.csv"]
    reasons = {left.name: left.reason for left in found.left_out}
    assert reasons["b.csv"] == "it has the same bytes as a/copy.csv"
    assert reasons["~$good.xlsx"].startswith("it is the lock file")
    assert reasons[".~lock.good.ods#"].startswith("it is the lock file")
    assert reasons[".DS_Store"] == "it belongs to the system, not to the data"
    assert reasons["empty.csv"] == "it is empty"
    assert reasons["notes.docx"] == "its suffix is none of a table's"
    assert reasons["secret.xlsx"] == "secret.xlsx is encrypted"
    assert reasons["gone.csv"] == "it is a link to nothing"
    assert reasons["not.xlsx"] == "cannot read not.xlsx: it is no workbook"
    assert "damaged or cut off" in reasons["broken.xlsx"]
    read = read_grids(found.files)
    assert {str(grid.sheet) for grid in read.grids} == {"a/copy.csv", "good.xlsx!Sites"}
    left = {each.name: each.reason for each in read.left_out}
    assert left["quote.csv"] == "quote.csv, line 2: cell 1: text follows the closing quote"
    assert left["bad.parquet"].startswith("cannot read bad.parquet")


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "a.csv").chmod(0)
    assert "cannot read a.csv" in discover(tmp_path).left_out[0].reason


def test_a_huge_file_is_named_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(5 << 30)
    (left,) = discover(tmp_path).left_out
    assert left.reason == "it has 5,368,709,120 bytes, more than limit_bytes = 4,294,967,296 allows"


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError):
        discover(tmp_path / "nowhere")


def test_a_single_file_is_a_folder_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    assert [file.name for file in discover(tmp_path / "a.csv").files] == ["a.csv"]


def test_cells_keep_their_true_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["C5"], sheet["D5"], sheet["D7"] = "Name", "Phone", 115550100.0
    sheet["C7"] = "=1+1"
    book.save(tmp_path / "far.xlsx")
    (grid,) = _read(tmp_path).grids
    assert (grid.row, grid.column) == (5, 3)
    assert _cells(grid) == [("Name", "Phone"), (None, None), (None, "115550100")]


def test_numbers_dates_and_truth_are_text_without_loss(tmp_path: Path) -> None:
    import datetime as dt

    moment = dt.datetime(2021, 3, 4, 5, 6)  # noqa: DTZ001  # a sheet has no zones
    values: list[object] = [
        "007", 0.1, 1e21, 0.1234567890123456, True, dt.date(2021, 3, 4), moment, 12, "NA",
    ]  # fmt: skip
    _book(tmp_path / "types.xlsx", [[value] for value in values])
    (grid,) = _read(tmp_path).grids
    assert [cell for (cell,) in _cells(grid)] == [
        "007", "0.1", "1000000000000000000000", "0.1234567890123456", "true", "2021-03-04", "2021-03-04 05:06:00", "12", "NA",
    ]  # fmt: skip


def test_hidden_sheets_are_read_and_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Old").append(["Name"])
    book["Old"].sheet_state = "hidden"
    book["Sheet"].append(["Name"])
    book.save(tmp_path / "two.xlsx")
    assert [(grid.sheet.name, grid.hidden) for grid in _read(tmp_path).grids] == [
        ("Sheet", False),
        ("Old", True),
    ]


def test_a_workbook_of_too_many_cells_takes_nobody_along(tmp_path: Path) -> None:
    _book(tmp_path / "big.xlsx", [["x"] * 50 for _ in range(50)])
    _book(tmp_path / "small.xlsx", [["Name"], ["Blue Sky"]])
    read = _read(tmp_path, Limits(cells=1000))
    assert [grid.sheet.file for grid in read.grids] == ["small.xlsx"]
    assert "more than the limit cells = 1,000" in read.left_out[0].reason


def test_a_process_that_dies_is_not_the_end_of_the_others(tmp_path: Path) -> None:
    # A sheet part that is no XML at all, and one that is cut off in the middle.
    for name in ("a", "b", "c"):
        _book(tmp_path / f"{name}.xlsx", [["Name"], [f"School {name}"]])
    with zipfile.ZipFile(tmp_path / "b.xlsx") as old, zipfile.ZipFile(tmp_path / "d.xlsx", "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, data[: len(data) // 2] if "sheet1" in entry.filename else data)
    read = _read(tmp_path)
    assert [grid.sheet.file for grid in read.grids] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert read.left_out[0].name == "d.xlsx"
    assert "damaged" in read.left_out[0].reason


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b"a,b\n1,2\n", [("a", "b"), ("1", "2")]),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", [("a", "b"), ("1", "2")]),
        ("a\tb\né\tü".encode("utf-16"), [("a", "b"), ("é", "ü")]),
        ("a,b\ncafé,ü\n".encode("cp1252"), [("a", "b"), ("café", "ü")]),
        (b'a,b\n"x\ny","say ""hi"""\n', [("a", "b"), ("x\ny", 'say "hi"')]),
        (b"a,b\n\n1,2\n", [("a", "b"), (None, None), ("1", "2")]),
        (b"Title\n\na,b\n1,2\n3,4\n", [("Title", None), (None, None), ("a", "b"), ("1", "2"), ("3", "4")]),
        (b"a,b\n1\n1,2,3\n", [("a", "b", None), ("1", None, None), ("1", "2", "3")]),
        (b'a,b\n"",x""y\n', [("a", "b"), (None, 'x""y')]),
        (b"a,b\r1,2\r", [("a", "b"), ("1", "2")]),
        (b"a\n", [("a",)]),
    ],
)
def test_delimited_text_in_every_form(
    tmp_path: Path, data: bytes, cells: list[tuple[str | None, ...]]
) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    (grid,) = _read(tmp_path).grids
    assert _cells(grid) == cells
    assert (grid.row, grid.column) == (1, 1)


def test_prose_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("This folder holds lists.\nAsk the office, please.\n")
    assert _read(tmp_path).left_out[0].reason == "it is prose, not a table"


def test_parquet_has_its_names_in_row_one(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Name": ["Blue Sky", None], "Zip": [1.0, 2.5], "n": [2**60, 1]})
    frame.write_parquet(tmp_path / "a.parquet")
    (grid,) = _read(tmp_path).grids
    assert _cells(grid) == [("Name", "Zip", "n"), ("Blue Sky", "1", str(2**60)), (None, "2.5", "1")]


def test_an_ods_is_read_by_what_it_is_whatever_its_suffix(tmp_path: Path) -> None:
    office, table, text = (
        f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")
    )
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    number = "<table:table-cell office:value-type='float' office:value='115550100'><text:p>1</text:p></table:table-cell>"
    content = (
        f"<office:document-content xmlns:office='{office}' xmlns:table='{table}' xmlns:text='{text}'><office:body>"
        f"<office:spreadsheet><table:table table:name='Sites'><table:table-row>{cell.format('Name')}{cell.format('Tel')}"
        f"</table:table-row><table:table-row>{cell.format('Blue Sky')}{number}</table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
    (file,) = discover(tmp_path).files
    assert file.kind == "ods"
    (grid,) = read_grids([file]).grids
    assert _cells(grid) == [("Name", "Tel"), ("Blue Sky", "115550100")]


def test_a_workbook_that_takes_too_much_memory_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    # More text than a process has free without asking for more.
    for name in ("b", "c"):
        rows: list[list[object]] = [["Name"]]
        rows += [[f"{name} {number} " + "Blue Sky " * 80] for number in range(6_000)]
        _book(tmp_path / f"{name}.xlsx", rows)
    read = _read(tmp_path, Limits(memory=1 << 20))
    assert [grid.sheet.file for grid in read.grids] == ["a.csv"]
    assert [left.name for left in read.left_out] == ["b.xlsx", "c.xlsx"]
    assert all("more than the limit memory = 1,048,576" in left.reason for left in read.left_out)
