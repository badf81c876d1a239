"""A repository with its datasets, as it lies on disk: the place every verb starts from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from hotpass import versioning
from hotpass.config import Settings, load_settings
from hotpass.errors import HotpassError, nearest
from hotpass.files import behind_link, new_token, read_small
from hotpass.values import frozen
from hotpass.versioning.errors import (
    AmbiguousDatasetError,
    DamagedPointerError,
    NestedProjectError,
    NoDatasetsError,
    NotInitialisedError,
    UnknownDatasetError,
    UnmergedError,
    WhichDatasetError,
)
from hotpass.versioning.git import Git
from hotpass.versioning.pointer import POINTER_LIMIT, Pointer, parse_pointer

if TYPE_CHECKING:
    from hotpass.versioning.dvcconfig import DvcSettings
    from hotpass.versioning.store import Store

_COMPRESSED = frozenset([".gz", ".bz2", ".xz", ".zst", ".zip"])


@frozen
class Dataset:
    """A tracked output. Paths are relative to the repository's root, with ``/``.

    ``text`` is the pointer as it stands on disk; ``damage`` says why it cannot be read, and then ``pointer`` is
    None and the name is that of the file.
    """

    name: str
    pointer_path: str
    text: str
    pointer: Pointer | None
    damage: DamagedPointerError | UnmergedError | None = None

    @property
    def path(self) -> str:
        """Where the data is."""
        if self.pointer is None:
            return self.pointer_path.removesuffix(".dvc")
        return os.path.normpath(PurePosixPath(self.pointer_path).parent / self.pointer.path)

    @property
    def record_path(self) -> str:
        """Where the version record is."""
        return self.path + ".version.json"

    @property
    def whole(self) -> Pointer:
        """The pointer; raises DamagedPointerError where it cannot be read."""
        if self.pointer is None:
            raise self.damage or DamagedPointerError(self.pointer_path, "it cannot be read")
        return self.pointer


@dataclass
class Project:
    """A git work tree with DVC in it. ``token`` names this run's temporary files, ``remote`` a remote other than DVC's default."""

    git: Git
    lock_timeout: float = 30.0
    token: str = field(default_factory=new_token)
    preferences: Settings = field(default_factory=lambda: load_settings(None, {}, {}))
    remote: str = ""

    @classmethod
    def find(cls, start: str | Path, lock_timeout: float | None = None) -> Project:
        """The project around a folder, with its settings; raises NotReadyError where there is no usable one.

        DVC projects in a sub-directory of the repository are not supported and named as such. Raises
        SettingsError for a setting that is none.
        """
        place = Path(start).resolve()
        git = Git.find(place)
        preferences = load_settings(git.top, os.environ, {"lock_timeout": lock_timeout})
        project = cls(git, preferences["lock_timeout"], preferences=preferences)
        nested = nested_project(git.top, place)
        if nested is not None:
            raise NestedProjectError(project.relative(nested))
        return project

    @property
    def root(self) -> Path:
        """The repository's root."""
        return self.git.top

    @property
    def state(self) -> Path:
        """Hotpass's own folder in the worktree's git directory: digests seen."""
        return self.git.directory / "hotpass"

    @cached_property
    def settings(self) -> DvcSettings:
        """DVC's settings here."""
        settings = versioning.read_settings(self.root)
        return replace(settings, default_remote=self.remote.lower()) if self.remote else settings

    @cached_property
    def store(self) -> Store:
        """DVC's cache."""
        private = self.preferences["private_store"]
        return versioning.Store(self.settings.cache, self.token, self.settings.shared, private)

    def holding(self, descriptor: int) -> Project:
        """The same project whose git programs keep the lock's descriptor open."""
        return replace(self, git=self.git.holding(descriptor))

    def relative(self, path: Path) -> str:
        """A path as git names it."""
        return path.relative_to(self.root).as_posix()

    def require_dvc(self) -> None:
        """Raise NotInitialisedError where there is no DVC project at the root."""
        if not (self.root / ".dvc" / "config").is_file():
            raise NotInitialisedError(str(self.root))

    def datasets(self, names: Iterable[str] | None = None) -> list[Dataset]:
        """Every dataset of the work tree, by name; pointers in nested DVC projects are not ours.

        ``names`` are the work tree's ``.dvc`` files, where somebody has asked git for them already.
        """
        found = [self.load(path) for path in self.pointer_paths(names)]
        return sorted(found, key=lambda dataset: (dataset.name, dataset.pointer_path))

    def pointer_paths(self, names: Iterable[str] | None = None) -> Iterator[str]:
        """The pointer files of the work tree, of these names or all."""
        for path in self.git.files_named("*.dvc") if names is None else names:
            full = self.root / path
            if (
                not path.startswith(".dvc/")
                and full.is_file()
                and nested_project(self.root, full.parent) is None
            ):
                yield path

    def load(self, pointer_path: str) -> Dataset:
        """Read one pointer; a damaged one is a value that says so."""
        try:
            if behind_link(self.root / pointer_path):
                raise DamagedPointerError(pointer_path, "a folder above it is a link")
            data = read_small(self.root / pointer_path, POINTER_LIMIT)
            if not data:
                raise DamagedPointerError(pointer_path, "it is empty" if data == b"" else "it is gone")
            return dataset_of(pointer_path, data.decode("utf-8"))
        except UnicodeDecodeError:
            damage = DamagedPointerError(pointer_path, "it is not UTF-8")
        except DamagedPointerError as error:
            damage = error
        except HotpassError as error:
            damage = DamagedPointerError(pointer_path, str(error))
        # What git left in a file it could not merge is no damage, and must not be repaired away.
        why = self.unmerged(pointer_path) or damage
        return Dataset(default_name(pointer_path.removesuffix(".dvc")), pointer_path, "", None, why)

    def unmerged(self, pointer_path: str) -> UnmergedError | None:
        """The error for a pointer in a merge conflict, naming both sides; None where there is none."""
        entries = self.git.index_blobs([pointer_path]).get(pointer_path, [])
        sides = {stage: oid for _, oid, stage in entries if stage}
        if not sides:
            return None
        names = []
        for stage in (2, 3):
            text = self.git.blob_bytes(sides[stage]).decode("utf-8", "replace") if stage in sides else None
            try:
                names.append("deleted" if text is None else parse_pointer(text).md5)
            except DamagedPointerError:
                names.append("damaged")
        return UnmergedError(pointer_path, names[0], names[1])

    def dataset(self, name: str | None) -> Dataset:
        """The dataset of a name, or the one that is meant when none is named.

        Raises UnknownDatasetError with the nearest name, AmbiguousDatasetError where two pointers claim it,
        WhichDatasetError and NoDatasetsError.
        """
        datasets = self.datasets()
        if name is None:
            if len(datasets) == 1:
                return datasets[0]
            if not datasets:
                raise NoDatasetsError
            name = self.preferences["default_dataset"]
            if all(dataset.name != name for dataset in datasets):
                raise WhichDatasetError(tuple(sorted({dataset.name for dataset in datasets})))
        matching = [dataset for dataset in datasets if dataset.name == name]
        if len(matching) > 1:
            raise AmbiguousDatasetError(name, tuple(dataset.pointer_path for dataset in matching))
        if not matching:
            known = sorted({dataset.name for dataset in datasets})
            raise UnknownDatasetError(name, nearest(name, known), tuple(known))
        return matching[0]


def dataset_of(pointer_path: str, text: str) -> Dataset:
    """The dataset a pointer's text describes; raises DamagedPointerError naming the file."""
    try:
        pointer = parse_pointer(text)
        path = os.path.normpath(PurePosixPath(pointer_path).parent / pointer.path)
        parts = PurePosixPath(path).parts
        if not parts or parts[0] in ("/", ".", ".."):
            raise DamagedPointerError("", f"its path {pointer.path!r} leads out of the repository")
        # In any case of letters: some file systems do not tell them apart.
        if any(part.lower() in (".git", ".dvc") for part in parts):
            raise DamagedPointerError("", f"its path {pointer.path!r} leads into a folder of git or DVC")
    except DamagedPointerError as error:
        raise DamagedPointerError(pointer_path, error.reason) from error
    name = pointer.stamp.dataset if pointer.stamp else default_name(path)
    return Dataset(name, pointer_path, text, pointer)


def default_name(path: str) -> str:
    """The dataset name of a path: its stem, ``refined_data`` of ``dist/refined_data.csv.gz``."""
    name = PurePosixPath(path)
    if name.suffix.lower() in _COMPRESSED and PurePosixPath(name.stem).suffix:
        name = PurePosixPath(name.stem)
    return name.stem


def nested_project(root: Path, place: Path) -> Path | None:
    """The folder between the root and a place that is a DVC project of its own, or None."""
    while place != root and root in place.parents:
        if (place / ".dvc").is_dir():
            return place
        place = place.parent
    return None
