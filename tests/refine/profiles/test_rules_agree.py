"""The rules of shipped profiles are those that validation understands."""

from __future__ import annotations

import pytest

from hotpass.refine.profiles import CHECKS, load_profile, shipped_profiles
from hotpass.refine.rules import DEFAULT_RULES, Check, rule_of


def test_every_check_has_its_counterpart() -> None:
    assert set(CHECKS) == {check.value for check in Check}


def test_the_generic_profile_has_the_usual_rules() -> None:
    assert tuple(rule_of(rule) for rule in load_profile("generic").rules) == DEFAULT_RULES


@pytest.mark.parametrize("name", shipped_profiles())
def test_rules_of_shipped_profiles_are_understood(name: str) -> None:
    assert all(rule_of(rule).name for rule in load_profile(name).rules)
