"""Countries (ISO 3166-1), regions (ISO 3166-2), postcodes. What is not known is reported, never guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from hotpass.refine.headers import header_key
from hotpass.refine.normalise.distinct import on_distinct
from hotpass.refine.normalise.flags import Flag
from hotpass.refine.normalise.text import words

if TYPE_CHECKING:
    import polars as pl

_NOTHING: Mapping[str, str] = {}
# Names in wide use that ISO 3166 does not list. A short form that is also another country's code is left to profiles.
_COUNTRIES = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "u s a": "US", "u s": "US", "america": "US", "united states of america": "US",
    "uae": "AE", "holland": "NL", "russia": "RU", "south korea": "KR", "north korea": "KP", "czech republic": "CZ",
    "swaziland": "SZ", "ivory coast": "CI", "cape verde": "CV", "burma": "MM", "turkey": "TR", "drc": "CD",
    "republic of ireland": "IE", "deutschland": "DE", "espana": "ES", "schweiz": "CH", "osterreich": "AT",
    "republic of south africa": "ZA", "suid afrika": "ZA", "rsa": "ZA", "macedonia": "MK", "vietnam": "VN", "laos": "LA",
}  # fmt: skip
_POSTCODES = {
    "ZA": r"\d{4}", "US": r"\d{5}(?:-\d{4})?", "DE": r"\d{5}", "FR": r"\d{5}", "IT": r"\d{5}", "ES": r"\d{5}", "NL":
    r"\d{4} ?[A-Z]{2}", "BE": r"\d{4}", "CH": r"\d{4}", "AT": r"\d{4}", "AU": r"\d{4}", "NZ": r"\d{4}", "DK": r"\d{4}",
    "NO": r"\d{4}", "SE": r"\d{3} ?\d{2}", "IN": r"\d{3} ?\d{3}", "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
}  # fmt: skip


def countries(values: pl.Series, known: Mapping[str, str] = _NOTHING) -> pl.DataFrame:
    """Columns ``country`` (ISO 3166-1 alpha-2) and ``flags``. ``known`` are the profile's own names."""
    import polars as pl

    schema = {"country": pl.String, "flags": pl.List(pl.String)}
    return on_distinct(values, lambda text: _flagged(country_code(text, known), Flag.COUNTRY_UNKNOWN), schema)


def _flagged(code: str | None, flag: Flag) -> tuple[str | None, list[str]]:
    return code, [] if code else [flag.value]


def country_code(text: str, known: Mapping[str, str] = _NOTHING) -> str | None:
    """The code of a country by its name or code; None for what is neither."""
    key = " ".join(words(text))
    return known.get(header_key(text)) or known.get(key) or _COUNTRIES.get(key) or _country_names().get(key)


@cache
def _country_names() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for country in pycountry.countries:
        code = country.alpha_2
        names = [
            getattr(country, name, None)
            for name in ("name", "official_name", "common_name", "alpha_2", "alpha_3")
        ]
        for name in filter(None, names):
            found.setdefault(" ".join(words(name)), code)
    return found


def regions(values: pl.Series, country: str | None, known: Mapping[str, str] = _NOTHING) -> pl.DataFrame:
    """Columns ``region`` (ISO 3166-2 of the country) and ``flags``. ``known`` are the profile's own names."""
    import polars as pl

    schema = {"region": pl.String, "flags": pl.List(pl.String)}
    return on_distinct(
        values, lambda text: _flagged(region_code(text, country, known), Flag.REGION_UNKNOWN), schema
    )


def region_code(text: str, country: str | None, known: Mapping[str, str] = _NOTHING) -> str | None:
    """The ISO 3166-2 code of a region by name or code; a code with its country needs none, a name does."""
    key = " ".join(words(text))
    if code := known.get(header_key(text)) or known.get(key):
        return code
    written = text.strip().upper()
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", written) and written in _region_codes(written[:2]):
        return written
    return _region_names(country).get(key) if country else None


def _subdivisions(country: str) -> list[Any]:
    import pycountry

    return list(pycountry.subdivisions.get(country_code=country) or ())  # type: ignore[no-untyped-call]


@cache
def _region_codes(country: str) -> frozenset[str]:
    return frozenset(region.code for region in _subdivisions(country))


@cache
def _region_names(country: str) -> dict[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for region in _subdivisions(country):
        for name in (*re.split(r"\s*[/\[\]]\s*", region.name), region.code.partition("-")[2]):
            key = " ".join(words(name))
            if key and found.setdefault(key, region.code) != region.code:
                twice.add(key)
    # A name that two regions have (a county and its capital) decides nothing.
    return {key: code for key, code in found.items() if key and key not in twice}


def postcodes(values: pl.Series, country: str | None) -> pl.DataFrame:
    """Columns ``postcode`` and ``flags``: as the country writes it, null where it cannot be one there."""
    import polars as pl

    schema = {"postcode": pl.String, "flags": pl.List(pl.String)}
    return on_distinct(values, lambda text: _flagged(postcode(text, country), Flag.POSTCODE_INVALID), schema)


def postcode(text: str, country: str | None) -> str | None:
    """A postcode in capitals without what may follow it (``60624-1234`` is 60624), or None.

    A digit that is missing may be a leading zero that a spreadsheet lost, or any other: none is put in its place.
    """
    written = " ".join(text.upper().split())
    written = re.sub(r"\.0+$", "", written)
    form = _POSTCODES.get(country or "")
    if form is None:
        return (
            written
            if re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{1,9}", written) and re.search(r"\d", written)
            else None
        )
    if not re.fullmatch(form, written):
        return None
    return written.partition("-")[0]
