"""Header texts: how they are compared, and whether a row is one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hotpass.refine.shapes import Shape, is_value, looks_like

Row = Sequence[str | None]
_LONGEST = 60


@dataclass(frozen=True)
class Header:
    """The name of a column as it stands there, and what stands above it over several columns. Empty: it has none."""

    text: str
    group: str = ""

    def __str__(self) -> str:
        return f"{self.group} / {self.text}" if self.group and self.text else self.group or self.text


def header_key(text: str) -> str:
    """A header as it is compared: ASCII, lower case, words; what stands in brackets and marks of duty left out."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    folded = re.sub(r"\((?:s|es)\)", "", folded)
    folded = (
        re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", folded)
        if re.search(r"[a-z]", re.sub(r"\(.*?\)", "", folded))
        else folded
    )
    folded = folded.replace("e-mail", "email").replace("web site", "website").replace("'", "")
    folded = re.sub(r"(?<=[a-z])&(?=[a-z])", " and ", folded).replace("#", " number ")
    return " ".join(re.findall(r"[a-z0-9]+", folded))


def filled(row: Row) -> list[int]:
    """The places of the cells that hold something."""
    return [place for place, cell in enumerate(row) if cell is not None and cell.strip()]


def could_be_header(text: str) -> bool:
    """Whether a cell may be the name of a column: a short text that is no value."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST or stripped.count("\n") > 2:
        return False
    return any(letter.isalpha() for letter in stripped) and not is_value(stripped)


def hits(row: Row, known: Collection[str]) -> int:
    """How many cells of a row are names of columns that the profile knows."""
    return sum(header_key(cell) in known for cell in row if cell)


def header_score(rows: Sequence[Row], place: int, known: Collection[str]) -> float:
    """How much a row looks like the header of those after it; 0: it does not.

    Names that the profile knows count most; that the cells below look otherwise counts next.
    """
    row = rows[place]
    places = filled(row)
    width = _width(rows[place:])
    found = hits(row, known)
    named = [where for where in places if could_be_header(row[where] or "")]
    is_wide = len(places) >= max(2, width * 0.5) or (width == 1 and len(places) == 1 and found > 0)
    # A year or a number may name a column beside others that are texts.
    if not is_wide or len(named) < len(places) * (0.6 if found >= 2 else 0.99):
        return 0.0
    texts = [header_key(row[where] or "") for where in places]
    if len(set(texts)) < len(texts) * 0.5:
        return 0.0
    evidence = _evidence(rows, place, places)
    return 2.0 * found + 1.5 * evidence + len(places) / max(width, 1)


def is_certain(rows: Sequence[Row], place: int, known: Collection[str]) -> bool:
    """Whether anything but its look says that a row is the header: a known name, or columns that look otherwise below."""
    return hits(rows[place], known) > 0 or _evidence(rows, place, filled(rows[place])) > 0


def _width(rows: Sequence[Row]) -> int:
    """How many cells the rows usually have."""
    counts = sorted(len(filled(row)) for row in rows[1:41] if filled(row))
    return counts[len(counts) // 2] if counts else len(filled(rows[0]))


def _evidence(rows: Sequence[Row], place: int, places: Sequence[int]) -> int:
    """In how many columns the cells below have a shape that the cell itself has not."""
    below = rows[place + 1 : place + 41]
    count = 0
    for where in places:
        cell = row_cell(rows[place], where)
        values = [row_cell(row, where) for row in below]
        values = [value for value in values if value]
        for shape in (Shape.EMAIL, Shape.PHONE, Shape.WEBSITE, Shape.DATE, Shape.NUMBER, Shape.POSTCODE):
            share = sum(looks_like(value, shape) for value in values)
            if values and share >= 0.7 * len(values) and not looks_like(cell, shape):
                count += 1
                break
    return count


def row_cell(row: Row, place: int) -> str:
    """A cell of a row, trimmed; empty text for none."""
    return (row[place] or "").strip() if place < len(row) else ""


def with_neighbours(rows: Sequence[Row], place: int, known: Collection[str]) -> list[int]:
    """The header's row, and the row above or below that belongs to it."""
    row = rows[place]
    if place and _is_group(rows[place - 1], row):
        return [place - 1, place]
    if place + 1 < len(rows):
        below = rows[place + 1]
        # A record below a header with gaps must not pass for names: two of them are known, and none is a value.
        names = hits(below, known) >= 2 and all(could_be_header(below[each] or "") for each in filled(below))
        if _continues(row, below, known) or (names and _is_group(row, below)):
            return [place, place + 1]
    return [place]


def _is_group(above: Row, row: Row) -> bool:
    """Whether a row names groups of columns: several texts (or one that is not at the left edge), each over some columns.

    Texts over no name are names themselves, written over both rows of the header.
    """
    places = filled(above)
    below = filled(row)
    over = [place for place in places if row_cell(row, place)]
    if (
        not places
        or len(over) >= len(below)
        or not all(could_be_header(above[place] or "") for place in places)
    ):
        return False
    return len(over) > 1 or (len(places) < len(below) and (len(places) > 1 or places[0] > below[0]))


def _continues(row: Row, below: Row, known: Collection[str]) -> bool:
    """Whether the row below a header goes on with it: together they make names that neither is."""
    places = filled(below)
    if (
        not places
        or len(places) >= len(filled(row))
        or not all(could_be_header(below[place] or "") for place in places)
    ):
        return False
    both_ways = [header_key(f"{row_cell(row, place)} {row_cell(below, place)}") for place in places]
    alone = [header_key(row_cell(row, place)) for place in places]
    return any(both in known and one not in known for both, one in zip(both_ways, alone, strict=True)) or (
        places[0] != filled(row)[0]
        and all(not one or both in known for both, one in zip(both_ways, alone, strict=True))
    )


def joined(rows: Sequence[Row]) -> tuple[Header, ...]:
    """One header for each column; a group's text goes on to the right until the next."""
    if len(rows) == 1:
        return tuple(Header(row_cell(rows[0], place)) for place in range(len(rows[0])))
    upper, lower = rows
    if len(filled(upper)) >= len(filled(lower)) and not _is_group(upper, lower):
        texts = []
        above = ""
        for place in range(len(upper)):
            # What stands over several columns is written over the first.
            above = row_cell(upper, place) or (above if row_cell(lower, place) else "")
            texts.append(" ".join(filter(None, (above, row_cell(lower, place)))))
        return tuple(map(Header, texts))
    headers = []
    group = ""
    for place in range(len(upper)):
        group = row_cell(upper, place) or group
        text = row_cell(lower, place)
        headers.append(Header(text, group) if text else Header(row_cell(upper, place)))
    return tuple(headers)
