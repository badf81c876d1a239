"""Hotpass: refined datasets from messy spreadsheets, released as semantic versions on git and DVC.

Versions of datasets are in :mod:`hotpass.versioning`; the errors everything raises in :mod:`hotpass.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotpass import versioning, workflows

if TYPE_CHECKING:
    from hotpass.versioning import Project, Question, Verdict

__version__ = "0.1.0"

__all__ = ["__version__"]


def _judge(project: Project, question: Question) -> Verdict:
    return workflows.judge(project, question)


# Versions know nothing of tables (imports run one way), and yet a number must follow from the data for whoever asks:
# here, above both, the one is handed to the other. Nothing is loaded for it before a number hangs on it.
versioning.judges.append(_judge)
