"""What stands on either side of a comparison: a release, a dataset of the work tree, or a plain file or folder.

Nothing is checked out: a release is read where the store has it, every byte proved first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hotpass.errors import HotpassError, NotReadyError, nearest
from hotpass.tables import BookSource, Limits
from hotpass.versioning.catalogue import Release
from hotpass.versioning.content import identify, look
from hotpass.versioning.errors import DataMissingError, PathMissingError
from hotpass.versioning.history import dataset_names, md5_of_path, open_catalogue
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.reading import released_files, released_md5
from hotpass.versioning.scan import Scan, scan
from hotpass.versioning.version import is_dataset_name
from hotpass.versioning.wanted import Wanted, parse_release_name
from hotpass.workflows.errors import NeedsRepositoryError, NoSuchSideError, NothingToCompareError


@dataclass(frozen=True)
class Side:
    """One side, not read yet. ``text`` names it as the user did.

    ``release`` and ``dataset`` (its name) are set for a release, ``dataset`` and ``tracked`` for the work tree's;
    for a plain path, ``place`` alone.
    """

    text: str
    place: Path | None = None
    project: Project | None = None
    dataset: str | None = None
    release: Release | None = None
    tracked: Dataset | None = None

    def source(self) -> BookSource:
        """Where its tables can be read; a release that the store lacks is fetched. Raises what reading raises."""
        if self.project is not None and self.release is not None:
            return release_source(self.project, self.release)
        if self.project is not None and self.tracked is not None:
            return worktree_source(self.project, self.tracked)
        return path_source(self.place or Path(self.text))

    def known_md5(self) -> Md5 | None:
        """The name of its bytes where that is known without reading a plain file; None for one."""
        if self.project is not None and self.release is not None:
            return released_md5(self.project, self.release)
        if self.project is not None and self.tracked is not None:
            return identify(self.project, _present(self.project, self.tracked)).md5
        return None

    def md5(self) -> Md5:
        """The name of its bytes."""
        return self.known_md5() or md5_of_path(self.place or Path(self.text))


def open_side(project: Project | None, text: str) -> Side:
    """What a text names: ``DATASET@VERSION`` (or a range), ``DATASET`` (the work tree), or a path anywhere.

    A text with a ``/``, or one that cannot be a dataset's name, is a path; a dataset comes before a file of the
    same name (``./NAME`` is the file). Raises UnknownVersionError, BadVersionError, NoSuchSideError with the nearest
    dataset, NeedsRepositoryError where only a repository could have it.
    """
    place = Path(text).expanduser()
    name, _, _ = text.partition("@")
    if "/" in text or not is_dataset_name(name):
        if not text or not os.path.lexists(place):
            raise NoSuchSideError(text)
        return Side(text, place=place)
    if project is None:
        if os.path.lexists(place):
            return Side(text, place=place)
        raise NeedsRepositoryError(text, "there is no repository around this folder")
    try:
        return _in_repository(project, text)
    except HotpassError:
        if os.path.lexists(place):
            return Side(text, place=place)
        raise


def find_sides(
    start: str | os.PathLike[str], texts: tuple[str, str | None], lock_timeout: float | None = None
) -> tuple[Side, Side]:
    """The two sides that texts name; without a second one it is the work tree of the first one's dataset.

    ``start`` is a folder in the repository; none is needed for plain files. Raises NotReadyError where a text needs a
    repository, NothingToCompareError where the second side does not follow from the first, and what
    :func:`hotpass.workflows.sides.open_side` raises.
    """
    project, why = _project(start, lock_timeout)
    old_text, new_text = texts
    try:
        old = open_side(project, old_text)
        if new_text is None:
            if old.release is None or old.dataset is None:
                raise NothingToCompareError(old_text, old.dataset is not None)
            return old, open_side(project, old.dataset)
        return old, open_side(project, new_text)
    except NeedsRepositoryError as error:
        raise (why or error) from error


def find_side(start: str | os.PathLike[str], text: str) -> Side:
    """The side that a text names, in the repository around a folder; none is needed for a plain file."""
    project, why = _project(start, None)
    try:
        return open_side(project, text)
    except NeedsRepositoryError as error:
        raise (why or error) from error


def limits_of(*sides: Side) -> Limits:
    """The limits that the repository of a side sets, else the usual ones."""
    project = next((side.project for side in sides if side.project is not None), None)
    return Limits() if project is None else Limits.of(project.preferences.__getitem__)


def _in_repository(project: Project, text: str) -> Side:
    name, version = parse_release_name(text)
    if version is not None:
        return release_side(project, name, version, text)
    if not any(dataset.name == name for dataset in project.datasets()):
        # One that is only in the tags has nothing in the work tree.
        known = dataset_names(project)
        near = (f"{name}@latest",) if name in known else nearest(name, known)
        raise NoSuchSideError(text, near)
    return Side(text, project=project, dataset=name, tracked=project.dataset(name))


def release_side(project: Project, name: str, wanted: Wanted, text: str = "") -> Side:
    """The newest release of a dataset that fits; raises UnknownDatasetError and UnknownVersionError."""
    release = open_catalogue(project, name).pick(wanted)
    shown = text if wanted.is_exact else f"{name}@{release.version}"
    return Side(shown or f"{name}@{release.version}", project=project, dataset=name, release=release)


def release_source(project: Project, release: Release) -> BookSource:
    """A release's data in the store, every byte proved; what the store lacks or holds damaged is fetched.

    Raises LostError, RemoteUnusableError, DvcMissingError, TagDisagreesError.
    """
    released = released_files(project, release)
    name = PurePosixPath(released.path).name
    if released.is_directory:
        return BookSource(name, None, released.files)
    return BookSource(name, released.files[0][1])


def worktree_source(project: Project, dataset: Dataset) -> BookSource:
    """A dataset's data as it lies in the work tree, without what ``.dvcignore`` leaves out.

    Raises DataMissingError where nothing is there, UnsafeFileError for links that lead elsewhere.
    """
    return _scanned(PurePosixPath(dataset.path).name, _present(project, dataset))


def path_source(place: Path) -> BookSource:
    """A plain file or folder anywhere; raises PathMissingError, and UnsafeFileError for what is no file."""
    full = Path(os.path.realpath(place))
    found = scan(full, (full,))
    if found is None:
        raise PathMissingError(str(place))
    return _scanned(Path(os.path.abspath(place)).name, found)


def _present(project: Project, dataset: Dataset) -> Scan:
    found = look(project, dataset.path)
    if found is None:
        raise DataMissingError(dataset.name, dataset.path)
    return found


def _scanned(name: str, found: Scan) -> BookSource:
    if not found.is_directory:
        return BookSource(name, found.path)
    files = tuple((file.relpath, found.locate(file.relpath)) for file in found.files)
    return BookSource(name, None, files)


def _project(
    start: str | os.PathLike[str], lock_timeout: float | None
) -> tuple[Project | None, NotReadyError | None]:
    try:
        return Project.find(Path(start), lock_timeout), None
    except NotReadyError as error:
        return None, error
