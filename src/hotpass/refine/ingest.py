"""The files of an input folder: which are read, and which are not and why. Nothing in a folder is fatal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import HotpassError, ReadError
from hotpass.files import md5_of
from hotpass.refine.grid import LeftOut
from hotpass.tables import Limits
from hotpass.tables.archive import inspect
from hotpass.tables.errors import NothingThereError
from hotpass.tables.reading import DELIMITED, PARQUET
from hotpass.tables.workbook import SUFFIXES

_SYSTEM = frozenset([".ds_store", "thumbs.db", "desktop.ini"])
_USUAL = Limits()
_OUTSIDE = "it is a link that leads out of the folder and its repository"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to refine: its path in the folder, where it lies, its MD5 and size.

    ``kind`` says how it is read: the workbook's true format (xlsx, xlsb, ods, xls), a suffix of delimited text, or
    parquet.
    """

    name: str
    path: Path
    digest: str
    size: int
    kind: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Discovered:
    """The files of a folder in the order of their paths, and those that are left out."""

    files: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...]


def discover(folder: Path, limits: Limits = _USUAL, within: Path | None = None) -> Discovered:
    """Look at every file below a folder (or at a single file).

    A link that leads out of ``within`` is not followed: a folder that came from somebody else must not name the files
    that are read. Folders whose name begins with a point are not looked at. Raises NothingThereError where there is no such folder.
    """
    if not folder.exists():
        raise NothingThereError(str(folder))
    names = [folder.name] if folder.is_file() else sorted(_walk(folder))
    root = folder.parent if folder.is_file() else folder
    files: list[InputFile] = []
    left_out: list[LeftOut] = []
    seen: dict[tuple[int, str], str] = {}
    for name in names:
        shown = name.encode("utf-8", "backslashreplace").decode()
        if shown != name or not shown.isprintable():
            # An address has to be text in one line, whatever reads it.
            shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in shown)
            left_out.append(LeftOut(shown, "its name is no printable text in UTF-8"))
            continue
        found = (
            _look(root / name, name, limits) if _is_inside(root / name, within) else LeftOut(name, _OUTSIDE)
        )
        if isinstance(found, InputFile):
            first = seen.setdefault((found.size, found.digest), name)
            if first != name:
                found = LeftOut(name, f"it has the same bytes as {first}")
        if isinstance(found, InputFile):
            files.append(found)
        else:
            left_out.append(found)
    return Discovered(tuple(files), tuple(left_out))


def _walk(folder: Path) -> list[str]:
    """The paths of all files below a folder; what cannot be listed is a name as well, and fails when it is looked at."""
    names: list[str] = []

    def failed(error: OSError) -> None:
        names.append(Path(error.filename).relative_to(folder).as_posix())

    for place, folders, files in os.walk(folder, onerror=failed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [Path(place, name).relative_to(folder).as_posix() for name in files]
    return names


def _is_inside(path: Path, within: Path | None) -> bool:
    return (
        within is None
        or not path.is_symlink()
        or not path.exists()
        or Path(os.path.realpath(within)) in Path(os.path.realpath(path)).parents
    )


def _look(path: Path, name: str, limits: Limits) -> InputFile | LeftOut:
    kind = _kind(name.rpartition("/")[2])
    if reason := _not_data(path, name.rpartition("/")[2], kind):
        return LeftOut(name, reason)
    try:
        size = path.stat().st_size
        if not size:
            return LeftOut(name, "it is empty")
        if size > limits.bytes:
            return LeftOut(name, f"it has {size:,} bytes, more than limit_bytes = {limits.bytes:,} allows")
        notes: tuple[str, ...] = ()
        if kind in SUFFIXES:
            inspected = inspect(path, name, limits)
            kind, notes = inspected.kind, inspected.notes
        return InputFile(name, path, md5_of(path), size, kind, notes)
    except OSError as error:
        return LeftOut(name, str(ReadError(name, error.strerror or str(error))))
    except HotpassError as error:
        return LeftOut(name, str(error))


def _not_data(path: Path, base: str, kind: str) -> str:
    """Why a file is none of the data, by its name and what it is; empty: it is."""
    reason = ""
    if base.startswith(("~$", ".~lock.")):
        reason = "it is the lock file of a program that has the workbook open"
    elif base.lower() in _SYSTEM or base.startswith("."):
        reason = "it belongs to the system, not to the data"
    elif not kind:
        reason = "its suffix is none of a table's"
    elif not path.exists() and path.is_symlink():
        reason = "it is a link to nothing"
    elif not path.is_file():
        reason = "it is no file, or cannot be opened"
    return reason


def _kind(base: str) -> str:
    """How a file is read, by its suffix; empty for no table."""
    lower = base.lower()
    packed = lower.endswith(".gz")
    suffix = lower.removesuffix(".gz").rpartition(".")[2] if "." in lower.removesuffix(".gz") else ""
    if suffix in DELIMITED:
        return suffix
    if packed:
        return ""
    return "parquet" if suffix in PARQUET else suffix if suffix in SUFFIXES else ""
