"""Types of delimited columns, and cells that differ in writing alone (1.50 and 1.5), after a fast join of raw texts.

To decide the types of a million rows costs as much as to read them. Most often what differs is enough. The type of a
column is the join of the types of its parts (:func:`hotpass.compare.matching.wider`). Both sides have the equal cells C in
common, and D_old or D_new beside them:

*Same type?* Where type(D_old) = type(D_new), both sides are of the type wider(type(C), type(D)). Only where they differ,
all cells of that column are looked at.

*Same value?* Two texts can only be one value where the column is of numbers, booleans, dates with times or times. If D
holds other things, so does the column. If not, those cells of D are counted that would be equal if the column were of the
type of D. It is of that type or of text, in which nothing is equal that is written otherwise: if there are none, it does
not matter; if there are some, all cells of the old column are looked at, and join the type of D_new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hotpass.compare.joining import Join
from hotpass.compare.matching import SEVERAL_WRITINGS, Shared, is_retyped, wider
from hotpass.compare.sides import CELL, Sides
from hotpass.tables import Table
from hotpass.tables.canonical import FITS
from hotpass.tables.table import Column, Type

_NUMERIC = (Type.INTEGER, Type.NUMBER)
_LOOK = 500


@dataclass(frozen=True, slots=True)
class Retype:
    """A shared column whose type changed: the old and the new column with their types decided."""

    pair: Shared
    old: Column
    new: Column


def retyped(sides: Sides) -> tuple[Retype, ...]:
    """The shared columns whose types, all known, differ."""
    both = ((pair, *sides.columns(pair)) for pair in sides.matching.shared)
    return tuple(Retype(pair, old, new) for pair, old, new in both if is_retyped(old, new))


def settle(sides: Sides, join: Join, tolerance: float | None) -> tuple[Retype, ...]:
    """Take out of a join what differs in writing alone, or within the tolerance; returns which columns were retyped."""
    if not sides.raw:
        if tolerance is not None:
            drop_within(sides, join.relation, tolerance)
        return retyped(sides)
    long = _differing_cells(sides, join)
    types = _types(sides, long, len(sides.matching.shared))
    unsure = _unsure(sides, types)
    likely = {n: wider(*pair) for n, pair in enumerate(types)}
    soft = _equal_otherwise(sides, long, likely, tolerance)
    sides.engine.execute(f"DROP TABLE {long}")
    decided = _decide(sides, unsure | soft, unsure)
    _drop_equal(sides, join.relation, {n: wider(decided[n][0].type, types[n][1]) for n in soft}, tolerance)
    found = ((sides.matching.shared[n], *decided[n]) for n in sorted(unsure))
    return tuple(Retype(*one) for one in found if is_retyped(one[1], one[2]))


def _unsure(sides: Sides, types: Sequence[tuple[Type, Type]]) -> set[int]:
    """The columns that may be of two types.

    Where all that differs is on one side (rows were added, blanks filled), the other side is C alone. If what differs
    fits the type of some of it, it fits C, and both sides are of the type of C.
    """
    shared, unsure = sides.matching.shared, {n for n, (old, new) in enumerate(types) if old is not new}
    for table, mine, numbers in (
        (sides.old, 0, {n: shared[n].old for n in unsure if types[n][0] is Type.EMPTY}),
        (sides.new, 1, {n: shared[n].new for n in unsure if types[n][1] is Type.EMPTY}),
    ):
        first = _decided(sides, table, set(numbers.values()), first=_LOOK)
        unsure -= {
            n for n, own in numbers.items() if wider(first[own].type, types[n][1 - mine]) is first[own].type
        }
    return unsure


def drop_within(sides: Sides, relation: str, tolerance: float) -> None:
    """Take out of a relation with ``ra``, ``rb`` and ``cells`` what is within the tolerance; types must be known."""
    _drop_equal(sides, relation, {n: _known(sides, n) for n in _numeric(sides)}, tolerance)


def _known(sides: Sides, number: int) -> Type:
    old, new = sides.columns(sides.matching.shared[number])
    return wider(old.type, new.type)


def _numeric(sides: Sides) -> list[int]:
    return [n for n in range(len(sides.matching.shared)) if _known(sides, n) in _NUMERIC]


def _differing_cells(sides: Sides, join: Join) -> str:
    """A table of the cells in which the sides differ: shared column, old and new text; one-sided rows' cells too."""
    relation = sides.engine.new_name("cells")
    by_old = _places(len(sides.old.columns), {pair.old: n for n, pair in enumerate(sides.matching.shared)})
    by_new = _places(len(sides.new.columns), {pair.new: n for n, pair in enumerate(sides.matching.shared)})
    sides.engine.execute(
        f"CREATE TABLE {relation} AS SELECT * FROM ("
        f"SELECT true AS m, x.c AS c, x.o AS o, x.n AS n FROM (SELECT unnest(cells) AS x FROM {join.relation} "
        "WHERE ra IS NOT NULL AND rb IS NOT NULL) UNION ALL "
        f"SELECT false, {by_old}[x.c], x.o, NULL FROM (SELECT unnest(cells) AS x FROM {join.relation} WHERE rb IS NULL) "
        f"UNION ALL SELECT false, {by_new}[x.c], NULL, x.o FROM (SELECT unnest(cells) AS x FROM {join.relation} "
        "WHERE ra IS NULL)) WHERE c IS NOT NULL"
    )
    return relation


def _places(count: int, numbers: Mapping[int, int]) -> str:
    return f"([{', '.join(str(numbers.get(n, 'NULL')) for n in range(1, count + 1))}]::INTEGER[])"


def _types(sides: Sides, long: str, count: int) -> list[tuple[Type, Type]]:
    """The types of what differs on each side, by shared column."""
    every = dict.fromkeys(range(count), tuple(FITS))
    seen = _masks(sides, f"(FROM {long} LIMIT {_LOOK * max(count, 1)})", (every, every))
    # What is text stays so, whatever else comes. Of the others, each text is asked whether it is what others were:
    # if it is not, their column is text, since nothing mixes but whole numbers with numbers.
    asked = [
        {n: _likely(mask.get(n, 0)) for n in range(count) if not mask.get(n, 0) & _TEXT_BIT} for mask in seen
    ]
    full = _masks(sides, long, (asked[0], asked[1]))
    old, new = (
        [type_of_bits(all_of.get(n, first.get(n, 0))) for n in range(count)]
        for all_of, first in zip(full, seen, strict=True)
    )
    return list(zip(old, new, strict=True))


_BITS = {kind: 1 << place for place, kind in enumerate(FITS)}
_TEXT_BIT = 1 << len(FITS)


def _likely(mask: int) -> tuple[Type, ...]:
    kinds = _kinds(mask)
    if not kinds:
        return tuple(FITS)
    return _NUMERIC if set(kinds) & set(_NUMERIC) else kinds


def _kinds(mask: int) -> tuple[Type, ...]:
    return tuple(kind for kind, bit in _BITS.items() if mask & bit)


def type_of_bits(mask: int) -> Type:
    """The type of texts from the bits of each."""
    if mask & _TEXT_BIT:
        return Type.TEXT
    found = Type.EMPTY
    for kind in _kinds(mask):
        found = wider(found, kind)
    return found


_Kinds = Mapping[int, Sequence[Type]]


def _masks(
    sides: Sides, relation: str, kinds: tuple[_Kinds, _Kinds]
) -> tuple[dict[int, int], dict[int, int]]:
    """For each column, which of the types its old and its new texts fit first, as bits; one that fits none is text."""
    bits = ", ".join(f"bit_or({_bits(text, asked)})" for text, asked in zip(("o", "n"), kinds, strict=True))
    rows = sides.engine.execute(f"SELECT c, {bits} FROM {relation} GROUP BY c")
    return (
        {c: mask or 0 for c, mask, _ in rows if c in kinds[0]},
        {c: mask or 0 for c, _, mask in rows if c in kinds[1]},
    )


def _bits(text: str, kinds: _Kinds) -> str:
    groups: dict[tuple[Type, ...], list[int]] = {}
    for number, asked in kinds.items():
        groups.setdefault(tuple(asked), []).append(number)
    cases = " ".join(
        f"WHEN c IN ({', '.join(map(str, numbers))}) THEN {type_bit(text, asked)}"
        for asked, numbers in groups.items()
    )
    return f"CASE {cases} ELSE 0 END" if cases else "0"


def type_bit(text: str, kinds: Sequence[Type] = tuple(FITS)) -> str:
    """SQL of which type a text fits first, as a bit: 0 for blank, the bit after the last for none."""
    tests = " ".join(f"WHEN {FITS[kind].replace('@', text)} THEN {_BITS[kind]}" for kind in kinds)
    return f"CASE WHEN {text} IS NULL OR {text} = '' THEN 0 {tests} ELSE {_TEXT_BIT} END"


def _equal_otherwise(
    sides: Sides, long: str, likely: Mapping[int, Type], tolerance: float | None
) -> set[int]:
    """The columns in which some cells would be equal if the column were of the type of what differs."""
    test = _equal(sides, likely, tolerance, "c", "o", "n")
    return (
        {c for (c,) in sides.engine.execute(f"SELECT DISTINCT c FROM {long} WHERE m AND {test}")}
        if test
        else set()
    )


def _equal(sides: Sides, types: Mapping[int, Type], tolerance: float | None, c: str, o: str, n: str) -> str:
    """SQL of whether two texts in a column are the same value; empty where that cannot be."""
    cases = []
    for kind in (*SEVERAL_WRITINGS, Type.INTEGER):
        numbers = ", ".join(str(number) for number, found in types.items() if found is kind)
        if not numbers:
            continue
        column = Column("", kind, 1)
        equal = f"{sides.engine.canonical(column, o)} = {sides.engine.canonical(column, n)}"
        if kind in _NUMERIC and tolerance is not None:
            equal = f"({equal} OR {_within(o, n, tolerance)})"
        elif kind is Type.INTEGER:
            continue
        cases.append(f"WHEN {c} IN ({numbers}) THEN coalesce({o} <> '' AND {n} <> '' AND {equal}, false)")
    return f"CASE {' '.join(cases)} ELSE false END" if cases else ""


def _within(o: str, n: str, tolerance: float) -> str:
    """SQL of whether two numbers are no further apart than that. Decimal where it can be: 1.01 - 1.00 is 0.01."""
    exact = "DECIMAL(38, 12)"
    return (
        f"coalesce(abs(TRY_CAST({o} AS {exact}) - TRY_CAST({n} AS {exact})) <= TRY_CAST('{tolerance!r}' AS {exact}), "
        f"abs(TRY_CAST({o} AS DOUBLE) - TRY_CAST({n} AS DOUBLE)) <= {tolerance!r}::DOUBLE, false)"
    )


def _decide(sides: Sides, old: set[int], new: set[int]) -> dict[int, tuple[Column, Column]]:
    """The columns of those numbers with types from all of their cells; sides that are not asked for stay undecided."""
    shared = sides.matching.shared
    olds = _decided(sides, sides.old, {shared[n].old for n in old})
    news = _decided(sides, sides.new, {shared[n].new for n in new})
    return {n: (olds[shared[n].old], news.get(shared[n].new, sides.columns(shared[n])[1])) for n in old}


def _decided(sides: Sides, table: Table, numbers: set[int], first: int = 0) -> dict[int, Column]:
    """Columns with their types, from all cells or those of the first rows."""
    if not numbers:
        return {}
    # A column that is not asked for must look decided, so that it is not looked at.
    columns = tuple(
        column if n in numbers else replace(column, type=Type.TEXT)
        for n, column in enumerate(table.columns, 1)
    )
    relation = f"(FROM {table.relation} LIMIT {first})" if first else table.relation
    decided = sides.engine.decide_types(replace(table, columns=columns, relation=relation))
    return {n: decided.columns[n - 1] for n in numbers}


def _drop_equal(sides: Sides, relation: str, types: Mapping[int, Type], tolerance: float | None) -> None:
    test = _equal(sides, types, tolerance, "x.c", "x.o", "x.n")
    if not test:
        return
    both = "ra IS NOT NULL AND rb IS NOT NULL AND cells IS NOT NULL"
    sides.engine.execute(
        f"UPDATE {relation} SET cells = nullif(list_filter(cells, lambda x: NOT {test}), []::{CELL}) WHERE {both}"
    )
