"""Parquet files: one table each, read where it lies."""

from __future__ import annotations

from pathlib import Path

from hotpass.tables import naming
from hotpass.tables.engine import Engine, identifier
from hotpass.tables.errors import LimitError, QueryError, UnreadableTableError
from hotpass.tables.table import Column, Table, Type

_TYPES = {
    "BOOLEAN": Type.BOOLEAN,
    "TINYINT": Type.INTEGER,
    "SMALLINT": Type.INTEGER,
    "INTEGER": Type.INTEGER,
    "BIGINT": Type.INTEGER,
    "HUGEINT": Type.INTEGER,
    "UTINYINT": Type.INTEGER,
    "USMALLINT": Type.INTEGER,
    "UINTEGER": Type.INTEGER,
    "UBIGINT": Type.INTEGER,
    "UHUGEINT": Type.INTEGER,
    "FLOAT": Type.NUMBER,
    "DOUBLE": Type.NUMBER,
    "DATE": Type.DATE,
    "TIME": Type.TIME,
    "TIME_NS": Type.TIME,
    "VARCHAR": Type.TEXT,
    "UUID": Type.TEXT,
    '"NULL"': Type.EMPTY,
    "JSON": Type.TEXT,
}

# The engine reads longer ones as binary numbers, in which their last digits are lost.
_MOST_DIGITS = 38


def read_parquet(engine: Engine, path: Path, name: str) -> tuple[Table, tuple[str, ...]]:
    """Read a file as one table. Raises UnreadableTableError, LimitError."""
    source = engine.reach(path)
    try:
        described = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({source})")
        schema = engine.execute(
            f"SELECT name, num_children, precision FROM parquet_schema({source}) ORDER BY column_id NULLS FIRST"
        )
    except QueryError as error:
        reason = str(error).splitlines()[0].replace(source.strip("'"), name)
        raise UnreadableTableError(name, reason) from error
    wide = [row[0] for row in schema if (row[2] or 0) > _MOST_DIGITS]
    if wide:
        reason = f"column {wide[0]!r} has decimals of more than {_MOST_DIGITS} digits, which cannot be held exactly"
        raise UnreadableTableError(name, reason)
    if len(described) > engine.limits.columns:
        raise LimitError(name, "columns", engine.limits.columns, f"it has {len(described):,} columns")
    names = _top_names([(row[0], row[1]) for row in schema])
    if len(names) != len(described):
        names = [row[0] for row in described]
    cells = ", ".join(f"{identifier(row[0])} AS c{place}" for place, row in enumerate(described, 1))
    relation = engine.new_name()
    taken = any(row[0].lower() == "file_row_number" for row in described)
    number = "row_number() OVER () - 1" if taken else "file_row_number"
    option = "" if taken else ", file_row_number = true"
    engine.execute(
        f"CREATE VIEW {relation} AS SELECT {cells}, {number} AS r FROM read_parquet({source}{option})"
    )
    natives = [str(row[1]) for row in described]
    named = naming.columns_of(names, [_type_of(native) for native in natives])
    columns = tuple(
        Column(column.name, column.type, column.position, column.header, native)
        for column, native in zip(named, natives, strict=True)
    )
    return Table("", name, columns, 2, relation), tuple(naming.notes_on(columns, name))


def _type_of(native: str) -> Type:
    if native.startswith("DECIMAL"):
        return Type.NUMBER
    if native.startswith("TIMESTAMP"):
        return Type.DATETIME
    if native.startswith("ENUM"):
        return Type.TEXT
    return _TYPES.get(native, Type.OTHER)


def _top_names(schema: list[tuple[str, int | None]]) -> list[str]:
    """The names of the topmost columns, from the schema's nodes in the file's order (the root first)."""
    names: list[str] = []
    below = 0
    for name, children in schema[1:]:
        if below:
            below += (children or 0) - 1
            continue
        names.append(name)
        below = children or 0
    return names
