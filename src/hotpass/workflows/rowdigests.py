"""Digests of a release's rows by key, remembered: what ``trace`` asks of a hundred releases at every run.

A file per object and key in the repository's ``hotpass/trace``, written whole or not at all, that may be deleted at any
time; a damaged one, or one of another engine, counts as absent. It holds digests and names of tables, no values.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from hotpass.files import TEMP_PREFIX, create_temp, new_token, remove_quietly
from hotpass.tables import Book, Column, Engine, Table, Type, identifier

_HEADER = b"hotpass-trace 1"
_WIDTH = 8
_SAMPLE = 64
_INTEGER = "0|-?[1-9][0-9]*"
# A letter that stands in no number, date or time.
_LETTER = "[A-DF-SU-Yb-df-su-y]"


@dataclass(frozen=True)
class TableDigests:
    """A table's rows: ``pairs`` holds 16 bytes a row, the digest of its key and that of all of its cells.

    ``schema`` is a digest of the columns' names; ``keyed`` is false where the table lacks a column of the key.
    """

    name: str
    schema: str
    keyed: bool
    pairs: bytes = b""

    def rows(self, key: bytes) -> tuple[bytes, ...]:
        """The digests of the rows with this key, sorted."""
        found = []
        at = self.pairs.find(key)
        while at >= 0:
            if at % (2 * _WIDTH) == 0:
                found.append(self.pairs[at + _WIDTH : at + 2 * _WIDTH])
            at = self.pairs.find(key, at + 1)
        return tuple(sorted(found))


@dataclass(frozen=True)
class RowDigests:
    """The memory of one repository for one key. ``engine`` is the version whose digests are meant."""

    folder: Path
    key: tuple[str, ...]
    engine: str

    def load(self, md5: str) -> tuple[TableDigests, ...] | None:
        """What is remembered of an object, None where nothing is."""
        try:
            return _parsed(self._path(md5).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, md5: str, tables: Sequence[TableDigests]) -> None:
        """Remember an object; a failure only costs the next run time, so it is passed over."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            # Not flushed: after a power cut a damaged file counts as none.
            descriptor, temp = create_temp(self.folder, new_token())
            try:
                with open(descriptor, "wb") as file:
                    file.write(_rendered(tables))
                os.replace(temp, self._path(md5))
            except BaseException:
                remove_quietly(temp)
                raise

    def tidy(self) -> None:
        """Remove what killed runs left behind."""
        for leftover in self.folder.glob(f"{TEMP_PREFIX}*.tmp"):
            remove_quietly(leftover)

    def _path(self, md5: str) -> Path:
        meant = json.dumps([self.engine, *self.key]).encode()
        return self.folder / f"{md5}-{hashlib.sha256(meant).hexdigest()[:16]}"


def digest_book(engine: Engine, book: Book, key: Sequence[str]) -> tuple[TableDigests, ...]:
    """The digests of all rows of a book's tables, each read once."""
    return tuple(_digest_table(engine, table, key) for table in book.tables)


def key_digest(engine: Engine, values: Sequence[str]) -> bytes:
    """The digest of a key with these values."""
    texts = ", ".join("?::VARCHAR" for _ in values)
    return bytes.fromhex(engine.execute(f"SELECT {_hex(texts)}", values)[0][0])


def key_columns(
    engine: Engine, table: Table, key: Sequence[str], values: Sequence[str]
) -> list[tuple[int, Column]]:
    """The key's columns with their numbers; empty where the table lacks one of them.

    Types are decided where it hangs on them which text means these values: a column that holds "ORG-17" is text.
    """
    places = {column.name: number for number, column in enumerate(table.columns, 1)}
    if any(name not in places for name in key):
        return []
    numbers = [places[name] for name in key]
    if all(_is_text(value) for value in values):
        return [(number, table.columns[number - 1]) for number in numbers]
    return decided(engine, table, numbers)


def key_text(engine: Engine, column: Column, number: int) -> str:
    """The SQL of a key cell's text; whether a workbook has it as number or text makes no difference."""
    text = engine.canonical(column, f"c{number}")
    return f"{text}[3:]" if column.type is Type.MIXED else text


def decided(engine: Engine, table: Table, numbers: Sequence[int]) -> list[tuple[int, Column]]:
    """Some columns with their types, looked at alone where these are not known yet."""
    columns = [table.columns[number - 1] for number in numbers]
    if any(column.type is Type.UNDECIDED for column in columns):
        view = engine.new_name("v")
        cells = ", ".join(f"c{number} AS c{place}" for place, number in enumerate(numbers, 1))
        engine.execute(f"CREATE VIEW {identifier(view)} AS SELECT {cells} FROM {table.relation}")
        part = replace(table, columns=tuple(columns), relation=view)
        columns = list(engine.decide_types(part).columns)
        engine.execute(f"DROP VIEW {identifier(view)}")
    return list(zip(numbers, columns, strict=True))


def _digest_table(engine: Engine, table: Table, key: Sequence[str]) -> TableDigests:
    names = [column.name for column in table.columns]
    schema = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]
    places = {name: number for number, name in enumerate(names, 1)}
    if any(name not in places for name in key):
        return TableDigests(table.name, schema, keyed=False)
    numbers = [places[name] for name in key]
    keys = [(number, table.columns[number - 1]) for number in numbers]
    looks = _looks(engine, table, keys)
    # What a key is called depends on its column's type: "1.50" is 1.5 or a text.
    plain, pairs = (False, "") if looks is None else _pairs(engine, table, keys, looks)
    if not plain:
        pairs = _pairs(engine, table, decided(engine, table, numbers), [])[1]
    return TableDigests(table.name, schema, keyed=True, pairs=bytes.fromhex(pairs))


def _looks(engine: Engine, table: Table, keys: Sequence[tuple[int, Column]]) -> list[str] | None:
    """The cells that must be whole numbers for the key's texts to be canonical as they stand, by the first rows.

    A single text among them settles that a column is text. None: the types must be looked for.
    """
    undecided = [f"c{number}" for number, column in keys if column.type is Type.UNDECIDED]
    if not undecided:
        return []
    rows = engine.execute(f"SELECT {', '.join(undecided)} FROM {table.relation} LIMIT {_SAMPLE}")
    numbers = []
    for at, cell in enumerate(undecided):
        values = [row[at] for row in rows if row[at]]
        if any(map(_is_text, values)):
            continue
        if not all(re.fullmatch(_INTEGER, value) for value in values):
            return None
        numbers.append(cell)
    return numbers


def _pairs(
    engine: Engine, table: Table, keys: Sequence[tuple[int, Column]], numbers: Sequence[str]
) -> tuple[bool, str]:
    """All pairs of digests in hexadecimal, and whether these cells are whole numbers in all rows."""
    cells = [engine.canonical(column, f"c{number}") for number, column in enumerate(table.columns, 1)]
    texts = [key_text(engine, column, number) for number, column in keys]
    tests = [
        f"coalesce(bool_and(regexp_full_match({cell}, '{_INTEGER}')) FILTER ({cell} <> ''), true)"
        for cell in numbers
    ]
    sql = (
        f"SELECT {' AND '.join(tests) or 'true'}, "
        f"coalesce(string_agg({_hex(', '.join(texts))} || {_hex(', '.join(cells))}, ''), '') FROM {table.relation}"
    )
    found, pairs = engine.execute(sql)[0]
    return bool(found), pairs


def _is_text(value: str) -> bool:
    """Whether a value can only stand in a column of texts."""
    return re.search(_LETTER, value) is not None and value.lower() not in ("true", "false")


def _hex(arguments: str) -> str:
    """The SQL of a digest as 16 hexadecimal digits; the first of its 64 bits is always set, which saves padding."""
    return f"to_hex(hash({arguments}) | 9223372036854775808::UBIGINT)"


def _rendered(tables: Sequence[TableDigests]) -> bytes:
    heads = [
        {"name": table.name, "schema": table.schema, "keyed": table.keyed, "bytes": len(table.pairs)}
        for table in tables
    ]
    body = b"".join([json.dumps(heads).encode(), b"\n", *(table.pairs for table in tables)])
    return b"%s %08x\n%s" % (_HEADER, zlib.crc32(body), body)


def _parsed(data: bytes) -> tuple[TableDigests, ...]:
    first, _, body = data.partition(b"\n")
    if first != b"%s %08x" % (_HEADER, zlib.crc32(body)):
        raise ValueError("damaged")
    heads, _, pairs = body.partition(b"\n")
    tables, at = [], 0
    for head in json.loads(heads):
        end = at + head["bytes"]
        tables.append(TableDigests(head["name"], head["schema"], head["keyed"], pairs[at:end]))
        at = end
    return tuple(tables)
