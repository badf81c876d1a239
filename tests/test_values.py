"""Frozen values: they are to be what a frozen dataclass is."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.values import frozen


@frozen
class Ours:
    """A value of ours."""

    first: object
    second: object = 2
    third: list[int] = field(default_factory=list)

    @cached_property
    def both(self) -> tuple[object, object]:
        """The first two."""
        return self.first, self.second


@dataclass(frozen=True)
class Theirs:
    """The same as a dataclass."""

    first: object
    second: object = 2
    third: list[int] = field(default_factory=list)


_VALUES = st.one_of(
    st.none(), st.integers(0, 2), st.text(max_size=2), st.lists(st.integers(0, 1), max_size=1)
)
_POSITIONAL = st.lists(_VALUES, max_size=4)
_NAMED = st.dictionaries(st.sampled_from(["first", "second", "third", "fourth"]), _VALUES, max_size=3)


def _made(kind: Any, values: list[object], named: dict[str, object]) -> Any:
    try:
        return kind(*values, **named)
    except TypeError:
        return None


@given(_POSITIONAL, _NAMED, _POSITIONAL, _NAMED)
def test_a_value_is_made_compared_and_shown_as_a_dataclass_is(
    values: list[object], named: dict[str, object], others: list[object], more: dict[str, object]
) -> None:
    ours, theirs = _made(Ours, values, named), _made(Theirs, values, named)
    assert (ours is None) is (theirs is None)
    if ours is None:
        return
    assert asdict(ours) == asdict(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert replace(ours, second=9).second == 9
    assert pickle.loads(pickle.dumps(ours)) == copy.copy(ours) == ours
    other, its = _made(Ours, others, more), _made(Theirs, others, more)
    assert (ours == other) is (theirs == its)
    assert (ours != other) is (theirs != its)


def test_a_value_stays_as_it_is() -> None:
    value = Ours(1)
    assert [each.name for each in fields(value)] == ["first", "second", "third"]
    assert Ours(1).third is not value.third
    with pytest.raises(FrozenInstanceError):
        value.first = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del value.first
    assert value.both == (1, 2)
    assert value == Ours(1), "what is remembered is no field"
    assert value != cast(object, Theirs(1))
    with pytest.raises(TypeError):
        hash(value)
    assert len({Ours(1, 2, ()), Ours(1, 2, ())}) == 1  # type: ignore[arg-type]
