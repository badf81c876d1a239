"""Tables and books in figures, and their content digests: the same for the same content, whatever the container.

A table's digest is ``t1:`` and the SHA-256 of its columns (names and types in order), the number of its rows, and the sum
of its rows' MD5s (least byte first), so that the order of rows does not count and their number does. docs/reference/tables.md spells it out;
the tests compute it anew in plain Python. It finds equal content; it is no proof against somebody who makes collisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hotpass.tables.deciding import guess_types
from hotpass.tables.engine import Engine
from hotpass.tables.table import Book, BookProfile, Column, ColumnProfile, Table, TableProfile, Type

_BETWEEN, _BLANK, _ESCAPE = "\x1f", "\x1e", "\x1d"
# Cells of these types can hold any sign; the others' canonical texts cannot hold a separator.
_FREE = frozenset([Type.TEXT, Type.MIXED, Type.OTHER, Type.EMPTY])
_LOW = (1 << 64) - 1


def profile_table(engine: Engine, table: Table) -> TableProfile:
    """Count a table's rows, blanks and empty texts, and digest it: in one scan, if open types are as its first rows have them."""
    places = range(1, len(table.columns) + 1)
    counts = [f"count(c{place})" for place in places]
    empties = [f"count(*) FILTER (c{place} = '')" if _holds_text(table, place) else "0" for place in places]
    table, row = _scan(engine, table, [*counts, *empties])
    rows, high, low = row[:3]
    filled, empty = row[3 : 3 + len(counts)], row[3 + len(counts) :]
    columns = tuple(
        ColumnProfile(column.name, column.type, rows - values, texts)
        for column, values, texts in zip(table.columns, filled, empty, strict=True)
    )
    return TableProfile(table.name, rows, columns, digest_text(table.columns, rows, high, low))


def content_digest(engine: Engine, table: Table) -> str:
    """Digest a table without counting anything else."""
    table, row = _scan(engine, table, [])
    return digest_text(table.columns, *row)


def profile_book(engine: Engine, book: Book) -> BookProfile:
    """Profile every table of a book, and digest the whole of it."""
    tables = tuple(profile_table(engine, table) for table in book.tables)
    return BookProfile(tables, dict(book.files), book_digest(tables, book.files))


def digest_text(columns: Iterable[Column], rows: int, high: int | None, low: int | None) -> str:
    """Put a table's digest together: ``high`` and ``low`` are the sums of the halves of its rows' MD5s."""
    header = json.dumps([[column.name, column.type.value] for column in columns], separators=(",", ":"))
    text = f"hotpass table 1\n{header}\n{rows}\n{high or 0}\n{low or 0}\n"
    return "t1:" + hashlib.sha256(text.encode()).hexdigest()


def book_digest(tables: Iterable[TableProfile], files: Mapping[str, str]) -> str:
    """Digest a book from its tables' names and digests and its other files' MD5s, in whatever order they stand."""
    parts = [
        sorted([table.name, table.digest] for table in tables),
        sorted([path, md5] for path, md5 in files.items()),
    ]
    text = "hotpass book 1\n" + json.dumps(parts, separators=(",", ":")) + "\n"
    return "b1:" + hashlib.sha256(text.encode()).hexdigest()


def row_text(engine: Engine, table: Table) -> str:
    """The SQL of a row as one text, in which different rows are different."""
    cells = [_cell_text(engine, column, f"c{place}") for place, column in enumerate(table.columns, 1)]
    return f"concat_ws(chr(31), {', '.join(cells)})" if cells else "''"


def _cell_text(engine: Engine, column: Column, cell: str) -> str:
    text = engine.canonical(column, cell)
    if column.type in _FREE:
        signs = " OR ".join(f"contains({text}, chr({ord(sign)}))" for sign in (_BETWEEN, _BLANK, _ESCAPE))
        escaped = text
        for sign, letter in ((_ESCAPE, "3"), (_BLANK, "2"), (_BETWEEN, "1")):
            escaped = f"replace({escaped}, chr({ord(sign)}), chr({ord(_ESCAPE)}) || '{letter}')"
        text = f"CASE WHEN {signs} THEN {escaped} ELSE {text} END"
    return f"coalesce({text}, chr({ord(_BLANK)}))"


def _scan(engine: Engine, table: Table, measures: Sequence[str]) -> tuple[Table, tuple[Any, ...]]:
    """The table with its true types; rows, the sums of both halves of the rows' MD5s, and the measures."""
    guess = guess_types(engine.execute, table)
    row = _scan_as(engine, guess.table, [*measures, *guess.masks])
    if not guess.masks:
        return table, row
    at = len(row) - len(guess.masks)
    true = guess.true_table(row[at:])
    # Equal types give equal texts; an empty column has no text at all.
    if all(
        a.type is b.type or Type.EMPTY in (a.type, b.type)
        for a, b in zip(true.columns, guess.table.columns, strict=True)
    ):
        return true, row[:at]
    return true, _scan_as(engine, true, measures)


def _scan_as(engine: Engine, table: Table, measures: Sequence[str]) -> tuple[Any, ...]:
    further = "".join(f", {measure}" for measure in measures)
    names = "".join(f", c{place}" for place in range(1, len(table.columns) + 1)) if measures else ""
    rows = f"SELECT md5_number({row_text(engine, table)}) AS m{names} FROM {table.relation}"
    halves = f"sum((m >> 64)::UBIGINT), sum((m & {_LOW})::UBIGINT)"
    return engine.execute(f"SELECT count(*), {halves}{further} FROM ({rows})")[0]


def _holds_text(table: Table, place: int) -> bool:
    native = table.columns[place - 1].native
    return native in ("", "VARCHAR")
