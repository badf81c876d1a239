"""Which objects each release is made of: pointers and records at the tags by one question, members from listings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from hotpass.errors import HotpassError, IntegrityError
from hotpass.versioning.catalogue import Release, catalogues_of
from hotpass.versioning.content import listing
from hotpass.versioning.errors import (
    DamagedPointerError,
    DamagedRecordError,
    TagDisagreesError,
    TagsMissingError,
)
from hotpass.versioning.pointer import POINTER_LIMIT, Md5, Pointer, parse_listing
from hotpass.versioning.project import Dataset, Project, dataset_of
from hotpass.versioning.reading import released_dataset
from hotpass.versioning.record import RECORD_LIMIT, VersionRecord, parse_record
from hotpass.versioning.recording import load_record


@dataclass(frozen=True)
class Contents:
    """What a release's commit says of its data.

    ``pointer`` is None where it cannot be read, ``fault`` then says why; it also names a pointer or record that is
    not of this release. ``record`` is None where the release has none.
    """

    release: Release
    path: str
    pointer: Pointer | None
    record: VersionRecord | None
    fault: str = ""

    @property
    def md5(self) -> Md5 | None:
        """The one object that stands for all of the data."""
        return self.pointer.md5 if self.pointer else self.release.md5


def every_release(project: Project) -> list[Release]:
    """The releases of every dataset, by name and version.

    Raises TagsMissingError where there are none and the clone is shallow, or a record here speaks of one: nothing to
    look at is no good answer then.
    """
    found = [release for catalogue in catalogues_of(project.git.tags()) for release in catalogue.releases]
    if not found and (project.git.is_shallow() or _speaks_of_releases(project)):
        raise TagsMissingError("any dataset")
    return found


def _speaks_of_releases(project: Project) -> bool:
    for dataset in project.datasets():
        with suppress(HotpassError):
            record, _ = load_record(project, dataset)
            if record is not None and record.tag:
                return True
    return False


def read_contents(project: Project, releases: Sequence[Release]) -> list[Contents]:
    """Pointer and record of each release, in the same order; what cannot be read is a value that says so."""
    names = [
        name
        for release in releases
        for name in (f"{release.commit}:{release.path}.dvc", f"{release.commit}:{release.path}.version.json")
    ]
    blobs = project.git.blobs(names)
    return [
        _contents(project, release, blobs[2 * number], blobs[2 * number + 1])
        for number, release in enumerate(releases)
    ]


def _contents(project: Project, release: Release, pointer: bytes | None, record: bytes | None) -> Contents:
    path = release.path or ""
    try:
        dataset = _dataset(project, release, pointer)
    except HotpassError as error:
        return Contents(release, path, None, None, str(error))
    if dataset.path != path:
        record = project.git.blob(release.commit, dataset.record_path)
    whole = dataset.whole
    try:
        known = _record(release, whole, record, dataset.record_path)
    except HotpassError as error:
        return Contents(release, dataset.path, whole, None, str(error))
    return Contents(release, dataset.path, whole, known)


def _dataset(project: Project, release: Release, data: bytes | None) -> Dataset:
    """The dataset at the path that the tag names; looked for in all of the tree where it is not there."""
    try:
        if data and len(data) <= POINTER_LIMIT:
            dataset = dataset_of(f"{release.path}.dvc", data.decode("utf-8"))
            pointer = dataset.whole
            fits = release.md5 in (None, pointer.md5) and pointer.version in (None, release.version)
            if dataset.name == release.dataset:
                if not fits:
                    raise TagDisagreesError(release.tag, dataset.pointer_path)
                return dataset
    except (DamagedPointerError, UnicodeDecodeError):
        pass
    return released_dataset(project, release)


def _record(release: Release, pointer: Pointer, data: bytes | None, path: str) -> VersionRecord | None:
    if data is None:
        if release.facts:
            raise DamagedRecordError(f"{path} at {release.tag}", "it is not there")
        # A tag that others made promises none.
        return None
    if len(data) > RECORD_LIMIT:
        raise DamagedRecordError(f"{path} at {release.tag}", "it is too large")
    record = parse_record(data, f"{path} at {release.tag}")
    if record.version is not None and (record.version, record.md5) != (release.version, pointer.md5):
        raise DamagedRecordError(f"{path} at {release.tag}", "it describes another version or other bytes")
    return record


class Members:
    """The listings of directories, each read once from the store; a listing is proved before it is believed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Md5, tuple[Md5, ...] | None] = {}

    def of(self, md5: Md5) -> tuple[Md5, ...] | None:
        """The objects that a release of this name needs, itself included; None where its listing is not to be had."""
        if not md5.endswith(".dir"):
            return (md5,)
        if md5 not in self._known:
            self._known[md5] = self._read(md5)
        return self._known[md5]

    def learn(self, md5: Md5, data: bytes) -> None:
        """Take a listing from elsewhere, its bytes proved; raises DamagedObjectError for one that is none."""
        self._known[md5] = (md5, *dict.fromkeys(member.md5 for member in parse_listing(data)))

    def forget(self, md5s: Iterable[Md5]) -> None:
        """Read these anew next time: they were fetched."""
        for md5 in md5s:
            self._known.pop(md5, None)

    def _read(self, md5: Md5) -> tuple[Md5, ...] | None:
        try:
            members = listing(self._project, md5)
        except IntegrityError:
            return None
        return (md5, *dict.fromkeys(member.md5 for member in members))
