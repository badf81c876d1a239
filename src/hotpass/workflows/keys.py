"""Which columns tell the records of a dataset apart, where one side alone is looked at."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence

from hotpass.compare.changes import KeyChoice
from hotpass.config import Settings
from hotpass.tables import Book, Engine, Table
from hotpass.versioning.record import VersionRecord
from hotpass.workflows.errors import BadKeyError, NoKeyError


def key_columns_of(text: str) -> tuple[str, ...]:
    """The columns that ``--key`` names: between commas, in quotes where a name has one. Raises BadKeyError."""
    names = tuple(name.strip() for name in _parts(text))
    if not names or not all(names) or len(set(names)) != len(names):
        raise BadKeyError(f"--key {text!r} does not name different columns, with commas between them")
    return names


def key_values_of(key: KeyChoice, texts: Sequence[str]) -> tuple[str, ...]:
    """The values of a key, one for each of its columns: as they were given, or one text with commas between them."""
    values = tuple(texts)
    if len(values) == 1 and len(key.columns) > 1:
        values = tuple(_parts(values[0]))
    if len(values) != len(key.columns):
        names = ", ".join(key.columns)
        raise BadKeyError(
            f"the key has {len(key.columns)} column(s) ({names}), and {len(values)} value(s) were given"
        )
    return values


def known_key(
    given: tuple[str, ...] | None, settings: Settings, dataset: str, record: VersionRecord | None
) -> KeyChoice | None:
    """The key that is given, configured, or in the version record; None where it must be found in the data."""
    if given:
        return KeyChoice(given, "given")
    if configured := settings.dataset(dataset).key:
        return KeyChoice(configured, "configured")
    for table in record.facts.tables if record else ():
        if columns := _recorded(table):
            return KeyChoice(columns, "recorded", f"as the record of {record.version} says" if record else "")
    return None


def find_key(engine: Engine, book: Book) -> KeyChoice:
    """The leftmost column that is unique and without blanks in the first table that has one; raises NoKeyError."""
    for table in book.tables:
        for number, column in enumerate(table.columns, 1):
            if _tells_apart(engine, table, f"c{number}"):
                return KeyChoice((column.name,), "found", "unique and without blanks in the newest release")
    raise NoKeyError(book.name)


def _tells_apart(engine: Engine, table: Table, cell: str) -> bool:
    sql = f"SELECT count(*), count(nullif({cell}::VARCHAR, '')), count(DISTINCT {cell}) FROM {table.relation}"
    rows, filled, different = engine.execute(sql)[0]
    return bool(rows) and rows == filled == different


def _recorded(table: Mapping[str, object]) -> tuple[str, ...]:
    key = table.get("key")
    if isinstance(key, Mapping):
        key = key.get("columns")
    return tuple(map(str, key)) if isinstance(key, list | tuple) else ()


def _parts(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise BadKeyError(f"{text!r}: {error}") from error
