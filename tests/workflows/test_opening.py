"""hotpass.open: a version's data as data frames, with types that hold every value."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from harness.repository import FILE, Repo
from harness.story import BOOK

import hotpass
from hotpass.errors import NotFoundError

_MOMENT = datetime.fromisoformat("2024-01-31T10:30:00")


def test_a_release_is_read_from_the_store(released: Repo) -> None:
    released.path(FILE).unlink()
    frame = hotpass.open("refined_data@1.0.0", repo=released.root)
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dicts() == [
        {"id": 1, "name": "Sparrow House", "phone": "011"},
        {"id": 2, "name": "Heron Place", "phone": "012"},
    ]
    newest = hotpass.open("refined_data@latest", repo=released.root)
    assert isinstance(newest, pl.DataFrame)
    assert newest.height == 3
    with pytest.raises(NotFoundError):
        hotpass.open("refined_data", repo=released.root)


def test_a_workbook_is_a_dict_of_its_sheets(story: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(story.path("dist"))
    frames = hotpass.open("refined_data@1.0.0")
    assert isinstance(frames, dict)
    assert list(frames) == ["Sites", "Visits"]
    assert frames["Sites"]["beds"].to_list() == [12, 3]
    everything = hotpass.open("refined_data@1.0.0", hidden=True)
    assert isinstance(everything, dict)
    assert list(everything) == ["Sites", "Visits", "Secret"]
    secret = hotpass.open("refined_data!Secret")
    assert isinstance(secret, pl.DataFrame)
    assert secret.to_dicts() == [{"a": 1}]
    assert isinstance(hotpass.open(str(story.path(BOOK))), dict)
    with pytest.raises(NotFoundError, match="has no table 'Site'"):
        hotpass.open("refined_data!Site")


def test_a_folder_is_a_dict_of_its_files(released: Repo) -> None:
    frames = hotpass.open("data@1.0.0", repo=released.root)
    assert isinstance(frames, dict)
    assert set(frames) == {"north.csv", "south/east.csv", "south/west.csv"}


def test_types_hold_every_value_or_stay_text(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    columns: dict[str, tuple[list[str], pl.DataType | type[pl.DataType], list[object]]] = {
        "small": (["1", "-2", ""], pl.Int64, [1, -2, None]),
        "leading": (["007", "8", "9"], pl.String, ["007", "8", "9"]),
        "big": (["12345678901234567890", "1", ""], pl.Decimal(38, 0), [Decimal(12345678901234567890), Decimal(1), None]),
        "huge": (["1" * 40, "1", "2"], pl.String, ["1" * 40, "1", "2"]),
        "number": (["0.1", "1.50", "-3"], pl.Float64, [0.1, 1.5, -3.0]),
        "exact": (["0.1234567890123456789", "1", ""], pl.Decimal(38, 19), [Decimal("0.1234567890123456789"), Decimal(1), None]),
        "flag": (["true", "FALSE", ""], pl.Boolean, [True, False, None]),
        "day": (["2024-01-31", "", "1899-12-31"], pl.Date, [date(2024, 1, 31), None, date(1899, 12, 31)]),
        "moment": (["2024-01-31T10:30", "2024-01-31 10:30:00.25", ""], pl.Datetime("us"), [_MOMENT, _MOMENT.replace(microsecond=250000), None]),
        "clock": (["10:30", "23:59:59", ""], pl.Time, [time(10, 30), time(23, 59, 59), None]),
        "finer": (["10:30:00.123456789", "10:30", ""], pl.String, ["10:30:00.123456789", "10:30", None]),
        "words": (["NA", "null", "None"], pl.String, ["NA", "null", "None"]),
        "empty": (["", "", ""], pl.String, [None, None, None]),
    }  # fmt: skip
    rows = [list(columns), *(list(cells) for cells in zip(*(c[0] for c in columns.values()), strict=True))]
    place.write_text("".join(",".join(row) + "\n" for row in rows))
    frame = hotpass.open(str(place))
    assert isinstance(frame, pl.DataFrame)
    for name, (_, kind, values) in columns.items():
        assert frame[name].dtype == kind, name
        assert frame[name].to_list() == values, name


def test_names_are_those_of_the_header(tmp_path: Path) -> None:
    place = tmp_path / "list!x.csv"
    place.write_text('id,Id,"a ""b""",\n1,2,3,4\n')
    frame = hotpass.open(str(place))
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns[:3] == ["id", "Id", 'a "b"']
    assert frame.row(0) == (1, 2, 3, 4)
