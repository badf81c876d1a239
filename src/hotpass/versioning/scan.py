"""What lies on disk at a dataset's path: its files, and what cannot or must not be versioned."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import ReadError
from hotpass.files import Signature, is_temp_name
from hotpass.versioning.errors import UnsafeFileError

JUNK_PATTERNS = ("~$*", ".~lock.*#", ".DS_Store", "Thumbs.db", "desktop.ini")
"""Lock files of office programs and files that systems leave behind, as ``.dvcignore`` names them."""

# Left out by DVC whatever the user's rules say (dvc/ignore.py, default patterns).
_HIDDEN = frozenset([".git", ".hg", ".dvc"])


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One regular file: its path in the dataset (``/`` between parts, "" for a single file) and signature."""

    relpath: str
    signature: Signature


@dataclass(frozen=True)
class Scan:
    """All files of a dataset, sorted by path. ``is_directory`` tells ``data/`` from ``data.csv``."""

    path: Path
    is_directory: bool
    files: tuple[FoundFile, ...]

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(file.signature.size for file in self.files)

    def locate(self, relpath: str) -> Path:
        """The file's place on disk."""
        return self.path / relpath if relpath else self.path


def scan(path: Path, roots: Sequence[Path], ignored: Collection[str] = ()) -> Scan | None:
    """Look at a dataset's path without reading a file; None where nothing is there.

    ``ignored`` are paths in the dataset that ``.dvcignore`` leaves out. Raises UnsafeFileError for what is no
    file (FIFO, socket, device), for a link that leads out of ``roots``
    (the repository and the store), to nothing or to a directory, and for a
    name that no pointer could hold; ReadError for what cannot be looked at.
    """
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error
    if stat.S_ISLNK(status.st_mode):
        status = _followed(path, roots)
        if stat.S_ISDIR(status.st_mode):
            # What a restore writes or removes would be written and removed behind it.
            raise _folder_link(path)
    if not stat.S_ISDIR(status.st_mode):
        if not stat.S_ISREG(status.st_mode):
            raise _not_a_file(path, status.st_mode)
        return Scan(path, False, (FoundFile("", Signature.of(status)),))
    found: list[FoundFile] = []
    _walk(path, roots, "", frozenset(ignored), found)
    return Scan(path, True, tuple(sorted(found, key=lambda file: file.relpath)))


def _walk(
    top: Path, roots: Sequence[Path], below: str, ignored: frozenset[str], found: list[FoundFile]
) -> None:
    folders: list[str] = []
    try:
        with os.scandir(top / below) as entries:
            for entry in entries:
                relpath = f"{below}/{entry.name}" if below else entry.name
                if entry.name in _HIDDEN or relpath in ignored or is_temp_name(entry.name):
                    continue
                if entry.name == ".dvcignore":
                    raise UnsafeFileError(
                        str(top / relpath), "DVC takes no .dvcignore inside a dataset", "move its rules"
                    )
                if not entry.name.isascii():
                    _check_name(top / relpath)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(relpath)
                    continue
                linked = entry.is_symlink()
                status = _followed(top / relpath, roots) if linked else entry.stat(follow_symlinks=False)
                if linked and stat.S_ISDIR(status.st_mode):
                    raise _folder_link(top / relpath)
                if not stat.S_ISREG(status.st_mode):
                    raise _not_a_file(top / relpath, status.st_mode)
                found.append(FoundFile(relpath, Signature.of(status)))
    except OSError as error:
        raise ReadError(str(error.filename or top / below), error.strerror or str(error)) from error
    for folder in folders:
        _walk(top, roots, folder, ignored, found)


def _folder_link(path: Path) -> UnsafeFileError:
    return UnsafeFileError(str(path), "it is a link to a directory", "put the directory itself there")


def _followed(path: Path, roots: Sequence[Path]) -> os.stat_result:
    target = os.path.realpath(path)
    if not os.path.exists(target):
        raise UnsafeFileError(
            str(path), "it is a link that leads nowhere", "remove the link or put the file there"
        )
    if not any(os.path.commonpath([target, place]) == place for place in map(os.path.realpath, roots)):
        raise UnsafeFileError(
            str(path), "it is a link that leads out of the repository", "put a copy of the file there"
        )
    return os.stat(target)


def _not_a_file(path: Path, mode: int) -> UnsafeFileError:
    kinds = ((stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a directory"))
    kind = next((name for test, name in kinds if test(mode)), "a device")
    return UnsafeFileError(str(path), f"it is {kind}, not a file", "move it out of the folder")


def _check_name(path: Path) -> None:
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsafeFileError(
            os.fsencode(path).decode("utf-8", "replace"), "its name is not UTF-8", "rename it"
        ) from None
