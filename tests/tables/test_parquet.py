"""Parquet: what it holds that others do not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotpass.tables import BookSource, open_engine, read_book
from hotpass.tables.errors import UnreadableTableError


def read_error(path: Path) -> str:
    with open_engine() as engine, pytest.raises(UnreadableTableError) as caught:
        read_book(engine, BookSource(path.name, path))
    return str(caught.value)


def test_decimals_that_cannot_be_held_are_refused(tmp_path: Path) -> None:
    digits = pa.array([Decimal(12345678901234567890123456789012345678901)], pa.decimal256(50, 0))
    pq.write_table(pa.table({"id": [1], "v": digits}), tmp_path / "wide.parquet")
    assert "column 'v' has decimals of more than 38 digits" in read_error(tmp_path / "wide.parquet")


def test_an_error_names_the_file_and_not_where_it_was_read(tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_bytes(b"hello")
    said = read_error(tmp_path / "no.parquet")
    assert said.count("no.parquet") == 2
    assert "/" not in said


def test_moments_in_nanoseconds_have_their_zone(tmp_path: Path) -> None:
    pq.write_table(pa.table({"t": pa.array([1], pa.timestamp("ns", "UTC"))}), tmp_path / "t.parquet")
    with open_engine() as engine:
        table = read_book(engine, BookSource("t.parquet", tmp_path / "t.parquet")).tables[0]
        text = engine.canonical(table.columns[0], "c1")
        assert engine.execute(f"SELECT {text} FROM {table.relation}") == [("1970-01-01 00:00:00.000000001Z",)]
