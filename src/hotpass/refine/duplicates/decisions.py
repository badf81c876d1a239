"""What people decided about uncertain pairs: values, and the text of the file that keeps them. Pure.

The file is CSV, one decision a line, in the order they were made; the last one about a pair holds, so undoing is taking
the last line away. It holds ids and digests of records, no values.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from hotpass.refine.duplicates.errors import DecisionsContradictError, DecisionsDamagedError
from hotpass.refine.records import RecordRef

COLUMNS = ("left_source", "left_record", "right_source", "right_record", "answer", "note")


class Answer(Enum):
    """What was said of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    """Looked at and left open: it is not asked again, and nothing follows from it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer about two records. The two stand in the order of :meth:`of`, so that a pair is written one way."""

    left: RecordRef
    right: RecordRef
    answer: Answer
    note: str = ""

    @classmethod
    def of(cls, one: RecordRef, other: RecordRef, answer: Answer, note: str = "") -> Decision:
        """A decision about two records given in any order."""
        left, right = sorted((one, other), key=lambda ref: (ref.source, ref.record))
        return cls(left, right, answer, note)

    @property
    def pair(self) -> tuple[RecordRef, RecordRef]:
        """The two records."""
        return self.left, self.right


def parse_decisions(text: str) -> tuple[Decision, ...]:
    """The decisions of a file, in their order.

    :raises DecisionsDamagedError: a header, a line or an answer that is none.
    """
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(lines, None)
    if header is None:
        return ()
    if tuple(header) != COLUMNS:
        raise _damaged(1, f"the columns are {','.join(header)!r}")
    decisions = []
    for cells in lines:
        if not cells:
            continue
        if len(cells) != len(COLUMNS):
            raise _damaged(lines.line_num, f"{len(cells)} cells where {len(COLUMNS)} are expected")
        try:
            answer = Answer(cells[4].strip().lower())
        except ValueError:
            known = ", ".join(each.value for each in Answer)
            raise _damaged(lines.line_num, f"the answer is {cells[4]!r}, not one of {known}") from None
        left, right = RecordRef(cells[0], cells[1]), RecordRef(cells[2], cells[3])
        if left == right:
            raise _damaged(lines.line_num, "a record is compared with itself")
        decisions.append(Decision.of(left, right, answer, cells[5]))
    return tuple(decisions)


def _damaged(line: int, problem: str) -> DecisionsDamagedError:
    return DecisionsDamagedError(line, problem, ",".join(COLUMNS))


def format_decisions(decisions: Iterable[Decision]) -> str:
    """The text of a file of decisions: :func:`parse_decisions` gives them back."""
    file = io.StringIO(newline="")
    plain = csv.writer(file, lineterminator="\n")
    # Before Python 3.13 a lone carriage return is not quoted by itself.
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(COLUMNS)
    for each in decisions:
        left, right = each.pair
        cells = (left.source, left.record, right.source, right.record, each.answer.value, each.note)
        (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)
    return file.getvalue()


def in_force(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The last decision about each pair, sorted by the pair.

    :raises DecisionsContradictError: those that hold cannot all be obeyed.
    """
    last = {each.pair: each for each in decisions}
    held = [last[pair] for pair in sorted(last, key=lambda pair: [(ref.source, ref.record) for ref in pair])]
    groups: dict[RecordRef, RecordRef] = {}

    def group(ref: RecordRef) -> RecordRef:
        while (parent := groups.get(ref, ref)) != ref:
            ref = parent
        return ref

    for each in held:
        if each.answer is Answer.SAME:
            groups[group(each.left)] = group(each.right)
    for each in held:
        if each.answer is Answer.DIFFERENT and group(each.left) == group(each.right):
            raise DecisionsContradictError(str(each.left), str(each.right))
    return tuple(held)
