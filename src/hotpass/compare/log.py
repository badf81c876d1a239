"""Every change of one table, one by one, while its tables are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hotpass.compare.changes import CellChange, RowChange
from hotpass.compare.finding import Finder, Rows
from hotpass.compare.listing import cell_changes, row_change


@dataclass(frozen=True)
class Log:
    """Yields the changes in the order of the new table, rows that are gone at the end in the order of the old one.

    The first call finds the rows' true numbers, which for large delimited text is another pass over each side's key.
    """

    of: Rows
    finder: Finder
    addresses: bool

    def rows(self) -> Iterator[RowChange]:
        """Rows on one side only."""
        self.finder.find_all()
        for side, kinds in (("b", "'added'"), ("a", "'removed', 'copies'")):
            sql = f"SELECT kind, r, k, n, cells FROM {self.finder.view(side)} WHERE kind IN ({kinds}) ORDER BY r"
            for kind, *row in self.of.sides.engine.stream(sql):
                yield row_change(self.of.sides, kind, row, addresses=self.addresses)

    def cells(self) -> Iterator[CellChange]:
        """Cells that differ."""
        self.finder.find_all()
        olds = f"(SELECT r AS old, rb AS id FROM {self.finder.view('a')} WHERE kind = 'both')"
        sql = (
            f"SELECT o.old, n.r, n.k, n.cells FROM {self.finder.view('b')} n JOIN {olds} o ON o.id = n.rb "
            "WHERE n.kind = 'both' ORDER BY n.r"
        )
        for row in self.of.sides.engine.stream(sql):
            yield from cell_changes(self.of.sides, row, addresses=self.addresses)


@dataclass(frozen=True)
class EmptyLog:
    """The log of a table that did not change, or that only one side has."""

    def rows(self) -> Iterator[RowChange]:
        """Nothing."""
        return iter(())

    def cells(self) -> Iterator[CellChange]:
        """Nothing."""
        return iter(())
