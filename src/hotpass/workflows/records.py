"""The rows of a table that have a key, with the true address of every cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotpass.tables import Column, Engine, Table, Type
from hotpass.workflows.rowdigests import decided, key_columns, key_text

# Texts whose canonical form depends on the type of their column: 1.50, 1e3, TRUE, 2024-01-31T10:00, 10:30.
_DEPENDS = re.compile(
    r"-?[0-9]+(\.[0-9]*0|(\.[0-9]+)?[eE].*)|-0|(?i:true|false)|[0-9]{4}-.*[0-9]:.*|[0-9]{2}:[0-9:.]*"
)


@dataclass(frozen=True)
class RecordRow:
    """One row: its cells as canonical text by column (None: blank), and where each of them is.

    ``kinds`` says of each cell in a column of several types which one it has ("n" or "t").
    """

    table: str
    at: str
    values: Mapping[str, str | None]
    places: Mapping[str, str]
    kinds: Mapping[str, str]


def read_rows(engine: Engine, table: Table, key: Sequence[str], values: Sequence[str]) -> list[RecordRow]:
    """The rows whose key has these values, in their order; none where the table lacks a column of the key."""
    keys = key_columns(engine, table, key, values)
    if not keys:
        return []
    where = " AND ".join(f"{key_text(engine, column, number)} = ?" for number, column in keys)
    columns = list(enumerate(table.columns, 1))
    cells = ", ".join(engine.canonical(column, f"c{number}") for number, column in columns)
    rows = engine.execute(f"SELECT r, {cells} FROM {engine.numbered(table)} WHERE {where} ORDER BY r", values)
    unsure = [
        number
        for number, column in columns
        if column.type is Type.UNDECIDED and any(_DEPENDS.fullmatch(row[number] or "") for row in rows)
    ]
    types = decided(engine, table, unsure) if unsure else []
    return [_row(table, row, {n: _canonical(engine, c, row[n]) for n, c in types}) for row in rows]


def _canonical(engine: Engine, column: Column, value: str | None) -> str | None:
    text: str | None = engine.execute(f"SELECT {engine.canonical(column, '?::VARCHAR')}", [value])[0][0]
    return text


def _row(table: Table, row: tuple[Any, ...], mended: Mapping[int, str | None]) -> RecordRow:
    number = row[0]
    values: dict[str, str | None] = {}
    kinds: dict[str, str] = {}
    for place, column in enumerate(table.columns, 1):
        cell = mended.get(place, row[place])
        text = None if cell is None else str(cell)
        if column.type is Type.MIXED and text is not None:
            kinds[column.name], text = text[0], text[2:]
        values[column.name] = text
    places = {column.name: table.address(number, column) for column in table.columns}
    return RecordRow(table.name, places[table.columns[0].name], values, places, kinds)
