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
        self._keys: dict[str, tuple[int | None, str]] = {}

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
        return f"SELECT {keys}, rowid AS r FROM {self._first_keys(side, limit)} SEMI JOIN {wanted} w USING ({keys})"

    def _first_keys(self, side: str, limit: int | None) -> str:
        """A table of the keys of a side's first rows in the order of the file: its row ids are the rows' numbers.

        The engine keeps the order of a file that is read into a table, and reads it with all threads; to number the rows
        while reading takes one thread alone.
        """
        known = self._keys.get(side)
        if known and (known[0] is None or (limit is not None and limit <= known[0])):
            return known[1]
        table, texts = self._rows.sides.old, self._rows.texts.old
        if side == "b":
            table, texts = self._rows.sides.new, self._rows.texts.new
        named = ", ".join(f"{text} AS k{n}" for n, text in enumerate(texts, 1))
        relation = self._rows.sides.engine.new_name("keys")
        first = f" LIMIT {limit}" if limit else ""
        self._execute(f"CREATE TABLE {relation} AS SELECT {named} FROM (FROM {table.relation}{first}) {side}")
        if known:
            self._execute(f"DROP TABLE {known[1]}")
        self._keys[side] = (limit, relation)
        return relation
