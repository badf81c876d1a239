"""Scored pairs, told in words and by rows: why rows are one, or may be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hotpass.refine.duplicates.clusters import Edge
from hotpass.refine.duplicates.features import Features
from hotpass.refine.duplicates.model import SEEN, Model
from hotpass.refine.duplicates.scoring import Scored
from hotpass.refine.duplicates.sets import Sets

if TYPE_CHECKING:
    import polars as pl

_CERTAIN = 50.0
"""The weight, in bits, of two records that say the same in every column compared."""

Pairs = frozenset[tuple[int, int]]


def weight_of(probability: float) -> float:
    """The weight in bits that a probability is of."""
    return math.log2(probability / (1 - probability))


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
    ``compared``. ``weight`` is the sum of the grades', of which the first is the prior's: what a pair has of which
    nothing is known. It is None for a pair that was not worth comparing.
    """

    left: int
    right: int
    because: str
    weight: float | None = None
    probability: float | None = None
    grades: tuple[Grade, ...] = ()


class Knowledge:
    """What is known of pairs of records: by ids of features inside, by rows outside."""

    def __init__(self, features: Features, model: Model, scored: Scored | None) -> None:
        self.of_row = features.of_row
        self._table = features.table
        self._model = model
        self._scored = scored
        self.row_of: dict[int, int] = {}
        for row, number in enumerate(features.of_row):
            self.row_of.setdefault(number, row)

    @cached_property
    def _pairs(self) -> pl.DataFrame:
        """Every scored pair, and whether a strong key contradicts it."""
        import polars as pl

        if self._scored is None:
            types = {"left": pl.Int64, "right": pl.Int64, "weight": pl.Float64, "probability": pl.Float64}
            return pl.DataFrame(schema={**types, "contradicted": pl.Boolean})
        contradicted = pl.lit(value=False)
        for comparison in self._model.comparisons:
            grades = range(len(comparison.levels))
            against = [grade for grade in grades if (level := comparison.level(grade)) and level.contradicts]
            if against:
                contradicted = contradicted | pl.col(f"grade_{comparison.name}").is_in(against)
        return self._scored.pairs.with_columns(contradicted=contradicted)

    def edges(self, copies: Pairs) -> Iterator[Edge]:
        """What the search for groups goes by.

        A contradicted pair joins nothing, and counts no more than one that was not worth looking at.
        """
        least = weight_of(SEEN)
        columns = self._pairs.select("left", "right", "weight", "probability", "contradicted")
        for left, right, weight, probability, contradicted in columns.iter_rows():
            if (left, right) in copies:
                continue
            if contradicted:
                yield Edge(left, right, min(weight, least), joins=False)
            else:
                yield Edge(left, right, weight, joins=probability >= self._model.match)
        for left, right in sorted(copies):
            yield Edge(left, right, _CERTAIN, joins=True)

    @cached_property
    def copies(self) -> Pairs:
        """Records that say the same and yet are kept by themselves, for a decision's sake."""
        said = [column for column in self._table.columns if column != "id"]
        groups = self._table.group_by(said, maintain_order=True).agg("id")["id"].to_list()
        return frozenset(
            (left, right)
            for group in groups
            for place, left in enumerate(group)
            for right in group[place + 1 :]
        )

    def doubtful(self, cluster_of: Sequence[int]) -> list[tuple[int, int, bool, float]]:
        """The strongest pair between each two clusters that may be one: ids, contradicted, probability.

        ``cluster_of`` is the cluster of each id. The most probable come first.
        """
        import polars as pl

        least = pl.when(pl.col("contradicted")).then(self._model.match).otherwise(self._model.review)
        clusters = pl.Series("cluster", cluster_of, dtype=pl.Int64)
        columns = ("left", "right", "weight", "probability", "contradicted")
        between = self._pairs.filter(pl.col("probability") >= least).select(columns)
        ends = {side: clusters.gather(between[side]).rename(side) for side in ("left", "right")}
        between = between.with_columns(
            one=pl.min_horizontal(ends["left"], ends["right"]),
            other=pl.max_horizontal(ends["left"], ends["right"]),
        )
        ordered = between.filter(pl.col("one") != pl.col("other")).sort(
            "weight", "left", "right", descending=[True, False, False]
        )
        strongest = ordered.unique(["one", "other"], keep="first", maintain_order=True)
        return list(strongest.select("left", "right", "contradicted", "probability").iter_rows())

    def evidence(self, left: int, right: int, because: str = "compared") -> Evidence:
        """What is known of two rows."""
        one, other = sorted((self.of_row[left], self.of_row[right]))
        found = self._pair(one, other)
        if found is None or self._scored is None:
            return Evidence(left, right, because)
        grades = [Grade("prior", "any two records", self._scored.prior)]
        grades += [
            Grade(each.name, level.label, found[f"weight_{each.name}"])
            for each in self._model.comparisons
            if (level := each.level(found[f"grade_{each.name}"]))
        ]
        return Evidence(left, right, because, found["weight"], found["probability"], tuple(grades))

    def connections(self, rows: Sequence[int], same: Collection[tuple[int, int]]) -> tuple[Evidence, ...]:
        """Why some rows are one: the strongest pairs that connect them, one fewer than there are rows.

        ``same`` are the pairs of rows that a person said are the same.
        """
        candidates: list[tuple[int, float, int, int]] = []
        first: dict[int, int] = {}
        for row in rows:
            if (number := self.of_row[row]) in first:
                candidates.append((0, 0.0, first[number], row))
            else:
                first[number] = row
        numbers = sorted(first)
        for place, one in enumerate(numbers):
            for other in numbers[place + 1 :]:
                left, right = sorted((first[one], first[other]))
                if (one, other) in self.copies:
                    candidates.append((0, 0.0, left, right))
                elif (left, right) in same:
                    candidates.append((1, 0.0, left, right))
                elif found := self._pair(one, other):
                    candidates.append((2, -found["weight"], left, right))
        places = {row: place for place, row in enumerate(rows)}
        sets, chosen = Sets(len(rows)), []
        for kind, _, left, right in sorted(candidates):
            if sets.of(places[left]) != sets.of(places[right]):
                sets.join(places[left], places[right])
                chosen.append(self.evidence(left, right, ("copy", "decided", "compared")[kind]))
        return tuple(chosen)

    def _pair(self, one: int, other: int) -> Mapping[str, Any] | None:
        place = self._places.get((one, other))
        return None if place is None else self._pairs.row(place, named=True)

    @cached_property
    def _places(self) -> dict[tuple[int, int], int]:
        return {pair: place for place, pair in enumerate(self._pairs.select("left", "right").iter_rows())}

    @property
    def weights(self) -> tuple[Grade, ...]:
        """What was learnt: the weight of each level of each comparison, before frequencies."""
        if self._scored is None:
            return ()
        return tuple(
            Grade(
                comparison["output_column_name"],
                level["label_for_charts"],
                round(math.log2(level["m_probability"] / level["u_probability"]), 6),
            )
            for comparison in self._scored.settings["comparisons"]
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        )
