"""Everything a run decided, as plain values: what the report shows and a version record takes its counts from. Pure.

The pipeline fills it. Addresses are ``file!sheet!cell``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotpass.refine.identities import Identities
    from hotpass.refine.validate import RuleResult


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of the input folder. ``left_out`` says why it, or a part of it, was not refined."""

    path: str
    digest: str = ""
    size: int = 0
    rows: int = 0
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column and what it was taken for; ``field`` is empty where nothing fits.

    ``address`` is the header's cell, ``how`` is "synonym", "similar", "shape" or "profile"; ``confidence`` runs from 0 to 1.
    ``kept`` says that a column without a field stays as an extra.
    """

    address: str
    header: str
    field: str = ""
    how: str = ""
    confidence: float = 0.0
    suggestion: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class SkippedRows:
    """Rows that are no record, from where to where, and why."""

    address: str
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """An organisation made of several rows: their addresses, the best first."""

    record: str
    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field on which the rows of one organisation disagree: the value that won, where it stands and why; and the others.

    ``others`` are pairs of a value and its address.
    """

    record: str
    field: str
    value: str
    address: str
    reason: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row set aside, and why."""

    record: str
    name: str
    address: str
    reasons: str


@dataclass(frozen=True)
class Findings:
    """A run, told. ``rows_in`` = ``merged`` + ``quarantined`` + ``rows_out``, where ``merged`` are the rows that joined another.

    ``previous`` is the version it follows, or empty. ``flags`` are the flags of records and how many have each.
    """

    profile: str
    rows_in: int
    merged: int
    quarantined: int
    rows_out: int
    inputs: tuple[InputFile, ...] = ()
    columns: tuple[MappedColumn, ...] = ()
    skipped: tuple[SkippedRows, ...] = ()
    merges: tuple[MergedRecord, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    doubts: int = 0
    quarantine: tuple[QuarantinedRow, ...] = ()
    rules: tuple[RuleResult, ...] = ()
    flags: tuple[tuple[str, int], ...] = ()
    mean_score: float | None = None
    previous: str = ""
    identities: Identities | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether no error rule failed."""
        return not any(result.failed and result.rule.severity.value == "error" for result in self.rules)

    @property
    def unmapped(self) -> tuple[MappedColumn, ...]:
        """The columns that were taken for nothing."""
        return tuple(column for column in self.columns if not column.field)
