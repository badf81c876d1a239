"""Where a refined dataset says that its cells come from, by columns of its own. Pure.

``refine`` writes them: ``source`` beside a record holds the address of the row it was made from, ``phone__source`` that
of the cell that ``phone`` was taken from, as ``file!sheet!cell``. Whatever else stands in a column of such a name is data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

RECORD = "source"
CELL = "__source"
_ADDRESS = re.compile(r".+!(?:[A-Z]{1,3})?[1-9][0-9]*")


def origin_of(values: Mapping[str, str | None], column: str | None) -> str:
    """The address that a record's lineage gives for a cell, else for the whole record; empty where there is none."""
    names = [f"{column}{CELL}", RECORD] if column is not None else [RECORD]
    for name in names:
        text = values.get(name)
        if text and _ADDRESS.fullmatch(text):
            return text
    return ""


def is_lineage(column: str, columns: Collection[str]) -> bool:
    """Whether a column tells where another one comes from: its changes are no changes of the record."""
    return column.endswith(CELL) and column.removesuffix(CELL) in columns
