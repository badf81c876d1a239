from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.duplicates.clusters import Edge, Rules, cluster, connected

UNKNOWN = -6.0


def sure(left: int, right: int, weight: float = 10.0) -> Edge:
    return Edge(left, right, weight, joins=True)


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.floats(-6, 20), st.booleans()),
).map(
    lambda found: [
        Edge(left, right, weight, joins) for (left, right), (weight, joins) in sorted(found.items())
    ]
)


def test_sure_pairs_are_joined() -> None:
    assert cluster(4, [sure(0, 2), sure(1, 2), sure(0, 1)], UNKNOWN) == [[0, 1, 2], [3]]


def test_one_pair_does_not_join_two_groups_that_have_nothing_else_in_common() -> None:
    groups = [sure(0, 1), sure(1, 2), sure(0, 2), sure(3, 4), sure(4, 5), sure(3, 5)]
    bridge = sure(2, 3, 9.0)
    assert cluster(6, [*groups, bridge], UNKNOWN) == [[0, 1, 2], [3, 4, 5]]
    assert connected(6, [*groups, bridge]) == [[0, 1, 2, 3, 4, 5]]


def test_the_pairs_with_the_greatest_weight_come_first() -> None:
    edges = [sure(0, 1, 8.0), sure(1, 2, 12.0), Edge(0, 2, -20.0, joins=False)]
    assert cluster(3, edges, UNKNOWN) == [[0], [1, 2]]


def test_a_pair_that_is_not_sure_joins_nothing_and_still_counts() -> None:
    assert cluster(2, [Edge(0, 1, 3.0, joins=False)], UNKNOWN) == [[0], [1]]
    edges = [sure(0, 1, 5.0), sure(1, 2, 9.0)]
    assert cluster(3, edges, UNKNOWN) == [[0], [1, 2]]
    assert cluster(3, [*edges, Edge(0, 2, 3.0, joins=False)], UNKNOWN) == [[0, 1, 2]]


def test_what_people_said_is_obeyed() -> None:
    assert cluster(3, [], UNKNOWN, Rules(same=((0, 2),))) == [[0, 2], [1]]
    edges = [sure(0, 1), sure(1, 2), sure(0, 2)]
    assert cluster(3, edges, UNKNOWN, Rules(different=((0, 2),))) in ([[0, 1], [2]], [[0], [1, 2]])
    assert cluster(3, edges, UNKNOWN, Rules(same=((0, 1),), different=((0, 2),))) == [[0, 1], [2]]


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]))


@given(EDGES, PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_every_number_is_in_one_group_whatever_the_order(
    edges: list[Edge],
    same: list[tuple[int, int]],
    different: list[tuple[int, int]],
    draw: random.Random,
) -> None:
    together = connected(8, [sure(left, right) for left, right in same])
    group = {number: group[0] for group in together for number in group}
    apart = tuple(pair for pair in different if group[pair[0]] != group[pair[1]])
    found = cluster(8, edges, UNKNOWN, Rules(tuple(same), apart))
    assert sorted(number for members in found for number in members) == list(range(8))
    of = {number: members[0] for members in found for number in members}
    assert all(of[left] == of[right] for left, right in same)
    assert all(of[left] != of[right] for left, right in apart)
    draw.shuffle(edges)
    draw.shuffle(same)
    assert cluster(8, edges, UNKNOWN, Rules(tuple(same), apart[::-1])) == found


@given(EDGES)
def test_groups_are_never_larger_than_what_is_connected(edges: list[Edge]) -> None:
    whole = {number: group[0] for group in connected(8, edges) for number in group}
    for group in cluster(8, edges, UNKNOWN):
        assert len({whole[number] for number in group}) == 1
