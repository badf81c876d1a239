"""Which rows of a table's body are no records: blank ones, repeated headers, totals, notes at the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hotpass.refine.grid import Skip
from hotpass.refine.headers import Row, filled
from hotpass.refine.shapes import Shape, shares

if TYPE_CHECKING:
    import polars as pl

_TOTAL = re.compile(
    r"(?:(?:grand|sub) ?-?)?total(?:en|s|e)?\b|sum\b|sums\b|subtotaal|totaal|average\b|count\b", re.IGNORECASE
)
_FOOTNOTE = re.compile(
    r"(?:note|notes|source|sources|generated|printed|exported|report|page \d|end of|\*|\u00a9|disclaimer|last updated|bron)\b"
    r"|[*\u00a9]",
    re.IGNORECASE,
)


def skip_reasons(frame: pl.DataFrame, any_filled: pl.Series, headers: Sequence[Row]) -> dict[int, Skip]:
    """Why rows of a table's body are no records, by their place in it."""
    import polars as pl

    found: dict[int, Skip] = dict.fromkeys((~any_filled).arg_true().to_list(), Skip.BLANK)
    for header in headers:
        texts = {
            name: cell for name, cell in zip(frame.columns, header, strict=True) if cell and cell.strip()
        }
        if len(texts) > 1 or (texts and len(frame.columns) == 1):
            same = [pl.col(name).str.strip_chars() == text.strip() for name, text in texts.items()]
            equal = frame.select(
                pl.sum_horizontal(test.fill_null(value=False) for test in same) >= 0.8 * len(same)
            )
            found |= dict.fromkeys(equal.to_series().arg_true().to_list(), Skip.REPEATED_HEADER)
    if frame.width < 2:
        return found
    # Totals and notes have few cells and a telling beginning.
    lead = pl.coalesce(pl.all().str.strip_chars().replace("", None))
    count = pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int32))
    table = frame.select(lead=lead, count=count)
    telling = table["lead"].str.contains(f"^(?i:{_TOTAL.pattern}|{_FOOTNOTE.pattern})").fill_null(value=False)
    for place in telling.arg_true().to_list():
        if place in found:
            continue
        reason = _telling(
            str(table["lead"][place]), frame.row(place), int(table["count"][place]), frame.width
        )
        if reason:
            found[place] = reason
    return found


def _telling(lead: str, row: Row, count: int, width: int) -> Skip | None:
    cells = [row[place] or "" for place in filled(row)]
    numbers = sum(shares([cell]).get(Shape.NUMBER, 0) > 0 for cell in cells[1:])
    if (
        _TOTAL.match(lead)
        and len(lead) <= 40
        and count <= max(2, width // 2 + 1)
        and numbers == len(cells) - 1
    ):
        return Skip.TOTAL
    if _FOOTNOTE.match(lead) and count == 1 and width >= 3:
        return Skip.FOOTNOTE
    return None
