"""A query's answer: lines for a terminal, JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotpass import files
from hotpass.report.document import value_document
from hotpass.report.text import Paint, table_lines
from hotpass.tables.inert import neutral

_BATCH = 1000


@dataclass(frozen=True)
class AnswerWritten:
    """What was written: how many rows below the heading, and how many cells of each column were neutralised."""

    path: Path
    rows: int
    neutralised: dict[str, int]


def answer_lines(columns: Sequence[str], rows: Sequence[Sequence[Any]], paint: Paint) -> list[str]:
    """Rows below the names of their columns; NULL is written out."""
    if not columns:
        return []
    shown = [tuple(columns), *(tuple(_text(value, "NULL") for value in row) for row in rows)]
    head, *body = table_lines(shown)
    return [paint("dim", head), *body]


def answer_document(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    sources: Mapping[str, str],
    *,
    complete: bool,
) -> str:
    """Columns and rows as one line of JSON. Dates are ISO 8601; decimals, and what JSON has no form for, are texts."""
    return value_document(
        "query",
        columns=list(columns),
        rows=[[_plain(value) for value in row] for row in rows],
        complete=complete,
        sources=dict(sources),
    )


def write_answer_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], path: Path) -> AnswerWritten:
    """Write all rows as CSV in UTF-8, whole or not at all; raises WriteError.

    A text that a spreadsheet would take for a formula is written as a comparison writes it. NULL is nothing between
    two commas, empty text is ``""``.
    """
    files.check_replaceable(path)
    touched: dict[str, int] = {}
    count = 0
    with files.replacing(path, files.new_token()) as descriptor:
        files.write_all(descriptor, ("\ufeff" + _line(map(neutral, columns))).encode())
        for batch in _batches(rows):
            lines = []
            for row in batch:
                cells = [None if value is None else _text(value, "") for value in row]
                for name, value, at in zip(columns, row, range(len(cells)), strict=True):
                    if isinstance(value, str) and (safe := neutral(value)) != value:
                        cells[at] = safe
                        touched[name] = touched.get(name, 0) + 1
                lines.append(_line(cells))
            count += len(batch)
            files.write_all(descriptor, "".join(lines).encode("utf-8", "surrogatepass"))
    return AnswerWritten(path, count, touched)


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    batch: list[Sequence[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _line(cells: Iterable[str | None]) -> str:
    return ",".join("" if cell is None else _quoted(cell) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    plain = cell and not any(char in cell for char in ',"\r\n') and cell == cell.strip()
    return cell if plain else '"' + cell.replace('"', '""') + '"'


def _text(value: object, null: str) -> str:
    if value is None:
        return null
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return _moment(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _moment(value: datetime | date | time) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_text(name, "NULL"): _plain(item) for name, item in value.items()}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return _text(value, "")
