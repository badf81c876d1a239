"""Where a report may be written: anywhere but over data."""

from __future__ import annotations

import os
from pathlib import Path

from hotpass.workflows.errors import TargetIsDataError
from hotpass.workflows.sides import Side


def check_target(path: Path, *sides: Side) -> None:
    """Raise TargetIsDataError where a file to be written would replace a dataset, a file of one, or what is compared.

    Pointers, records and what is in ``.git`` and ``.dvc`` are data, too. So is a folder.
    """
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise TargetIsDataError(str(path), "it is a folder")
    if {".git", ".dvc"} & set(place.parts):
        raise TargetIsDataError(str(path), "it belongs to git or DVC")
    if place.name.endswith((".dvc", ".version.json")):
        raise TargetIsDataError(str(path), "such names are those of pointers and records")
    for side in sides:
        if side.place is not None and _holds(Path(os.path.realpath(side.place)), place):
            raise TargetIsDataError(str(path), "it is being compared")
    for root, paths in {side.project.root: _data(side) for side in sides if side.project}.items():
        if any(_holds(Path(os.path.realpath(root / data)), place) for data in paths):
            raise TargetIsDataError(str(path), "it is a dataset, or in one")


def _data(side: Side) -> list[str]:
    return [dataset.path for dataset in side.project.datasets()] if side.project else []


def _holds(data: Path, place: Path) -> bool:
    return data == place or data in place.parents
