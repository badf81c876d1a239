"""Every change as a line of a CSV file that a spreadsheet can open without obeying it.

What a spreadsheet would take for more than text gets an apostrophe in front (:mod:`hotpass.tables.inert`). The last
column of each line names the fields that were touched, so nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotpass import files
from hotpass.compare.changes import CellChange, Change, Comparison, Kind, RowChange, TableComparison
from hotpass.report.comparison.wording import CELL_KINDS, ROW_KINDS
from hotpass.tables.inert import neutral

_FIRST = ("table", "kind")
_LAST = ("column", "old", "new", "old_at", "new_at", "count", "detail", "neutralised")
_BATCH = 1 << 16


@dataclass(frozen=True)
class CsvWritten:
    """What was written: how many lines below the heading, and how many cells of each field were neutralised."""

    path: Path
    lines: int
    neutralised: dict[str, int]


def write_comparison_csv(comparison: Comparison, path: Path) -> CsvWritten:
    """Write every change, streamed from the logs: columns of the schema first, then cells, then rows, table by table.

    The key has a column of its own for each name (``key:site_id``). A whole row is JSON, in ``old`` or ``new``. A blank
    is nothing between two commas, empty text is ``""``. UTF-8 with the mark by which spreadsheets know it. The file is
    whole or not there; raises WriteError. Raises ValueError where a table's log is gone and its first few changes are
    not all.
    """
    files.check_replaceable(path)
    keys = tuple(dict.fromkeys(name for table in comparison.tables for name in table.key.columns))
    writer = _Writer([*_FIRST, *(f"key:{name}" for name in keys), *_LAST])
    with files.replacing(path, files.new_token()) as descriptor:
        for block in writer.blocks(_lines(comparison, keys)):
            files.write_all(descriptor, block)
    return CsvWritten(path, writer.lines, writer.neutralised)


class _Writer:
    """Turns lines of values into blocks of bytes, and remembers what it had to neutralise."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.lines = 0
        self.neutralised: dict[str, int] = {}

    def blocks(self, lines: Iterable[list[str | None]]) -> Iterator[bytes]:
        """The heading and all lines, in blocks of about 64 KiB."""
        waiting, size = ["\ufeff" + _joined([neutral(name) for name in self.names])], 0
        for line in lines:
            text = self._line(line)
            waiting.append(text)
            size += len(text)
            self.lines += 1
            if size > _BATCH:
                yield _encoded(waiting)
                waiting, size = [], 0
        yield _encoded(waiting)

    def _line(self, values: list[str | None]) -> str:
        touched: list[str] = []
        for place, value in enumerate(values):
            if value:
                safe = neutral(value)
                if safe is not value and safe != value:
                    values[place] = safe
                    touched.append(self.names[place])
        for name in touched:
            self.neutralised[name] = self.neutralised.get(name, 0) + 1
        values.append(neutral("; ".join(touched)) if touched else None)
        return _joined(values)


def _joined(values: Iterable[str | None]) -> str:
    # Quoted wherever there is a value: a blank and an empty text are then told apart.
    return (
        ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in values) + "\r\n"
    )


def _encoded(lines: list[str]) -> bytes:
    # A file's name may hold bytes that are no text; they are written out.
    return "".join(lines).encode("utf-8", "backslashreplace")


def _lines(comparison: Comparison, keys: tuple[str, ...]) -> Iterator[list[str | None]]:
    none = [None] * len(keys)
    for change in comparison.changes:
        yield _counted(change, none)
    for table in comparison.tables:
        for change in table.changes:
            if change.kind not in CELL_KINDS | ROW_KINDS:
                yield _counted(change, none)
        places = [table.key.columns.index(name) if name in table.key.columns else None for name in keys]
        cells, rows = _logged(table)
        for cell in cells:
            yield [
                *(table.name, cell.kind.value, *_keyed(cell.key, places)),
                *(cell.column, cell.old, cell.new, cell.old_at or None, cell.new_at or None, "1", None),
            ]
        for row in rows:
            yield _row(table.name, row, _keyed(row.key, places))


def _logged(table: TableComparison) -> tuple[Iterable[CellChange], Iterable[RowChange]]:
    if table.log is not None:
        return table.log.cells(), table.log.rows()
    counted = sum(change.count for change in table.changes if change.kind in CELL_KINDS | ROW_KINDS)
    if counted != len(table.cells) + sum(row.count for row in table.rows_changed):
        raise ValueError(f"the changes of table {table.name!r} can no longer be read: its log is gone")
    return table.cells, table.rows_changed


def _keyed(key: tuple[str, ...], places: list[int | None]) -> list[str | None]:
    return [None if place is None or place >= len(key) else key[place] for place in places]


def _counted(change: Change, keys: Sequence[str | None]) -> list[str | None]:
    names = change.columns
    renamed = change.kind in (Kind.COLUMN_RENAMED, Kind.TABLE_RENAMED, Kind.FILE_RENAMED) and len(names) == 2
    old, new = names if renamed else (None, None)
    column = None if renamed or not names else ", ".join(names)
    where = ", ".join(change.where) or None
    return [
        *(change.table, change.kind.value, *keys, column, old, new, None, where),
        *(str(change.count), change.detail or None),
    ]


def _row(table: str, row: RowChange, key: list[str | None]) -> list[str | None]:
    # A semicolon is written as JSON allows, so that a locale that splits there finds none.
    values = json.dumps(dict(row.values), ensure_ascii=False).replace(";", "\\u003b")
    at = row.at or None
    sides = (None, values, None, at) if row.kind is Kind.ROWS_ADDED else (values, None, at, None)
    return [table, row.kind.value, *key, None, *sides, str(row.count), None]
