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
    names = [place] if _is_packed(place) or _DATE.search(place.name) else sorted(place.iterdir())
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
    if archive.path.is_dir():
        place = archive.path
    else:
        place = folder
        try:
            members = _zipped(archive.path) if _has(archive.path, _ZIP) else _tarred(archive.path)
            _unpack(members, archive.path, folder, limits)
        except _BROKEN as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise BadArchiveError(archive.path.name, reason or type(error).__name__) from error
    while (
        len(inside := [path for path in place.iterdir() if not path.name.startswith((".", "__MACOSX"))]) == 1
    ):
        if not inside[0].is_dir():
            break
        place = inside[0]
    if not any(files for _, _, files in os.walk(place)):
        raise BadArchiveError(archive.path.name, "it is empty")
    return place


def _has(path: Path, suffixes: tuple[str, ...]) -> bool:
    return path.name.lower().endswith(suffixes)


def _is_packed(path: Path) -> bool:
    return path.is_file() and _has(path, (*_ZIP, *_TAR))


def _zipped(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(path) as book:
        for info in book.infolist():
            kind = info.external_attr >> 28
            # Links and devices are no lists; archives made on Windows have no kind.
            if not info.is_dir() and kind in (0, 0o10):
                with book.open(info) as file:
                    yield info.filename, file


def _tarred(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(path) as book:
        for info in book:
            file = book.extractfile(info) if info.isreg() else None
            if file is not None:
                with closing(file):
                    yield info.name, file


def _unpack(members: Iterator[tuple[str, IO[bytes]]], path: Path, folder: Path, limits: Limits) -> None:
    room = limits.bytes
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
                room -= len(piece)
                if room < 0:
                    allowed = f"more than limit_bytes = {limits.bytes:,} allows"
                    raise BadArchiveError(path.name, f"it unpacks to {allowed}")
                out.write(piece)


def linked(files: tuple[tuple[str, Path], ...], folder: Path) -> Path:
    """A folder in which files that lie scattered in a store have their names."""
    for relpath, place in files:
        target = folder / relpath
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(place)
    return folder
