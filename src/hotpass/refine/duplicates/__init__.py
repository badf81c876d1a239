"""Which prepared records are one organisation, without labels: found, explained, and open to correction.

:func:`resolve` is the verb. Its :class:`Resolution` holds the clusters, why each is one, and the pairs that a person
should look at; :class:`Decision` is what the person said, and later runs obey it. How it works and where its numbers
come from: docs/explanation/finding-duplicates.md.
"""

from hotpass.refine.duplicates.blocking import Skipped
from hotpass.refine.duplicates.decisions import (
    Answer,
    Decision,
    format_decisions,
    in_force,
    parse_decisions,
)
from hotpass.refine.duplicates.errors import DecisionsContradictError, DecisionsDamagedError
from hotpass.refine.duplicates.evidence import Evidence, Grade
from hotpass.refine.duplicates.model import MATCH, ORGANISATION, PERSON, REVIEW, Model
from hotpass.refine.duplicates.resolution import Doubt, Doubtful, Resolution, resolve

__all__ = [
    "MATCH",
    "ORGANISATION",
    "PERSON",
    "REVIEW",
    "Answer",
    "Decision",
    "DecisionsContradictError",
    "DecisionsDamagedError",
    "Doubt",
    "Doubtful",
    "Evidence",
    "Grade",
    "Model",
    "Resolution",
    "Skipped",
    "format_decisions",
    "in_force",
    "parse_decisions",
    "resolve",
]
