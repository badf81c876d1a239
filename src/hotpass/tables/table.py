"""What a table is: columns with types, rows with addresses, the tables of a file as one value. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Type(Enum):
    """What the cells of a column are. One that is not decided by its container follows from all of its values."""

    EMPTY = "empty"
    """Every cell is blank: fits any type, so it is never a retype by itself."""
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    TEXT = "text"
    MIXED = "mixed"
    """Cells of several types, as a workbook can hold them: each value carries its own."""
    OTHER = "other"
    """Nested or binary (Parquet): compared by its own text form."""
    UNDECIDED = "undecided"
    """Delimited text before all of its values were looked at (``Engine.decide_types``)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, unique in the table; its type; its place in the sheet (1 is A).

    ``header`` is the text that stands there, where ``name`` had to be told apart from another ("phone (2)") or made
    ("column D"). ``native`` is the container's own type (Parquet's "DECIMAL(10,2)"), else empty.
    """

    name: str
    type: Type
    position: int
    header: str | None = None
    native: str = ""


@dataclass(frozen=True)
class Table:
    """A table in an engine.

    ``name`` is the sheet's name, in a folder ``path`` or ``path!sheet``, empty for the only table of a file that has no
    sheets. ``source`` is what addresses begin with ("list.xlsx!Sites" or "list.csv"). ``first_row`` is the number of the
    first data row in the sheet (with a header in row 1 it is 2; delimited text and Parquet count as if opened in a
    spreadsheet). ``relation`` is what the engine calls it; its columns are ``c1``, ``c2`` and so on. ``formulas``, where they
    were asked for, is a relation of its own: data row ``r`` from 0 (-1 is the header), column ``c`` from 1, text ``f``.
    """

    name: str
    source: str
    columns: tuple[Column, ...]
    first_row: int
    relation: str
    hidden: bool = False
    formulas: str = ""

    def address(self, row: int, column: Column) -> str:
        """The true address of a cell: ``row`` counts data rows from 0."""
        return f"{self.source}!{column_letters(column.position)}{self.first_row + row}"


@dataclass(frozen=True)
class Book:
    """Everything a dataset's file or folder holds.

    ``format`` is ``xlsx``, ``csv``, ``tsv``, ``parquet``, ``folder`` or the like, or ``file`` for one that is no table.
    ``files`` are the files that are no tables, path → md5 (path empty for the dataset itself). ``notes`` say what was
    found out and what could not be decided, naming files, sheets, columns and addresses, never values.
    """

    name: str
    format: str
    tables: tuple[Table, ...]
    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnProfile:
    """One column in figures: how many cells are blank, how many empty texts."""

    name: str
    type: Type
    blanks: int
    empty_texts: int = 0


@dataclass(frozen=True)
class TableProfile:
    """A table in figures, with its content digest (``t1:`` and 64 hex digits)."""

    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    digest: str


@dataclass(frozen=True)
class BookProfile:
    """A book in figures: its tables, its files that are none (path → md5), and the content digest of the whole."""

    tables: tuple[TableProfile, ...]
    files: dict[str, str]
    digest: str


def column_letters(position: int) -> str:
    """A column's letters as spreadsheets write them: 1 is A, 27 is AA."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
