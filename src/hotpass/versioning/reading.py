"""The files of a release where the store has them, each proved: for whoever reads a release without a checkout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from hotpass.values import frozen
from hotpass.versioning.catalogue import Release
from hotpass.versioning.content import listing
from hotpass.versioning.errors import DamagedPointerError, LostError, TagDisagreesError
from hotpass.versioning.known import check_unmoved
from hotpass.versioning.pointer import POINTER_LIMIT, ListedFile, Md5
from hotpass.versioning.project import Dataset, Project, dataset_of
from hotpass.versioning.proofs import Proofs
from hotpass.versioning.remotes import fetch_objects
from hotpass.versioning.store import ObjectState


@frozen
class ReleasedFiles:
    """A release's data in the store: path in the dataset ("" for a single file) → the object's file.

    ``path`` is where the data was, relative to the repository's root.
    """

    path: str
    md5: Md5
    files: tuple[tuple[str, Path], ...]

    @property
    def is_directory(self) -> bool:
        """Whether the release is of a directory."""
        return self.md5.endswith(".dir")


def released_dataset(project: Project, release: Release) -> Dataset:
    """The dataset as a release's commit holds it.

    Raises TagDisagreesError where tag and pointer do not agree, TagMovedError where the tag is not the one seen before.
    """
    check_unmoved(project, release.tag, release.object)
    dataset = pointer_at(project, release)
    pointer = dataset.whole
    if release.md5 not in (None, pointer.md5) or pointer.version not in (None, release.version):
        raise TagDisagreesError(release.tag, dataset.pointer_path)
    return dataset


def released_md5(project: Project, release: Release) -> Md5:
    """The name of a release's bytes, from its tag, else from the pointer in its commit."""
    return release.md5 or released_dataset(project, release).whole.md5


def released_files(project: Project, release: Release) -> ReleasedFiles:
    """Where each file of a release is in the store; what the store lacks or holds damaged is fetched.

    Every byte was proved to be what its name says, now or before. Raises LostError where an object is nowhere to
    be had, RemoteUnusableError and DvcMissingError where the remote cannot be asked, TagDisagreesError.
    """
    dataset = released_dataset(project, release)
    md5 = dataset.whole.md5
    proofs = Proofs.load(project.git.common / "hotpass", project.store)
    if dataset.whole.is_directory:
        _secure(project, release, proofs, [md5])
        members = listing(project, md5)
    else:
        members = [ListedFile("", md5)]
    _secure(project, release, proofs, [member.md5 for member in members])
    files = tuple((member.relpath, project.store.locate(member.md5)) for member in members)
    return ReleasedFiles(dataset.path, md5, files)


def pointer_at(project: Project, release: Release) -> Dataset:
    """The dataset as a release's commit holds it, whatever its path was then; raises TagDisagreesError."""
    for path in _pointer_paths(project, release):
        data = project.git.blob(release.commit, path)
        try:
            dataset = dataset_of(path, data.decode("utf-8")) if data and len(data) <= POINTER_LIMIT else None
        except (DamagedPointerError, UnicodeDecodeError):
            continue
        if dataset is not None and dataset.name == release.dataset:
            return dataset
    raise TagDisagreesError(release.tag, "no pointer")


def _pointer_paths(project: Project, release: Release) -> Iterator[str]:
    """Where a release's pointer may be, the likely place first."""
    if release.path:
        yield f"{release.path}.dvc"
    yield from project.git.tree_pointers(release.commit)


def fetch(project: Project, release: Release, md5s: list[Md5]) -> None:
    """Bring objects of a release from the remote into the store; raises LostError where it lacks one."""
    lost = fetch_objects(project, md5s)
    if lost:
        raise LostError(release.dataset, str(release.version), len(lost), lost[0])


def _secure(project: Project, release: Release, proofs: Proofs, md5s: Iterable[Md5]) -> None:
    """Prove objects, and fetch those that are missing or rotten; what is fetched is proved on the way in."""
    states = proofs.prove(md5s)
    wanting = sorted(md5 for md5, state in states.items() if state is not ObjectState.PRESENT)
    if wanting:
        fetch(project, release, wanting)
