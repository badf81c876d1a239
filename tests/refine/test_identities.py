from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.identities import Identities, Known, Merge, Split, identify
from hotpass.refine.records import RecordRef


def cluster(*records: str | int) -> list[RecordRef]:
    return [RecordRef("list", str(record)) for record in records]


def known(clusters: list[list[RecordRef]], found: Identities) -> Known:
    return Known({ref: name for rows, name in zip(clusters, found.ids, strict=True) for ref in rows})


CLUSTERS = st.lists(st.integers(0, 4), max_size=12).map(
    lambda places: [
        cluster(*(number for number, place in enumerate(places) if place == wanted))
        for wanted in sorted(set(places))
    ]
)


def test_new_ids_follow_from_the_records() -> None:
    found = identify([cluster(1, 2), cluster(3)])
    assert found == identify([cluster(2, 1), cluster(3)])
    assert identify([cluster(0), cluster(3)]).ids[1] == found.ids[1]
    assert all(len(name) == 16 and name.startswith("org-") for name in found.ids)
    assert (found.kept, found.merges, found.splits, found.gone) == (0, (), (), ())
    assert found.new == tuple(sorted(found.ids))


def test_an_organisation_keeps_the_id_that_most_of_its_rows_had() -> None:
    before = [cluster(1, 2, 3), cluster(4)]
    first = identify(before)
    after = identify([cluster(0, 1, 2), cluster(4, 5), cluster(3, 6)], known(before, first))
    assert after.ids[:2] == first.ids
    assert after.new == (after.ids[2],)
    assert after.splits == (Split(first.ids[0], tuple(sorted((first.ids[0], after.ids[2])))),)


def test_of_two_that_become_one_the_larger_keeps_its_id() -> None:
    before = [cluster(1), cluster(2, 3)]
    first = identify(before)
    after = identify([cluster(1, 2, 3)], known(before, first))
    assert after.ids == (first.ids[1],)
    assert after.merges == (Merge(first.ids[1], (first.ids[0],)),)
    assert after.gone == ()


def test_of_one_that_becomes_two_the_larger_part_keeps_the_id() -> None:
    before = [cluster(1, 2, 3)]
    first = identify(before)
    after = identify([cluster(1), cluster(2, 3)], known(before, first))
    assert after.ids[1] == first.ids[0]
    # Its first record would give it the id that the other part has.
    assert after.ids[0] not in first.ids


def test_a_part_does_not_pass_for_what_was_merged_away() -> None:
    before = [cluster(1, 2, 3, 4, 5), cluster(6, 7, 8)]
    first = identify(before)
    after = identify([cluster(1, 2, 3, 4, 5, 6, 7), cluster(8)], known(before, first))
    assert after.ids[0] == first.ids[0]
    assert after.ids[1] not in first.ids
    assert after.merges == (Merge(first.ids[0], (first.ids[1],)),)


def test_what_is_not_there_any_more_is_gone_and_its_id_is_never_given_again() -> None:
    before = [cluster(1), cluster(2)]
    first = identify(before)
    after = identify([cluster(1)], known(before, first))
    assert after.gone == (first.ids[1],)
    later = identify(
        [cluster(1), cluster(2)], Known({RecordRef("list", "1"): first.ids[0]}, retired=frozenset(after.gone))
    )
    assert later.ids[1] != first.ids[1]


def test_an_organisation_whose_rows_are_all_new_is_known_by_a_trait_that_is_its_own() -> None:
    before = [cluster("#a"), cluster("#b"), cluster("#c")]
    first = identify(before)
    traits = dict(zip(first.ids, map(frozenset, ({"blue, 1 main"}, {"fox"}, {"fox"})), strict=True))
    earlier = Known(known(before, first).ids, traits)
    after = identify([cluster("#x"), cluster("#y")], earlier, [{"blue, 1 main"}, {"fox"}])
    assert after.ids[0] == first.ids[0]
    assert after.ids[1] not in first.ids, "two had this trait: none of them is meant"
    assert after.gone == tuple(sorted(first.ids[1:]))


@given(CLUSTERS)
def test_nothing_changes_where_nothing_did(clusters: list[list[RecordRef]]) -> None:
    first = identify(clusters)
    again = identify(clusters, known(clusters, first))
    assert again.ids == first.ids
    assert again.kept == len(first.ids)
    assert (again.new, again.merges, again.splits, again.gone) == ((), (), (), ())


@given(CLUSTERS, CLUSTERS, st.randoms(use_true_random=False))
def test_the_order_of_clusters_does_not_matter_and_ids_are_unique(
    before: list[list[RecordRef]], after: list[list[RecordRef]], draw: random.Random
) -> None:
    earlier = known(before, identify(before))
    found = identify(after, earlier)
    assert len(set(found.ids)) == len(after)
    order = list(range(len(after)))
    draw.shuffle(order)
    again = identify([after[place][::-1] for place in order], earlier)
    assert [again.ids[order.index(place)] for place in range(len(after))] == list(found.ids)
    assert (again.merges, again.splits, again.gone) == (found.merges, found.splits, found.gone)
    merged = {name for merge in found.merges for name in merge.ids}
    assert set(earlier.ids.values()) == (set(found.ids) - set(found.new)) | merged | set(found.gone)
