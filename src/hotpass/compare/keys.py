"""The key of a table: the columns that are asked for, or those that are found to tell rows apart.

A key is found among the columns that both sides have: unique and without blanks in all rows of both, the leftmost column
first, then pairs of columns. What the first rows of either side rule out is ruled out for good; of what is left, the first
is tried by the join itself, which proves it or not, and any other is looked at in all rows before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from hotpass.compare import settling
from hotpass.compare.changes import KeyChoice
from hotpass.compare.joining import KeyTexts
from hotpass.compare.matching import SEVERAL_WRITINGS, Shared, wider
from hotpass.compare.sides import Sides
from hotpass.tables import Table
from hotpass.tables.table import Type

FIRST = 2_000
"""How many rows are looked at first."""
_PAIR_COLUMNS = 30
_CANDIDATES = 12


def wanted_key(sides: Sides, names: Sequence[str]) -> tuple[Shared, ...]:
    """The shared columns of a key that was asked for by the names of either side; empty if one of them is not shared."""
    found = []
    for name in names:
        pair = next(
            (one for one in sides.matching.shared if name in (c.name for c in sides.columns(one))), None
        )
        if pair is None:
            return ()
        found.append(pair)
    return tuple(dict.fromkeys(found))


def key_texts(sides: Sides, key: Sequence[Shared], *, decided: bool = False) -> KeyTexts | None:
    """SQL of the key to join on, where blank is NULL and equal keys are equal texts.

    Delimited text is joined by what stands there. The types of raw columns follow from the first rows where these are
    text, and the join itself looks whether what begins with whole numbers goes on so; with ``decided`` all rows are
    looked at instead. None where one key can be written in several ways (1.0 and 1): all types are wanted then.
    """
    texts, whole = [], []
    for pair in key:
        kind = _type_of_first(sides, pair) if sides.raw else Type.TEXT
        if sides.raw and (kind is Type.EMPTY or (decided and kind is not Type.TEXT)):
            kind = _type_of_all(sides, pair)
        if kind in SEVERAL_WRITINGS:
            return None
        whole.append(kind is Type.INTEGER and not decided)
        both = sides.compared(pair)
        texts.append(both if _is_native(sides, pair) else tuple(f"nullif({text}, '')" for text in both))
    return KeyTexts(tuple(a for a, _ in texts), tuple(b for _, b in texts), tuple(whole))


def _is_native(sides: Sides, pair: Shared) -> bool:
    """Whether values, and not texts, are compared."""
    old = sides.columns(pair)[0]
    return old.native not in ("", "VARCHAR") and sides.compared(pair)[0] == f"a.c{pair.old}"


def _type_of_first(sides: Sides, pair: Shared) -> Type:
    """The type of a shared column's first cells: if those of one side are text, so are all."""
    old = _type(sides, sides.old, pair.old, FIRST)
    return old if old is Type.TEXT else wider(old, _type(sides, sides.new, pair.new, FIRST))


def _type_of_all(sides: Sides, pair: Shared) -> Type:
    """The type that all cells of both sides have together."""
    return wider(_type(sides, sides.old, pair.old), _type(sides, sides.new, pair.new))


def _type(sides: Sides, table: Table, number: int, first: int | None = None) -> Type:
    cells = f"(SELECT c{number} AS x FROM {table.relation}{f' LIMIT {first}' if first else ''})"
    mask = sides.engine.execute(f"SELECT bit_or({settling.type_bit('x')}) FROM {cells}")[0][0]
    return settling.type_of_bits(mask or 0)


def found_keys(sides: Sides, *, past_blank_rows: bool = False) -> Iterator[tuple[Shared, ...]]:
    """The keys that may be one, the best first; a join has to prove it.

    Only so many are tried, and only so many columns make pairs: what has no key among them is compared without one.
    ``past_blank_rows`` leaves rows of blanks out of account, such as that between a title and the table below it.
    """
    columns = sorted(
        (p for p in sides.matching.shared if _can_be_key(sides, p)), key=lambda p: _place(sides, p)
    )
    looks = [_Look(sides, side, FIRST, past_blank_rows) for side in "ab"]
    full = [column for column in columns if all(look.is_full(column) for look in looks)]
    single = [(column,) for column in full if all(look.is_unique((column,)) for look in looks)]
    tried = 0
    for candidates in (iter(single), combinations(full[:_PAIR_COLUMNS], 2)):
        for key in candidates:
            if len(key) == 2 and not all(look.is_unique(key) for look in looks):
                continue
            tried += 1
            if tried > _CANDIDATES:
                return
            # The first is likely: the join tells. Others were likely too, so all rows are asked before they cost a join.
            if (tried == 1 and not past_blank_rows) or all(
                is_key(sides, key, past_blank_rows=past_blank_rows)
            ):
                yield key


def is_key(sides: Sides, key: Sequence[Shared], *, past_blank_rows: bool = False) -> list[bool]:
    """Whether columns are unique and without blanks, on each side; looks at all rows."""
    return [_Look(sides, side, None, past_blank_rows).is_key(key) for side in "ab"]


def has_blank_rows(sides: Sides) -> bool:
    """Whether a side has a row of blanks alone."""
    return any(_Look(sides, side, None).has_blank_rows() for side in "ab")


def _place(sides: Sides, pair: Shared) -> tuple[int, int, list[str]]:
    """How far left a column stands on both sides together, so that neither side decides where they differ."""
    names = sorted(column.name for column in sides.columns(pair))
    return pair.old + pair.new, min(pair.old, pair.new), names


def _can_be_key(sides: Sides, pair: Shared) -> bool:
    return not {column.type for column in sides.columns(pair)} & {Type.OTHER, Type.EMPTY}


@dataclass
class _Look:
    """The first rows of a side, or all of them."""

    sides: Sides
    side: str
    first: int | None
    past_blank_rows: bool = False

    def is_full(self, pair: Shared) -> bool:
        """Whether no cell is blank."""
        return bool(self._ask(f"coalesce(bool_and({self._cell(pair)} <> ''), true)"))

    def is_unique(self, key: Sequence[Shared]) -> bool:
        """Whether no two rows have the same cells."""
        cells = ", ".join(self._cell(pair) for pair in key)
        return bool(self._ask(f"count(*) = count(DISTINCT ({cells}))"))

    def is_key(self, key: Sequence[Shared]) -> bool:
        """Whether the cells tell rows apart and none is blank."""
        return all(self.is_full(pair) for pair in key) and self.is_unique(key)

    def has_blank_rows(self) -> bool:
        """Whether a row is blank in all columns."""
        return bool(self._ask(f"coalesce(bool_or(NOT ({self._filled()})), false)"))

    def _filled(self) -> str:
        columns = range(1, len(self._table.columns) + 1)
        return " OR ".join(f"coalesce({self.side}.c{n}::VARCHAR, '') <> ''" for n in columns) or "true"

    @property
    def _table(self) -> Table:
        return self.sides.old if self.side == "a" else self.sides.new

    def _cell(self, pair: Shared) -> str:
        return f"coalesce(({self.sides.compared(pair)[0 if self.side == 'a' else 1]})::VARCHAR, '')"

    def _ask(self, what: str) -> object:
        limit = f" LIMIT {self.first}" if self.first else ""
        where = f" WHERE {self._filled()}" if self.past_blank_rows else ""
        rows = f"(FROM {self._table.relation}{limit}) {self.side}{where}"
        return self.sides.engine.execute(f"SELECT {what} FROM {rows}")[0][0]


def describe(choice: KeyChoice, rows: tuple[int, int], shared: int) -> KeyChoice:
    """Say of a found key how sure it is: in how many rows it held, and how many of its values both sides have."""
    old, new = rows
    return replace(
        choice,
        detail=f"unique and without blanks in all {old:,} and {new:,} rows; {shared:,} of its values are on both sides",
    )
