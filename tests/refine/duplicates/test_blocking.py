from __future__ import annotations

from harness.organisations import organisation, organisations

from hotpass.refine.duplicates.blocking import Skipped, blocked_pairs
from hotpass.refine.duplicates.features import organisation_features
from hotpass.refine.duplicates.model import ORGANISATION


def pairs(*rows: dict[str, object], largest: int = 500) -> tuple[list[tuple[int, int]], tuple[Skipped, ...]]:
    blocked = blocked_pairs(organisation_features(organisations(*rows)).table, ORGANISATION, largest)
    return blocked.pairs.rows(), blocked.skipped


def test_one_thing_in_common_is_enough() -> None:
    base = organisation("Blue Sky", "1 main", "+1", emails=["a@x.example"])
    assert pairs(base, organisation("Red", "1 main", "+2"))[0] == [(0, 1)]
    assert pairs(base, organisation("Red", "2 long", None, phones=["+3", "+1"]))[0] == [(0, 1)]
    assert pairs(base, organisation("Blue Sky", "2 long", "+2"))[0] == [(0, 1)]
    assert pairs(base, organisation("Red", "2 long", "+2", emails=["b@x.example", "a@x.example"]))[0] == [
        (0, 1)
    ]
    assert pairs(base, organisation("Sky Blues", "3 main", "+2"))[0] == [(0, 1)]
    assert pairs(base, organisation("Sky Blues", "2 long", "+2"))[0] == []


def test_what_is_not_known_is_not_in_common() -> None:
    blank = organisation(None, None, None)
    assert pairs(blank, organisation(None, None, None, unit="2"))[0] == []


def test_a_pair_comes_once_and_blocks_that_are_too_large_are_named() -> None:
    rows = [organisation(f"Name{number}", "1 main", "+1") for number in range(4)]
    assert pairs(*rows)[0] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert pairs(*rows, largest=3) == (
        [],
        (Skipped(("place",), 1, 4), Skipped(("phones",), 1, 4)),
    )


def test_the_work_grows_with_the_records_and_not_with_their_square() -> None:
    """A few hundred names at each of some addresses are no pairs to look at, though no block is too large by itself."""
    crowds = [
        organisation(f"Name{place}x{number}", f"{place} main", f"+1{place:03}{number:04}")
        for place in range(3)
        for number in range(400)
    ]
    couples = [organisation(f"Two{number // 2}", f"{number} long", f"+2{number:06}") for number in range(100)]
    found, skipped = pairs(*crowds, *couples)
    assert len(found) == 50
    assert skipped == (Skipped(("place",), 3, 400),)
    assert len(pairs(*crowds[:800], *couples)[0]) == 50 + 2 * 400 * 399 // 2
