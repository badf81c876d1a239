"""A dataset's current version, from its pointer alone: the quickest question, so it loads the least."""

from __future__ import annotations

from hotpass.values import frozen
from hotpass.versioning.errors import UnversionedError
from hotpass.versioning.git import NO_OBJECT
from hotpass.versioning.project import Project
from hotpass.versioning.version import check_name, release_ref


@frozen
class CurrentVersion:
    """A dataset's current version, and what a number alone does not say."""

    dataset: str
    version: str
    path: str
    notes: tuple[str, ...] = ()


def read_version(project: Project, name: str) -> CurrentVersion:
    """The version in a dataset's pointer; no data is looked at.

    Raises UnversionedError where there is none yet, UnknownDatasetError, DamagedPointerError.
    """
    dataset = project.dataset(check_name(name))
    pointer = dataset.whole
    if pointer.stamp is None or pointer.version is None:
        raise UnversionedError(dataset.name)
    notes = []
    if pointer.stamp.of != pointer.md5:
        notes.append("changed since: the pointer names other bytes than the version was given to")
    if project.git.ref(release_ref(dataset.name, pointer.version)) == NO_OBJECT:
        notes.append("a draft: no tag")
    return CurrentVersion(dataset.name, str(pointer.version), dataset.path, tuple(notes))
