"""Every change of one table, one by one, while its tables are open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotpass.compare.changes import CellChange, RowChange
from hotpass.compare.finding import Finder, Rows
from hotpass.compare.formulas import FormulaChange, merged
from hotpass.compare.listing import cell_changes, row_change


@dataclass(frozen=True)
class Log:
    """Yields the changes in the order of the new table, rows that are gone at the end in the order of the old one.

    The first call finds the rows' true numbers, which for large delimited text is another pass over each side's key.
    """

    of: Rows
    finder: Finder
    formulas: Sequence[FormulaChange]
    addresses: bool

    def rows(self) -> Iterator[RowChange]:
        """Rows on one side only."""
        self.finder.find_all()
        for side, kinds in (("b", "'added'"), ("a", "'removed', 'copies'")):
            cells, key = (
                self.of.sides.told_row("cells", is_new=side == "b"),
                self.of.told_key("k", is_new=side == "b"),
            )
            sql = f"SELECT kind, r, {key}, n, {cells} FROM {self.finder.view(side)} WHERE kind IN ({kinds}) ORDER BY r"
            for kind, *row in self.of.sides.engine.stream(sql):
                yield row_change(self.of.sides, kind, row, addresses=self.addresses)

    def cells(self) -> Iterator[CellChange]:
        """Cells that differ."""
        self.finder.find_all()
        olds = f"(SELECT r AS old, rb AS id FROM {self.finder.view('a')} WHERE kind = 'both')"
        sql = (
            f"SELECT old, r, {self.of.told_key('k', is_new=True)}, {self.of.sides.told_cells('cells')} "
            f"FROM {self.finder.view('b')} n JOIN {olds} o ON o.id = n.rb WHERE kind = 'both' ORDER BY r"
        )
        cells = (
            (row[1], list(cell_changes(self.of.sides, row, addresses=self.addresses)))
            for row in self.of.sides.engine.stream(sql)
        )
        yield from merged(cells, self.formulas)


@dataclass(frozen=True)
class EmptyLog:
    """The log of a table that did not change, or that only one side has."""

    def rows(self) -> Iterator[RowChange]:
        """Nothing."""
        return iter(())

    def cells(self) -> Iterator[CellChange]:
        """Nothing."""
        return iter(())
