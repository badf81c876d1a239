"""Everything a run decided, as plain values: what the report shows and a version record takes its counts from. Pure.

The pipeline fills it. Addresses are ``file!sheet!cell``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hotpass.refine.validate import SEPARATOR

if TYPE_CHECKING:
    from hotpass.refine.identities import Identities
    from hotpass.refine.validate import RuleResult, Validation


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


def quarantined_rows(validation: Validation) -> tuple[QuarantinedRow, ...]:
    """The rows set aside, each with its name and the address of its first source."""
    columns = ("organization_id", "organization_name", "source", "quarantine_reasons")
    rows = validation.quarantine.to_dicts()
    return tuple(QuarantinedRow(*(str(row.get(name) or "") for name in columns)) for row in rows)


def flag_counts(validation: Validation) -> tuple[tuple[str, int], ...]:
    """The flags of the rows that stay and how many rows have each, the most frequent first."""
    counts: dict[str, int] = {}
    for flags in validation.data["quality_flags"].drop_nulls():
        for flag in flags.split(SEPARATOR):
            counts[flag] = counts.get(flag, 0) + 1
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def mean_score(validation: Validation) -> float | None:
    """The mean quality score of the rows that stay, with four decimals; None where none stays."""
    scores = validation.data["quality_score"].to_list()
    return round(sum(scores) / len(scores), 4) if scores else None
