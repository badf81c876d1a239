"""Prepared records → which of them are one, which pairs are doubtful, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from hotpass.refine.duplicates.blocking import Skipped, blocked_pairs
from hotpass.refine.duplicates.clusters import Rules, cluster
from hotpass.refine.duplicates.decisions import Answer, Decision, in_force
from hotpass.refine.duplicates.evidence import Evidence, Grade, Knowledge, weight_of
from hotpass.refine.duplicates.features import organisation_features, person_features
from hotpass.refine.duplicates.model import ORGANISATION, PERSON, SEEN, Model
from hotpass.refine.duplicates.scoring import score
from hotpass.refine.records import COLUMNS, PERSON_COLUMNS, RecordRef, check, references

if TYPE_CHECKING:
    import polars as pl


class Doubtful(Enum):
    """Why a person should look at a pair."""

    LIKELY = "likely"
    """Its probability is between the thresholds."""
    CONTRADICTED = "contradicted"
    """It would be a match but for a contradiction, of two addresses say."""
    OUTWEIGHED = "outweighed"
    """It would be a match, but the other pairs of the two groups, or a decision, speak against it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two organisations that may be one: the strongest pair of rows between them. ``left`` and ``right`` name these."""

    left: RecordRef
    right: RecordRef
    why: Doubtful
    evidence: Evidence


@dataclass(frozen=True)
class Resolution:
    """Which rows are one.

    ``clusters`` hold row numbers, each cluster sorted, in the order of their first rows. ``refs`` name the rows.
    ``doubts`` are what to ask a person, the most probable first. ``unused`` are decisions about records that are not
    there. ``skipped`` are blocks too large to be looked at.
    """

    clusters: tuple[tuple[int, ...], ...]
    refs: tuple[RecordRef, ...] = field(repr=False)
    doubts: tuple[Doubt, ...]
    unused: tuple[Decision, ...]
    skipped: tuple[Skipped, ...]
    _knowledge: Knowledge = field(repr=False, compare=False)
    _same: frozenset[tuple[int, int]] = field(repr=False, compare=False)

    def evidence(self, number: int) -> tuple[Evidence, ...]:
        """Why the rows of a cluster are one: the strongest pairs that connect them, one fewer than there are rows."""
        return self._knowledge.connections(self.clusters[number], self._same)

    def between(self, left: int, right: int) -> Evidence:
        """What is known of any two rows."""
        return self._knowledge.evidence(left, right)

    @property
    def weights(self) -> tuple[Grade, ...]:
        """What was learnt: the weight of each level of each comparison, before frequencies."""
        return self._knowledge.weights


def resolve(
    records: pl.DataFrame,
    model: Model = ORGANISATION,
    decisions: Iterable[Decision] = (),
    threads: int | None = None,
) -> Resolution:
    """Find which of the prepared records are one.

    The result depends on the records, the model and the decisions alone, not on threads (None: as many as there are
    processors) or chance.

    :raises RecordsError: the frame is not as agreed.
    :raises DecisionsContradictError: the decisions cannot all be obeyed.
    """
    if model.name == PERSON.name:
        records, features_of = check(records, PERSON_COLUMNS), person_features
    else:
        records, features_of = check(records, COLUMNS), organisation_features
    refs = references(records)
    asked = _asked(refs, in_force(tuple(decisions)))
    features = features_of(records, asked.rows)
    blocked = blocked_pairs(features.table, model)
    scored = None
    if blocked.pairs.height:
        scored = score(features, model, blocked.pairs, threads=threads, floor=SEEN)
    known = Knowledge(features, model, scored)
    copies = known.copies if asked.answers else frozenset()
    rules = asked.rules(features.of_row)
    groups = cluster(features.table.height, known.edges(copies), weight_of(SEEN), rules)
    return Resolution(
        _rows(groups, features.of_row),
        tuple(refs),
        _doubts(groups, refs, known, asked, model.match),
        asked.unused,
        blocked.skipped,
        known,
        frozenset(pair for pair, answer in asked.answers.items() if answer is Answer.SAME),
    )


@dataclass(frozen=True)
class _Asked:
    """Decisions by row."""

    answers: Mapping[tuple[int, int], Answer]
    unused: tuple[Decision, ...]

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(row for pair in self.answers for row in pair)

    def rules(self, of_row: Sequence[int]) -> Rules:
        chosen: dict[Answer, list[tuple[int, int]]] = {answer: [] for answer in Answer}
        for (left, right), answer in sorted(self.answers.items()):
            chosen[answer].append((of_row[left], of_row[right]))
        return Rules(tuple(chosen[Answer.SAME]), tuple(chosen[Answer.DIFFERENT]))


def _asked(refs: Sequence[RecordRef], decisions: Iterable[Decision]) -> _Asked:
    row_of = {ref: row for row, ref in enumerate(refs)}
    answers: dict[tuple[int, int], Answer] = {}
    unused = []
    for each in decisions:
        if each.left in row_of and each.right in row_of:
            left, right = sorted((row_of[each.left], row_of[each.right]))
            answers[left, right] = each.answer
        else:
            unused.append(each)
    return _Asked(answers, tuple(unused))


def _doubts(
    groups: Sequence[Sequence[int]],
    refs: Sequence[RecordRef],
    known: Knowledge,
    asked: _Asked,
    match: float,
) -> tuple[Doubt, ...]:
    cluster_of = [0] * sum(map(len, groups))
    for cluster_number, group in enumerate(groups):
        for number in group:
            cluster_of[number] = cluster_number
    answered = {
        frozenset((cluster_of[known.of_row[left]], cluster_of[known.of_row[right]]))
        for left, right in asked.answers
    }
    doubts = []
    for one, other, contradicted, probability in known.doubtful(cluster_of):
        if frozenset((cluster_of[one], cluster_of[other])) in answered:
            continue
        if contradicted:
            why = Doubtful.CONTRADICTED
        else:
            why = Doubtful.OUTWEIGHED if probability >= match else Doubtful.LIKELY
        left, right = sorted((known.row_of[one], known.row_of[other]))
        doubts.append(Doubt(refs[left], refs[right], why, known.evidence(left, right)))
    return tuple(doubts)


def _rows(groups: Iterable[Sequence[int]], of_row: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    rows: dict[int, list[int]] = {}
    for row, number in enumerate(of_row):
        rows.setdefault(number, []).append(row)
    clusters = [tuple(sorted(row for number in group for row in rows[number])) for group in groups]
    return tuple(sorted(clusters))
