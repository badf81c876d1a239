"""What values look like, whatever stands above them: e-mails, phones, websites, postcodes, dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum


class Shape(Enum):
    """What a value can be known to be by its look alone."""

    EMAIL = "e-mail"
    PHONE = "phone"
    WEBSITE = "website"
    POSTCODE = "postcode"
    DATE = "date"
    NUMBER = "number"
    FLAG = "yes or no"


_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[a-z]{2,}", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://|www\.)\S+|(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|io|co|aero|[a-z]{2})(?:/\S*)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[ T]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}/\d\d?/\d\d?"
    r"|\d{1,2}(?:st|nd|rd|th)?[ -][a-z]{3,9}\.?,?[ -](?:\d{4}|\d\d)|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?:tel|cell|phone|mobile|fax)?[.:]?\s*\+?[\d\s().\-/\u2010-\u2015]{7,25}(?:\s*(?:x|ext\.?|extension)\s*\d{1,6})?",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"\d{4,5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+]?[$€£R]?\s?\d+(?:[ ,.]\d+)*\s?%?")
_WRITTEN = {Shape.DATE: _DATE, Shape.POSTCODE: _POSTCODE, Shape.NUMBER: _NUMBER}
_FLAG = frozenset(["yes", "no", "y", "n", "true", "false", "ja", "nee", "x"])


def looks_like(value: str, shape: Shape) -> bool:
    """Whether a value has a shape; of several values in a cell one is enough for e-mails and phones."""
    text = value.strip()
    match shape:
        case Shape.EMAIL:
            found = bool(_EMAIL.search(text)) and len(text) < 320
        case Shape.WEBSITE:
            found = "@" not in text and bool(_URL.fullmatch(text))
        case Shape.PHONE:
            found = any(_is_phone(part) for part in re.split(r"[;,|\n]|\bor\b|\s/\s|/(?=\s*\+?0)", text))
        case Shape.FLAG:
            found = text.lower() in _FLAG
        case _:
            found = bool(_WRITTEN[shape].fullmatch(text))
    return found


def _is_phone(part: str) -> bool:
    part = part.strip()
    # Only a hyphen or slash date can also pass for a phone.
    return (
        bool(_PHONE.fullmatch(part)) and 7 <= sum(map(str.isdigit, part)) <= 17 and not _DATE.fullmatch(part)
    )


def is_written_as_phone(value: str) -> bool:
    """Whether a value is a phone beyond doubt: with a plus, a leading zero, or digits in groups, not just a number."""
    text = value.strip()
    digits = sum(map(str.isdigit, text))
    grouped = bool(re.search(r"\d[\s).-]+\d{2,}", text))
    return looks_like(text, Shape.PHONE) and digits >= 9 and (text[0] in "+(0" or grouped)


def shares(values: Iterable[str]) -> Mapping[Shape, float]:
    """The share of values that have each shape; empty for no values."""
    known = [value for value in values if value.strip()]
    if not known:
        return {}
    return {shape: sum(looks_like(value, shape) for value in known) / len(known) for shape in Shape}


def is_value(text: str) -> bool:
    """Whether a text is data rather than a header: an e-mail, a phone, a date, a website, a yes or a plain number."""
    return any(looks_like(text, shape) for shape in Shape if shape is not Shape.POSTCODE)
