"""Bring files from the store to their places: all proved and durable first, then only names change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hotpass import progress
from hotpass.files import (
    TEMP_PREFIX,
    Signature,
    check_room,
    create_temp,
    existing_mode,
    make_directories,
    remove_quietly,
    sync_directory,
    sync_file,
    sync_file_system,
    umask,
    writing,
)
from hotpass.values import frozen
from hotpass.versioning.content import digests, look
from hotpass.versioning.errors import (
    ChangedWhileReadingError,
    DamagedObjectError,
    MissingObjectError,
    OutsideError,
)
from hotpass.versioning.pointer import ListedFile, Md5
from hotpass.versioning.project import Project
from hotpass.versioning.remotes import fetch_objects
from hotpass.versioning.scan import Scan
from hotpass.versioning.seen import SeenFile, tick

_MANY = 64


@dataclass(frozen=True, slots=True)
class Staged:
    """A proved new file beside its place: its name, its signature there, and the stored object that it was copied from."""

    temp: Path
    md5: Md5
    signature: Signature
    stored: Signature

    def is_at(self, work: Signature, renamed: int) -> bool:
        """Whether a file is this one, moved after the time ``renamed`` and not written to since.

        A move changes its ctime alone; a write after it would show in the other one, unless that could be the same tick.
        """
        mine = self.signature
        same = (mine.inode, mine.size, mine.mtime) == (work.inode, work.size, work.mtime)
        return same and mine.mtime < renamed - tick(mine.mtime)


@frozen
class Swap:
    """What is to be swapped, by path in the dataset.

    ``here`` is what is there now; ``temps`` are proved new files beside their places; ``obstacles`` go first,
    ``gone`` last; ``empty`` asks for an empty directory.
    """

    here: Mapping[str, Md5]
    temps: Mapping[str, Staged]
    obstacles: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    empty: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything is to be done at all."""
        return bool(self.temps or self.obstacles or self.gone or self.empty)


def prepare(
    project: Project, path: str, found: Scan | None, members: Sequence[ListedFile], *, directory: bool
) -> Swap:
    """Lay all new bytes, proved and durable, beside their places; no name changes yet."""
    top = project.root / path
    if os.path.realpath(top.parent) != str(top.parent):
        raise OutsideError(path, str(project.root))
    here = digests(project, found)[0] if found is not None else {}
    wanted = {member.relpath: member.md5 for member in members}
    todo = [(relpath, md5) for relpath, md5 in wanted.items() if here.get(relpath) != md5]
    gone = [relpath for relpath in here if relpath not in wanted]
    obstacles = _obstacles(gone, wanted)
    make_directories(top.parent)
    # Not in a folder that has to make room for a file.
    staging = top if top.is_dir() and directory else top.parent
    temps = _stage(project, staging, todo)
    rest = tuple(relpath for relpath in gone if relpath not in obstacles)
    empty = directory and not wanted and not top.is_dir()
    return Swap(here, temps, obstacles, rest, empty)


def check_untouched(project: Project, path: str, found: Scan | None, here: Mapping[str, Md5]) -> None:
    """Raise ChangedWhileReadingError where the data is no longer what was looked at: it may be unsaved work."""
    now = look(project, path)
    if now is None or (found is not None and now.files == found.files):
        return
    # Fetching an object anew changes the files that are links to it; what counts is that nothing is lost.
    files, loose = digests(project, now)
    if loose or files.keys() != here.keys():
        raise ChangedWhileReadingError(path)


def carry_over(project: Project, path: str, swap: Swap) -> None:
    """Give the new files their names and remove what is not in the release, removals last."""
    top = project.root / path
    for relpath in swap.obstacles:
        _remove(top, relpath)
    if swap.empty:
        make_directories(top)
    ready: set[Path] = set()
    for relpath, staged in swap.temps.items():
        place = top / relpath if relpath else top
        if place.parent not in ready:
            make_directories(place.parent)
            if os.path.realpath(place.parent) != str(place.parent):
                raise OutsideError(project.relative(place), path)
            ready.add(place.parent)
        _move(staged.temp, place)
    for relpath in swap.gone:
        _remove(top, relpath)
    _sync(top, swap.temps)


def arrived(swap: Swap, found: Scan, renamed: int) -> dict[str, SeenFile]:
    """Those of the files there that are the swap's, as they were proved; the same clock gave ``renamed`` before it."""
    return {
        file.relpath: SeenFile(file.signature, staged.md5, staged.stored)
        for file in found.files
        if (staged := swap.temps.get(file.relpath)) and staged.is_at(file.signature, renamed)
    }


def _move(temp: Path, place: Path) -> None:
    with writing(place):
        os.chmod(temp, existing_mode(place))
        os.replace(temp, place)


def _stage(project: Project, folder: Path, todo: list[tuple[str, Md5]]) -> dict[str, Staged]:
    """Copy objects to temporary files in a folder of the target's file system, each proved."""
    many = len(todo) > _MANY
    temps: dict[str, Staged] = {}
    sizes = (project.store.signature(md5) for _, md5 in todo)
    total = sum(size.size for size in sizes if size is not None)
    check_room(folder, total)
    progress.begin("restoring", total)
    temp = None
    try:
        for number, (relpath, md5) in enumerate(todo):
            with writing(folder):
                descriptor, temp = create_temp(folder, project.token, number)
            try:
                stored = _copy(project, md5, descriptor, folder, durable=not many)
                temps[relpath] = Staged(temp, md5, Signature.of(os.fstat(descriptor)), stored)
            finally:
                os.close(descriptor)
        if many:
            _flush(folder, (staged.temp for staged in temps.values()))
        progress.end()
    except BaseException:
        for leftover in [temp, *(staged.temp for staged in temps.values())]:
            if leftover is not None:
                remove_quietly(leftover)
        raise
    return temps


def _copy(project: Project, md5: Md5, descriptor: int, folder: Path, *, durable: bool) -> Signature:
    """Copy one object into an open file in a folder; one that is rotten in the store is fetched anew, once.

    Returns the object's signature.
    """
    try:
        with writing(folder):
            stored = project.store.copy_out(md5, descriptor, durable=durable)
    except (DamagedObjectError, MissingObjectError):
        if fetch_objects(project, [md5]):
            raise
        with writing(folder):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            stored = project.store.copy_out(md5, descriptor, durable=durable)
    if durable:
        with writing(folder):
            sync_file(descriptor)
    return stored


def _flush(folder: Path, temps: Iterable[Path]) -> None:
    with writing(folder):
        if sync_file_system(folder):
            return
        for temp in temps:
            descriptor = os.open(temp, os.O_RDONLY)
            try:
                sync_file(descriptor)
            finally:
                os.close(descriptor)


def _sync(top: Path, changed: Iterable[str]) -> None:
    """Make the new names durable."""
    folders = {(top / relpath).parent if relpath else top.parent for relpath in changed} | {top.parent}
    with writing(top):
        for folder in folders:
            if folder.is_dir():
                sync_directory(folder)


def _obstacles(gone: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The files that stand where a new folder must be, or in a folder whose name a new file takes."""
    names = set(wanted)
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents} | (
        {""} if names - {""} else set()
    )
    return tuple(
        relpath
        for relpath in gone
        if relpath in folders
        or "" in names
        or any(str(parent) in names for parent in PurePosixPath(relpath).parents)
    )


def _remove(top: Path, relpath: str) -> None:
    """Remove a file of a dataset and the folders that are empty without it, the dataset's own excepted."""
    place = top / relpath if relpath else top
    with writing(place):
        place.unlink(missing_ok=True)
    folder = place.parent
    while relpath and folder != top.parent:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def write_file(project: Project, target: Path, md5: Md5) -> None:
    """Write one object to a path outside any dataset, whole or not at all."""
    (staged,) = _stage(project, target.parent, [("", md5)]).values()
    _move(staged.temp, target)
    with writing(target):
        sync_directory(target.parent)


def write_directory(project: Project, target: Path, members: Sequence[ListedFile]) -> None:
    """Write a directory object to a new path (or an empty folder), whole or not at all."""
    whole = target.parent / f"{TEMP_PREFIX}{project.token}-0.tmp"
    with writing(target):
        whole.mkdir(0o777 & ~umask())
    temps = _stage(project, whole, [(member.relpath, member.md5) for member in members])
    for relpath, staged in temps.items():
        make_directories((whole / relpath).parent)
        _move(staged.temp, whole / relpath)
    with writing(target):
        _sync(whole, temps)
        os.replace(whole, target)
        sync_directory(target.parent)
