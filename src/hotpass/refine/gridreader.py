"""Read workbooks in a process of its own: ``python -m hotpass.refine.gridreader JOB``.

JOB is a JSON file: the workbooks (path), how many cells and sheets each may have, seconds for each and bytes of memory.
Beside it appears, for each workbook, ``JOB.N`` with its sheets (or what went wrong), once it is read. One process reads
many workbooks, since starting costs more than a small workbook does, and loads little, since every run waits for it; if
it dies, the first workbook without an answer was to blame.
"""

from __future__ import annotations

import json
import marshal
import os
import pickle
import re
import resource
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotpass.refine.errorcells import error_cells


class TooMuchError(Exception):
    """A limit was met: its name and what was found."""


def read_book(path: str, cells: int, sheets: int) -> list[tuple[str, bool, int, int, list[Any]]]:
    """Each worksheet: name, whether hidden, row and column of the first cell from 1, and its columns.

    A column is texts, or pickled cells. An empty cell is empty text. Raises whatever the library does.
    """
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    visible = python_calamine.SheetVisibleEnum.Visible
    work = python_calamine.SheetTypeEnum.WorkSheet
    known = [sheet for sheet in book.sheets_metadata if sheet.typ == work]
    if len(known) > sheets:
        raise TooMuchError("sheets", f"it has {len(known):,} sheets")
    found, errors = [], error_cells(path)
    for sheet in known:
        read = book.get_sheet_by_name(sheet.name)
        cells -= read.height * read.width
        if cells < 0:
            raise TooMuchError(
                "cells", f"sheet {sheet.name!r} has {read.height:,} rows of {read.width:,} cells"
            )
        row, column = read.start or (0, 0)
        lines = read.to_python()
        for (at, place), said in errors.get(sheet.name, {}).items():
            # Beyond the last cell with a value the library knows no cells.
            if 0 <= at - row - 1 < len(lines) and 0 <= place - column - 1 < read.width:
                lines[at - row - 1][place - column - 1] = said
        columns = [_texts(column) for column in zip(*lines, strict=True)]
        found.append((sheet.name, sheet.visible != visible, row + 1, column + 1, columns))
    return found


def _texts(column: tuple[Any, ...]) -> Any:
    """A column's cells as text where that is quickly done; else pickled as they are, for the parent to turn into text."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column
    if kinds <= {str, float}:
        return [cell if cell.__class__ is str else _number(cell) for cell in column]
    return pickle.dumps(column)


def _number(value: float) -> str:
    """As :func:`hotpass.tables.celltext.text_of` writes it."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2]
    return format(Decimal(text), "f") if "e" in text else text


def main(job_path: str) -> int:
    """Do a job, one workbook after the other, and leave an answer for each."""
    # Loaded before there is a limit, so that what is too much is said by the reading and not by a half-loaded library.
    import python_calamine  # noqa: F401

    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    for number, path in job["books"]:
        # Nobody handles it: a library that hangs does not come back to Python, and the signal ends the process.
        signal.alarm(job["seconds"])
        answer = _answer(path, job)
        signal.alarm(0)
        part = f"{job_path}.{number}.part"
        with open(part, "wb") as file:
            marshal.dump(answer, file)
        os.rename(part, f"{job_path}.{number}")
    return 0


def _answer(path: str, job: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"sheets": read_book(path, job["cells"], job["sheets"])}
    except MemoryError:
        return {"limit": "memory", "found": "reading it takes more memory"}
    except TooMuchError as error:
        return {"limit": error.args[0], "found": error.args[1]}
    except BaseException as error:  # noqa: BLE001  # a panic of the library is no Exception; the parent is told of it
        if re.search("memory|MemError|alloc", str(error)):
            return {"limit": "memory", "found": "reading it takes more memory"}
        return {"failed": type(error).__name__, "message": str(error)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
