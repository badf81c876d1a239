"""A dataset as data frames."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hotpass.tables import Engine, ReadOptions, Table, open_engine, read_book, typed_columns
from hotpass.workflows.querying import find_table
from hotpass.workflows.sides import find_side, limits_of

if TYPE_CHECKING:
    from polars import DataFrame


def open_frames(
    text: str,
    *,
    repo: str | os.PathLike[str] = ".",
    hidden: bool = False,
) -> DataFrame | dict[str, DataFrame]:
    """The tables that a text names as data frames of polars: one, or by name where there are several.

    ``text`` is what ``compare`` takes, with ``!TABLE`` for one table of several. Raises what opening and reading a
    side raises, WhichTableError where it holds no table, NoSuchTableError.
    """
    name, mark, wanted = _parted(text)
    side = find_side(repo, name)
    with open_engine(limits=limits_of(side)) as engine:
        book = read_book(engine, side.source(), ReadOptions(hidden=hidden or bool(mark)))
        if mark or len(book.tables) < 2:
            return _frame(engine, find_table(book, wanted if mark else None, side.text))
        return {table.name: _frame(engine, table) for table in book.tables}


def _parted(text: str) -> tuple[str, str, str]:
    """Name, mark and table; a path may hold such a mark itself."""
    return (text, "", "") if os.path.lexists(os.path.expanduser(text)) else text.partition("!")


def _frame(engine: Engine, table: Table) -> DataFrame:
    columns = typed_columns(engine, table)
    cells = ", ".join(f"{typed.sql} AS c{number}" for number, typed in enumerate(columns, 1))
    frame = engine.frame(f"SELECT {cells} FROM {table.relation}" if columns else "SELECT NULL AS c0 LIMIT 0")
    frame.columns = [typed.column.name for typed in columns] or frame.columns
    return frame
