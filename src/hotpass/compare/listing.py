"""The changes of one table's rows and cells: counted, and the first of them with their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hotpass.compare.changes import CellChange, Change, Kind, RowChange
from hotpass.compare.finding import WHERE, Finder, Rows
from hotpass.compare.formulas import FormulaChange, counted, merged
from hotpass.compare.sides import Sides

_CELL_KINDS = (Kind.CELLS_CHANGED, Kind.CELLS_FILLED, Kind.CELLS_EMPTIED, Kind.BLANKS_RESTYLED)
_IS_BLANK = "({0} IS NULL OR {0} = '')"
_CELL_KIND = (
    f"CASE WHEN {_IS_BLANK.format('x.o')} THEN CASE WHEN {_IS_BLANK.format('x.n')} THEN 3 ELSE 1 END "
    f"WHEN {_IS_BLANK.format('x.n')} THEN 2 ELSE 0 END"
)
_ADDED, _GONE = ("added",), ("removed", "copies")
_ROW_KINDS = {"added": Kind.ROWS_ADDED, "removed": Kind.ROWS_REMOVED, "copies": Kind.DUPLICATES_REMOVED}


@dataclass(frozen=True)
class Listing:
    """What there is to tell of a table's rows: every change counted, and the first cells and rows."""

    changes: tuple[Change, ...] = ()
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many rows of each kind differ, and how many cells of each kind, by shared column."""

    rows: Mapping[str, int]
    cells: Mapping[int, Mapping[int, int]]


def list_changes(
    rows: Rows, finder: Finder, formulas: Sequence[FormulaChange], sample: int, *, addresses: bool
) -> Listing:
    """Count the changes, and fetch the first ``sample`` cells and rows."""
    counts = _count(rows)
    _find_first(finder, counts, sample)
    by_row = _first_cells(rows, finder, sample, addresses=addresses) if counts.rows.get("both") else []
    cells = tuple(islice(merged(iter(by_row), formulas), sample))
    first = {
        kind: _first_rows(rows, finder, kind, max(sample, WHERE), addresses=addresses)
        for kind in _ROW_KINDS
        if counts.rows.get(kind)
    }
    places = _cell_places(rows, finder, counts) if addresses else {}
    changes = [_cells_change(rows.sides, number, counts, places) for number in sorted(counts.cells)]
    changes += counted(formulas)
    for kind, found in first.items():
        where = tuple(row.at for _, row in found[:WHERE] if row.at)
        changes.append(Change(_ROW_KINDS[kind], count=counts.rows[kind], where=where))
    gone = sorted((one for kind in _GONE for one in first.get(kind, ())), key=lambda one: one[0])
    return Listing(tuple(changes), cells, tuple(row for _, row in [*first.get("added", ()), *gone][:sample]))


def _count(rows: Rows) -> Counts:
    execute = rows.sides.engine.execute
    kinds = dict(execute(f"SELECT kind, sum(n)::BIGINT FROM {rows.relation} GROUP BY kind"))
    cells: dict[int, dict[int, int]] = {}
    found = execute(
        f"SELECT {_CELL_KIND} AS what, x.c AS c, count(*) FROM (SELECT unnest(cells) AS x FROM {rows.relation} "
        "WHERE kind = 'both') GROUP BY ALL ORDER BY what, c"
    )
    for what, column, number in found:
        cells.setdefault(what, {})[column] = number
    return Counts(kinds, cells)


def _find_first(finder: Finder, counts: Counts, sample: int) -> None:
    """See to it that all rows are found that have to be named."""
    rows, most = counts.rows, max(sample, WHERE)
    if rows.get("both") or rows.get("added"):
        tests = [
            f"count(*) FILTER (kind = '{kind}') >= {min(rows.get(kind, 0), most)}"
            for kind in ("both", "added")
        ]
        for what, columns in counts.cells.items():
            cells = (
                f"CASE WHEN kind = 'both' THEN len(list_filter(cells, lambda x: {_CELL_KIND} = {what})) END"
            )
            tests.append(f"sum({cells}) >= {min(sum(columns.values()), WHERE)}")
        finder.find_first("b", tests)
    if any(rows.get(kind) for kind in _GONE):
        finder.find_first(
            "a", [f"count(*) FILTER (kind = '{kind}') >= {min(rows.get(kind, 0), most)}" for kind in _GONE]
        )


def _first_cells(
    rows: Rows, finder: Finder, sample: int, *, addresses: bool
) -> list[tuple[int, list[CellChange]]]:
    """The cells of the first rows that differ, by row; each row that differs has one, so that many rows are enough."""
    found = rows.sides.engine.execute(
        f"SELECT ra, r, {rows.told_key('k', is_new=True)}, {rows.sides.told_cells('cells')} "
        f"FROM {_first_of(rows, finder.view('b'), 'both', sample)} ORDER BY r LIMIT {sample}"
    )
    if addresses and not rows.true_numbers:
        kept, cells = [], 0
        for row in found:
            if cells >= sample:
                break
            kept.append(row)
            cells += len(row[3])
        numbers = finder.old_numbers([row[2] for row in kept])
        found = [(numbers[tuple(k)], r, k, cells) for _, r, k, cells in kept]
    return [(row[1], list(cell_changes(rows.sides, row, addresses=addresses))) for row in found]


def _first_of(rows: Rows, view: str, kind: str, count: int) -> str:
    """SQL of the first changes of a kind in the order of a side.

    Which ones they are is found from their numbers alone: to sort rows with all of their cells costs more than to read
    them twice. Where numbers were found for the first rows only, there are few.
    """
    if not rows.true_numbers:
        return f"(FROM {view} WHERE kind = '{kind}' ORDER BY r LIMIT {count})"
    last = f"SELECT max(r) FROM (SELECT r FROM {view} WHERE kind = '{kind}' ORDER BY r LIMIT {count})"
    return f"(FROM {view} WHERE kind = '{kind}' AND r <= ({last}))"


def cell_changes(sides: Sides, row: Sequence[Any], *, addresses: bool) -> Iterator[CellChange]:
    """The cells of a row on both sides: its numbers there, its key and its cells."""
    old_row, new_row, key, cells = row
    names = tuple(part or "" for part in key or ())
    for cell in cells:
        old, new = sides.columns(sides.matching.shared[cell["c"]])
        kind = _kind_of(cell["o"], cell["n"])
        at = (sides.old.address(old_row, old), sides.new.address(new_row, new)) if addresses else ("", "")
        yield CellChange(kind, names, new.name, cell["o"], cell["n"], *at)


def row_change(sides: Sides, kind: str, row: Sequence[Any], *, addresses: bool) -> RowChange:
    """A row on one side: its number there, its key, how many are equal to it, and its cells."""
    number, key, count, cells = row
    table = sides.new if kind == "added" else sides.old
    values = tuple((table.columns[cell["c"] - 1].name, cell["o"]) for cell in cells)
    at = table.address(number, table.columns[0]) if addresses and table.columns else ""
    return RowChange(_ROW_KINDS[kind], tuple(part or "" for part in key or ()), values, at, count)


def _kind_of(old: str | None, new: str | None) -> Kind:
    if not old:
        return Kind.CELLS_FILLED if new else Kind.BLANKS_RESTYLED
    return Kind.CELLS_CHANGED if new else Kind.CELLS_EMPTIED


def _first_rows(
    rows: Rows, finder: Finder, kind: str, count: int, *, addresses: bool
) -> list[tuple[int, RowChange]]:
    is_new = kind == "added"
    found = rows.sides.engine.execute(
        f"SELECT r, {rows.told_key('k', is_new=is_new)}, n, {rows.sides.told_row('cells', is_new=is_new)} "
        f"FROM {_first_of(rows, finder.view('b' if is_new else 'a'), kind, count)} ORDER BY r LIMIT {count}"
    )
    return [(row[0], row_change(rows.sides, kind, row, addresses=addresses)) for row in found]


def _cell_places(rows: Rows, finder: Finder, counts: Counts) -> dict[int, tuple[str, ...]]:
    """The new addresses of the first cells of each kind."""
    sides, places = rows.sides, {}
    for what in counts.cells:
        found = sides.engine.execute(
            f"SELECT r, x.c FROM (SELECT r, unnest(cells) AS x FROM {finder.view('b')} WHERE kind = 'both') "
            f"WHERE {_CELL_KIND} = {what} ORDER BY 1, 2 LIMIT {WHERE}"
        )
        places[what] = tuple(
            sides.new.address(number, sides.columns(sides.matching.shared[column])[1])
            for number, column in found
        )
    return places


def _cells_change(sides: Sides, what: int, counts: Counts, places: Mapping[int, tuple[str, ...]]) -> Change:
    found = counts.cells[what]
    names = tuple(sides.columns(sides.matching.shared[number])[1].name for number in found)
    return Change(_CELL_KINDS[what], count=sum(found.values()), columns=names, where=places.get(what, ()))
