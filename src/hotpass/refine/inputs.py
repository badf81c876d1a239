"""What a run begins with: the files of a folder, read. The one step of refining that touches a disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotpass.refine.grid import Grid, LeftOut
from hotpass.refine.ingest import InputFile, discover
from hotpass.refine.reading import read_grids
from hotpass.tables import Limits

_USUAL = Limits()


@dataclass(frozen=True)
class Inputs:
    """The files that were read, their cells, what was left out and why, and what is worth knowing of the rest."""

    files: tuple[InputFile, ...]
    grids: tuple[Grid, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def read_inputs(folder: Path, limits: Limits = _USUAL, within: Path | None = None) -> Inputs:
    """Read every file of a folder, or a single file; one that cannot be read is left out with the reason.

    So is a link that leads out of ``within``. Raises NothingThereError where there is no such folder.
    """
    found = discover(folder, limits, within)
    read = read_grids(found.files, limits)
    return Inputs(found.files, read.grids, (*found.left_out, *read.left_out), read.notes)
