"""The content digest: the same for the same content in every container, and as an independent computation has it."""

from __future__ import annotations

import csv
import io
import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from harness.books import number, opened, row, text, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from tables.slow_digest import digest

from hotpass.tables import (
    BookSource,
    Column,
    Engine,
    Limits,
    ReadOptions,
    Table,
    Type,
    book_digest,
    content_digest,
    open_engine,
    profile_book,
    profile_table,
    read_book,
    read_books,
)

# Content, its digest as computed once, by hand of slow_digest: it must never change.
VECTORS: list[tuple[str, list[str], list[str], list[tuple[str | None, ...]], str]] = [
    ("no columns", [], [], [], "t1:d3c88eef6f1f9c60b5e27bdeb86170ea3747c3a3d01e481fa30841b86ef99cec"),
    ("no rows", ["a"], ["empty"], [], "t1:e0a122e9304e8fb9c94c69289714741aee1f05a4de9100d85e56b958ef342af3"),
    ("one row", ["a", "b"], ["integer", "text"], [("1", "x")], "t1:13c407e0cb7b5276181d3fcf004e3864284e24a35cd606149ba15f4d3f6fb057"),
    ("blank and empty", ["a", "b"], ["text", "text"], [("x", None), ("", "y"), (None, "")], "t1:922e860cd0e051283d9aa7b66b55f02edccf259af735b6a57dcdc5593d0f9b64"),
    ("separators", ["a", "b"], ["text", "text"], [("\x1f", "\x1e"), ("\x1d1", "\x1d"), ("é\n", "😀")], "t1:335482d30a84c0e6da4c06cee07f34c4556cdd07e9691addb50fa20ca8551f47"),
    ("numbers", ["n"], ["number"], [("1.50",), ("-0.0",), ("1e+20",), ("2.5e-07",), ("0.1",)], "t1:1d695d8952bb02dfd1173da6342afaaa90ece2457035c0024f7bd00d47d8b03c"),
    ("times", ["d", "m", "t", "b"], ["date", "datetime", "time", "boolean"],
     [("2024-01-31", "2024-01-31T10:30Z", "10:30", "TRUE"),
      ("2024-02-01", "2024-02-01 10:30:00.250+01", "23:59:59.50", "false")], "t1:4d6a5b17146e9ebaf9f1a8ae8ac5fda523ebc62740d9126a809ce4ac2ea67b99"),
]  # fmt: skip


def as_csv(rows: Sequence[Sequence[str | None]], names: Sequence[str]) -> str:
    """Blank is nothing, text is quoted."""
    out = io.StringIO()
    quoted = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="")
    quoted.writerow(names)
    for cells in rows:
        line = []
        for cell in cells:
            piece = io.StringIO()
            csv.writer(piece, quoting=csv.QUOTE_ALL, lineterminator="").writerow([cell or ""])
            line.append("" if cell is None else piece.getvalue())
        out.write("\n" + ",".join(line))
    return out.getvalue() + "\n"


@pytest.mark.parametrize(
    ("names", "kinds", "rows", "expected"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_vectors(
    tmp_path: Path, names: list[str], kinds: list[str], rows: list[tuple[str | None, ...]], expected: str
) -> None:
    assert digest(names, kinds, rows) == expected
    path = tmp_path / "x.csv"
    path.write_text(as_csv(rows, names) if names else "", newline="")
    with opened(path) as look:
        assert look.types() == kinds
        assert content_digest(look.engine, look.table()) == expected
        assert profile_table(look.engine, look.table()).digest == expected


CELLS = (
    st.none()
    | st.sampled_from(["", "\x1e", "\x1f", "\x1d", "\x1d1", "\x1d2", "x", "xx"])
    | st.text(max_size=3)
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.randoms())
def test_rows_are_a_multiset_and_the_encoding_is_exact(
    rows: list[tuple[str | None, ...]], chance: random.Random
) -> None:
    with open_engine() as engine:
        first = _text_table(engine, rows)
        shuffled = list(rows)
        chance.shuffle(shuffled)
        expected = digest(["a", "b", "c"], ["text"] * 3, rows)
        assert content_digest(engine, first) == expected
        assert content_digest(engine, _text_table(engine, shuffled)) == expected
        if rows:
            assert content_digest(engine, _text_table(engine, [*rows, rows[0]])) != expected


def test_no_two_small_tables_have_one_digest() -> None:
    signs = [None, "", "\x1d", "\x1e", "\x1f", "\x1d1", "\x1d2"]
    with open_engine() as engine:
        rows = list(itertools.product(signs, signs))
        found = {content_digest(engine, _text_table(engine, [(*cells, None)])) for cells in rows}
        assert len(found) == len(rows)


def _text_table(engine: Engine, rows: Sequence[Sequence[str | None]]) -> Table:
    name = engine.new_name()
    engine.execute(f"CREATE TABLE {name} (c1 VARCHAR, c2 VARCHAR, c3 VARCHAR)")
    for cells in rows:
        engine.execute(f"INSERT INTO {name} VALUES (?, ?, ?)", cells)
    columns = tuple(Column(letter, Type.TEXT, n) for n, letter in enumerate("abc", 1))
    return Table("", "x", columns, 2, name)


def test_names_types_and_order_of_columns_count(tmp_path: Path) -> None:
    found = set()
    for data in ("a,b\n1,2\n", "b,a\n1,2\n", "a,c\n1,2\n", "a,b\n1,2.5\n", "a,b\n1,2\n1,2\n", "a,b\n01,2\n"):
        (tmp_path / "x.csv").write_text(data)
        with opened(tmp_path / "x.csv") as look:
            found.add(content_digest(look.engine, look.table()))
    assert len(found) == 6


@pytest.fixture
def everywhere(tmp_path: Path) -> list[Path]:
    """The same content as csv, as a csv of other habits, as a workbook in two ways, and as Parquet."""
    (tmp_path / "a.csv").write_text(
        'id,n,d,m,b,t\n1,1.5,2024-01-31,2024-01-31 10:30:00,true,x\n2,,2024-02-01,2024-02-01 00:00:00,false,"y,z"\n'
        '3,1e+20,,,,""\n'
    )
    (tmp_path / "b.csv").write_bytes(
        '\ufeffid;n;d;m;b;t\r\n3;100000000000000000000;;;;""\r\n2;;2024-02-01;2024-02-01T00:00;FALSE;"y,z"\r\n'
        "1;1.50;2024-01-31;2024-01-31T10:30;TRUE;x".encode("utf-16")
    )
    names = dict(zip("ABCDEF", map(text, ("id", "n", "d", "m", "b", "t")), strict=True))
    rows = (
        row(2, {"A": number(1), "B": number("1.5"), "C": number(45322, 1), "D": number("45322.4375", 3),
                "E": 't="b"><v>1</v>', "F": text("x")})
        + row(3, {"A": number(2), "C": number(45323, 1), "D": number(45323, 3), "E": 't="b"><v>0</v>', "F": text("y,z")})
        + row(4, {"A": number(3), "B": number("1E20"), "F": text("")})
    )  # fmt: skip
    xlsx(tmp_path / "c.xlsx", row(1, names) + rows)
    xlsx(tmp_path / "d.xlsx", {"Other": row(1, names) + rows}, compression=0)
    with open_engine() as engine:
        engine.execute(
            "COPY (SELECT * FROM (VALUES (2::TINYINT, NULL::DOUBLE, DATE '2024-02-01', TIMESTAMP '2024-02-01 00:00:00', false, 'y,z'),"
            " (3, 1e20, NULL, NULL, NULL, ''), (1, 1.5, DATE '2024-01-31', TIMESTAMP '2024-01-31 10:30:00', true, 'x'))"
            f" AS t(id, n, d, m, b, t)) TO '{tmp_path / 'e.parquet'}'"
        )
        engine.execute(
            f"COPY (SELECT id::BIGINT AS id, n, d, m::TIMESTAMP_NS AS m, b, t FROM '{tmp_path / 'e.parquet'}')"
            f" TO '{tmp_path / 'f.parquet'}' (COMPRESSION zstd)"
        )
    return [tmp_path / name for name in ("a.csv", "b.csv", "c.xlsx", "d.xlsx", "e.parquet", "f.parquet")]


def test_the_container_does_not_count(everywhere: list[Path]) -> None:
    with open_engine() as engine:
        sources = [BookSource(path.name, path) for path in everywhere]
        profiles = [profile_table(engine, book.tables[0]) for book in read_books(engine, sources)]
    assert {profile.digest for profile in profiles} == {profiles[0].digest}
    for profile in profiles:
        assert profile.rows == 3
        assert [(column.name, column.blanks, column.empty_texts) for column in profile.columns] == [
            ("id", 0, 0), ("n", 1, 0), ("d", 1, 0), ("m", 1, 0), ("b", 1, 0), ("t", 0, 1),
        ]  # fmt: skip


def test_types_that_the_first_rows_do_not_have_are_met_later(tmp_path: Path) -> None:
    lines = [f"{n},,{n}" for n in range(5000)] + ["x,2024-01-31,1.5"]
    (tmp_path / "x.csv").write_text("a,b,c\n" + "\n".join(lines) + "\n")
    rows = [tuple(cell or None for cell in line.split(",")) for line in lines]
    with open_engine() as engine:
        book = read_book(engine, BookSource("x.csv", tmp_path / "x.csv"), ReadOptions(careful=False))
        table = replace(
            book.tables[0],
            columns=tuple(replace(column, type=Type.UNDECIDED) for column in book.tables[0].columns),
        )
        profile = profile_table(engine, table)
        assert [column.type for column in profile.columns] == [Type.TEXT, Type.DATE, Type.NUMBER]
        assert profile.digest == digest(["a", "b", "c"], ["text", "date", "number"], rows)


def test_threads_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{n},{n / 7}\n" for n in range(300_000)))
    found = set()
    for threads in (1, 2, 5):
        with open_engine(limits=Limits()) as engine:
            engine.execute(f"SET threads = {threads}")
            found.add(
                content_digest(engine, read_book(engine, BookSource("x.csv", tmp_path / "x.csv")).tables[0])
            )
    assert len(found) == 1


def test_a_book_is_its_tables_and_files(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("a\n1\n")
    (folder / "b.bin").write_bytes(b"x")
    with opened(folder) as look:
        profile = profile_book(look.engine, look.book)
    assert profile.digest == book_digest(profile.tables, {"b.bin": "9dd4e461268c8034f5c8564e155c67a6"})
    assert profile.digest != book_digest(profile.tables, {})
    assert profile.digest.startswith("b1:")
