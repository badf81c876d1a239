"""Made-up lists for the demonstration: kite workshops on a coast that is on no map.

Nobody and nothing in them exists: names of people, towns and workshops are invented, telephone numbers come from the
range that is kept for fiction in the United Kingdom (01632 960000 to 960999), and domains are below example.org.
The same seed always gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hotpass.workflows.demo.workbook import Cell, Sheet, workbook_bytes

SEED = 20251102
_COUNT = 60
_IN_NORTH = range(40)
_IN_SOUTH = range(28, 60)  # twelve workshops stand in both lists

_FIRST = ("Amber", "Brindle", "Cobalt", "Dapple", "Ember", "Fallow", "Gilded", "Hollow", "Indigo", "Juniper")
_SECOND = ("Heron", "Lantern", "Thimble", "Anchor", "Bobbin", "Compass")
_KIND = ("Kite Loft", "Kite Works", "Line and Sail", "Wind Shop")
_TOWNS = (
    "Quillhaven",
    "Marrowby",
    "Tidewick",
    "Osterfold",
    "Pellmoor",
    "Lantry Cross",
    "Sallowmere",
    "Überstrand",
)
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
_NOTES = (
    None,
    None,
    "=see the other list",
    "@ the old pier",
    "-",
    "+ a second room in summer",
    " closed on Mondays ",
)


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


_MISTAKES: dict[int, Callable[[Workshop], Workshop]] = {
    3: lambda shop: replace(shop, town=shop.town[:-2] + shop.town[-1]),
    11: lambda shop: replace(shop, phone=1632960999),
    24: lambda shop: replace(shop, email=""),
    47: lambda shop: replace(shop, person="N. N."),
}
MISTAKES = len(_MISTAKES)


def workshops(seed: int = SEED) -> list[Workshop]:
    """Invent the workshops."""
    random = Random(seed)
    pairs = [(first, second) for first in _FIRST for second in _SECOND]
    random.shuffle(pairs)
    phones = random.sample(range(900), _COUNT)
    made = []
    for index, (first, second) in enumerate(pairs[:_COUNT]):
        given, family = random.choice(_GIVEN), random.choice(_FAMILY)
        made.append(
            Workshop(
                number=index + 1,
                name=f"{first} {second} {random.choice(_KIND)}",
                town=random.choice(_TOWNS),
                person=f"{given} {family}",
                email=f"{given}.{family}@{first}-{second}.example.org".lower(),
                phone=1632960000 + phones[index],
                opened=date(1990, 1, 1) + timedelta(days=random.randrange(12000)),
                places=random.randrange(4, 40),
            )
        )
    return made


def raw_files(seed: int = SEED) -> dict[str, bytes]:
    """Make the messy lists as they came in: path inside ``data/`` and bytes."""
    known = workshops(seed)
    return {
        "northern_register.xlsx": _northern_register([known[i] for i in _IN_NORTH], Random(seed + 1)),
        "southern_list.csv": _southern_list([known[i] for i in _IN_SOUTH], Random(seed + 2)),
    }


def refined_workbook(seed: int = SEED, *, corrected: bool) -> bytes:
    """Make the tidy workbook, with its few wrong cells or without them."""
    known = workshops(seed)
    if not corrected:
        for index, spoil in _MISTAKES.items():
            known[index] = spoil(known[index])
    header = (
        "organization_id",
        "organization_name",
        "locality",
        "contact_name",
        "contact_email",
        "contact_phone",
    )
    rows: list[Sequence[Cell]] = [(*header, "opened", "places", "source_datasets")]
    for shop in known:
        phone, source = f"+44{shop.phone}", _sources(shop.number - 1)
        text = (f"KW-{shop.number:04d}", shop.name, shop.town, shop.person, shop.email or None, phone)
        rows.append((*text, shop.opened, shop.places, source))
    return workbook_bytes([Sheet("organizations", rows)])


def _sources(index: int) -> str:
    lists = {"northern_register.xlsx": index in _IN_NORTH, "southern_list.csv": index in _IN_SOUTH}
    return "; ".join(name for name, listed in lists.items() if listed)


def _northern_register(shops: Sequence[Workshop], random: Random) -> bytes:
    """A title block, a header of two rows, telephones as numbers, and a second sheet that is no list."""
    rows: list[Sequence[Cell]] = [
        ("Register of kite workshops, northern coast",),
        ("as told on the telephone; no promise is made",),
        (),
        ("Workshop", None, "Contact", None, None, "Since", "Places", "Notes"),
        ("Name", "Town", "Person", "Telephone", "E-mail"),
    ]
    for shop in shops:
        name = shop.name + random.choice(("", "", " ", "   "))
        phone: Cell = random.choice((shop.phone, shop.phone, shop.phone, f"+44 {shop.phone}", "n/a"))
        email = random.choice((shop.email, shop.email, shop.email.upper(), "n/a"))
        note = random.choice(_NOTES)
        rows.append((name, shop.town, shop.person, phone, email, shop.opened, shop.places, note))
    codes: list[Sequence[Cell]] = [("code", "meaning"), ("n/a", "nobody answered"), ("-", "nothing to say")]
    merged = ("A4:B4", "C4:E4", "F4:F5", "G4:G5", "H4:H5")
    return workbook_bytes([Sheet("Register", rows, merged), Sheet("Codes", codes)])


def _southern_list(shops: Sequence[Workshop], random: Random) -> bytes:
    """Semicolons, a byte order mark, other headings, other spellings, dates with dots and one line twice."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Organisation", "Place", "Tel.", "Mail", "Contact (role)", "Opened", "Remarks"))
    for shop in [*shops, shops[5]]:
        name = random.choice(
            (shop.name, shop.name.upper(), f"The {shop.name}", shop.name.replace(" and ", " & "))
        )
        number = f"0{shop.phone}"
        phone = random.choice(
            (number, f"{number[:5]} {number[5:8]} {number[8:]}", f"({number[:5]}) {number[5:]}")
        )
        person = f"{shop.person} ({random.choice(('owner', 'clerk', 'owner, mornings'))})"
        email = random.choice((shop.email, f"mailto:{shop.email}", f" {shop.email}", "none"))
        opened = f"{shop.opened:%d.%m.%Y}"
        writer.writerow((name, shop.town, phone, email, person, opened, random.choice(_NOTES) or ""))
    return b"\xef\xbb\xbf" + text.getvalue().encode()
