from __future__ import annotations

import pytest

from hotpass.refine.duplicates.model import MATCH, ORGANISATION, PERSON, REVIEW, SEEN, Model


@pytest.mark.parametrize("model", [ORGANISATION, PERSON])
def test_every_comparison_ends_in_anything_else(model: Model) -> None:
    for comparison in model.comparisons:
        assert [level.condition == "ELSE" for level in comparison.levels].index(True) == len(
            comparison.levels
        ) - 1
        assert comparison.level(0) is comparison.levels[-1]
        assert comparison.level(len(comparison.levels) - 1) is comparison.levels[0]
        assert comparison.level(-1) is None
        # What contradicts is the weaker end, never a grade above one that does not.
        against = [level.contradicts for level in comparison.levels]
        assert against == sorted(against)


def test_the_thresholds_are_in_order() -> None:
    assert SEEN < REVIEW < MATCH


def test_a_comparison_can_be_left_out() -> None:
    smaller = ORGANISATION.without("phone")
    assert [each.name for each in smaller.comparisons] == ["name", "place", "postcode", "online"]
    assert ORGANISATION.frequency_columns == ("domain", "name_key", "phone")
    assert smaller.frequency_columns == ("domain", "name_key")
