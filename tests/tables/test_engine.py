"""The engine: canonical texts, numbered rows, streams, and what it may reach."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables.slow_digest import canonical as slow_canonical

from hotpass.config import load_settings
from hotpass.tables import BookSource, Column, Engine, Limits, Type, open_engine, read_book
from hotpass.tables.celltext import text_of
from hotpass.tables.errors import LimitError, QueryError


@pytest.fixture(scope="module")
def engine() -> object:
    with open_engine() as room:
        yield room


def canonical(engine: Engine, kind: Type, value: object, native: str = "") -> str:
    sql = engine.canonical(Column("a", kind, 1, native=native), "x")
    cast = f"?::{native}" if native else "?::VARCHAR"
    text: str = engine.execute(f"SELECT {sql} FROM (SELECT {cast} AS x)", [value])[0][0]
    return text


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_alike_in_sql_and_python_and_by_the_rule(engine: Engine, value: float) -> None:
    expected = slow_canonical("number", repr(value))
    assert text_of(value) == expected
    assert canonical(engine, Type.NUMBER, value, "DOUBLE") == expected
    text = repr(value)
    if "e" not in text or text[text.index("e") + 1] in "+-":
        assert canonical(engine, Type.NUMBER, text) == expected
    # What is canonical stays as it is.
    assert canonical(engine, Type.NUMBER, expected) == expected


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"\A-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?([eE][+-][0-9]{1,2})?\Z"))
def test_number_texts_are_alike_in_sql_and_by_the_rule(engine: Engine, value: str) -> None:
    assert canonical(engine, Type.NUMBER, value) == slow_canonical("number", value)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001
def test_times_are_alike_in_sql_and_python(engine: Engine, value: datetime) -> None:
    if value.year >= 1000:
        assert canonical(engine, Type.DATETIME, value, "TIMESTAMP") == text_of(value)
        assert canonical(engine, Type.DATE, value.date(), "DATE") == text_of(value.date())
    assert canonical(engine, Type.TIME, value.time(), "TIME") == text_of(value.time())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (timedelta(hours=26, minutes=30), "26:30:00"),
        (timedelta(seconds=1.5), "00:00:01.5"),
        (timedelta(days=100), "2400:00:00"),
        (-timedelta(minutes=90), "-01:30:00"),
        (time(10, 30), "10:30:00"),
        (date(2024, 1, 31), "2024-01-31"),
        (1e16, "10000000000000000"),
        (-0.0, "0"),
        (True, "true"),
    ],
)
def test_cells_have_one_text(value: object, expected: str) -> None:
    assert text_of(value) == expected  # type: ignore[arg-type]


def test_rows_of_text_are_numbered_in_true_order(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{n},{'x' * (n % 300)}\n" for n in range(200_000)))
    with open_engine() as engine:
        table = read_book(engine, BookSource("x.csv", tmp_path / "x.csv")).tables[0]
        assert engine.execute(f"SELECT count(*) FROM {engine.numbered(table)} WHERE c1::BIGINT <> r") == [
            (0,)
        ]


def test_streams_do_not_disturb_one_another(engine: Engine) -> None:
    first = engine.stream("SELECT range FROM range(10000)")
    second = engine.stream("SELECT range FROM range(?)", [5000])
    assert [next(first), next(second), next(first)] == [(0,), (0,), (1,)]
    assert engine.execute("SELECT 1") == [(1,)]
    assert len(list(first)) == 9998
    assert len(list(second)) == 4999


def test_a_locked_engine_reaches_its_books_alone(tmp_path: Path) -> None:
    (tmp_path / "x [1].csv").write_text("a\n1\n")
    other = tmp_path / "secret.csv"
    other.write_text("a\n1\n")
    with open_engine() as engine:
        table = read_book(engine, BookSource("x [1].csv", tmp_path / "x [1].csv")).tables[0]
        engine.lock()
        assert engine.execute(f"SELECT c1 FROM {table.relation}") == [("1",)]
        for statement in (
            f"FROM read_csv('{other}')",
            f"FROM '{other}'",
            f"FROM read_text('{engine.folder}/../../etc/hostname')",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'out.db'}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "FROM read_csv('https://example.org/x.csv')",
            "SET enable_external_access = true",
            "SET lock_configuration = false",
            "SET threads = 1",
        ):
            with pytest.raises(QueryError):
                engine.execute(statement)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv", "x [1].csv"]


def test_memory_is_limited() -> None:
    with open_engine(limits=Limits(memory=64 << 20)) as engine, pytest.raises(LimitError) as caught:
        engine.execute("SELECT list(range) FROM range(100_000_000)")
    assert caught.value.limit == "memory"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with open_engine() as engine:
        folder = engine.folder
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_limits_and_settings_have_the_same_defaults() -> None:
    assert Limits.of(load_settings(None, {}, {}).__getitem__) == Limits()
