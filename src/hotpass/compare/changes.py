"""What can differ between two versions of a dataset, as values: kinds, rows, cells, and the whole comparison. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Kind(Enum):
    """One way in which two versions can differ. The rule for each is in :mod:`hotpass.compare.policy`."""

    CELLS_CHANGED = "cells_changed"
    """A value became another value, on a row that both sides have."""
    CELLS_FILLED = "cells_filled"
    """A blank became a value."""
    CELLS_EMPTIED = "cells_emptied"
    """A value became blank."""
    BLANKS_RESTYLED = "blanks_restyled"
    """Blank became empty text, or empty text blank."""
    FORMULAS_CHANGED = "formulas_changed"
    """A formula became its value, a value a formula, or the text of a formula changed; values are equal."""
    DUPLICATES_REMOVED = "duplicates_removed"
    """Exact copies of rows that are still there went away; no key did."""
    ROWS_ADDED = "rows_added"
    ROWS_REMOVED = "rows_removed"
    COLUMN_ADDED = "column_added"
    COLUMN_REMOVED = "column_removed"
    COLUMN_RENAMED = "column_renamed"
    COLUMN_RETYPED = "column_retyped"
    COLUMNS_REORDERED = "columns_reordered"
    KEY_CHANGED = "key_changed"
    """Other columns tell the rows apart than before."""
    TABLE_ADDED = "table_added"
    TABLE_REMOVED = "table_removed"
    TABLE_RENAMED = "table_renamed"
    FORMAT_CHANGED = "format_changed"
    """The dataset is a file of another format than before."""
    FILE_CHANGED = "file_changed"
    """A file that is no table has other bytes."""
    FILE_ADDED = "file_added"
    FILE_REMOVED = "file_removed"
    FILE_RENAMED = "file_renamed"
    DESCRIPTION_CHANGED = "description_changed"
    """Only description or metadata differ."""


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change in one place, counted.

    ``table`` is the table's name (empty where the dataset is a single unnamed one, or the whole dataset is meant);
    ``count`` is in the kind's unit: cells, rows, columns, tables or files. ``columns`` are the columns concerned, for
    a rename the old and the new name, for a retype one name. ``detail`` says more in words ("integer → text") and
    holds no cell value and no key. ``where`` are addresses ("list.xlsx!Sites!B7") of the first of them, at most ten.
    """

    kind: Kind
    table: str = ""
    count: int = 1
    columns: tuple[str, ...] = ()
    detail: str = ""
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell, old → new. ``None`` is blank. ``key`` are the key's values as text, empty without a key.

    ``old_at`` and ``new_at`` are addresses, empty where they were not asked for.
    """

    kind: Kind
    key: tuple[str, ...]
    column: str
    old: str | None
    new: str | None
    old_at: str = ""
    new_at: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that is on one side only (kind ROWS_ADDED, ROWS_REMOVED or DUPLICATES_REMOVED).

    ``values`` are the cells by column name, as text, ``None`` for blank. ``count`` is more than 1 where no key tells
    equal rows apart.
    """

    kind: Kind
    key: tuple[str, ...]
    values: tuple[tuple[str, str | None], ...]
    at: str = ""
    count: int = 1


class ChangeLog(Protocol):
    """Every change of one table, one by one, in the order of the new table (removed rows at the end, in the old order)."""

    def rows(self) -> Iterator[RowChange]:
        """Rows on one side only."""

    def cells(self) -> Iterator[CellChange]:
        """Cells that differ."""


@dataclass(frozen=True)
class KeyChoice:
    """The columns that tell rows apart, and how they were chosen.

    ``origin`` is ``given`` (by the caller), ``configured`` (hotpass.toml), ``profile`` or ``found`` (unique and without
    blanks on both sides), or ``none``: rows are compared as a multiset then. ``detail`` says how sure it is, or why not.
    """

    columns: tuple[str, ...]
    origin: str
    detail: str = ""


@dataclass(frozen=True)
class TableComparison:
    """Two states of one table.

    ``rows`` are counted (old, new); None for a side that does not have the table. ``changes`` are all of them, counted.
    ``cells`` and ``rows_changed`` are the first few of each, in the log's order; ``log`` yields all of them while the
    tables are open, and is no part of the value. ``resorted``: the same rows in another order.
    """

    name: str
    rows: tuple[int | None, int | None]
    key: KeyChoice
    changes: tuple[Change, ...]
    cells: tuple[CellChange, ...] = ()
    rows_changed: tuple[RowChange, ...] = ()
    resorted: bool = False
    log: ChangeLog | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Comparison:
    """Two versions of a dataset.

    ``old`` and ``new`` name them as the user did. ``tables`` are in the new side's order, removed ones at the end.
    ``changes`` are those of the dataset as a whole: format, tables and files that came, went or were renamed.
    ``same_bytes``: there is nothing to look at. ``notes`` say what was found out while reading (encoding, hidden
    sheets, what could not be decided), without cell values.
    """

    old: str
    new: str
    same_bytes: bool
    tables: tuple[TableComparison, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all_changes(self) -> tuple[Change, ...]:
        """Every counted change: the dataset's, then each table's."""
        return self.changes + tuple(change for table in self.tables for change in table.changes)

    @property
    def is_same(self) -> bool:
        """Whether the content is the same, whatever the bytes are."""
        return not self.all_changes
