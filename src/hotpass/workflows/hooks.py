"""What is looked at before a commit: no data in git, pointers and records that agree, profiles that can be read.

The index is what counts, not the work tree: it is what the commit will hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from hotpass.errors import HotpassError
from hotpass.refine.profiles import load_profile
from hotpass.versioning.errors import DamagedPointerError, DamagedRecordError
from hotpass.versioning.pointer import POINTER_LIMIT, Pointer
from hotpass.versioning.project import Dataset, Project, dataset_of
from hotpass.versioning.record import RECORD_LIMIT, parse_record

_DATA = frozenset(
    [
        *(".csv", ".tsv", ".psv", ".parquet", ".feather", ".arrow", ".orc", ".avro"),
        *(".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".numbers"),
        *(".sqlite", ".sqlite3", ".db", ".duckdb", ".mdb", ".accdb", ".dbf", ".sav", ".dta"),
    ]
)
_PACKED = frozenset([".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"])
_RECORD = ".version.json"


@dataclass(frozen=True)
class Fault:
    """A file that should not be committed as it is, and why."""

    path: str
    reason: str


def find_raw_data(project: Project, paths: Iterable[str]) -> tuple[Fault, ...]:
    """Those of these paths, relative to the root, that hold data: a dataset's, or a spreadsheet or table of any kind.

    The file of decisions is meant to be committed.
    """
    datasets = [dataset for dataset, _ in _staged(project) if dataset.pointer is not None]
    decisions = str(PurePosixPath(project.preferences["refine.decisions"]))
    return tuple(fault for path in paths if path != decisions and (fault := _raw(path, datasets)))


def find_disagreements(project: Project) -> tuple[Fault, ...]:
    """The staged pointers and records that do not say the same."""
    return tuple(
        Fault(dataset.pointer_path, reason)
        for dataset, staged in _staged(project)
        if (reason := _disagreement(dataset, staged))
    )


def find_bad_profiles(paths: Iterable[str]) -> tuple[Fault, ...]:
    """Those of these files that are no profiles that ``refine`` could use."""
    faults = []
    for path in paths:
        try:
            load_profile(path)
        except HotpassError as error:
            faults.append(Fault(path, str(error)))
    return tuple(faults)


def _raw(path: str, datasets: Iterable[Dataset]) -> Fault | None:
    for dataset in datasets:
        if path == dataset.path or path.startswith(f"{dataset.path}/"):
            return Fault(path, f"it is data of {dataset.name}, which DVC stores")
    suffixes = [suffix.lower() for suffix in PurePosixPath(path).suffixes[-2:]]
    kind = next((suffix for suffix in suffixes if suffix in _DATA), None)
    if kind is not None and (suffixes[-1] == kind or suffixes[-1] in _PACKED):
        return Fault(path, f"it looks like data ({kind}): track it with hotpass version --add")
    return None


def _staged(project: Project) -> Iterator[tuple[Dataset, Mapping[str, list[bytes]]]]:
    """Every staged pointer, and the bytes of all that is staged of pointers and records, each side of a conflict."""
    entries = [one for one in project.git.index_files() if one[0].endswith((".dvc", _RECORD))]
    staged: dict[str, list[bytes]] = {}
    for (path, _, _), data in zip(entries, project.git.blobs([oid for _, _, oid in entries]), strict=True):
        staged.setdefault(path, []).append(data or b"")
    for path in sorted(staged):
        if path.endswith(".dvc") and not path.startswith(".dvc/"):
            yield _dataset(path, staged[path][0]), staged


def _dataset(path: str, data: bytes) -> Dataset:
    try:
        if len(data) > POINTER_LIMIT:
            raise DamagedPointerError(path, "it is too large")
        return dataset_of(path, data.decode("utf-8"))
    except UnicodeDecodeError:
        damage = DamagedPointerError(path, "it is not UTF-8")
    except DamagedPointerError as error:
        damage = error
    return Dataset(PurePosixPath(path).stem, path, "", None, damage)


def _disagreement(dataset: Dataset, staged: Mapping[str, list[bytes]]) -> str:
    """Why a pointer and its record cannot be committed like this; empty where they can."""
    pointer = dataset.pointer
    if len(staged[dataset.pointer_path]) > 1:
        return "it is in a merge conflict"
    if pointer is None:
        damage = dataset.damage
        return f"it is damaged: {damage.reason}" if isinstance(damage, DamagedPointerError) else str(damage)
    if pointer.stamp is None or pointer.version is None:
        return ""
    if pointer.stamp.of != pointer.md5:
        return f"the number {pointer.version} was given to other bytes: hotpass version --bump"
    return _told_otherwise(pointer, dataset.record_path, staged.get(dataset.record_path, []))


def _told_otherwise(pointer: Pointer, path: str, staged: list[bytes]) -> str:
    """Why a record does not fit its pointer; empty where it does."""
    if not staged:
        return f"its record is not staged: git add {path}"
    if len(staged) > 1:
        return f"{path} is in a merge conflict"
    try:
        found = parse_record(staged[0][: RECORD_LIMIT + 1], path)
    except DamagedRecordError as error:
        return str(error)
    if found.version != pointer.version:
        return f"{path} speaks of {found.version or 'no version'}, the pointer of {pointer.version}"
    return "" if found.md5 == pointer.md5 else f"{path} describes other bytes than the pointer names"
