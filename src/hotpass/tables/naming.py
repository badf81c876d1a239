"""Names of columns from header cells: unique, never empty, and the header's own text kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hotpass.tables.table import Column, Type, column_letters


def columns_of(headers: Sequence[str | None], types: Sequence[Type], first: int = 1) -> tuple[Column, ...]:
    """Name a table's columns. ``first`` is the position of the first one.

    A blank header is named by its letter ("column D"), the second of two equal ones by its number ("phone (2)").
    """
    taken = {header for header in headers if header}
    seen: set[str] = set()
    columns = []
    for position, (header, kind) in enumerate(zip(headers, types, strict=True), first):
        name = header or f"column {column_letters(position)}"
        if name in seen or (not header and name in taken):
            name = _another(name, taken | seen)
        seen.add(name)
        columns.append(Column(name, kind, position, None if name == header else header or ""))
    return tuple(columns)


def notes_on(columns: Sequence[Column], where: str) -> list[str]:
    """Say which columns were told apart or named by letter."""
    twice = [column.name for column in columns if column.header]
    blank = [column.name for column in columns if column.header == ""]
    notes = []
    if twice:
        notes.append(f"{where}: headers that stand there twice are told apart: {', '.join(map(repr, twice))}")
    if blank:
        notes.append(f"{where}: columns without a header are named by their letter: {', '.join(blank)}")
    return notes


def _another(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
