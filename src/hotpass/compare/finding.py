"""The true numbers of changed rows: of the first ones in the order of the file, or of all.

Delimited text that was joined the fast way has rows with numbers that only tell them apart. Their true numbers cost a
second pass over the key alone, one row after the other. The first changes in the order of the file are among its first
rows, so these are looked at first, then more of them, then all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotpass.compare.joining import KeyTexts
from hotpass.compare.matching import Shared
from hotpass.compare.sides import Sides

WHERE = 10
"""How many addresses a counted change names."""

_FIRST_ROWS = 50_000
_MORE = 20


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that differ, in the engine.

    ``relation`` has ``kind`` (both, added, removed or copies), ``ra``, ``rb``, ``k``, ``n`` (how many equal rows) and
    ``cells``. ``true_numbers``: ``ra`` and ``rb`` are the rows of the files. ``totals``: the rows of both sides.
    """

    sides: Sides
    key: tuple[Shared, ...]
    relation: str
    texts: KeyTexts
    true_numbers: bool
    totals: tuple[int, int]

    def told_key(self, key: str, *, is_new: bool) -> str:
        """SQL of a changed row's key, as it is kept, made what a person is shown."""
        return self.sides.told_key(key, [self.sides.columns(pair)[is_new] for pair in self.key])


class Finder:
    """Gives changed rows their true numbers. Side ``a`` is the old one, ``b`` the new one."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._execute = rows.sides.engine.execute
        self._found: dict[str, str] = {}
        self._complete: set[str] = set()
        self._keys: dict[str, str] = {}

    def view(self, side: str) -> str:
        """SQL of the changes that are on a side, as far as they were found, with ``r``, their true number there."""
        rows = self._rows
        if rows.true_numbers:
            return f"(SELECT *, r{side} AS r FROM {rows.relation} WHERE r{side} IS NOT NULL)"
        match = " AND ".join(f"f.k{n} = d.k[{n}]" for n in range(1, len(rows.texts.old) + 1))
        return (
            f"(SELECT d.*, f.r AS r FROM {rows.relation} d JOIN {self._found[side]} f ON {match} "
            f"WHERE d.r{side} IS NOT NULL)"
        )

    def find_first(self, side: str, tests: Sequence[str]) -> None:
        """Find so many of the first changes on a side that all ``tests``, conditions over ``view``, hold, or all."""
        if self._rows.true_numbers:
            return
        condition = " AND ".join(f"coalesce({test}, false)" for test in tests)
        limit: int | None = _FIRST_ROWS
        while True:
            self._find(side, limit)
            if limit is None or self._execute(f"SELECT {condition} FROM {self.view(side)}")[0][0]:
                return
            limit = self._more(side, limit)

    def find_all(self) -> None:
        """Find the numbers of all changes on both sides."""
        if not self._rows.true_numbers:
            for side in {"a", "b"} - self._complete:
                self._find(side, None)

    def old_numbers(self, keys: Sequence[Sequence[str]]) -> dict[tuple[str, ...], int]:
        """The true numbers of rows of the old side that have these keys."""
        if not keys:
            return {}
        wanted = self._rows.sides.engine.new_name("wanted")
        columns = ", ".join(f"x[{n}] AS k{n}" for n in range(1, len(keys[0]) + 1))
        self._execute(
            f"CREATE TABLE {wanted} AS SELECT {columns} FROM (SELECT unnest($1::VARCHAR[][]) AS x)",
            [[list(key) for key in keys]],
        )
        limit: int | None = _FIRST_ROWS
        while True:
            found = self._execute(self._numbers("a", wanted, limit))
            if len(found) == len(keys) or limit is None:
                return {tuple(key): number for *key, number in found}
            # The rows are in another order there: one may be anywhere.
            limit = None

    def _more(self, side: str, limit: int) -> int | None:
        total = self._rows.totals["ab".index(side)]
        return limit * _MORE if limit * _MORE < total else None

    def _find(self, side: str, limit: int | None) -> None:
        relation = self._rows.sides.engine.new_name("found")
        keys = ", ".join(f"k[{n}] AS k{n}" for n in range(1, len(self._rows.texts.old) + 1))
        wanted = f"(SELECT {keys} FROM {self._rows.relation} WHERE r{side} IS NOT NULL)"
        self._execute(f"CREATE TABLE {relation} AS {self._numbers(side, wanted, limit)}")
        if side in self._found:
            self._execute(f"DROP TABLE {self._found[side]}")
        self._found[side] = relation
        if limit is None:
            self._complete.add(side)

    def _numbers(self, side: str, wanted: str, limit: int | None) -> str:
        """SQL of keys and numbers of the wanted rows among the first ones of a side, or among all."""
        keys = ", ".join(f"k{n}" for n in range(1, len(self._rows.texts.old) + 1))
        if limit is None or side in self._keys:
            source = f"(SELECT {keys}, rowid AS r FROM {self._all_keys(side)})"
        else:
            source = (
                f"(SELECT {self._named(side)}, row_number() OVER () - 1 AS r FROM {self._first(side, limit)})"
            )
        return f"SELECT {keys}, r FROM {source} SEMI JOIN {wanted} w USING ({keys})"

    def _all_keys(self, side: str) -> str:
        """A table of a side's keys in the order of the file, whose row ids are the rows' numbers.

        The engine keeps the order of a file that is read into a table, and reads it with all threads; to number the rows
        while reading takes one thread alone.
        """
        if side not in self._keys:
            self._keys[side] = self._rows.sides.engine.new_name("keys")
            self._execute(
                f"CREATE TABLE {self._keys[side]} AS SELECT {self._named(side)} FROM {self._first(side, None)}"
            )
        return self._keys[side]

    def _named(self, side: str) -> str:
        texts = self._rows.texts
        return ", ".join(
            f"{column} AS k{n}" for n, column in enumerate(texts.old if side == "a" else texts.new, 1)
        )

    def _first(self, side: str, limit: int | None) -> str:
        """SQL of the first rows of a side, not numbered: a limit around numbered ones would number all of them first."""
        table = self._rows.sides.old if side == "a" else self._rows.sides.new
        return f"(FROM {table.relation}{f' LIMIT {limit}' if limit else ''}) {side}"
