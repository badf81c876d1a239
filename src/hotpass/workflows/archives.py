"""Dated archives → folders of input files, unpacked with nothing outside and within limits."""

from __future__ import annotations

import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from hotpass.files import CHUNK
from hotpass.tables import Limits
from hotpass.tables.mending import RATIO_FROM
from hotpass.workflows.errors import BadArchiveError, NothingToReplayError

_DATE = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12][0-9]|3[01])(?![0-9])"
)
_ZIP, _TAR = (".zip",), (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_MOST_FILES = 100_000
# RuntimeError and NotImplementedError: zipfile's words for a password and for a way of packing it does not know.
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder or packed file that is named by a date (ISO 8601)."""

    date: str
    path: Path


def find_archives(place: Path, shown: str) -> list[Archive]:
    """The archives in a folder, or the one that is named, oldest first; raises NothingToReplayError."""
    if not place.exists():
        raise NothingToReplayError(shown, "there is no such file or folder")
    if _is_packed(place) or (place.is_dir() and _DATE.search(place.name)):
        names = [place]
    elif place.is_dir():
        try:
            names = sorted(place.iterdir())
        except OSError as error:
            raise NothingToReplayError(shown, error.strerror or str(error)) from error
    else:
        raise NothingToReplayError(shown, "it is neither a folder nor an archive")
    found = []
    for path in names:
        date = _DATE.search(path.name)
        if date and not path.name.startswith(".") and (path.is_dir() or _is_packed(path)):
            found.append(Archive("-".join(date.groups()), path))
    if not found:
        raise NothingToReplayError(shown, "no folder or archive there is named by a date")
    return sorted(found, key=lambda archive: (archive.date, archive.path.name))


def unpacked(archive: Archive, folder: Path, limits: Limits) -> Path:
    """The folder with an archive's files: its own, or one below ``folder``; raises BadArchiveError.

    Where all of it lies in one folder, that is taken.
    """
    place = archive.path if archive.path.is_dir() else folder
    try:
        if place == folder:
            members = _zipped(archive.path) if _has(archive.path, _ZIP) else _tarred(archive.path)
            _unpack(members, archive.path, folder, limits)
        place = _innermost(place)
        empty = not any(files for _, _, files in os.walk(place))
    except _BROKEN as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadArchiveError(archive.path.name, reason or type(error).__name__) from error
    if empty:
        raise BadArchiveError(archive.path.name, "it is empty")
    return place


def _innermost(place: Path) -> Path:
    while True:
        inside = [path for path in place.iterdir() if not path.name.startswith((".", "__MACOSX"))]
        if len(inside) != 1 or inside[0].is_symlink() or not inside[0].is_dir():
            return place
        place = inside[0]


def _has(path: Path, suffixes: tuple[str, ...]) -> bool:
    return path.name.lower().endswith(suffixes)


def _is_packed(path: Path) -> bool:
    return path.is_file() and _has(path, (*_ZIP, *_TAR))


def _zipped(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(path) as book:
        for info in book.infolist():
            # Archives made on Windows have no kind.
            if info.is_dir():
                continue
            if info.external_attr >> 28 not in (0, 0o10):
                raise _no_file(path, info.filename)
            with book.open(info) as file:
                yield info.filename, file


def _tarred(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(path) as book:
        for info in book:
            if info.isdir():
                continue
            file = book.extractfile(info) if info.isreg() else None
            if file is None:
                raise _no_file(path, info.name)
            with closing(file):
                yield info.name, file


def _no_file(path: Path, name: str) -> BadArchiveError:
    """What is neither file nor folder could lead anywhere: lists are files."""
    return BadArchiveError(path.name, f"{name!r} in it is a link or a device")


def _unpack(members: Iterator[tuple[str, IO[bytes]]], path: Path, folder: Path, limits: Limits) -> None:
    packed, unpacked = path.stat().st_size, 0
    for number, (name, file) in enumerate(members):
        parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", ".")]
        if number >= _MOST_FILES:
            raise BadArchiveError(path.name, f"it has more than {_MOST_FILES:,} files")
        if not parts or ".." in parts or ":" in parts[0]:
            raise BadArchiveError(path.name, f"its file {name!r} lies outside of it")
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            while piece := file.read(CHUNK):
                unpacked += len(piece)
                _check_size(path, packed, unpacked, limits)
                out.write(piece)


def _check_size(path: Path, packed: int, unpacked: int, limits: Limits) -> None:
    if unpacked > limits.bytes:
        raise BadArchiveError(path.name, f"it unpacks to more than limit_bytes = {limits.bytes:,} allows")
    if unpacked > RATIO_FROM and unpacked > packed * limits.ratio:
        raise BadArchiveError(
            path.name, f"it unpacks to more than limit_ratio = {limits.ratio:,} times its size"
        )


def linked(files: tuple[tuple[str, Path], ...], folder: Path) -> Path:
    """A folder in which files that lie scattered in a store have their names."""
    for relpath, place in files:
        target = folder / relpath
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(place)
    return folder
