"""Real lists that are read the fast way: types open, no row numbered, nothing looked at twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotpass.compare import CompareOptions, Kind, TableComparison, compare_books
from hotpass.tables import BookSource, ReadOptions, Type, open_engine, read_books

ROWS = 120_000
Cells = list[str]


@contextmanager
def compared(
    folder: Path, old: Sequence[Cells], new: Sequence[Cells], key: tuple[str, ...] | None = ("id",)
) -> Iterator[TableComparison]:
    sources = []
    for side, rows in (("old", old), ("new", new)):
        (folder / side).mkdir()
        path = folder / side / "list.csv"
        path.write_text("\n".join(",".join(row) for row in [["id", "name", "beds", "rate"], *rows]) + "\n")
        sources.append(BookSource("list.csv", path))
    with open_engine() as engine:
        before, after = read_books(engine, sources, ReadOptions(careful=False))
        assert {column.type for table in (*before.tables, *after.tables) for column in table.columns} == {
            Type.UNDECIDED
        }
        engine.lock()
        yield compare_books(engine, before, after, CompareOptions(key=key)).tables[0]


@pytest.fixture(scope="module")
def rows() -> list[Cells]:
    chance = random.Random(5)
    return [
        [
            f"S{n:07d}",
            f"Finch Row {chance.randrange(10**9)}",
            str(chance.randrange(90)),
            f"{chance.random():.3f}",
        ]
        for n in range(ROWS)
    ]


@pytest.mark.slow
def test_addresses_are_true_in_a_shuffled_list(tmp_path: Path, rows: list[Cells]) -> None:
    chance = random.Random(6)
    new = [list(row) for row in rows if chance.random() > 0.001]
    for row in new:
        if chance.random() < 0.002:
            row[1] += " North"
    new += [[f"N{n}", "Kite Bay", "1", "0.5"] for n in range(20)]
    chance.shuffle(new)
    with compared(tmp_path, rows, new) as found:
        counts = {change.kind: change.count for change in found.changes}
        assert counts[Kind.ROWS_ADDED] == 20
        assert counts[Kind.ROWS_REMOVED] == ROWS + 20 - len(new)
        assert len(found.cells) == 100
        assert found.log is not None
        cells, alone = list(found.log.cells()), list(found.log.rows())
    assert (tuple(cells[:100]), tuple(alone[:100])) == (found.cells, found.rows_changed)
    assert len(cells) == counts[Kind.CELLS_CHANGED]
    assert len(alone) == counts[Kind.ROWS_ADDED] + counts[Kind.ROWS_REMOVED]
    for cell in cells:
        line = int(cell.old_at.removeprefix("list.csv!B")), int(cell.new_at.removeprefix("list.csv!B"))
        assert (rows[line[0] - 2][1], new[line[1] - 2][1]) == (cell.old, cell.new)
    for lone in alone:
        side = new if lone.kind is Kind.ROWS_ADDED else rows
        assert side[int(lone.at.removeprefix("list.csv!A")) - 2][0] == lone.key[0]


@pytest.mark.slow
def test_sorted_otherwise_is_no_change(tmp_path: Path, rows: list[Cells]) -> None:
    with compared(tmp_path, rows, sorted(rows, key=lambda row: row[1]), key=None) as found:
        assert (found.changes, found.resorted, found.key.columns) == ((), True, ("id",))


@pytest.mark.slow
def test_rows_at_the_end_are_rows_added(tmp_path: Path, rows: list[Cells]) -> None:
    with compared(tmp_path, rows, [*rows, ["T1", "Kite Bay", "1", "0.5"]], key=None) as found:
        (change,) = found.changes
        assert (change.kind, change.count, change.where) == (Kind.ROWS_ADDED, 1, (f"list.csv!A{ROWS + 2}",))


@pytest.mark.slow
def test_one_text_far_down_makes_a_column_text(tmp_path: Path, rows: list[Cells]) -> None:
    new = [list(row) for row in rows]
    new[-1][2] = "many"
    with compared(tmp_path, rows, new) as found:
        assert [(change.kind, change.detail) for change in found.changes] == [
            (Kind.COLUMN_RETYPED, "integer → text"),
            (Kind.CELLS_CHANGED, ""),
        ]


@pytest.mark.slow
def test_a_key_that_is_none_ends_soon(tmp_path: Path, rows: list[Cells]) -> None:
    """Ninety values for 120,000 rows are 160 million pairs."""
    new = [list(row) for row in rows]
    new[7][1] = "Heron Place"
    began = time.monotonic()
    with compared(tmp_path, rows, new, key=("beds",)) as found:
        assert {change.kind: change.count for change in found.changes} == {
            Kind.ROWS_ADDED: 1,
            Kind.ROWS_REMOVED: 1,
        }
        assert "90 of its values are there more than once" in found.key.detail
    assert time.monotonic() - began < 60
