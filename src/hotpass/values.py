"""Frozen values that are cheap to define: what ``@dataclass(frozen=True)`` makes, with shared methods.

A dataclass compiles six methods for every class, a third of a millisecond each time Hotpass starts; the sixty classes
that a small command loads would be a sixth of its time. Where many thousands of a value are made, a dataclass is quicker.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a frozen value: ``replace``, ``asdict`` and ``fields`` work on it.

    Values of one class are equal where all fields are, and have a hash where all fields have one.
    """
    made = dataclass(init=False, repr=False, eq=False)(cls)
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


class _Shared:
    def __init__(self: Any, *values: object, **named: object) -> None:
        names = self.__match_args__
        facts = self.__dict__
        facts.update(zip(names, values, strict=False))
        if len(values) > len(names) or facts.keys() & named.keys():
            raise TypeError(f"{type(self).__name__} takes each of {', '.join(names)} once")
        facts.update(named)
        for name in names:
            if name not in facts:
                facts[name] = _default(self, name)
        if len(facts) > len(names):
            raise TypeError(f"{type(self).__name__} has no {', '.join(facts.keys() - set(names))}")
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def __repr__(self: Any) -> str:
        facts = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({facts})"

    def __eq__(self: Any, other: object) -> Any:
        if type(other) is not type(self):
            return NotImplemented
        return _facts(self) == _facts(other)

    def __hash__(self: Any) -> int:
        return hash(_facts(self))

    def __setattr__(self: object, name: str, _value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self: object, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


_METHODS = {name: method for name, method in vars(_Shared).items() if callable(method)}


def _default(self: Any, name: str) -> object:
    one = self.__dataclass_fields__[name]
    if one.default_factory is not MISSING:
        return one.default_factory()
    if one.default is MISSING:
        raise TypeError(f"{type(self).__name__} needs {name}")
    return one.default


def _facts(self: Any) -> tuple[object, ...]:
    facts = self.__dict__
    return tuple([facts[name] for name in self.__match_args__])
