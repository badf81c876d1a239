"""Phones: several in a cell, as people and spreadsheets write them, to E.164 by phonenumbers. Pure.

What could be one number or another is never guessed: letters inside digits, local numbers without an area code, numbers
that a spreadsheet rounded are flagged and left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotpass.refine.normalise.distinct import placed, spread, table
from hotpass.refine.normalise.fastphones import WRITTEN, fast_pattern
from hotpass.refine.normalise.flags import Flag

if TYPE_CHECKING:
    import polars as pl

_FLOAT = re.compile(r"\s*(\d+)[.,]0+\s*")
_ROUNDED = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d+\s*")
_LABEL = re.compile(
    r"^\W*(?:tel(?:ephone|efoon)?|phone|ph|cell(?:phone|ular)?|mobile|mob|office|work|home|direct|main|land ?line|call"
    r"|whats ?app|sel(?:foon)?|[tcmpwho])\b\.?\s*(?:no\.?|number|nr\.?)?\s*[:.\-]?\s*(?=[+(\d])",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s+|\s*[(\[])\s*(?:tel|cell|mobile|mob|office|work|home|direct|main|whats ?app|w|h|c|m|o)\.?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_FAX = re.compile(r"\b(?:fax|faks|f)\b\s*[:.]?", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:\bext(?:ension)?\b|\bextn\b|\bx|#)\s*[.:]?\s*(\d{1,7})\s*$", re.IGNORECASE)
# A second line of the same number: 011 555 0100/1.
_FURTHER = re.compile(r"(?<=\d)\s*/\s*\d{1,4}\s*$")
_SPLIT = re.compile(r"[;,|\n\r]+|\s+(?:or|and|of|en|/|&)\s+|\s*/\s*(?=[+(0]|\d{7,})|\s{3,}")
_IN_A_ROW = ("0123456789", "1234567890", "123456789", "12345678", "1234567", "987654321", "9876543210")


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """Where local phones are: an ISO 3166-1 code, and the area code that goes before those without one."""

    country: str | None = None
    area_code: str | None = None


@dataclass
class _Found:
    numbers: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def add(self, number: str | None, *flags: Flag) -> None:
        if number:
            self.numbers.append(number)
        self.flags += flags


def phones(values: pl.Series, rules: PhoneRules) -> pl.DataFrame:
    """Columns ``phones`` (E.164, each once, in the order of the cell) and ``flags`` (values of Flag).

    Where no country is known, a number without ``+`` is its national digits.
    """
    import polars as pl

    schema = {"phones": pl.List(pl.String), "flags": pl.List(pl.String)}
    return spread(values, lambda texts: _phones(texts, rules, schema), schema)


def _phones(texts: pl.Series, rules: PhoneRules, schema: dict[str, Any]) -> pl.DataFrame:
    """The sure ones by patterns, the rest by phonenumbers."""
    import polars as pl

    quick = fast_phones(texts, rules.country)
    lists = pl.DataFrame({"n": quick}).select(
        phones=pl.when(pl.col("n").is_not_null()).then(pl.concat_list("n")),
        flags=pl.lit([], dtype=pl.List(pl.String)),
    )
    rest = quick.is_null().arg_true()
    if not len(rest):
        return lists.cast(pl.Schema(schema))
    slow = table([parse_phones(text, rules) for text in texts.gather(rest)], schema)
    return lists.cast(pl.Schema(schema)).with_columns(
        placed(lists[name], rest, slow[name]) for name in schema
    )


def fast_phones(texts: pl.Series, country: str | None) -> pl.Series:
    """The E.164 of each text that is one valid phone beyond doubt, null for the others."""
    import polars as pl

    pattern = fast_pattern(country) if country else None
    if pattern is None:
        return pl.Series([None] * len(texts), dtype=pl.String)
    frame = texts.alias("t").to_frame()
    # A spreadsheet's float ends in .0, which is no digit of the number.
    written = pl.col("t").str.replace(r"^(\d{7,15})\.0$", "$1")
    written = pl.when(written.str.contains(WRITTEN)).then(written)
    digits = written.str.replace_all(r"[^0-9+]", "")
    # Made-up numbers are rare and go the long way.
    made_up = digits.str.contains(r"0{6}|1{6}|2{6}|3{6}|4{6}|5{6}|6{6}|7{6}|8{6}|9{6}|1234567|9876543|234567")
    digits = pl.when(~made_up).then(digits)
    # Digits that begin as the country's code does may be an international number without its plus.
    national = pl.when(~digits.str.starts_with(str(pattern.code))).then(digits)
    number = pl.coalesce(
        national.str.extract(pattern.national, 1), digits.str.extract(pattern.international, 1)
    )
    number = pl.when(~number.str.starts_with("0")).then(number)
    return frame.select((pl.lit(f"+{pattern.code}") + number).alias("n")).to_series()


def parse_phones(text: str, rules: PhoneRules) -> tuple[list[str], list[str]]:
    """The phones of one cell, and what was noticed."""
    found = _Found()
    text = text.strip()
    if float_like := _FLOAT.fullmatch(text):
        text = float_like[1]
    if _ROUNDED.fullmatch(text):
        return [], [Flag.PHONE_ROUNDED.value]
    whole = re.sub(r"\s+", " ", text)
    # A number that is broken over two lines is one; two that are written without a break between are not.
    if "\n" in text and (number := _valid(whole, rules.country)):
        return [number], []
    for part in _SPLIT.split(text):
        if part and any(map(str.isalnum, part)):
            _one(part.strip(), rules, found)
    return list(dict.fromkeys(found.numbers)), [flag.value for flag in dict.fromkeys(found.flags)]


def _one(part: str, rules: PhoneRules, found: _Found) -> None:
    """One phone of a cell."""
    if _FAX.search(part):
        found.add(None, Flag.PHONE_FAX)
        return
    part = _TRAILING.sub("", _LABEL.sub("", part)) or part
    if not any(map(str.isdigit, part)):
        found.add(None, Flag.PHONE_IMPOSSIBLE)
        return
    flags: list[Flag] = []
    if _EXTENSION.search(part):
        part = _EXTENSION.sub("", part).rstrip(" ,.-(")
        flags.append(Flag.PHONE_EXTENSION)
    if _FURTHER.search(part):
        part = _FURTHER.sub("", part)
        flags.append(Flag.PHONE_RANGE)
    digits = re.sub(r"\D", "", part)
    if any(map(str.isalpha, part)):
        number = _vanity(part, rules.country)
        found.add(number, Flag.PHONE_VANITY if number else Flag.PHONE_LETTERS)
    elif _is_made_up(digits):
        found.add(None, Flag.PHONE_PLACEHOLDER)
    elif number := _valid(part, rules.country):
        found.add(number, *flags)
    else:
        _doubtful(part, digits, rules, found, flags)


def _doubtful(part: str, digits: str, rules: PhoneRules, found: _Found, flags: list[Flag]) -> None:
    """A phone that is not valid as it stands."""
    number = _parsed(part, rules.country)
    if rules.country is None and not part.lstrip("(").startswith(("+", "00")):
        # National digits are a key where all lists are of one country, though nobody knows which.
        is_number = 7 <= len(digits) <= 15
        found.add(
            digits if is_number else None,
            *flags,
            Flag.PHONE_NO_COUNTRY if is_number else Flag.PHONE_IMPOSSIBLE,
        )
        return
    if _is_local(part, digits, number):
        if rules.area_code and (completed := _valid(rules.area_code + digits, rules.country)):
            found.add(completed, *flags, Flag.PHONE_AREA_ADDED)
        else:
            found.add(None, *flags, Flag.PHONE_LOCAL)
        return
    found.add(
        _as_long_as_one(number),
        *flags,
        Flag.PHONE_UNASSIGNED if _as_long_as_one(number) else Flag.PHONE_IMPOSSIBLE,
    )


def _as_long_as_one(number: Any) -> str | None:
    """The E.164 of a number that is as long as a line of the country is, though no such line is known to be in use."""
    import phonenumbers

    line = phonenumbers.PhoneNumberType.FIXED_LINE
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if number is None or phonenumbers.is_possible_number_for_type_with_reason(number, line) != possible:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_local(part: str, digits: str, number: Any) -> bool:
    """Whether a number lacks its area code: by its length, or because it is too short without one."""
    import phonenumbers

    if part.lstrip("(").startswith(("+", "0")) or not 5 <= len(digits) <= 8:
        return False
    if number is None:
        return True
    reason = phonenumbers.is_possible_number_with_reason(number)
    short = (phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY, phonenumbers.ValidationResult.TOO_SHORT)
    return reason in short or len(digits) == 7


def _vanity(part: str, country: str | None) -> str | None:
    """The number of a vanity word, or None: a word has three letters or more, and no digit touches it."""
    import phonenumbers

    if not all(
        re.fullmatch(r"[A-Za-z]{3,}|[^A-Za-z]+", token) for token in re.split(r"[\s().\-]+", part) if token
    ):
        return None
    return _valid(phonenumbers.convert_alpha_characters_in_number(part), country)


def _valid(text: str, country: str | None) -> str | None:
    """The E.164 of a text that is one valid phone."""
    import phonenumbers

    number = _parsed(text, country)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parsed(text: str, country: str | None) -> Any:
    import phonenumbers

    if country is None and re.match(r"\s*\(?00[1-9]", text):
        text = "+" + re.sub(r"^\s*\(?00", "", text)
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _is_made_up(digits: str) -> bool:
    """Whether digits are typed to fill a cell: one digit over and over, or digits in their order."""
    return bool(re.search(r"^0?(\d)\1{5,}$", digits)) or digits in _IN_A_ROW
