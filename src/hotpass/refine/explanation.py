"""Why an organisation is what it is: its rows, what joined them, and which value won. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hotpass.refine.duplicates import Doubt, Evidence, Resolution
from hotpass.refine.records import RecordRef
from hotpass.refine.survivors import Chosen, Survivor


@dataclass(frozen=True)
class Explanation:
    """One organisation, explained.

    ``rows`` are its rows, the best first, with their names. ``evidence`` connects them: one fewer than there are rows,
    copies first and then the strongest pairs. ``values`` are the surviving ones, each with its row, its reason and the
    rows that said otherwise. ``doubts`` are other records that may belong to it.
    """

    rows: tuple[tuple[int, RecordRef], ...]
    evidence: tuple[Evidence, ...]
    values: tuple[Chosen, ...]
    doubts: tuple[Doubt, ...]


def explain(resolution: Resolution, number: int, survivor: Survivor) -> Explanation:
    """Explain the cluster of a number, whose survivor is given."""
    rows = tuple((row, resolution.refs[row]) for row in survivor.rows)
    names = {ref for _, ref in rows}
    doubts = tuple(doubt for doubt in resolution.doubts if doubt.left in names or doubt.right in names)
    return Explanation(rows, resolution.evidence(number), survivor.values, doubts)
