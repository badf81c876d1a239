from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.duplicates.sets import Sets


def test_a_set_is_named_by_its_smallest_number() -> None:
    sets = Sets(5)
    sets.join(4, 2)
    sets.join(2, 3)
    assert [sets.of(number) for number in range(len(sets))] == [0, 1, 2, 2, 2]
    assert sets.groups() == [[0], [1], [2, 3, 4]]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_the_order_of_joining_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    one, other = Sets(8), Sets(8)
    for left, right in pairs:
        one.join(left, right)
    for left, right in reversed(pairs):
        other.join(right, left)
    assert one.groups() == other.groups()
    assert sorted(number for group in one.groups() for number in group) == list(range(8))
