"""How near a header is to the names that a profile knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# "School phone" is a phone: what stands before says whose, which is the same for every row of a list.
_WHOSE = frozenset(
    [
        "organization",
        "organisation",
        "org",
        "company",
        "business",
        "school",
        "college",
        "academy",
        "institution",
        "institute",
        "centre",
        "center",
        "site",
        "facility",
        "provider",
        "supplier",
        "vendor",
        "customer",
        "client",
        "member",
        "agency",
        "office",
        "branch",
        "club",
        "church",
        "clinic",
        "practice",
    ]
)
_NOT_WHOSE = frozenset(["organization_name", "contact_name"])
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that a header may mean, how near it is (1: the same), and the name it is near to."""

    field: str
    score: float
    name: str


class HeaderIndex:
    """The names of all fields, for looking up headers."""

    def __init__(self, headers: Mapping[str, tuple[str, ...]], least: float) -> None:
        self._least = least
        self._places = {
            field: {name: place for place, name in enumerate(names)} for field, names in headers.items()
        }
        self._fields: dict[str, str] = {}
        for field, names in headers.items():
            for name in names:
                self._fields.setdefault(name, field)

    def exact(self, key: str) -> Candidate | None:
        """The field whose name a header is, with or without saying whose."""
        if key in self._fields:
            return Candidate(self._fields[key], 1.0, key)
        first, _, rest = key.partition(" ")
        if first in _WHOSE and self._fields.get(rest, "organization_name") not in _NOT_WHOSE:
            return Candidate(self._fields[rest], 1.0, rest)
        return None

    def place(self, joined: str, key: str, field: str) -> int:
        """How far down the names of a field a header stands; beyond all of them where it is none."""
        names = self._places.get(field, {})
        return min(names.get(joined, len(names)), names.get(key, len(names)))

    def nearest(self, key: str) -> Candidate | None:
        """The field with the name that is nearest to a header, if it is near at all."""
        best = max(
            ((likeness(key, name), field, name) for name, field in self._fields.items()),
            key=lambda found: (found[0], found[2]),
            default=(0.0, "", ""),
        )
        return Candidate(best[1], best[0], best[2]) if best[0] >= self._least else None


@cache
def likeness(one: str, other: str) -> float:
    """How alike two headers are, from 0 to 1: the words they share (a slip in a word forgiven), out of all.

    Words rather than letters: "street name" and "site name" share letters and mean different things.
    """
    from rapidfuzz import fuzz

    words, others = one.split(), other.split()
    if not words or not others:
        return 0.0
    left = list(others)
    total = 0.0
    for word in words:
        best = max(left, key=lambda each: fuzz.ratio(word, each), default="")
        alike = fuzz.ratio(word, best) / 100 if best else 0.0
        if alike >= _ALIKE:
            total += alike
            left.remove(best)
    # A header written as one word ("phonenumber") is compared as one as well.
    squeezed = fuzz.ratio("".join(words), "".join(others)) / 100 if min(len(words), len(others)) == 1 else 0.0
    return max(2 * total / (len(words) + len(others)), squeezed if squeezed >= 0.9 else 0.0)
