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
