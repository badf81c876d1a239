"""Where every dataset stands: number, data, commit, tag. Reads only, asks no remote."""

from __future__ import annotations

import os
from dataclasses import replace

from hotpass.errors import HotpassError, ReadError
from hotpass.files import read_small
from hotpass.values import frozen
from hotpass.versioning.catalogue import Catalogue, catalogue_of
from hotpass.versioning.content import digests, identify, listing, look
from hotpass.versioning.errors import DamagedPointerError, UnmergedError
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.journal import pending
from hotpass.versioning.known import Known, read_known
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.record import RECORD_LIMIT
from hotpass.versioning.recording import load_record
from hotpass.versioning.scan import Scan
from hotpass.versioning.store import ObjectState


@frozen
class DatasetStatus:
    """One dataset's standing.

    ``version`` is the pointer's, None for a dataset without one; ``release`` is ``released``, ``draft`` or
    ``unversioned``; ``data`` is ``unchanged``, ``changed``, ``absent`` or ``unreadable`` against the pointer;
    ``fits`` is False where the number was given to other bytes (somebody ran ``dvc add`` since); ``committed``
    tells whether HEAD holds pointer and record as they are; ``damage`` says why the pointer cannot be read.
    """

    dataset: str
    path: str
    kind: str
    version: str | None
    release: str
    tag: str | None
    data: str
    fits: bool
    committed: bool
    md5: str | None
    size: int | None
    files: int | None
    description: str = ""
    published: str = "not checked"
    damage: str = ""
    notes: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """What ``--check`` looks for: changed data, a number of other bytes, a pointer not committed."""
        return not self.committed or not self.fits or self.data in ("changed", "unreadable")


@frozen
class Status:
    """All datasets, by name, and whether an interrupted run waits to be finished."""

    datasets: tuple[DatasetStatus, ...]
    interrupted: bool = False

    @property
    def damaged(self) -> bool:
        """Whether a pointer cannot be read."""
        return any(status.damage for status in self.datasets)

    @property
    def differs(self) -> bool:
        """Whether ``--check`` finds anything."""
        return any(status.differs for status in self.datasets)


def read_status(project: Project, name: str | None = None) -> Status:
    """The standing of all datasets, or of one; raises NotFoundError for an unknown name."""
    project.require_dvc()
    chosen = [project.dataset(name)] if name is not None else project.datasets()
    tags = project.git.tags() if chosen else []
    paths = [path for dataset in chosen for path in (dataset.pointer_path, dataset.record_path)]
    found = project.git.look_up([f"HEAD:{path}" for path in paths]) if paths else {}
    committed = {path: found[name].oid for path in paths if (name := f"HEAD:{path}") in found}
    known = read_known(project.git.common)
    standing = tuple(
        _standing(project, dataset, catalogue_of(dataset.name, tags), committed) for dataset in chosen
    )
    standing = tuple(replace(each, published=_published(project, known, each)) for each in standing)
    return Status(standing, pending(project.git.common))


def _standing(
    project: Project, dataset: Dataset, catalogue: Catalogue, committed: dict[str, Oid]
) -> DatasetStatus:
    pointer = dataset.pointer
    if pointer is None:
        reason, damage = "it cannot be read", dataset.damage
        if isinstance(damage, UnmergedError):
            reason = f"it is in a merge conflict: ours {damage.ours}, theirs {damage.theirs}"
        elif isinstance(damage, DamagedPointerError):
            reason = damage.reason
        return DatasetStatus(
            dataset.name,
            dataset.path,
            "file",
            None,
            "unversioned",
            None,
            "unreadable",
            False,
            False,
            None,
            None,
            None,
            damage=reason,
        )
    version = pointer.version
    release = catalogue.find(version) if version else None
    data, notes = _data(project, dataset)
    released = release is not None and release.md5 in (None, pointer.md5)
    if release is not None and not released:
        notes.append(f"the tag {release.tag} names other bytes")
    notes += _record_notes(project, dataset)
    why = project.preferences.dataset(dataset.name).withdrawn.get(str(version)) if released else None
    notes += [f"{version} is withdrawn: {why}"] if why else []
    return DatasetStatus(
        dataset=dataset.name,
        path=dataset.path,
        kind="directory" if pointer.is_directory else "file",
        version=str(version) if version else None,
        release="released" if released else "draft" if version else "unversioned",
        tag=release.tag if release and released else None,
        data=data,
        fits=version is None or (pointer.stamp is not None and pointer.stamp.of == pointer.md5),
        committed=_is_committed(project, dataset, committed),
        md5=pointer.md5,
        size=pointer.size,
        files=pointer.files,
        description=pointer.description,
        notes=tuple(notes),
    )


def _published(project: Project, known: Known, standing: DatasetStatus) -> str:
    """What the last publish or verify saw of the release, offline."""
    if not project.settings.remotes:
        return "not published"
    seen = known.sightings.get(standing.tag or "")
    if seen is None:
        return "not checked"
    state = "not whole" if not seen.complete else "published" if seen.pushed else "data sent"
    return f"{state} {seen.date[:10]} ({seen.name})"


def _data(project: Project, dataset: Dataset) -> tuple[str, list[str]]:
    pointer = dataset.whole
    try:
        found = look(project, dataset.path)
        if found is None:
            return "absent", []
        if identify(project, found).md5 == pointer.md5:
            return "unchanged", []
        return "changed", _link_notes(project, found, pointer.md5)
    except HotpassError as error:
        return "unreadable", [str(error)]


def _link_notes(project: Project, found: Scan, md5: Md5) -> list[str]:
    """Name the files that are links into the store and were edited through them: then the object is damaged too."""
    notes = []
    expected = {"": md5}
    if md5.endswith(".dir"):
        if project.store.check(md5) is not ObjectState.PRESENT:
            return []
        expected = {file.relpath: file.md5 for file in listing(project, md5)}
    for relpath, now in digests(project, found)[0].items():
        old = expected.get(relpath)
        place = found.locate(relpath)
        if old is None or old == now or not os.path.exists(project.store.locate(old)):
            continue
        if os.path.samefile(place, project.store.locate(old)):
            notes.append(
                f"{project.relative(place)} was edited through a link; the stored object {old} is damaged by it"
            )
    return notes


def _record_notes(project: Project, dataset: Dataset) -> list[str]:
    try:
        record, _ = load_record(project, dataset)
    except HotpassError as error:
        return [str(error)]
    pointer = dataset.whole
    if record is None or (record.version == pointer.version and record.md5 == pointer.md5):
        return []
    if record.version == pointer.version:
        return [f"{dataset.record_path} describes other bytes than the pointer names"]
    return [
        f"{dataset.record_path} speaks of {record.version or 'no version'}, the pointer of {pointer.version}"
    ]


def _is_committed(project: Project, dataset: Dataset, committed: dict[str, Oid]) -> bool:
    if dataset.pointer_path not in committed:
        return False
    has_record = (project.root / dataset.record_path).exists()
    if has_record and dataset.record_path not in committed:
        return False
    paths = (dataset.pointer_path, dataset.record_path)
    if all(_is_blob(project, path, committed.get(path)) for path in paths):
        return True
    # Filters and line ends can make other bytes the same file: git knows.
    return not project.git.differs_from_head(paths)


def _is_blob(project: Project, path: str, oid: Oid | None) -> bool:
    """Whether a file is, byte for byte, this blob; absent where there is none."""
    try:
        data = read_small(project.root / path, RECORD_LIMIT)
    except ReadError:
        return False
    return oid is None if data is None else project.git.blob_id(data) == oid
