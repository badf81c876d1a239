"""Prepared records → which of them are one, which pairs are doubtful, and why."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from hotpass.refine.duplicates.blocking import Skipped, blocked_pairs
from hotpass.refine.duplicates.clusters import Edge, Rules, cluster
from hotpass.refine.duplicates.decisions import Answer, Decision, in_force
from hotpass.refine.duplicates.features import Features, organisation_features, person_features
from hotpass.refine.duplicates.model import MATCH, ORGANISATION, REVIEW, SEEN, Model
from hotpass.refine.duplicates.scoring import Scored, score
from hotpass.refine.records import COLUMNS, PERSON_COLUMNS, RecordRef, check, references

if TYPE_CHECKING:
    import polars as pl

_CERTAIN = 50.0
"""The weight, in bits, of two records that say the same in every column."""


class Doubtful(Enum):
    """Why a person should look at a pair."""

    LIKELY = "likely"
    """Its probability is between the thresholds."""
    CONTRADICTED = "contradicted"
    """It would be a match but for a contradiction, two addresses say."""
    OUTWEIGHED = "outweighed"
    """It would be a match, but the other pairs of the two groups speak against it."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What one comparison says of a pair: its level in words, and its weight in bits (above 0 speaks for a match)."""

    comparison: str
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two rows are taken for one, or may be.

    ``because`` is ``copy`` (they say the same in every column compared), ``decided`` (a person said so) or
    ``compared``. ``weight`` is the sum of the grades' and of the prior's: what a pair has of which nothing is known.
    """

    left: int
    right: int
    because: str
    weight: float | None = None
    probability: float | None = None
    grades: tuple[Grade, ...] = ()


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

    ``clusters`` hold row numbers, each cluster sorted, in the order of their first rows. ``doubts`` are what to ask a
    person, the most probable first. ``unused`` are decisions about records that are not there. ``skipped`` are blocks
    too large to be looked at.
    """

    clusters: tuple[tuple[int, ...], ...]
    refs: tuple[RecordRef, ...] = field(repr=False)
    doubts: tuple[Doubt, ...]
    unused: tuple[Decision, ...]
    skipped: tuple[Skipped, ...]
    _why: _Why = field(repr=False, compare=False)

    def evidence(self, number: int) -> tuple[Evidence, ...]:
        """Why the rows of a cluster are one: the strongest pairs that connect them, one fewer than there are rows."""
        return self._why.connections(self.clusters[number])

    @property
    def weights(self) -> tuple[tuple[str, Grade], ...]:
        """What was learnt: each comparison's levels with their weights, before frequencies."""
        return self._why.weights


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
    :raises DecisionsContradictError: decisions cannot all be obeyed.
    """
    is_person = "surname" in records.columns
    records = check(records, PERSON_COLUMNS if is_person else COLUMNS)
    refs = references(records)
    asked = _asked(refs, in_force(tuple(decisions)))
    features = (person_features if is_person else organisation_features)(records, asked.rows)
    blocked = blocked_pairs(features.table, model)
    if blocked.pairs.height:
        scored = score(features, model, blocked.pairs, threads=threads or os.cpu_count() or 1, floor=SEEN)
    else:
        scored = None
    why = _Why(features, model, scored, asked)
    groups = cluster(features.table.height, why.edges(), _weight(SEEN), asked.rules(features.of_row))
    clusters = _rows(groups, features.of_row)
    return Resolution(
        clusters, tuple(refs), _doubts(clusters, refs, why), asked.unused, blocked.skipped, why
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
    answers, unused = {}, []
    for each in decisions:
        if each.left in row_of and each.right in row_of:
            left, right = sorted((row_of[each.left], row_of[each.right]))
            answers[left, right] = each.answer
        else:
            unused.append(each)
    return _Asked(answers, tuple(unused))


@dataclass(frozen=True)
class _Pair:
    weight: float
    probability: float
    contradicted: bool
    grades: tuple[int, ...]
    weights: tuple[float, ...]


class _Why:
    """What is known of pairs, looked up by the ids of features and told by rows."""

    def __init__(self, features: Features, model: Model, scored: Scored | None, asked: _Asked) -> None:
        self._features = features
        self._model = model
        self._scored = scored
        self._asked = asked
        self.row_of: dict[int, int] = {}
        for row, number in enumerate(features.of_row):
            self.row_of.setdefault(number, row)
        self.copies = self._copies()

    @cached_property
    def pairs(self) -> dict[tuple[int, int], _Pair]:
        """Every scored pair, by the ids of features."""
        if self._scored is None:
            return {}
        names = [comparison.name for comparison in self._model.comparisons]
        contradicting = [
            frozenset(
                len(comparison.levels) - 1 - place
                for place, level in enumerate(comparison.levels)
                if level.contradicts
            )
            for comparison in self._model.comparisons
        ]
        count = len(names)
        columns = ["left", "right", "weight", "probability"]
        columns += [f"grade_{name}" for name in names] + [f"weight_{name}" for name in names]
        found = {}
        for left, right, weight, probability, *rest in self._scored.pairs.select(columns).iter_rows():
            grades = tuple(rest[:count])
            contradicted = any(map(frozenset.__contains__, contradicting, grades))
            found[left, right] = _Pair(weight, probability, contradicted, grades, tuple(rest[count:]))
        return found

    def edges(self) -> Iterator[Edge]:
        """What the search for groups goes by.

        A contradicted pair joins nothing, and counts no more than one that was not worth looking at.
        """
        least = _weight(SEEN)
        for (left, right), pair in self.pairs.items():
            if (left, right) in self.copies:
                continue
            if pair.contradicted:
                yield Edge(left, right, min(pair.weight, least), joins=False)
            else:
                yield Edge(left, right, pair.weight, joins=pair.probability >= MATCH)
        for left, right in sorted(self.copies):
            yield Edge(left, right, _CERTAIN, joins=True)

    def _copies(self) -> frozenset[tuple[int, int]]:
        """Rows that were kept by themselves for a decision's sake, and say what another row says."""
        if not self._asked.answers:
            return frozenset()
        table = self._features.table
        said = [column for column in table.columns if column != "id"]
        groups = table.group_by(said, maintain_order=True).agg("id")["id"].to_list()
        return frozenset(
            (left, right)
            for group in groups
            for place, left in enumerate(group)
            for right in group[place + 1 :]
        )

    def evidence(self, left: int, right: int, because: str = "compared") -> Evidence:
        """What is known of two rows."""
        one, other = sorted((self._features.of_row[left], self._features.of_row[right]))
        pair = self.pairs.get((one, other))
        if pair is None:
            return Evidence(left, right, because)
        levels = zip(self._model.comparisons, pair.grades, pair.weights, strict=True)
        grades = tuple(
            Grade(comparison.name, level.label, weight)
            for comparison, grade, weight in levels
            if (level := comparison.level(grade))
        )
        prior = self._scored.prior if self._scored else 0.0
        return Evidence(
            left, right, because, pair.weight, pair.probability, (Grade("prior", "any two", prior), *grades)
        )

    @property
    def weights(self) -> tuple[tuple[str, Grade], ...]:
        if self._scored is None:
            return ()
        return tuple(
            (
                comparison["output_column_name"],
                Grade(
                    comparison["output_column_name"],
                    level["label_for_charts"],
                    round(math.log2(level["m_probability"] / level["u_probability"]), 6),
                ),
            )
            for comparison in self._scored.settings["comparisons"]
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        )

    def connections(self, rows: Sequence[int]) -> tuple[Evidence, ...]:
        """The greatest spanning tree over some rows, by weight; rows that say the same count first."""
        of_row, asked = self._features.of_row, self._asked.answers
        candidates: list[tuple[float, int, int, str]] = []
        first: dict[int, int] = {}
        for row in rows:
            if of_row[row] in first:
                candidates.append((-math.inf, first[of_row[row]], row, "copy"))
            else:
                first[of_row[row]] = row
        numbers = sorted(first)
        for place, one in enumerate(numbers):
            for other in numbers[place + 1 :]:
                left, right = sorted((first[one], first[other]))
                if (one, other) in self.copies:
                    candidates.append((-math.inf, left, right, "copy"))
                elif asked.get((left, right)) is Answer.SAME:
                    candidates.append((-1e9, left, right, "decided"))
                elif pair := self.pairs.get((one, other)):
                    candidates.append((-pair.weight, left, right, "compared"))
        chosen, group = [], {row: row for row in rows}
        for _, left, right, because in sorted(candidates):
            if group[left] != group[right]:
                kept, gone = group[left], group[right]
                group = {row: kept if name == gone else name for row, name in group.items()}
                chosen.append(self.evidence(left, right, because))
        return tuple(chosen)


def _doubts(clusters: Sequence[Sequence[int]], refs: Sequence[RecordRef], why: _Why) -> tuple[Doubt, ...]:
    of_row, asked = why._features.of_row, why._asked.answers
    cluster_of = {of_row[row]: number for number, rows in enumerate(clusters) for row in rows}
    answered = {
        tuple(sorted((cluster_of[of_row[left]], cluster_of[of_row[right]]))) for left, right in asked
    }
    best: dict[tuple[int, ...], tuple[float, int, int]] = {}
    for (one, other), pair in why.pairs.items():
        between = tuple(sorted((cluster_of[one], cluster_of[other])))
        if between[0] == between[1] or between in answered:
            continue
        if pair.probability >= (MATCH if pair.contradicted else REVIEW):
            found = (-pair.weight, one, other)
            best[between] = min(best.get(between, found), found)
    doubts = []
    for _, one, other in sorted(best.values()):
        pair = why.pairs[one, other]
        if pair.contradicted:
            reason = Doubtful.CONTRADICTED
        else:
            reason = Doubtful.OUTWEIGHED if pair.probability >= MATCH else Doubtful.LIKELY
        left, right = sorted((why.row_of[one], why.row_of[other]))
        doubts.append(Doubt(refs[left], refs[right], reason, why.evidence(left, right)))
    return tuple(doubts)


def _rows(groups: Iterable[Sequence[int]], of_row: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    rows: dict[int, list[int]] = {}
    for row, number in enumerate(of_row):
        rows.setdefault(number, []).append(row)
    clusters = [tuple(sorted(row for number in group for row in rows[number])) for group in groups]
    return tuple(sorted(clusters))


def _weight(probability: float) -> float:
    return math.log2(probability / (1 - probability))
