"""Raw cells with their true places: what reading gives, before anybody knows what is a header. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hotpass.tables.table import column_letters

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where cells come from: a file's path in its folder, and a sheet of it (empty where the file is one table)."""

    file: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.file}!{self.name}" if self.name else self.file


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet as text, as they are.

    ``cells`` has the columns ``c0``, ``c1`` … of text; null is an empty cell. Its first row is row ``row`` of the sheet
    and its first column is column ``column``, both counted from 1; no row between is missing. Numbers have no ``.0``, dates
    are ISO 8601.
    """

    sheet: Sheet
    cells: pl.DataFrame
    row: int = 1
    column: int = 1
    hidden: bool = False

    def row_of(self, index: int) -> int:
        """The sheet's number of a row of ``cells``."""
        return self.row + index

    def column_of(self, index: int) -> int:
        """The sheet's number of a column of ``cells``."""
        return self.column + index


def address(sheet: Sheet, row: int, column: int) -> str:
    """A cell as people write it: ``file!sheet!B7``, or ``file!B7`` where the file has no sheets."""
    return f"{sheet}!{column_letters(column)}{row}"


class Skip(Enum):
    """Why a row is no record."""

    BLANK = "blank"
    TITLE = "title"
    """It stands above the header."""
    HEADER = "header"
    REPEATED_HEADER = "repeated header"
    TOTAL = "total"
    FOOTNOTE = "footnote"
    NO_NAME = "no name"
    """No cell of it names an organisation."""
    LEFT_OUT = "sheet left out"


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is no record: from where to where (one or several in a row), and why.

    ``column`` is the first column of the block it belongs to, where several stand side by side.
    """

    sheet: Sheet
    first: int
    last: int
    reason: Skip
    column: int = 1

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or sheet that is not refined, and why, as a sentence without a full stop."""

    name: str
    reason: str
