"""A dataset's version record as it lies in the work tree."""

from __future__ import annotations

from hotpass.files import read_small
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.record import RECORD_LIMIT, VersionRecord, parse_record


def load_record(project: Project, dataset: Dataset) -> tuple[VersionRecord | None, str]:
    """The dataset's version record and its text, None and "" where there is none; raises DamagedRecordError."""
    data = read_small(project.root / dataset.record_path, RECORD_LIMIT)
    if data is None:
        return None, ""
    return parse_record(data, dataset.record_path), data.decode("utf-8")
