"""Dates as people and spreadsheets write them. Which of day and month comes first is found in the column or is not. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hotpass.refine.normalise.distinct import on_distinct
from hotpass.refine.normalise.flags import Flag

if TYPE_CHECKING:
    import polars as pl

_ISO = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[ T].*)?")
_NUMERIC = re.compile(r"(\d\d?)[-/. ](\d\d?)[-/. ](\d{4}|\d\d)(?:[ T,]+\d.*)?")
_NAMED = re.compile(r"(?:[a-z]+,? )?(\d\d?)(?:st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4}|\d\d)", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"(?:[a-z]+,? )?([a-z]+)\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "januarie"), ("feb", "february", "februarie"), ("mar", "march", "maart", "mrt"),
            ("apr", "april"), ("may", "mei"), ("jun", "june", "junie"), ("jul", "july", "julie"),
            ("aug", "august", "augustus"), ("sep", "sept", "september"), ("oct", "october", "okt", "oktober"),
            ("nov", "november"), ("dec", "december", "des", "desember"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
Found = tuple[dt.date | None, list[str]]


def dates(values: pl.Series, order: str | None) -> pl.DataFrame:
    """Columns ``date`` and ``flags``. The values are one column's: its own evidence comes before ``order``."""
    import polars as pl

    known = values.drop_nulls().unique().to_list()
    order = order_of(known) or order
    return on_distinct(
        values, lambda text: parse_date(text, order), {"date": pl.Date, "flags": pl.List(pl.String)}
    )


def order_of(texts: Iterable[str]) -> str | None:
    """``dmy`` or ``mdy`` where some dates can only be read so and none only otherwise; else None."""
    found = set()
    for text in texts:
        if numeric := _NUMERIC.fullmatch(text.strip()):
            first, second = int(numeric[1]), int(numeric[2])
            if first > 12 >= second:
                found.add("dmy")
            elif second > 12 >= first:
                found.add("mdy")
    return found.pop() if len(found) == 1 else None


def parse_date(text: str, order: str | None) -> Found:
    """The date of one cell, or None with the reason."""
    text = text.strip()
    if iso := _ISO.fullmatch(text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if numeric := _NUMERIC.fullmatch(text):
        return _numeric(int(numeric[1]), int(numeric[2]), numeric[3], order)
    if named := _NAMED.fullmatch(text):
        return _dated(named[3], _MONTHS.get(named[2].lower(), 0), int(named[1]))
    if named := _NAMED_FIRST.fullmatch(text):
        return _dated(named[3], _MONTHS.get(named[1].lower(), 0), int(named[2]))
    return None, [Flag.DATE_SERIAL.value if _SERIAL.fullmatch(text) else Flag.DATE_UNKNOWN.value]


def _numeric(first: int, second: int, year: str, order: str | None) -> Found:
    if first > 12 >= second or first == second:
        order = "dmy"
    elif second > 12 >= first:
        order = "mdy"
    if order is None:
        return None, [Flag.DATE_AMBIGUOUS.value]
    day, month = (first, second) if order == "dmy" else (second, first)
    return _dated(year, month, day)


def _dated(year: str, month: int, day: int) -> Found:
    if len(year) == 2:
        return None, [Flag.DATE_CENTURY.value]
    return _date(int(year), month, day)


def _date(year: int, month: int, day: int) -> Found:
    try:
        return dt.date(year, month, day), []
    except ValueError:
        return None, [Flag.DATE_UNKNOWN.value]
