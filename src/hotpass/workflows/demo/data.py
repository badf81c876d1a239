"""Made-up lists for the demonstration: kite workshops on a coast that is on no map.

Nobody and nothing in them exists: names of people, towns and workshops are invented, telephone numbers come from a range
that is kept for fiction in the United Kingdom (0191 498 0000 to 0999), and domains end in ``.example`` or ``.example.org``, which are
nobody's.
The same seed always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

SEED = 20251102
_FIRST = ("Amber", "Brindle", "Cobalt", "Dapple", "Ember", "Fallow", "Gilded", "Hollow", "Indigo", "Juniper")
_SECOND = ("Heron", "Lantern", "Thimble", "Anchor", "Bobbin", "Compass", "Saddler", "Mallow", "Tern")
_KIND = ("Kite Loft", "Kite Works", "Line and Sail", "Wind Shop")
_COAST = ("Quillhaven", "Marrowby", "Tidewick", "Osterfold", "Pellmoor", "Lantry Cross", "Überstrand")
_ISLANDS = ("Sallow Isle", "Great Pell", "Little Pell", "Norrey")
_GIVEN = (
    "Ottoline",
    "Barnaby",
    "Cressida",
    "Dorrit",
    "Evander",
    "Fenella",
    "Gideon",
    "Hesper",
    "Ione",
    "Jory",
)
_FAMILY = (
    "Brask",
    "Collop",
    "Dunmarrow",
    "Eskitt",
    "Fairlamb",
    "Gossam",
    "Hepplewick",
    "Inkpenner",
    "Jolliby",
)

NORTH, SOUTH = range(40), range(28, 60)
"""Who is in the register of the north and in the list of the south: twelve are in both."""
WEST, EAST, MEMBERS = range(56, 70), range(70, 80), range(76, 90)
"""Who is in the list of the islands: side by side, and on a sheet of members that has no header."""

DOUBTFUL, OTHER_PHONE = 50, "0191 498 0999"
"""Who is among the members, too, with another telephone number: whether it is the one of the south is for people to say."""

TWICE = SOUTH.start + 5
"""Who is in the register and stands twice in the list of the south: three rows that are one."""


@dataclass(frozen=True)
class Workshop:
    """One invented workshop as it truly is; ``phone`` is the national number without its leading zero."""

    number: int
    name: str
    town: str
    person: str
    email: str
    phone: int
    opened: date
    places: int

    @property
    def website(self) -> str:
        """The address of its page."""
        return f"https://www.{self.email.partition('@')[2]}.org/"

    @property
    def dialled(self) -> str:
        """The telephone number as people write it."""
        digits = f"0{self.phone}"
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


@dataclass(frozen=True)
class Slip:
    """A mistake in the register, that a correction takes back: in the column ``header``, what stands there instead."""

    header: str
    wrong: str | int


SLIPS: Mapping[int, Slip] = MappingProxyType(
    {
        3: Slip("Town", "Quilhavn"),
        11: Slip("Telephone", 1914980000),
        20: Slip("Person", "Ottoline Bask"),
        24: Slip("E-mail", "fenela@hollow-hern.example"),
    }
)
"""By place in the register. Nobody of these is in another list, so the slip is all that is known of them."""
UNREADABLE = MappingProxyType({7: "0191 498 O1l7", 15: "ask for Ione"})
"""By place in the register: telephone numbers that nobody can dial, and nobody corrects."""


def workshops(seed: int = SEED) -> list[Workshop]:
    """Invent the workshops."""
    random = Random(seed)
    pairs = [(first, second) for first in _FIRST for second in _SECOND]
    random.shuffle(pairs)
    phones = random.sample(range(1000), len(pairs))
    made = []
    for index, (first, second) in enumerate(pairs):
        given, family = random.choice(_GIVEN), random.choice(_FAMILY)
        made.append(
            Workshop(
                number=index + 1,
                name=f"{first} {second} {random.choice(_KIND)}",
                town=random.choice(_ISLANDS if index >= WEST.start else _COAST),
                person=f"{given} {family}",
                email=f"{given}@{first}-{second}.example".lower(),
                phone=1914980000 + phones[index],
                opened=date(1990, 1, 1) + timedelta(days=random.randrange(12000)),
                places=random.randrange(4, 40),
            )
        )
    return made


def chosen(known: Sequence[Workshop], places: range) -> list[Workshop]:
    """The workshops of one list."""
    return [known[place] for place in places]
