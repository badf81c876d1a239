"""Which type each column of a text table has: the narrowest that all of its values fit. Knows SQL, runs it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hotpass.tables.canonical import FITS
from hotpass.tables.table import Table, Type

# Rows that are looked at first, so that the scan of all of them need ask each column one or two questions.
# Each filtered aggregate takes memory that the engine does not count: a table of 200 columns would need gigabytes.
_AT_ONCE = 40
_SAMPLE = 2_048
_TEXT_BIT = 1 << len(FITS)
_BITS = {kind: 1 << place for place, kind in enumerate(FITS)}

Execute = Callable[[str], list[tuple[Any, ...]]]


def decide_types(
    execute: Execute, table: Table, measures: Sequence[str] = ()
) -> tuple[Table, tuple[Any, ...]]:
    """Decide every undecided column in one scan of all rows; ``measures`` are further aggregates over the same scan.

    Blank and empty text fit every type.
    """
    guess = guess_types(execute, table)
    if not guess.masks and not measures:
        return table, ()
    row = execute(f"SELECT {', '.join([*guess.masks, *measures])} FROM {table.relation}")[0]
    return guess.true_table(row[: len(guess.masks)]), row[len(guess.masks) :]


@dataclass(frozen=True)
class Guess:
    """Types that the first rows have, and aggregates over all rows that tell the true ones."""

    table: Table
    places: tuple[int, ...]
    masks: tuple[str, ...]

    def true_table(self, row: Sequence[int | None]) -> Table:
        """The table with its true types, from what the masks came to."""
        return _typed(self.table, self.places, [_type_of(mask) for mask in row])


def guess_types(execute: Execute, table: Table) -> Guess:
    """Look at the first rows of a table's undecided columns."""
    places = tuple(n for n, column in enumerate(table.columns, 1) if column.type is Type.UNDECIDED)
    names = [f"c{place}" for place in places]
    likely = _likely(execute, table.relation, names)
    masks = tuple(f"bit_or({_bit(name, kinds)})" for name, kinds in zip(names, likely, strict=True))
    guessed = [kinds[0] if 0 < len(kinds) < len(FITS) else Type.TEXT for kinds in likely]
    return Guess(_typed(table, places, guessed), places, masks)


def _typed(table: Table, places: Sequence[int], types: Sequence[Type]) -> Table:
    columns = list(table.columns)
    for place, kind in zip(places, types, strict=True):
        columns[place - 1] = replace(columns[place - 1], type=kind)
    return replace(table, columns=tuple(columns))


def _likely(execute: Execute, relation: str, names: Sequence[str]) -> list[list[Type]]:
    """For each column the types that its first rows fit; they alone are asked of the others."""
    if not names:
        return []
    types = list(FITS)
    row: list[bool | None] = []
    for at in range(0, len(names), _AT_ONCE):
        tests = [
            f"bool_and({FITS[kind].replace('@', name)}) FILTER ({name} <> '')"
            for name in names[at : at + _AT_ONCE]
            for kind in types
        ]
        row += execute(f"SELECT {', '.join(tests)} FROM (FROM {relation} LIMIT {_SAMPLE})")[0]
    return [
        [kind for kind, fits in zip(types, row[at : at + len(types)], strict=True) if fits is not False]
        for at in range(0, len(row), len(types))
    ]


def _bit(name: str, kinds: Sequence[Type]) -> str:
    """The SQL of a value's bit: which of the types it is, text if none, nothing for blank and empty text."""
    tests = " ".join(f"WHEN {FITS[kind].replace('@', name)} THEN {_BITS[kind]}" for kind in kinds)
    return f"CASE WHEN {name} IS NULL OR {name} = '' THEN 0 {tests} ELSE {_TEXT_BIT} END"


def _type_of(bits: int | None) -> Type:
    """The type of a column from the bits of its values. Numbers may be whole; nothing else mixes."""
    if not bits:
        return Type.EMPTY
    if bits == _BITS[Type.INTEGER] | _BITS[Type.NUMBER]:
        return Type.NUMBER
    return next((kind for kind, bit in _BITS.items() if bit == bits), Type.TEXT)
