"""Refined tables → a workbook whose bytes follow from its values alone; Parquet and CSV on request.

Where cells come from stands in the workbook's Data sheet itself, in columns ``FIELD__source`` to the right of all
others, which Excel shows folded away: what reads the dataset reads its lineage, and nobody has to look at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name and a frame of text, numbers, dates and truth values."""

    name: str
    frame: pl.DataFrame


def output_sheets(
    data: pl.DataFrame,
    contacts: pl.DataFrame,
    quarantine: pl.DataFrame,
    summary: Sequence[tuple[str, str | int | float | None]],
) -> tuple[Sheet, ...]:
    """The sheets Data (sorted by its first column), Contacts, Quarantine and Summary, columns of lineage last."""
    raise NotImplementedError


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; equal sheets make equal bytes."""
    raise NotImplementedError


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook, whole or not at all; raises WriteError."""
    raise NotImplementedError


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write one table as Parquet, whole or not at all; raises WriteError."""
    raise NotImplementedError


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write one table as CSV in UTF-8, whole or not at all; raises WriteError."""
    raise NotImplementedError
