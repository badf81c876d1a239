"""Uncertain pairs, one after the other: what is shown of each, what was answered, and the file that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hotpass import files
from hotpass.refine.duplicates import Answer, Decision, Doubt, format_decisions, in_force
from hotpass.refine.pipeline import Refined
from hotpass.versioning.lock import folder_lock
from hotpass.workflows.refining import RefineRequest, prepare_run, read_decisions
from hotpass.workflows.workplace import Workplace

if TYPE_CHECKING:
    import polars as pl

SHOWN = (
    "name",
    "address",
    "postcode",
    "locality",
    "region",
    "phones",
    "emails",
    "website",
    "category",
    "contact_name",
    "notes",
)
"""The fields of a record that are shown, in their order."""


@dataclass(frozen=True)
class Pair:
    """Two records that may be one organisation: their values field by field, and the cells they begin in."""

    doubt: Doubt
    left: tuple[tuple[str, str], ...]
    right: tuple[tuple[str, str], ...]


@dataclass
class Review:
    """The pairs that are to be decided, and where one stands. Every answer is in the file at once."""

    pairs: tuple[Pair, ...]
    path: Path
    decisions: list[Decision]
    at: int = 0
    _answered: list[int] = field(default_factory=list)

    @property
    def current(self) -> Pair | None:
        """The pair to be decided; None after the last."""
        return self.pairs[self.at] if self.at < len(self.pairs) else None

    @property
    def answered(self) -> int:
        """How many answers were given."""
        return len(self._answered)

    def answer(self, answer: Answer | str) -> None:
        """Keep an answer about the current pair, and go to the next.

        :raises DecisionsContradictError: it and earlier answers cannot all be obeyed; nothing is kept then.
        """
        pair = self.pairs[self.at]
        decision = Decision.of(pair.doubt.left, pair.doubt.right, Answer(answer))
        in_force((*self.decisions, decision))
        self.decisions.append(decision)
        self._save()
        self._answered.append(self.at)
        self.at += 1

    def undo(self) -> bool:
        """Take the last answer back and return to its pair; False where none was given."""
        if not self._answered:
            return False
        self.decisions.pop()
        self.at = self._answered.pop()
        self._save()
        return True

    def _save(self) -> None:
        files.check_replaceable(self.path)
        files.make_directories(self.path.parent)
        files.write_whole(self.path, format_decisions(self.decisions).encode(), files.new_token())


@contextmanager
def open_review(workplace: Workplace, request: RefineRequest) -> Iterator[Review]:
    """Find the pairs that nobody has decided yet; nobody else decides meanwhile.

    Raises what refining raises, LockedError where another review is open.
    """
    path = workplace.decisions_path
    files.make_directories(path.parent)
    with folder_lock(path.parent, "review", workplace.settings["lock_timeout"]):
        with prepare_run(workplace, request) as prepared:
            pairs = pairs_of(prepared.refined)
        decisions, _ = read_decisions(workplace)
        yield Review(pairs, path, list(decisions))


def pairs_of(refined: Refined) -> tuple[Pair, ...]:
    """The doubtful pairs of a run, the most probable first."""
    prepared = refined.prepared
    frame = prepared.records.hstack(
        prepared.further.drop("row", *_shared(prepared.records, prepared.further))
    )
    found = []
    for doubt in refined.resolution.doubts:
        sides = [
            (*_values(frame, row), ("cell", prepared.cells_of(row, "name")[0]))
            for row in (doubt.evidence.left, doubt.evidence.right)
        ]
        found.append(Pair(doubt, sides[0], sides[1]))
    return tuple(found)


def _shared(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    return [name for name in other.columns if name in one.columns and name != "row"]


def _values(frame: pl.DataFrame, row: int) -> tuple[tuple[str, str], ...]:
    record = frame.row(row, named=True)
    return tuple((name, _text(record.get(name))) for name in SHOWN)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
