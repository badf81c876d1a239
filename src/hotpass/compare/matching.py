"""Which columns of two tables are one and the same. Pure.

Columns are the same where their names are. Of those left over on both sides, a pair is called renamed on exact evidence
only: the same values on all shared keys (which somebody else has to look up), or the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotpass.tables.canonical import has_zone
from hotpass.tables.table import Column, Type

SEVERAL_WRITINGS = (Type.BOOLEAN, Type.NUMBER, Type.DATETIME, Type.TIME)
"""The types in which one value can be written in several ways: True and true, 1.50 and 1.5, 10:00 and 10:00:00."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A column that both sides have: its numbers, counted from 1, in the old and in the new table."""

    old: int
    new: int


@dataclass(frozen=True)
class Matching:
    """How the columns of two tables go together; ``shared`` in the new order, renamed ones among them."""

    shared: tuple[Shared, ...]
    renamed: tuple[Shared, ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def is_reordered(self) -> bool:
        """Whether the shared columns stand in another order than before."""
        places = [pair.old for pair in self.shared]
        return places != sorted(places)

    def of_old(self, number: int) -> Shared | None:
        """The shared column with that number in the old table."""
        return next((pair for pair in self.shared if pair.old == number), None)


def left_over(old: Sequence[Column], new: Sequence[Column]) -> tuple[list[int], list[int]]:
    """The numbers of the columns whose names the other side does not have."""
    names = ({column.name for column in old}, {column.name for column in new})
    return (
        [number for number, column in enumerate(old, 1) if column.name not in names[1]],
        [number for number, column in enumerate(new, 1) if column.name not in names[0]],
    )


def match_columns(
    old: Sequence[Column], new: Sequence[Column], same_values: Mapping[int, Sequence[int]] | None = None
) -> Matching:
    """Match columns by name, then by ``same_values`` (old number → new numbers with the same values), then by place.

    Where several columns have the same values, only one at the same place is taken for the old one; else none is.
    """
    places = {column.name: number for number, column in enumerate(old, 1)}
    shared = [
        Shared(places[column.name], number) for number, column in enumerate(new, 1) if column.name in places
    ]
    removed, added = left_over(old, new)
    renamed = _by_values(removed, added, same_values or {})
    taken = ({pair.old for pair in renamed}, {pair.new for pair in renamed})
    at = {new[number - 1].position: number for number in added if number not in taken[1]}
    renamed += [
        Shared(number, at[old[number - 1].position])
        for number in removed
        if number not in taken[0] and old[number - 1].position in at
    ]
    gone, came = {pair.old for pair in renamed}, {pair.new for pair in renamed}
    return Matching(
        shared=tuple(sorted(shared + renamed, key=lambda pair: pair.new)),
        renamed=tuple(sorted(renamed, key=lambda pair: pair.new)),
        removed=tuple(number for number in removed if number not in gone),
        added=tuple(number for number in added if number not in came),
    )


def _by_values(
    removed: Sequence[int], added: Sequence[int], same: Mapping[int, Sequence[int]]
) -> list[Shared]:
    """The pairs for which the values speak clearly: each is the only match of the other."""
    back: dict[int, list[int]] = {}
    for number in removed:
        for other in same.get(number, ()):
            back.setdefault(other, []).append(number)
    return [
        Shared(number, same[number][0])
        for number in removed
        if len(same.get(number, ())) == 1 and same[number][0] in added and back[same[number][0]] == [number]
    ]


def wider(first: Type, second: Type) -> Type:
    """The narrowest type that all values of two columns fit: a join in the lattice EMPTY < anything < TEXT.

    Values of one column are of one type each, whole numbers are numbers, and nothing else mixes. So the type of a
    column is the join of the types of any parts of it, and ``wider`` is associative, commutative and idempotent.
    """
    if first is second or second is Type.EMPTY:
        return first
    if first is Type.EMPTY:
        return second
    return Type.NUMBER if {first, second} == {Type.INTEGER, Type.NUMBER} else Type.TEXT


def is_retyped(old: Column, new: Column) -> bool:
    """Whether a column has another type than before. A blank column fits any.

    Where both containers name the width of a number, another width is another type: an INTEGER that became a BIGINT
    holds what it could not hold. So are times with a zone and without. Units of times are not looked at; programs change them when they save a file again.
    """
    if Type.EMPTY in (old.type, new.type):
        return False
    if old.type is not new.type:
        return True
    if old.type is Type.DATETIME and old.native and new.native and has_zone(old) != has_zone(new):
        return True
    return (
        old.type in (Type.INTEGER, Type.NUMBER)
        and bool(old.native and new.native)
        and old.native != new.native
    )
