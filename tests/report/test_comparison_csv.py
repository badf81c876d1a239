"""Every change as CSV: all of it, streamed, and nothing that a spreadsheet would obey."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from harness.comparisons import HOSTILE, NOTHING, SITES, SMALL, Log, hostile
from hypothesis import given
from hypothesis import strategies as st

from hotpass.compare.changes import CellChange, Change, KeyChoice, Kind
from hotpass.errors import WriteError
from hotpass.report.comparison import write_comparison_csv
from hotpass.tables.inert import neutral

HEAD = ["table", "kind", "key:site_id", "key:email", "column", "old", "new", "old_at", "new_at", "count", "detail", "neutralised"]  # fmt: skip


def read(path: Path) -> list[list[str]]:
    csv.field_size_limit(1 << 20)
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


# --- what a spreadsheet would obey --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "-5", "+5", "-5.25", "-1.5e-7", "+27 31 555 0199", "+27315550199", "+27 (0)31 555-0199", "-", "--", "", "a=b",
        "a - b", "x@example.org", "031 555 0199; +27 31 555 0200", "10; -5", "it's", '"quoted"', "'", "two\nlines",
    ],
)  # fmt: skip
def test_numbers_phones_and_plain_words_are_kept(value: str) -> None:
    assert neutral(value) == value


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ('=HYPERLINK("http://127.0.0.1","x")', '\'=HYPERLINK("http://127.0.0.1","x")'),
        ("+A1", "'+A1"),
        ("-A1", "'-A1"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("- a point of a list", "'- a point of a list"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a;=1", "a;'=1"),
        ("a; @x; -5", "a;' @x; -5"),
        ("a\n=1", "a\n'=1"),
    ],
)
def test_formulas_are_made_text_by_an_apostrophe(value: str, safe: str) -> None:
    """Case 45."""
    assert neutral(value) == safe


@given(st.text() | st.sampled_from(HOSTILE) | st.text(st.sampled_from("=+-@;\t\r\n \"'aA1,.|!")))
def test_no_cell_in_any_locale_is_more_than_text(value: str) -> None:
    safe = neutral(value)
    for piece in re.split(r"[;\t\r\n]", safe):
        bare = piece.lstrip(' "\xa0\u3000')
        if bare[:1] in set("=@\uff1d\uff20\uff0b\uff0d") and bare:
            pytest.fail(repr(safe))
        if bare[:1] in ("+", "-"):
            assert not re.search(r"[A-DF-Za-df-z|!=@]", bare)
    assert not safe.startswith(("\t", "\r", "\n"))
    assert neutral(safe) == safe


@pytest.mark.parametrize("piece", [" ", '"', ";", "; ", "=", "-", ' "', "1"])
def test_a_long_cell_takes_no_longer_than_its_length(piece: str) -> None:
    neutral(piece * 100_000 + "x")


# --- the file -----------------------------------------------------------------------------------------------------


def test_every_change_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    written = write_comparison_csv(SMALL, path)
    assert (written.lines, written.neutralised) == (7, {})
    at = "sites.xlsx!Sites!"
    added = json.dumps({"site_id": "S-121", "name": "Wren Cottage", "phone": "+27 31 555 0301", "fax": None})
    assert read(path) == [
        HEAD,
        ["Sites", "column_renamed", "", "", "", "tel", "phone", "", "", "1", "same position", ""],
        ["Sites", "cells_changed", "S-014", "", "phone", "031 555 0199", "031 555 0198", f"{at}D15", f"{at}D15", "1", "", ""],
        ["Sites", "cells_changed", "S-020", "", "name", "Heron House", "Finch House", f"{at}B21", f"{at}B21", "1", "", ""],
        ["Sites", "cells_filled", "S-021", "", "fax", "", "031 555 0200", f"{at}E22", f"{at}E22", "1", "", ""],
        ["Sites", "cells_emptied", "S-033", "", "contact", "T. Okafor", "", f"{at}F34", f"{at}F34", "1", "", ""],
        ["Sites", "rows_added", "S-121", "", "", "", added, "", f"{at}A122", "1", "", ""],
        ["Sites", "rows_removed", "S-007", "", "", read(path)[7][5], "", f"{at}A8", "", "1", "", ""],
    ]  # fmt: skip
    assert json.loads(read(path)[7][5]) == {"site_id": "S-007", "name": "Old Mill", "phone": "-", "fax": ""}


def test_blank_and_empty_text_are_told_apart(tmp_path: Path) -> None:
    cell = CellChange(Kind.BLANKS_RESTYLED, ("1",), "fax", None, "")
    table = replace(SITES, changes=(), log=Log(lambda: iter((cell,))))
    write_comparison_csv(replace(SMALL, tables=(table,)), path := tmp_path / "c.csv")
    assert b'"Sites","blanks_restyled","1","fax",,"",,,"1",,\r\n' in path.read_bytes()


def test_what_was_neutralised_is_listed_on_its_line_and_in_the_result(tmp_path: Path) -> None:
    cell = CellChange(Kind.CELLS_CHANGED, ("=k",), "@c", "-5", "=1", "=x.csv!A1", "")
    table = replace(
        SITES, name="+t!x", key=KeyChoice(("=id",), "given"), changes=(), log=Log(lambda: iter((cell,)))
    )
    written = write_comparison_csv(replace(SMALL, tables=(table,)), path := tmp_path / "c.csv")
    head, line = read(path)
    assert head[2] == "key:=id"
    assert line[:7] == ["'+t!x", "cells_changed", "'=k", "'@c", "-5", "'=1", "'=x.csv!A1"]
    assert line[-1] == "table; key:=id; column; new; old_at"
    assert written.neutralised == {"table": 1, "key:=id": 1, "column": 1, "new": 1, "old_at": 1}


def test_no_field_of_a_hostile_comparison_is_obeyed(tmp_path: Path) -> None:
    """Case 45."""
    write_comparison_csv(hostile(), path := tmp_path / "c.csv")
    fields = [field for line in read(path) for field in line]
    assert len(fields) > 10_000
    assert all(neutral(field) == field for field in fields)


def test_names_that_are_no_text_are_written_out(tmp_path: Path) -> None:
    comparison = replace(NOTHING, changes=(Change(Kind.FILE_CHANGED, where=("caf\udce9.bin",)),))
    write_comparison_csv(comparison, path := tmp_path / "c.csv")
    assert "caf\\udce9.bin" in path.read_text("utf-8-sig")


def test_a_failure_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("kept")

    def cells() -> Iterator[CellChange]:
        yield from SITES.cells * 10_000
        raise RuntimeError("the table is gone")

    with pytest.raises(RuntimeError, match="gone"):
        write_comparison_csv(replace(SMALL, tables=(replace(SITES, log=Log(cells)),)), path)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("c.csv", "kept")]


def test_a_log_that_is_gone_is_no_short_file(tmp_path: Path) -> None:
    table = replace(SITES, cells=SITES.cells[:1], log=None)
    with pytest.raises(ValueError, match="its log is gone"):
        write_comparison_csv(replace(SMALL, tables=(table,)), tmp_path / "c.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    (link := tmp_path / "null").symlink_to("/dev/null")
    for path in (pipe, link, tmp_path):
        with pytest.raises(WriteError, match="not a regular file"):
            write_comparison_csv(SMALL, path)
    with pytest.raises(WriteError, match="No such file"):
        write_comparison_csv(SMALL, tmp_path / "nowhere" / "c.csv")
