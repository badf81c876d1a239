"""The lists of the demonstration as they come in: messy in the ways that lists are, and the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

from hotpass.workflows.demo.data import (
    DOUBTFUL,
    EAST,
    MEMBERS,
    NORTH,
    OTHER_PHONE,
    SEED,
    SLIPS,
    SOUTH,
    TWICE,
    UNREADABLE,
    WEST,
    Workshop,
    chosen,
    workshops,
)
from hotpass.workflows.demo.workbook import Cell, Sheet, workbook_bytes

REGISTER = "northern_register.xlsx"
_NOTES = (
    None,
    None,
    "=see the other list",
    "@ the old pier",
    "-",
    "+ a second room in summer",
    " closed on Mondays ",
)


def spring(seed: int = SEED) -> dict[str, bytes]:
    """The first delivery: name in ``data/`` and bytes."""
    known = workshops(seed)
    return {
        REGISTER: _northern_register(chosen(known, NORTH), Random(seed + 1), corrected=False),
        "southern_list.csv": _southern_list(chosen(known, SOUTH), Random(seed + 4)),
    }


def summer(seed: int = SEED) -> dict[str, bytes]:
    """What the second delivery adds."""
    return {"islands.xlsx": _islands(workshops(seed), Random(seed + 3))}


def correction(seed: int = SEED) -> dict[str, bytes]:
    """The register again, without its slips."""
    shops = chosen(workshops(seed), NORTH)
    return {REGISTER: _northern_register(shops, Random(seed + 1), corrected=True)}


PROFILE = """\
profile: kites
extends: generic
country: GB
headers:
  organization_name: [workshop]
  locality: [island]
"""
"""What a profile knows of these lists beyond what every list has."""


def _northern_register(shops: Sequence[Workshop], random: Random, *, corrected: bool) -> bytes:
    """Titles, a header of two rows, telephones as numbers, empty rows to 1,000, and a sheet that is no list."""
    names = ("Name", "Town", "Person", "Telephone", "E-mail")
    rows: list[Sequence[Cell]] = [
        ("Register of kite workshops, northern coast",),
        ("as told on the telephone; no promise is made",),
        (),
        ("Workshop", None, "Contact", None, None, "Since", "Places", "Notes"),
        names,
    ]
    for place, shop in enumerate(shops):
        name = shop.name + random.choice(("", "", " ", "   "))
        phone: Cell = random.choice((shop.phone, shop.phone, shop.phone, f"+44 {shop.phone}", "n/a"))
        email = random.choice((shop.email, shop.email, shop.email.upper(), "n/a"))
        row: list[Cell] = [name, shop.town, shop.person, phone, email]
        row[3] = UNREADABLE.get(place, row[3])
        if place in SLIPS:
            row[3:5] = [shop.phone, shop.email]
            if not corrected:
                row[names.index(SLIPS[place].header)] = SLIPS[place].wrong
        rows.append((*row, shop.opened, shop.places, random.choice(_NOTES)))
    codes: list[Sequence[Cell]] = [("code", "meaning"), ("n/a", "nobody answered"), ("-", "nothing to say")]
    merged = ("A4:B4", "C4:E4", "F4:F5", "G4:G5", "H4:H5")
    return workbook_bytes([Sheet("Register", rows, merged, last_row=1000), Sheet("Codes", codes)])


def _southern_list(shops: Sequence[Workshop], random: Random) -> bytes:
    """Semicolons, a byte order mark, other headings, other spellings, dates with dots and one line twice."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Organisation", "Place", "Tel.", "Mail", "Contact (role)", "Opened", "Remarks"))
    for shop in [*shops, shops[TWICE - SOUTH.start]]:
        name = random.choice(
            (shop.name, shop.name.upper(), f"{shop.name} Ltd", shop.name.replace(" and ", " & "))
        )
        number = f"0{shop.phone}"
        phone = random.choice((number, shop.dialled, f"({number[:4]}) {number[4:]}"))
        person = f"{shop.person} ({random.choice(('owner', 'clerk', 'owner, mornings'))})"
        email = random.choice((shop.email, f"mailto:{shop.email}", f" {shop.email}", "none"))
        if shop.number == DOUBTFUL + 1:
            email = shop.email  # else nothing would say that the two may be one
        opened = f"{shop.opened:%d.%m.%Y}"
        writer.writerow((name, shop.town, phone, email, person, opened, random.choice(_NOTES) or ""))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _islands(known: Sequence[Workshop], random: Random) -> bytes:
    """Two lists side by side, one with a column that has no heading; and a list without any."""
    west, east = chosen(known, WEST), chosen(known, EAST)
    head = ("Name", "Island", "Tel", "Website")
    rows: list[Sequence[Cell]] = [("Western isles", *[None] * 5, "Eastern isles"), (*head, None, None, *head)]
    for place, shop in enumerate(west):
        left: list[Cell] = [shop.name, shop.town, shop.dialled, shop.website, random.choice(("x", None))]
        right: list[Cell] = []
        if place < len(east):
            other = east[place]
            right = [other.name, other.town, other.dialled, other.website]
        rows.append([*left, None, *right])
    members: list[Sequence[Cell]] = [
        (_short(shop.name, random), shop.town, shop.dialled, random.choice((shop.email, "?")))
        for shop in chosen(known, MEMBERS)
    ]
    doubtful = known[DOUBTFUL]
    members.insert(3, (doubtful.name, doubtful.town, OTHER_PHONE, doubtful.email))
    return workbook_bytes([Sheet("Isles", rows), Sheet("Members", members)])


def _short(name: str, random: Random) -> str:
    return random.choice((name, name, name.removesuffix(" Loft").removesuffix(" Works")))
