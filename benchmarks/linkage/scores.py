"""How well a partition of records agrees with the true one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scores:
    """Pairwise and B³ (Bagga and Baldwin 1998): precision, recall, F1."""

    pair_precision: float
    pair_recall: float
    b3_precision: float
    b3_recall: float

    @property
    def pair_f1(self) -> float:
        return _harmonic(self.pair_precision, self.pair_recall)

    @property
    def b3_f1(self) -> float:
        return _harmonic(self.b3_precision, self.b3_recall)

    def __str__(self) -> str:
        return (
            f"pairs P {self.pair_precision:.3f} R {self.pair_recall:.3f} F1 {self.pair_f1:.4f}   "
            f"B3 P {self.b3_precision:.3f} R {self.b3_recall:.3f} F1 {self.b3_f1:.4f}"
        )


def scores(found: Sequence[Hashable], true: Sequence[Hashable]) -> Scores:
    """Compare two partitions, each given as the cluster of every record."""
    both = Counter(zip(found, true, strict=True))
    of_found, of_true = Counter(found), Counter(true)
    pairs_both, pairs_found, pairs_true = (_pairs(sizes.values()) for sizes in (both, of_found, of_true))
    return Scores(
        pairs_both / pairs_found if pairs_found else 1.0,
        pairs_both / pairs_true if pairs_true else 1.0,
        sum(count * count / of_found[cluster] for (cluster, _), count in both.items()) / len(found),
        sum(count * count / of_true[entity] for (_, entity), count in both.items()) / len(found),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
