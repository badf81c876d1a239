"""Scored pairs → groups of records that are one. Pure, exact, and the same whatever the order of the pairs.

Groups grow by average linkage: of all groups that a sure enough pair connects, the two are joined first whose pairs
have the greatest weight on average, and none are joined whose pairs speak against it on the whole. One mistaken pair
therefore does not chain two organisations together, as it does where every connected record counts as the same. Weights
are summed as whole numbers, so no order of addition shows in a result.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from hotpass.refine.duplicates.sets import Sets

_SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class Edge:
    """What is known of two records. ``joins``: sure enough to bring two groups together."""

    left: int
    right: int
    weight: float
    joins: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What people decided: pairs that are the same, and pairs that are not. They do not contradict one another."""

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()


def cluster(count: int, edges: Iterable[Edge], unknown: float, rules: Rules | None = None) -> list[list[int]]:
    """Groups of the numbers below ``count``, each sorted, in the order of their smallest.

    ``unknown`` is the weight of a pair that is in no edge.
    """
    rules = rules or Rules()
    edges = list(edges)
    near = Sets(count)
    for one, other in [*rules.same, *((edge.left, edge.right) for edge in edges if edge.joins)]:
        near.join(one, other)
    growing = _Growing(count, round(unknown * _SCALE))
    for one, other in rules.different:
        growing.forbid(one, other)
    for edge in edges:
        # What can never come together need not be weighed.
        if near.of(edge.left) == near.of(edge.right):
            growing.add(edge)
    for one, other in rules.same:
        growing.join(growing.of(one), growing.of(other))
    growing.run()
    return growing.groups()


class _Growing:
    """Groups by their smallest member, with sums of weights to their neighbours.

    A sum holds what the pairs of two groups have beyond ``unknown`` each, so pairs in no edge need no entry.
    """

    def __init__(self, count: int, unknown: int) -> None:
        self._unknown = unknown
        self._members: dict[int, list[int]] = {number: [number] for number in range(count)}
        self._of = list(range(count))
        self._sums: dict[int, dict[int, int]] = {}
        self._joined: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}

    def of(self, member: int) -> int:
        return self._of[member]

    def forbid(self, one: int, other: int) -> None:
        self._apart.setdefault(one, set()).add(other)
        self._apart.setdefault(other, set()).add(one)

    def add(self, edge: Edge) -> None:
        extra = round(edge.weight * _SCALE) - self._unknown
        for one, other in ((edge.left, edge.right), (edge.right, edge.left)):
            sums = self._sums.setdefault(one, {})
            sums[other] = sums.get(other, 0) + extra
            if edge.joins:
                self._joined.setdefault(one, set()).add(other)

    def run(self) -> None:
        """Join groups, the best two first, until none are left that should be."""
        heap = [
            entry
            for one, others in self._joined.items()
            for other in others
            if one < other and (entry := self._entry(one, other))
        ]
        heapq.heapify(heap)
        while heap:
            _, one, other, size = heapq.heappop(heap)
            # An entry made before one of the two grew speaks of groups that are no more.
            if one not in self._members or other not in self._members or size != self._size(one, other):
                continue
            kept = self.join(one, other)
            for neighbour in self._joined.get(kept, ()):
                if entry := self._entry(min(kept, neighbour), max(kept, neighbour)):
                    heapq.heappush(heap, entry)

    def join(self, one: int, other: int) -> int:
        """Make one group of two; returns its name."""
        kept, gone = min(one, other), max(one, other)
        if kept == gone:
            return kept
        for member in self._members[gone]:
            self._of[member] = kept
        self._members[kept] += self._members.pop(gone)
        sums = self._sums.setdefault(kept, {})
        sums.pop(gone, None)
        for neighbour, weight in self._sums.pop(gone, {}).items():
            theirs = self._sums[neighbour]
            theirs.pop(gone, None)
            if neighbour != kept:
                theirs[kept] = sums[neighbour] = sums.get(neighbour, 0) + weight
        for links in (self._joined, self._apart):
            moved = links.pop(gone, set())
            for neighbour in moved:
                links[neighbour].discard(gone)
                if neighbour != kept:
                    links[neighbour].add(kept)
            ours = links.get(kept, set()) | moved
            ours -= {kept, gone}
            if ours:
                links[kept] = ours
            else:
                links.pop(kept, None)
        return kept

    def groups(self) -> list[list[int]]:
        return [sorted(self._members[name]) for name in sorted(self._members)]

    def _entry(self, one: int, other: int) -> tuple[float, int, int, int] | None:
        if other in self._apart.get(one, ()):
            return None
        size = self._size(one, other)
        total = self._sums[one][other] + self._unknown * size
        # Divided whole numbers are exact enough to be the same on every machine.
        return (-total / size, one, other, size) if total > 0 else None

    def _size(self, one: int, other: int) -> int:
        return len(self._members[one]) * len(self._members[other])


def connected(count: int, edges: Iterable[Edge]) -> list[list[int]]:
    """Groups by plain connection: what :func:`cluster` is measured against."""
    sets = Sets(count)
    for edge in edges:
        if edge.joins:
            sets.join(edge.left, edge.right)
    return sets.groups()
