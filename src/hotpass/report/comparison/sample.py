"""A few changes out of many, spread over tables and kinds, so that a rare kind is never hidden by a common one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hotpass.compare.changes import CellChange, Comparison, Kind, RowChange, TableComparison
from hotpass.report.comparison.wording import CELL_KINDS, ROW_KINDS

_Logged = TypeVar("_Logged", CellChange, RowChange)


@dataclass(frozen=True)
class TableSample:
    """Changes of one table, in the log's order."""

    table: TableComparison
    cells: tuple[CellChange, ...]
    rows: tuple[RowChange, ...]


def count_of(table: TableComparison, kinds: Iterable[Kind]) -> int:
    """How many changes of some kinds a table has, by its counts."""
    wanted = frozenset(kinds)
    return sum(change.count for change in table.changes if change.kind in wanted)


def logged_count(table: TableComparison) -> int:
    """How many cells and rows differ in a table."""
    return count_of(table, CELL_KINDS | ROW_KINDS)


def shares(counts: Sequence[int], limit: int) -> list[int]:
    """Divide a limit: everybody gets as much as they have or an equal share, and what is left goes to the rest.

    The sum is the smaller of the limit and all there is.
    """
    given = [0] * len(counts)
    waiting = sorted((index for index, count in enumerate(counts) if count), key=lambda index: counts[index])
    left = limit
    for place, index in enumerate(waiting):
        # Smallest first, so what one does not need is there for all after it; a remainder falls to the last.
        given[index] = min(counts[index], left // (len(waiting) - place))
        left -= given[index]
    return given


def take_sample(comparison: Comparison, limit: int, *, stored: bool = False) -> list[TableSample]:
    """At most ``limit`` changes, by shares of each table and kind; a sample for each table that has some.

    Reads the logs until the shares are full, and the tables' own first few where there is no log (or ``stored``).
    """
    groups = [
        (position, kind, count_of(table, {kind}))
        for position, table in enumerate(comparison.tables)
        for kind in dict.fromkeys(change.kind for change in table.changes)
        if kind in CELL_KINDS | ROW_KINDS
    ]
    wanted: dict[int, dict[Kind, int]] = {}
    for (position, kind, _), share in zip(
        groups, shares([count for *_, count in groups], limit), strict=True
    ):
        wanted.setdefault(position, {})[kind] = share
    samples = []
    for position, quota in wanted.items():
        table = comparison.tables[position]
        log = None if stored else table.log
        cells = _first(log.cells() if log else table.cells, CELL_KINDS, quota)
        rows = _first(log.rows() if log else table.rows_changed, ROW_KINDS, quota)
        samples.append(TableSample(table, tuple(cells), tuple(rows)))
    return samples


def _first(changes: Iterable[_Logged], kinds: frozenset[Kind], quota: dict[Kind, int]) -> list[_Logged]:
    left = {kind: count for kind, count in quota.items() if kind in kinds and count}
    found: list[_Logged] = []
    if not left:
        return found
    for change in changes:
        if change.kind in left:
            found.append(change)
            left[change.kind] -= 1
            if not left[change.kind]:
                del left[change.kind]
                if not left:
                    break
    return found
