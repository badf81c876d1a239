"""Grids written as they look: rows of cells, None for an empty one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from hotpass.refine.grid import Grid, Sheet


def grid(
    rows: Sequence[Any],
    sheet: str = "Sites",
    *,
    file: str = "list.xlsx",
    row: int = 1,
    column: int = 1,
    hidden: bool = False,
) -> Grid:
    """A grid of rows that may be of different lengths."""
    width = max((len(cells) for cells in rows), default=0)
    columns = [[cells[place] if place < len(cells) else None for cells in rows] for place in range(width)]
    frame = pl.DataFrame(columns, schema={f"c{place}": pl.String for place in range(width)}, orient="col")
    return Grid(Sheet(file, sheet), frame, row, column, hidden)
