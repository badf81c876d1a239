"""Record what a pipeline knows of a version beside its output."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from hotpass.versioning.catalogue import catalogue_of
from hotpass.versioning.content import Content, identify, look
from hotpass.versioning.errors import PathMissingError, RecordMismatchError
from hotpass.versioning.lock import repository_lock
from hotpass.versioning.project import Dataset, Project, default_name
from hotpass.versioning.record import VersionRecord, check_metadata, render_record
from hotpass.versioning.recording import load_record
from hotpass.versioning.recovery import carry_out, carrying_out, file_changes, forget, recover
from hotpass.versioning.version import DatasetVersion

_opened: list[Path] = []


def remember_root(root: Path) -> None:
    """Note a repository this process works with: relative output paths are looked for there, too, the newest first."""
    if root in _opened:
        _opened.remove(root)
    _opened.insert(0, root)


def record_version_metadata(
    output_path: str | os.PathLike[str],
    version: DatasetVersion | str,
    metadata: Mapping[str, Any] | None = None,
) -> Path:
    """Write or update the version record ``OUTPUT.version.json`` and return its path.

    A relative ``output_path`` is taken from the current directory, else from the repository that a
    DVCManager opened last and that has it. ``metadata`` is merged into what was recorded before and must be JSON. May be called before or
    after ``set_version``; an output that is not tracked gets the record alone.

    Raises PathMissingError, BadMetadataError, BadVersionError, DamagedRecordError, and RecordMismatchError where
    the version is another than the pointer's or the bytes are not those it was given to.
    """
    place = _found(Path(output_path))
    wanted = version if isinstance(version, DatasetVersion) else DatasetVersion.parse(version)
    plain = check_metadata(metadata or {})
    project = Project.find(place.parent)
    path = project.relative(place.parent.resolve() / place.name)
    with repository_lock(project.git.common, "record", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, {"action": "record"}) is not None:
            forget(project)
        found = look(project, path)
        if found is None:
            raise PathMissingError(path)
        content = identify(project, found)
        dataset = next((d for d in project.datasets() if d.path == path and d.pointer is not None), None)
        if dataset is not None:
            _check(project, dataset, wanted, content)
        record = _record(project, path, dataset, wanted, content)
        record = replace(record, metadata=check_metadata({**record.metadata, **plain}))
        request = {"action": "record", "path": path, "version": str(wanted)}
        with carrying_out(project, request, (str(PurePosixPath(path).parent),)) as journal:
            changes = file_changes(project, {f"{path}.version.json": render_record(record)})
            carry_out(project, replace(journal, files=tuple(changes), outcome={"dataset": record.dataset}))
    return project.root / f"{path}.version.json"


def _found(path: Path) -> Path:
    candidates = [path] if path.is_absolute() else [Path.cwd() / path, *(root / path for root in _opened)]
    for candidate in candidates:
        if os.path.lexists(candidate):
            return Path(os.path.abspath(candidate))
    raise PathMissingError(str(path))


def _check(project: Project, dataset: Dataset, wanted: DatasetVersion, content: Content) -> None:
    pointer = dataset.whole
    current = pointer.version
    if wanted == current:
        if content.md5 != pointer.md5:
            raise RecordMismatchError(dataset.path, f"its bytes changed since {current} was set")
    elif current is not None and wanted < current:
        raise RecordMismatchError(dataset.path, f"the current version is {current}, not {wanted}")
    elif catalogue_of(dataset.name, project.git.tags(dataset.name)).find(wanted) is not None:
        raise RecordMismatchError(dataset.path, f"{wanted} is released already")


def _record(
    project: Project, path: str, dataset: Dataset | None, wanted: DatasetVersion, content: Content
) -> VersionRecord:
    shown = dataset or Dataset(default_name(path), f"{path}.dvc", "", None)
    old, _ = load_record(project, shown)
    if old is not None and (old.version, old.md5) == (wanted, content.md5):
        return old
    return VersionRecord(
        dataset=shown.name,
        version=wanted,
        path=path,
        md5=content.md5,
        size=content.size,
        files=content.files,
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        previous=old.previous if old else None,
        metadata=old.metadata if old else {},
        others=old.others if old else {},
    )
