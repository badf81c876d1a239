"""A table with the engine's own types, for whoever calculates with it: queries, and data frames.

Tables are compared by their canonical text; here each column becomes a number, a date and so on. What a type cannot
hold exactly stays text: an integer of more than 38 digits, a number that no binary or decimal one equals, nanoseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotpass.tables.engine import Engine
from hotpass.tables.table import Column, Table, Type

_ZONE = "(Z|[+-][0-9][0-9:]*)$"


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column, its type decided, and the SQL of its cells as that type."""

    column: Column
    sql: str


def typed_columns(engine: Engine, table: Table) -> tuple[TypedColumn, ...]:
    """The columns of a table with their types, in one more look at those whose values decide how they can be held."""
    table = engine.decide_types(table)
    cells = [f"nullif(c{number}, '')" for number in range(1, len(table.columns) + 1)]
    asked = {
        number: _QUESTIONS[column.type].format(x=cells[number], n=_double(engine, column, cells[number]))
        for number, column in enumerate(table.columns)
        if not column.native and column.type in _QUESTIONS
    }
    answers: Mapping[int, str] = {}
    if asked:
        row = engine.execute(f"SELECT {', '.join(asked.values())} FROM {table.relation}")[0]
        answers = dict(zip(asked, row, strict=True))
    return tuple(
        TypedColumn(column, _cell(column, f"c{number + 1}", cells[number], answers.get(number)))
        for number, column in enumerate(table.columns)
    )


def typed_select(engine: Engine, table: Table) -> str:
    """The SQL that selects a table with types, under names that differ by more than case."""
    taken: set[str] = set()
    parts = []
    for typed in typed_columns(engine, table):
        name, count = typed.column.name, 1
        while name.lower() in taken:
            count += 1
            name = f"{typed.column.name} ({count})"
        taken.add(name.lower())
        quoted = name.replace('"', '""')
        parts.append(f'{typed.sql} AS "{quoted}"')
    return f"SELECT {', '.join(parts) or 'NULL'} FROM {table.relation}"


# Which type of the engine holds every value of a column exactly: its name, or VARCHAR where none does.
_QUESTIONS = {
    Type.INTEGER: (
        "CASE WHEN coalesce(max(length({x})), 0) < 19 THEN 'BIGINT' WHEN max(length(ltrim({x}, '-'))) < 39 "
        "THEN 'DECIMAL(38,0)' ELSE 'VARCHAR' END"
    ),
    Type.NUMBER: (
        "CASE WHEN coalesce(bool_and({n}), true) THEN 'DOUBLE' "
        "WHEN max(length(split_part(ltrim({x}, '-'), '.', 1))) + max(length(split_part({x}, '.', 2))) < 39 "
        "AND NOT bool_or(regexp_matches({x}, '[eE]')) "
        "THEN 'DECIMAL(38,' || max(length(split_part({x}, '.', 2))) || ')' ELSE 'VARCHAR' END"
    ),
    Type.DATETIME: (
        "CASE WHEN bool_or(regexp_matches({x}, '[.][0-9]{{7}}')) THEN 'VARCHAR' "
        f"WHEN NOT coalesce(bool_or(regexp_matches({{x}}[11:], '{_ZONE}')), false) THEN 'TIMESTAMP' "
        f"WHEN bool_and(regexp_matches({{x}}[11:], '{_ZONE}')) THEN 'TIMESTAMPTZ' ELSE 'VARCHAR' END"
    ),
    Type.TIME: "CASE WHEN bool_or(regexp_matches({x}, '[.][0-9]{{7}}')) THEN 'VARCHAR' ELSE 'TIME' END",
}


def _double(engine: Engine, column: Column, cell: str) -> str:
    """The SQL that tells whether a number is the very one that its nearest binary one is shown as."""
    if column.type is not Type.NUMBER:
        return "true"
    return f"{engine.canonical(column, f'TRY_CAST({cell} AS DOUBLE)::VARCHAR')} = {engine.canonical(column, cell)}"


def _cell(column: Column, raw: str, cell: str, held: str | None) -> str:
    if column.native:
        return raw
    if column.type is Type.MIXED:
        return f"{raw}[3:]"
    if column.type is Type.BOOLEAN:
        return f"CAST({cell} AS BOOLEAN)"
    if column.type is Type.DATE:
        return f"CAST({cell} AS DATE)"
    if held is None or held == "VARCHAR":
        return raw
    return f"CAST({cell} AS {held})"
