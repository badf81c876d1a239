"""The child-care lists as prepared records: file layouts, a country and one area code, and no other knowledge of them.

The normalisers of the pipeline will take this module's place. What it does is what any of them would: fold, split,
shorten the words for directions and kinds of street as the United States Postal Service does (Publication 28).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine as calamine

from hotpass.refine import records

LISTS = Path(__file__).parents[3] / "shared" / "data" / "childcare"
AREA_CODE = "312"
COUNTRY = "US"

_FIELDS = {
    "record": "source_record",
    "name": "name",
    "address": "address",
    "zip": "postcode",
    "phone": "phone",
    "email": "email",
    "web": "website",
}


@dataclass(frozen=True)
class Layout:
    """Where a list's table begins and which of its columns are which."""

    file: str
    columns: Mapping[str, str]
    sheet: str = ""
    header: int = 0
    delimiter: str = ","
    encoding: str = "utf-8-sig"


LAYOUTS = (
    Layout(
        "delivery-1/chapin_providers_2011.xlsx",
        {"name": "Provider", "address": "Address", "zip": "Zip", "phone": "Contact number"},
        sheet="DFSS",
        header=1,
    ),
    Layout(
        "delivery-1/chapin_providers_2011.xlsx",
        {"name": "Provider", "address": "Address", "zip": "Zip", "phone": "Contact number"},
        sheet="Ounce",
    ),
    Layout(
        "delivery-1/cps_early_childhood_portal.csv",
        {"name": "School", "address": "Address", "phone": "Phone Number"},
        encoding="cp1252",
    ),
    Layout(
        "delivery-1/dfss_agency_sites_2012.xlsx",
        {"name": "Site", "address": "Address", "zip": "Zip", "phone": "Telephone", "web": "Web site"},
        sheet="Sites",
        header=3,
    ),
    Layout(
        "delivery-1/ece_find_a_school.csv",
        {"name": "Name", "address": "Address", "zip": "Zip", "phone": "Tel"},
        delimiter=";",
    ),
    Layout(
        "delivery-1/idhs_provider_list.csv",
        {"name": "Facility", "address": "Address", "zip": "Zip", "phone": "Phone"},
    ),
    Layout(
        "delivery-1/purple_binder.xlsx",
        {"name": "Organization Name", "address": "Street Address", "zip": "Zip", "phone": "Phone"},
        sheet="Export",
    ),
    Layout(
        "delivery-2/naeyc_accreditation.csv",
        # Its columns stand under one another's names; an e-mail is known by its look.
        {
            "name": "Program",
            "address": "Address",
            "zip": "Zip",
            "phone": "Phone",
            "email": "Purple binder service type",
        },
    ),
    Layout(
        "delivery-2/ounce_site_locations.xlsx",
        {"name": "Site Name", "address": "Address", "zip": "Zip", "phone": "Phone"},
        sheet="Locations",
    ),
)


def read(
    deliveries: Sequence[str] = ("delivery-1", "delivery-2"), area_code: str = AREA_CODE
) -> pl.DataFrame:
    """The prepared records of all lists of some deliveries."""
    rows: list[dict[str, Any]] = []
    for layout in LAYOUTS:
        if layout.file.split("/")[0] in deliveries:
            rows += (_prepared(layout, cells, area_code) for cells in _cells(layout))
    return records.check(records.records(rows))


def truth() -> dict[str, str]:
    """Each record's true organisation, by the id it has in its list."""
    with (LISTS / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {row["record"]: row["entity"] for row in csv.DictReader(file)}


def _cells(layout: Layout) -> Iterator[dict[str, str]]:
    path = LISTS / layout.file
    if layout.sheet:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheet = [[_text(cell) for cell in row] for row in book.get_sheet_by_name(layout.sheet).to_python()]
    else:
        text = path.read_bytes().decode(layout.encoding)
        sheet = list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter))
    header, *body = sheet[layout.header :]
    places = {"record": header.index("Record")}
    places |= {field: header.index(name) for field, name in layout.columns.items()}
    for row in body:
        yield {_FIELDS[field]: row[place] if place < len(row) else "" for field, place in places.items()}


def _text(cell: object) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)


def _prepared(layout: Layout, cells: Mapping[str, str], area_code: str) -> dict[str, Any]:
    name = " ".join(cells["name"].split())
    tokens = words(name)
    while len(tokens) > 1 and tokens[-1] in LEGAL_FORMS:
        tokens.pop()
    address = address_parts(cells["address"])
    emails = [cells["email"].strip().lower()] if "@" in cells.get("email", "") else []
    website = cells.get("website", "").strip() or None
    postcode = re.match(r"\d{5}", cells.get("postcode", "").strip())
    return {
        "source": layout.file.rsplit("/", 1)[1] + (f"!{layout.sheet}" if layout.sheet else ""),
        "source_record": cells["source_record"].strip(),
        "name": name or None,
        "name_key": " ".join(tokens) or None,
        "name_tokens": tokens,
        "address": cells["address"].strip() or None,
        **address,
        "postcode": postcode[0] if postcode else address["postcode"],
        "country": COUNTRY,
        "phones": phones(cells["phone"], area_code),
        "emails": emails,
        "website": website,
        "domain": domain(website, emails),
    }


# ------------------------------------------------------------------------------------------------ names

LEGAL_FORMS = {"inc", "incorporated", "corp", "corporation", "llc", "ltd", "co", "company", "nfp", "lp", "pc"}


def words(text: str) -> list[str]:
    """ASCII, lower case, words; an apostrophe joins, a single letter with a point is a letter."""
    folded = (
        unicodedata.normalize("NFKD", text.replace("\u2019", "'")).encode("ascii", "ignore").decode().lower()
    )
    folded = folded.replace("&", " and ").replace("'", "")
    return re.findall(r"[a-z0-9]+", folded)


# -------------------------------------------------------------------------------------------- addresses

# United States Postal Service, Publication 28, appendices B and C1: the usual forms.
DIRECTIONS = {
    "n": "n", "north": "n", "s": "s", "south": "s", "so": "s", "no": "n", "e": "e", "east": "e", "w": "w", "west": "w",
    "ne": "ne", "northeast": "ne", "nw": "nw", "northwest": "nw",
    "se": "se", "southeast": "se", "sw": "sw", "southwest": "sw",
}  # fmt: skip
SUFFIXES = {
    "st": "st", "street": "st", "str": "st", "ave": "ave", "av": "ave", "avenue": "ave", "aven": "ave",
    "rd": "rd", "road": "rd", "blvd": "blvd", "boulevard": "blvd", "boul": "blvd", "dr": "dr", "drive": "dr",
    "pl": "pl", "place": "pl", "ct": "ct", "court": "ct", "ln": "ln", "lane": "ln", "ter": "ter", "terr": "ter",
    "terrace": "ter", "pkwy": "pkwy", "parkway": "pkwy", "pky": "pkwy", "sq": "sq", "square": "sq", "cir": "cir",
    "circle": "cir", "hwy": "hwy", "highway": "hwy", "plz": "plz", "plaza": "plz", "way": "way", "trl": "trl",
    "trail": "trl", "aly": "aly", "alley": "aly",
}  # fmt: skip
UNITS = {
    "suite", "ste", "unit", "apt", "apartment", "floor", "fl", "room", "rm", "bldg", "building", "flr",
}  # fmt: skip
ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}


def address_parts(text: str) -> dict[str, str | None]:
    """House number, street, unit and postcode of an address as it is written in the United States."""
    none: dict[str, str | None] = dict.fromkeys(
        ("house_number", "street_key", "street_name", "unit", "postcode", "locality", "region")
    )
    lines = [line for line in re.split(r"[\n\r,;]+", text) if line.strip()]
    tail = re.search(r"\b(\d{5})(?:-\d{4})?\s*$", text)
    parts = dict(none, postcode=tail[1] if tail else None)
    # The first line that begins with a number is the street's; a line before it is a name.
    line = next((line for line in lines if re.match(r"\s*\d", line)), None)
    if line is None:
        return parts
    found = words(line)
    house = found.pop(0)
    if re.fullmatch(r"\d+(st|nd|rd|th)", house):
        return parts
    while found and re.fullmatch(r"\d+", found[0]) and re.match(rf"\s*\d+\s*[-/]\s*{found[0]}\b", line):
        found.pop(0)  # a range: its first number
    street = []
    for place, word in enumerate(found):
        if word in UNITS:
            parts["unit"] = " ".join(found[place:]) or None
            break
        street.append(word)
    street = [_ordinal(word) for word in street]
    direction = DIRECTIONS[street.pop(0)] if len(street) > 1 and street[0] in DIRECTIONS else ""
    ends = [place for place, word in enumerate(street) if place and word in SUFFIXES]
    # What follows the kind of street is a town or a trailing direction.
    suffix = SUFFIXES[street[ends[0]]] if ends else ""
    name = street[: ends[0]] if ends else street
    if not name:
        return parts
    parts["house_number"] = house
    parts["street_name"] = " ".join(name)
    parts["street_key"] = " ".join(word for word in (direction, *name, suffix) if word)
    return parts


def _ordinal(word: str) -> str:
    number = re.fullmatch(r"(\d+)(st|nd|rd|th)", word)
    return number[1] if number else ORDINALS.get(word, word)


# ----------------------------------------------------------------------------------- phones and domains

_FREE_MAIL = {"gmail", "yahoo", "hotmail", "aol", "msn", "sbcglobal", "comcast", "compuserve", "ameritech", "att",
              "sbcglobalnet", "earthlink", "juno", "rcn", "ymail", "outlook", "icloud", "live", "mail", "verizon"}  # fmt: skip


def phones(text: str, area_code: str) -> list[str]:
    """Ten digits with the country's code; seven get the area code; anything else is no phone."""
    digits = re.sub(r"\D", "", text.split(".0", maxsplit=1)[0]) if "E+" not in text else ""
    if len(digits) == 7:
        digits = area_code + digits
    return [f"+1{digits[-10:]}"] if len(digits) == 10 or (len(digits) == 11 and digits[0] == "1") else []


def domain(website: str | None, emails: Sequence[str]) -> str | None:
    """The registrable domain of a site, else of an e-mail that is not of a provider for everyone."""
    if website and (
        host := re.search(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", website.lower())
    ):
        return ".".join(host[1].split(".")[-2:])
    for email in emails:
        parts = email.rsplit("@", 1)[1].split(".")
        if len(parts) > 1 and parts[-2] not in _FREE_MAIL:
            return ".".join(parts[-2:])
    return None
