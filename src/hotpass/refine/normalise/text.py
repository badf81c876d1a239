"""Text as it is kept: one form of each letter, no control characters, trimmed; and nothing where nothing is said. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING

from hotpass.refine.normalise.distinct import where

if TYPE_CHECKING:
    import polars as pl

# Line ends and tabs stay for the step that knows what they mean there.
_CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}\\x{feff}\\x{ad}]"
_GARBLED = "\\x{fffd}|Ã[\\x{80}-\\x{bf}]|â€|Â[\\x{a0}-\\x{bf}]|\\x{201a}Ä[öô]|√[Ñ©¥°®≥]"

# Letters that have no ASCII letter inside.
_LETTERS: dict[str | int, str] = {
    **dict(zip("æÆœŒßẞþÞ", ("ae", "AE", "oe", "OE", "ss", "SS", "th", "Th"), strict=True)),
    **dict(zip("øØłŁđĐðÐıħĦŋ", "oOlLdDdDihHn", strict=True)),
    # Apostrophes and dashes of all kinds, by number: they look too much alike.
    **dict.fromkeys((0x2019, 0x2018, 0x02BC, 0x60, 0xB4), "'"),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
}
_FOLDED = str.maketrans(_LETTERS)


def clean(values: pl.Series, placeholders: Collection[str]) -> pl.Series:
    """Text in NFKC, without control characters, trimmed; null for empty text and placeholders (in lower case)."""
    import polars as pl

    known = values.is_not_null()
    foreign = values.str.len_bytes() != values.str.len_chars()
    values = where(values, foreign, lambda some: some.str.normalize("NFKC"))
    odd = (values.str.len_bytes() != values.str.len_chars()) | values.str.contains(
        r"[\x00-\x08\x0b-\x1f\x7f]"
    )
    values = where(
        values, odd, lambda some: some.str.replace_all("\\r\\n?", "\n").str.replace_all(_CONTROL, "")
    )
    values = values.str.strip_chars()
    # Placeholders are short; only short texts are looked up.
    longest = max(map(len, placeholders), default=0)
    short = known & (values.str.len_chars() <= longest)
    said = values.filter(short).str.to_lowercase()
    nothing = said.is_in(list(placeholders)) | (said == "")
    if not nothing.any():
        return values
    places = short.arg_true().filter(nothing)
    return values.clone().scatter(places, pl.Series([None] * len(places), dtype=pl.String))


def clean_text(text: str, placeholders: Collection[str] = ()) -> str | None:
    """What :func:`clean` does, for one text."""
    import polars as pl

    return clean(pl.Series([text], dtype=pl.String), placeholders)[0]  # type: ignore[no-any-return]


def garbled(values: pl.Series) -> pl.Series:
    """Whether each text has the marks of letters read in a wrong encoding. They are told, never mended."""
    return values.str.contains(_GARBLED).fill_null(value=False)


def fold(text: str) -> str:
    """A text in ASCII where it has Latin letters, in lower case; letters of other scripts stay."""
    text = text.translate(_FOLDED)
    if text.isascii():
        return text.lower()
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    return plain.lower()


def words(text: str) -> list[str]:
    """The words of a text for comparing: folded, ``&`` as and, apostrophes gone, ``Y.M.C.A.`` as one."""
    folded = fold(text).replace("&", " and ").replace("'", "")
    # Two letters with points are more often a person's than an organisation's: R. E. Wood.
    folded = re.sub(
        r"\b(?:[^\W\d_]\.){2,}[^\W\d_]\b\.?", lambda found: found[0].replace(".", "") + " ", folded
    )
    return re.findall(r"[^\W_]+", folded)


def squeeze(values: pl.Series) -> pl.Series:
    """White space of any kind and length as one space."""
    several = values.str.contains(r"\s{2,}|[\n\t\x{a0}]")
    return where(values, several, lambda some: some.str.replace_all(r"\s+", " "))
