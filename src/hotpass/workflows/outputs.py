"""A refined dataset as a file: what the one before says of ids, the new one's bytes, their proof, the replacement."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hotpass import files
from hotpass.errors import HotpassError
from hotpass.refine.container import is_as_written
from hotpass.refine.export import csv_bytes, neutralised, parquet_bytes, workbook_bytes
from hotpass.refine.grid import Grid
from hotpass.refine.ingest import InputFile
from hotpass.refine.pipeline import Refined
from hotpass.refine.previous import ID, Previous, frames_of, previous_of
from hotpass.refine.reading import read_grids
from hotpass.tables import Limits
from hotpass.versioning.catalogue import Release, catalogue_of
from hotpass.versioning.content import is_stored
from hotpass.versioning.planning import check_tags_present
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Dataset
from hotpass.versioning.reading import released_files
from hotpass.versioning.recording import load_record
from hotpass.workflows.errors import BadOutputError, EditedOutputError, NotProvedError, NotRefinedError
from hotpass.workflows.workplace import Workplace

SUFFIXES = (".xlsx", ".parquet", ".csv")
_DATA = "Data"
# Every run has the same one, so that the next run knows the temporary file of one that was killed.
_TOKEN = b"refine".hex()


def check_output(workplace: Workplace, output: Path, source: Path) -> None:
    """Raise BadOutputError for a path that no refined dataset can have."""
    shown = workplace.shown(output)
    if output.suffix.lower() not in SUFFIXES:
        raise BadOutputError(shown, "its suffix says no format that refine writes")
    if output.is_dir():
        raise BadOutputError(shown, "it is a folder")
    if output == source or source in output.parents:
        raise BadOutputError(shown, "it lies in the folder that is refined, and would be read with it")


def newest_release(workplace: Workplace, dataset: Dataset | None) -> Release | None:
    """The newest release of the output.

    Raises TagsMissingError in a clone that lacks the history: ids that were given there must not be given anew.
    """
    project = workplace.project
    if project is None or dataset is None or dataset.pointer is None:
        return None
    catalogue = catalogue_of(dataset.name, project.git.tags(f"{dataset.name}-v"))
    check_tags_present(project, catalogue, load_record(project, dataset)[0])
    return catalogue.newest


def previous_version(workplace: Workplace, output: Path, release: Release | None) -> Previous | None:
    """Who had which id: in the newest release, else in the file that is there; None where neither says so.

    Of drafts the ids are a release's, so that trying something out decides nothing. Raises LostError and what else
    reading a release raises: ids that cannot be looked up must not be given anew.
    """
    if workplace.project is not None and release is not None:
        released = released_files(workplace.project, release)
        name, place = Path(released.path).name, released.files[0][1]
        return _read(name, place, workplace.limits, str(release.version))
    if not output.is_file():
        return None
    try:
        return _read(output.name, output, workplace.limits)
    except HotpassError:
        return None


def _read(name: str, place: Path, limits: Limits, version: str = "") -> Previous | None:
    kind = Path(name).suffix.lower().lstrip(".")
    read = read_grids([InputFile(name, place, "", place.stat().st_size, kind)], limits)
    if read.left_out:
        raise NotProvedError(name, read.left_out[0].reason)
    return previous_of(frames_of(read.grids), version)


def check_replaceable(workplace: Workplace, output: Path, previous: Previous | None) -> None:
    """Raise NotRefinedError and EditedOutputError where a file that refine did not write would be lost."""
    if not output.is_file():
        return
    project, dataset = workplace.project, workplace.dataset_at(output)
    md5 = Md5(files.md5_of(output))
    if project is not None and dataset is not None and is_stored(project, md5):
        return
    if previous is None or previous.version:
        try:
            found = _read(output.name, output, workplace.limits)
        except HotpassError:
            found = None
        if found is None:
            raise NotRefinedError(workplace.shown(output))
    if output.suffix.lower() == ".xlsx" and not is_as_written(output):
        raise EditedOutputError(workplace.shown(output))


def output_bytes(refined: Refined, output: Path) -> bytes:
    """The refined dataset in the format that a path asks for; the same for the same dataset.

    Raises WorkbookLimitError where a workbook cannot hold it.
    """
    match output.suffix.lower():
        case ".parquet":
            return parquet_bytes(refined.data)
        case ".csv":
            return csv_bytes(refined.data)
        case _:
            return workbook_bytes(refined.sheets())


def output_notes(refined: Refined, output: Path) -> tuple[str, ...]:
    """What a format cannot hold, and what it holds otherwise: nothing of it is dropped in silence."""
    kind = output.suffix.lower()
    if kind not in (".csv", ".parquet"):
        return ()
    notes = []
    if aside := refined.quarantine.height:
        notes.append(
            f"{aside:,} row(s) in quarantine are not in {output.name}: a workbook or --report shows them"
        )
    if kind == ".csv":
        notes += [
            f"{count:,} cell(s) of {column} look like formulas and have an apostrophe in front"
            for column, count in neutralised(refined.data).items()
        ]
    return tuple(notes)


def prove(data: bytes, refined: Refined, output: Path, limits: Limits) -> None:
    """Read the bytes back: every organisation must be there, under its id, in its place. Raises NotProvedError."""
    with tempfile.TemporaryDirectory(prefix="hotpass-") as folder:
        place = Path(folder, output.name)
        place.write_bytes(data)
        kind = output.suffix.lower().lstrip(".")
        read = read_grids([InputFile(output.name, place, "", len(data), kind)], limits)
    if read.left_out:
        raise NotProvedError(output.name, read.left_out[0].reason)
    wanted = refined.data[ID].to_list()
    if _ids([grid for grid in read.grids if grid.sheet.name in ("", _DATA)]) != wanted:
        raise NotProvedError(output.name, "other ids than those that were written")


def _ids(grids: Sequence[Grid]) -> list[str | None]:
    for frame in frames_of(grids):
        if ID in frame.columns:
            return frame[ID].to_list()
    return []


def md5_of(data: bytes) -> Md5:
    """The name of bytes in the store."""
    return Md5(hashlib.md5(data, usedforsecurity=False).hexdigest())


def replace_output(output: Path, data: bytes) -> bool:
    """Put bytes in a file's place, whole or not at all; False where they are there already. Raises WriteError."""
    if output.is_file() and output.stat().st_size == len(data) and output.read_bytes() == data:
        return False
    files.check_replaceable(output)
    files.make_directories(output.parent)
    files.write_whole(output, data, _TOKEN)
    return True


def drop_leftovers(folder: Path) -> None:
    """Remove what killed runs were writing; for the one who holds the lock of the folder."""
    for leftover in folder.glob(f"{files.TEMP_PREFIX}{_TOKEN}-*.tmp"):
        files.remove_quietly(leftover)
