"""Addresses as written → house number, street, unit, postcode, town, region: what can be told apart for sure. Pure.

Streets are compared by their words in short forms (United States Postal Service, Publication 28, appendices B and C, and
the Afrikaans words for the same), with and without direction and kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotpass.refine.normalise.distinct import on_distinct
from hotpass.refine.normalise.places import postcode, region_code
from hotpass.refine.normalise.text import words

if TYPE_CHECKING:
    import polars as pl

_NOTHING: Mapping[str, str] = {}
_DIRECTIONS = {
    "n": "n", "north": "n", "no": "n", "s": "s", "south": "s", "so": "s", "e": "e", "east": "e", "w": "w", "west": "w",
    "ne": "ne", "northeast": "ne", "nw": "nw", "northwest": "nw", "se": "se", "southeast": "se", "sw": "sw",
    "southwest": "sw", "noord": "n", "suid": "s", "oos": "e", "wes": "w",
}  # fmt: skip
_KINDS = {
    "st": "st", "street": "st", "str": "st", "straat": "st", "ave": "ave", "av": "ave", "avenue": "ave", "aven": "ave",
    "laan": "ave", "rd": "rd", "road": "rd", "weg": "rd", "blvd": "blvd", "boulevard": "blvd", "boul": "blvd", "dr": "dr",
    "drive": "dr", "rylaan": "dr", "pl": "pl", "place": "pl", "ct": "ct", "court": "ct", "ln": "ln", "lane": "ln",
    "ter": "ter", "terr": "ter", "terrace": "ter", "pkwy": "pkwy", "parkway": "pkwy", "pky": "pkwy", "sq": "sq",
    "square": "sq", "plein": "sq", "cir": "cir", "circle": "cir", "sirkel": "cir", "hwy": "hwy", "highway": "hwy",
    "plz": "plz", "plaza": "plz", "way": "way", "trl": "trl", "trail": "trl", "aly": "aly", "alley": "aly", "cl": "cl",
    "close": "cl", "slot": "cl", "cres": "cres", "crescent": "cres", "singel": "cres", "crt": "ct", "steeg": "aly",
    "hof": "ct", "strasse": "st",
}  # fmt: skip
_UNITS = frozenset(
    [
        "suite",
        "ste",
        "unit",
        "apt",
        "apartment",
        "floor",
        "fl",
        "flr",
        "room",
        "rm",
        "bldg",
        "building",
        "hangar",
        "block",
        "blk",
        "shop",
        "office",
        "flat",
        "stand",
        "hanger",
        "lower",
        "upper",
        "level",
        "eenheid",
        "kamer",
    ]
)
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|post(?:al)? (?:office )?box|private bag|privaatsak|posbus)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; None for what could not be told.

    ``street_key`` has direction and kind in short form, ``street_name`` neither.
    """

    house_number: str | None = None
    street_key: str | None = None
    street_name: str | None = None
    unit: str | None = None
    postcode: str | None = None
    locality: str | None = None
    region: str | None = None


def addresses(values: pl.Series, country: str | None, regions: Mapping[str, str] = _NOTHING) -> pl.DataFrame:
    """The parts of each address, a column for each field of :class:`Address`."""
    import polars as pl

    schema = dict.fromkeys(Address.__dataclass_fields__, pl.String)

    def parts(text: str) -> tuple[str | None, ...]:
        found = parse_address(text, country, regions)
        return tuple(getattr(found, name) for name in schema)

    return on_distinct(values, parts, schema)


def parse_address(text: str, country: str | None, regions: Mapping[str, str] = _NOTHING) -> Address:
    """The parts of one address."""
    lines = [line.strip() for line in re.split(r"[\n\r,;]+", text) if line.strip()]
    if not lines:
        return Address()
    found = _place(text, lines, country, regions)
    # A box has a number that is no house's.
    lines = [line for line in lines if not _BOX.search(line)]
    for number, line in enumerate(lines):
        street = _street(_without_tail(line, found.postcode, country, regions))
        if street is not None:
            unit = street.unit or _unit_line(lines[:number] + lines[number + 1 :])
            return replace(
                found,
                house_number=street.house_number,
                street_key=street.street_key,
                street_name=street.street_name,
                unit=unit,
            )
    return replace(found, unit=_unit_line(lines))


def _place(text: str, lines: list[str], country: str | None, regions: Mapping[str, str]) -> Address:
    """Postcode, town and region at the end of an address: nothing without the postcode."""
    flat = " ".join(text.split()).rstrip(" .,")
    last = re.search(r"\b(\d{4,5})(?:-\d{4})?$", flat)
    code = postcode(last[1], country) if last and not _BOX.search(lines[-1]) else None
    if code is None or len(flat) == len(code):
        return Address()
    rest = re.sub(r"\W*\b\d{4,5}(?:-\d{4})?\W*$", "", lines[-1]).strip()
    # The first line is the street, or a building.
    parts = [part for part in (*lines[1:-1], rest) if part] if len(lines) > 1 else []
    region = region_code(parts[-1], country, regions) if parts else None
    if region:
        parts.pop()
    elif short := re.search(r"[\s,]([A-Za-z]{2,3})\.?$", parts[-1] if parts else rest):
        region = region_code(short[1], country, regions)
        if region and parts:
            parts[-1] = parts[-1][: short.start()].strip(" ,")
    # "Sandton, Johannesburg, 2196": the last is the town. A line with digits is none.
    is_town = bool(parts) and not any(map(str.isdigit, parts[-1])) and not _BOX.search(parts[-1])
    return Address(postcode=code, locality=parts[-1] or None if is_town else None, region=region)


def _without_tail(line: str, code: str | None, country: str | None, regions: Mapping[str, str]) -> str:
    """A line without the postcode at its end and the region's code before that."""
    if code is None or not re.search(rf"\b{code}(?:-\d{{4}})?\W*$", line):
        return line
    line = re.sub(rf"\W*\b{code}(?:-\d{{4}})?\W*$", "", line)
    region = re.search(r"\W+([A-Za-z]{2})$", line)
    return line[: region.start()] if region and region_code(region[1], country, regions) else line


def _street(line: str) -> Address | None:
    """House number and street of a line, or None for a line that is none."""
    unit = None
    # "Unit 4, 12 Main Road" and "Suite 5 12 Main Road": what stands before the house number.
    lead = re.match(r"\s*((?:" + "|".join(sorted(_UNITS)) + r")\.? *#?\w+)\s+(?=\d)", line, re.IGNORECASE)
    if lead:
        unit, line = " ".join(words(lead[1])), line[lead.end() :]
    if re.match(r"\s*\d", line):
        found = words(line)
        house = found.pop(0)
        if re.fullmatch(r"\d+(?:st|nd|rd|th)", house) or not found:
            return None
        # A range of houses: its first number.
        while (
            found
            and re.fullmatch(r"\d+[a-z]?", found[0])
            and re.match(rf"\s*{house}\s*[-/&]\s*{found[0]}\b", line, re.IGNORECASE)
        ):
            found.pop(0)
    elif trailing := re.fullmatch(r"\s*([^\d]+?)\s+(\d+[A-Za-z]?(?:\s*[-/]\s*\d+)?)\s*", line):
        # "Hauptstrasse 5": only where the words before end as a street does.
        found = words(trailing[1])
        if not found or not _ends_as_street(found) or any(word in _UNITS for word in found):
            return None
        house = words(trailing[2])[0]
    else:
        return None
    street = _named(found)
    if street is None:
        return None
    return Address(house, street.street_key, street.street_name, street.unit or unit)


def _ends_as_street(found: list[str]) -> bool:
    return found[-1] in _KINDS or bool(
        re.search(r"(?:strasse|straat|weg|laan|gasse|allee|plein|str)$", found[-1])
    )


def _named(found: list[str]) -> Address | None:
    """The street that words name: direction, name, kind; what follows is a unit, a town or a trailing direction."""
    unit = None
    street = []
    for place, word in enumerate(found):
        if word in _UNITS and place:
            unit = " ".join(found[place:]) or None
            break
        street.append(_ordinal(word))
    # "North Street" is a street called North.
    has_direction = (
        len(street) > 1 and street[0] in _DIRECTIONS and not (len(street) == 2 and street[1] in _KINDS)
    )
    direction = _DIRECTIONS[street.pop(0)] if has_direction else ""
    ends = [place for place, word in enumerate(street) if place and word in _KINDS]
    kind = _KINDS[street[ends[0]]] if ends else ""
    name = street[: ends[0]] if ends else street
    if not name:
        return None
    return Address(
        street_name=" ".join(name),
        street_key=" ".join(word for word in (direction, *name, kind) if word),
        unit=unit,
    )


def _unit_line(lines: list[str]) -> str | None:
    """A line that names a unit of a building."""
    for line in lines:
        found = words(line)
        if len(found) >= 2 and found[0] in _UNITS:
            return " ".join(found)
    return None


def _ordinal(word: str) -> str:
    number = re.fullmatch(r"(\d+)(?:st|nd|rd|th|ste|de)", word)
    return number[1] if number else _ORDINALS.get(word, word)
