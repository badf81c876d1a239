from __future__ import annotations

import io
import os
import random
import struct
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hotpass.errors import WriteError
from hotpass.refine.container import with_fixed_dates
from hotpass.refine.export import (
    MOST_CHARACTERS,
    Contact,
    Sheet,
    WorkbookLimitError,
    contacts_frame,
    data_frame,
    output_sheets,
    workbook_bytes,
    write_csv,
    write_parquet,
    write_workbook,
)
from hotpass.refine.findings import Findings
from hotpass.refine.validate import Check, Rule, RuleResult
from hotpass.workflows.lineage import is_lineage, origin_of


def read(book: bytes, sheet: str = "Data") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()


def one(frame: pl.DataFrame) -> bytes:
    return workbook_bytes([Sheet("Data", frame)])


def test_texts_stay_texts_whatever_they_begin_with() -> None:
    texts = [
        "=1+1",
        "+27 11",
        "-x",
        "@sum",
        "0042",
        "1e5",
        "TRUE",
        " x ",
        "a\nb",
        "a\x01b",
        "_x0041_",
        "c\r\nd",
    ]
    book = one(pl.DataFrame({"text": texts}))
    assert [row[0] for row in read(book)[1:]] == texts
    sheet = openpyxl.load_workbook(io.BytesIO(book))["Data"]
    assert all(sheet.cell(row, 1).data_type == "s" for row in range(2, len(texts) + 2))


def test_urls_are_plain_text() -> None:
    book = one(pl.DataFrame({"website": [f"https://example.org/{n}" for n in range(70_000)]}))
    assert [row[0] for row in read(book)[1:]] == [f"https://example.org/{n}" for n in range(70_000)]
    assert not [name for name in zipfile.ZipFile(io.BytesIO(book)).namelist() if "worksheets/_rels" in name]


def test_floats_are_exact_to_the_last_digit() -> None:
    maker = random.Random(7)
    numbers = [struct.unpack("<d", struct.pack("<Q", maker.getrandbits(64)))[0] for _ in range(5_000)]
    numbers = [number for number in numbers if number - number == 0] + [
        0.1 + 0.2,
        2 / 3,
        5e-324,
        1.7976931348623157e308,
    ]
    assert [row[0] for row in read(one(pl.DataFrame({"n": numbers})))[1:]] == numbers


def test_dates_and_numbers_are_typed() -> None:
    frame = pl.DataFrame(
        {
            "d": [date(2024, 2, 29), None],
            "t": [datetime(2024, 2, 29, 1, 2, 3)] * 2,  # noqa: DTZ001 - a sheet has no zones
            "n": [3, None],
            "b": [True, False],
        }
    )
    rows = read(one(frame))
    assert rows[1] == [date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3), 3.0, True]  # noqa: DTZ001
    assert rows[2][0] == rows[2][2] == ""


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([2**53 + 1, 7], pl.Int64, ["9007199254740993", "7"]),
        ([2**64 - 1], pl.UInt64, ["18446744073709551615"]),
        ([float("inf"), float("nan"), 1.5], pl.Float64, ["inf", "NaN", "1.5"]),
        ([date(1900, 2, 28), date(2024, 1, 1)], pl.Date, ["1900-02-28", "2024-01-01"]),
        ([datetime(1899, 1, 1)], pl.Datetime("us"), ["1899-01-01 00:00:00.000000"]),  # noqa: DTZ001
    ],
)
def test_what_excel_cannot_hold_makes_its_column_text(values: list[Any], kind: Any, texts: list[str]) -> None:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=kind)})
    assert [row[0] for row in read(one(frame))[1:]] == texts


def test_small_whole_numbers_of_every_type_are_numbers() -> None:
    kinds = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
    frame = pl.DataFrame([pl.Series(str(kind), [1, 100], dtype=kind) for kind in kinds])
    assert read(one(frame))[2] == [100.0] * len(kinds)


def test_the_same_tables_make_the_same_bytes_at_another_time() -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "n": [1.5, 2.5], "d": [date(2024, 1, 1)] * 2})
    first = one(frame)
    time.sleep(1.1)
    assert one(frame.clone()) == first
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml")
    assert core.count(b"1980-01-01T00:00:00Z") == 2


def test_the_archive_is_sound_and_other_programs_read_it(tmp_path: Path) -> None:
    book = one(pl.DataFrame({"id": ["a"]}))
    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    assert openpyxl.load_workbook(io.BytesIO(book)).properties.creator == "Hotpass"
    assert pl.read_excel(io.BytesIO(book), engine="calamine").to_dicts() == [{"id": "a"}]


def test_an_archive_in_another_order_is_refused() -> None:
    odd = io.BytesIO()
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("a", "x")
    raw = odd.getvalue()
    # The entry says that its part begins elsewhere.
    with pytest.raises((ValueError, zipfile.BadZipFile)):
        with_fixed_dates(raw.replace(b"PK\x01\x02", b"PK\x01\x03"))


def test_the_header_is_frozen_bold_and_filtered_and_columns_are_wide_enough() -> None:
    frame = pl.DataFrame({"organization_name": ["A rather long name of a school"], "n": [1]})
    sheet = openpyxl.load_workbook(io.BytesIO(one(frame)))["Data"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet["A1"].font.bold
    assert 30 <= sheet.column_dimensions["A"].width <= 50
    assert sheet.column_dimensions["B"].width >= 9


def test_lineage_stands_last_and_folded_away() -> None:
    frame = pl.DataFrame(
        {
            "organization_id": ["b", "a"],
            "source": ["f!s!3", "f!s!2"],
            "phone": ["+2", "+1"],
            "phone__source": ["f!s!C3", "f!s!C2"],
            "note": ["x", "y"],
        }
    )
    ordered = data_frame(frame)
    assert ordered.columns == ["organization_id", "phone", "note", "source", "phone__source"]
    assert ordered["organization_id"].to_list() == ["a", "b"]
    book = one(ordered)
    assert read(book)[1] == ["a", "+1", "y", "f!s!2", "f!s!C2"]
    dimensions = openpyxl.load_workbook(io.BytesIO(book))["Data"].column_dimensions
    assert dimensions["D"].hidden
    assert dimensions["D"].outlineLevel == 1
    assert dimensions["D"].width > 0
    assert not dimensions["C"].hidden


def test_trace_finds_where_a_cell_of_the_workbook_comes_from() -> None:
    frame = pl.DataFrame(
        {
            "id": ["a"],
            "phone": ["+1"],
            "name": ["Aero"],
            "phone__source": ["f.xlsx!S!C2"],
            "source": ["f.xlsx!S!2"],
        }
    )
    head, values = read(one(data_frame(frame)))
    row = dict(zip(head, values, strict=True))
    assert origin_of(row, "phone") == "f.xlsx!S!C2"
    assert origin_of(row, "name") == "f.xlsx!S!2"
    assert is_lineage("phone__source", head)


def test_a_column_that_only_sounds_like_lineage_is_data() -> None:
    frame = pl.DataFrame({"id": ["a"], "open__source": ["x"], "z": ["y"]})
    assert data_frame(frame).columns == ["id", "open__source", "z"]


def test_the_four_sheets() -> None:
    findings = Findings(
        "generic", 5, 2, 1, 2, rules=(RuleResult(Rule("n", "n", Check.PRESENT), 4, 1, (), failed=False),)
    )
    data = pl.DataFrame({"organization_id": ["b", "a"]})
    contacts = contacts_frame(
        [
            Contact("b", "Blue", "phone", "+2"),
            Contact("a", "Aero", "phone", "+1", source="f!s!C2"),
            Contact("a", "Aero", "email", "x@example.org"),
        ]
    )
    aside = pl.DataFrame({"quarantine_reasons": ["n: is empty"], "organization_id": ["c"]})
    book = workbook_bytes(output_sheets(data, contacts, aside, findings))
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names == [
        "Data",
        "Contacts",
        "Quarantine",
        "Summary",
    ]
    assert [row[0] for row in read(book)] == ["organization_id", "a", "b"]
    assert [row[:5] for row in read(book, "Contacts")[1:]] == [
        ["a/email/1", "a", "Aero", "email", "x@example.org"],
        ["a/phone/1", "a", "Aero", "phone", "+1"],
        ["b/phone/1", "b", "Blue", "phone", "+2"],
    ]
    summary = {row[0]: row[1] or row[2] for row in read(book, "Summary")}
    assert summary["records out"] == 2.0
    assert summary["gate"] == "passed"
    assert summary["rule: n"] == 0.75


def test_empty_tables_make_a_workbook() -> None:
    empty = pl.DataFrame(schema={"organization_id": pl.String})
    book = workbook_bytes(
        output_sheets(empty, contacts_frame([]), pl.DataFrame(), Findings("generic", 0, 0, 0, 0))
    )
    assert read(book) == [["organization_id"]]


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(
        WorkbookLimitError, match=r"sheet Data, column note, does not fit.*32,768 characters"
    ) as raised:
        one(pl.DataFrame({"note": ["x" * (MOST_CHARACTERS + 1)]}))
    assert "parquet" in raised.value.hint
    with pytest.raises(WorkbookLimitError, match="40,000 characters"):
        one(pl.DataFrame({"note": ["\U0001f600" * 20_000]}))
    with pytest.raises(WorkbookLimitError, match="1,048,576 rows"):
        one(pl.DataFrame({"n": pl.Series([None] * 1_048_576, dtype=pl.Int8)}))
    assert len(read(one(pl.DataFrame({"note": ["x" * MOST_CHARACTERS]})))[1][0]) == MOST_CHARACTERS


def test_a_column_of_lists_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="emails"):
        one(pl.DataFrame({"emails": [["a", "b"]]}))


def test_files_are_whole_and_equal_to_the_table(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "n": [0.1 + 0.2, None], "d": [date(2024, 1, 1), None]})
    write_workbook(tmp_path / "x.xlsx", [Sheet("Data", frame)])
    write_parquet(tmp_path / "x.parquet", frame)
    write_csv(tmp_path / "x.csv", frame)
    assert (tmp_path / "x.xlsx").read_bytes() == one(frame)
    assert pl.read_parquet(tmp_path / "x.parquet").equals(frame)
    assert (tmp_path / "x.csv").read_text() == "id,n,d\na,0.30000000000000004,2024-01-01\nb,,\n"
    before = (tmp_path / "x.parquet").read_bytes()
    write_parquet(tmp_path / "x.parquet", frame.clone())
    assert (tmp_path / "x.parquet").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["x.csv", "x.parquet", "x.xlsx"]


def test_a_target_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        write_workbook(tmp_path, [Sheet("Data", pl.DataFrame({"id": ["a"]}))])


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(TEXTS, st.floats(allow_nan=False, allow_infinity=False), st.dates(date(1900, 3, 1))),
        min_size=1,
    )
)
def test_every_cell_is_equal_when_read_back(rows: list[tuple[str, float, date]]) -> None:
    frame = pl.DataFrame(rows, schema={"t": pl.String, "f": pl.Float64, "d": pl.Date}, orient="row")
    # A marker keeps rows apart whose other cells are all empty.
    assert [tuple(row) for row in read(one(frame))[1:]] == rows
