"""Disjoint sets of small whole numbers. Pure."""

from __future__ import annotations


class Sets:
    """Numbers from 0, each in a set of its own until sets are joined. A set is named by its smallest number."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def __len__(self) -> int:
        return len(self._parents)

    def of(self, member: int) -> int:
        """The smallest number of the set that holds a number."""
        parents = self._parents
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        one, other = self.of(one), self.of(other)
        self._parents[max(one, other)] = min(one, other)

    def groups(self) -> list[list[int]]:
        """All sets, each sorted, in the order of their smallest numbers."""
        found: dict[int, list[int]] = {}
        for member in range(len(self._parents)):
            found.setdefault(self.of(member), []).append(member)
        return list(found.values())
