"""Read one workbook in a process of its own: ``python -m hotpass.tables.bookreader JOB``.

The process has a limit on memory, so that no workbook can take the machine along, and several read at once. JOB is a
JSON file (path, kind, hidden, memory, cells, sheets, folder, token); beside it appears JOB.out with what was read, one
Parquet file for each sheet, or what went wrong. Text goes over as it is, as do numbers, truth values and times of columns
that hold nothing else; columns of several types go over as canonical text with a tag for each cell.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from hotpass.tables import archive, celltext
from hotpass.tables.celltext import Cell
from hotpass.tables.columns import as_text, cells_of, form_of, odd_cell
from hotpass.tables.table import Type

_DAY = 86_400_000
# Midnight of the day before the first, in ms of Unix time: what a cell that is a time alone is read as.
_DAY_ZERO = -2_209_075_200_000
_DAY_ZERO_1904 = -2_082_844_800_000


class TooMuchError(Exception):
    """A limit was met: its name and what was found."""


@dataclass
class SheetRead:
    """A sheet as it goes over: where it begins (from 0), its headers, the type of each column, its rows in ``file``.

    ``forms`` are empty for columns that are text by now, ``plain`` for those whose values show as they should, ``double``
    for numbers of which some would show an exponent.
    """

    name: str
    hidden: bool
    row: int = 0
    column: int = 0
    headers: list[str | None] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    rows: int = 0
    file: str = ""
    formulas: str = ""
    uncalculated: int = 0


class Reader:
    """One workbook, open twice: by fastexcel for columns, by python-calamine for what columns do not tell."""

    def __init__(self, path: str, kind: str, cells: int) -> None:
        import fastexcel

        self._path, self._kind, self._left = path, kind, cells
        self._columns = fastexcel.read_excel(path)
        self._zip = zipfile.ZipFile(path) if kind == "xlsx" else None
        self._cells: Any = None
        self.parts: list[archive.SheetPart] = []
        self.from_1904 = False
        if self._zip is not None:
            with suppress(ValueError, KeyError, ExpatError):  # then python-calamine tells
                self.parts, self.from_1904 = archive.sheet_parts(self._zip)

    def sheets(self) -> list[tuple[str, bool]]:
        """Name and whether hidden, of every worksheet."""
        if self.parts:
            return [(part.name, part.hidden) for part in self.parts]
        import python_calamine

        known = self._by_cell().sheets_metadata
        visible = python_calamine.SheetVisibleEnum.Visible
        work = python_calamine.SheetTypeEnum.WorkSheet
        return [(sheet.name, sheet.visible != visible) for sheet in known if sheet.typ == work]

    def read(self, name: str, hidden: bool) -> tuple[SheetRead, Any]:
        """Read a sheet; the second value is a pyarrow table of its rows, or None without any column."""
        import fastexcel

        sheet = SheetRead(name, hidden)
        if self._find_header(sheet):
            try:
                return sheet, self._laid_out(sheet, self._load(sheet), {})
            except fastexcel.UnsupportedColumnTypeCombinationError:
                pass  # a column of several types
        return sheet, self._general(sheet)

    def formulas(self, sheet: SheetRead) -> Any:
        """The formulas of a sheet as a pyarrow table: data row from 0, place of the column from 1, text. xlsx alone."""
        import pyarrow as pa

        part = next((part.part for part in self.parts if part.name == sheet.name), None)
        if self._zip is None or part is None:
            return None
        rows, places, texts = [], [], []
        try:
            for row, column, text in archive.formulas(self._zip, part):
                rows.append(row - sheet.row - 1)
                places.append(column - sheet.column + 1)
                texts.append(text)
        except (ValueError, KeyError):
            return None
        return pa.table(
            {
                "r": pa.array(rows, pa.int64()),
                "c": pa.array(places, pa.int64()),
                "f": pa.array(texts, pa.string()),
            }
        )

    def uncalculated(self, sheet: SheetRead, table: Any) -> int:
        """How many formulas of a sheet were never calculated: they are read as blanks. Looks where there are any."""
        part = next((part.part for part in self.parts if part.name == sheet.name), None)
        if self._zip is None or part is None or not any(column.null_count for column in table.columns):
            return 0
        try:
            return archive.uncalculated(self._zip, part)
        except (ValueError, KeyError):
            return 0

    def _by_cell(self) -> Any:
        if self._cells is None:
            import python_calamine

            self._cells = python_calamine.CalamineWorkbook.from_path(self._path)
        return self._cells

    def _find_header(self, sheet: SheetRead) -> bool:
        """Find where the cells begin and what the headers are from the first row alone, where that is enough."""
        part = next((part.part for part in self.parts if part.name == sheet.name), None)
        if self._zip is None or part is None:
            return False
        try:
            row, cells = archive.first_row(self._zip, part)
        except (ValueError, KeyError, ExpatError):
            return False
        # Only a first row that begins in column A tells where the sheet begins; only text is sure to be its own text.
        if 0 not in cells or any(kind not in ("s", "str", "inlineStr") for kind, _ in cells.values()):
            return False
        shared = archive.shared_strings(
            self._zip, {int(text) for kind, text in cells.values() if kind == "s"}
        )
        if any(kind == "s" and int(text) not in shared for kind, text in cells.values()):
            return False
        sheet.row = row
        sheet.headers = [None] * (max(cells) + 1)
        for place, (kind, text) in cells.items():
            sheet.headers[place] = shared[int(text)] if kind == "s" else archive.unescape(text)
        return True

    def _load(self, sheet: SheetRead, dtypes: Any = None) -> tuple[Any, list[Any]]:
        """Load by column: a record batch, and the cells that did not fit their column."""
        loaded = self._columns.load_sheet(
            sheet.name, header_row=0, schema_sample_rows=None, dtype_coercion="strict", dtypes=dtypes
        )
        self._left -= (loaded.total_height + 1) * loaded.width
        if self._left < 0:
            raise TooMuchError(
                "cells",
                f"sheet {sheet.name!r} has {loaded.total_height + 1:,} rows of {loaded.width:,} cells",
            )
        batch, errors = loaded.to_arrow_with_errors()
        return batch, list(errors.errors) if errors else []

    def _laid_out(
        self, sheet: SheetRead, loaded: tuple[Any, list[Any]], cells: Mapping[int, Sequence[Cell]]
    ) -> Any:
        """The columns as they go over. ``cells``: place → what python-calamine read of columns that were loaded as text."""
        batch, errors = loaded
        odd: dict[int, dict[int, str | timedelta]] = {}
        for error in errors:
            row, place = error.offset_position
            odd.setdefault(place, {})[row] = odd_cell(error.detail)
        sheet.headers += [None] * (batch.num_columns - len(sheet.headers))
        columns = []
        for place in range(batch.num_columns):
            column, form = batch.column(place), ""
            kind = None if place in cells or place in odd else self._type_of(column)
            if place in cells:
                # python-calamine reads blank and empty text alike.
                blanks = column.is_null().to_pylist()
                pairs = zip(cells[place], blanks, strict=True)
                told = [None if cell == "" and blank else cell for cell, blank in pairs]
                kind, column = as_text(told, odd.get(place, {}))
            elif kind is None:
                kind, column = as_text(cells_of(column, self._zero), odd.get(place, {}))
            else:
                form, column = form_of(column, kind)
            sheet.types.append(kind.value)
            sheet.forms.append(form)
            columns.append(column)
        return _table(sheet, columns)

    @property
    def _zero(self) -> int:
        return _DAY_ZERO_1904 if self.from_1904 else _DAY_ZERO

    def _type_of(self, column: Any) -> Type | None:
        """The type of a column that fastexcel read as one; None where its cells need a closer look."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = column.type
        if column.null_count == len(column):
            return Type.EMPTY
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return Type.TEXT if pc.any(pc.not_equal(column, "")).as_py() else Type.EMPTY
        if pa.types.is_boolean(kind):
            return Type.BOOLEAN
        if pa.types.is_floating(kind):
            return Type.INTEGER if pc.all(pc.equal(pc.floor(column), column)).as_py() else Type.NUMBER
        if pa.types.is_timestamp(kind) and kind.unit == "ms":
            return self._type_of_times(column.cast(pa.int64()))
        return Type.INTEGER if pa.types.is_integer(kind) else None

    def _type_of_times(self, milliseconds: Any) -> Type | None:
        import pyarrow.compute as pc

        low, high = (pc.min_max(milliseconds)[end].as_py() for end in ("min", "max"))
        if self._zero <= low and high < self._zero + _DAY:
            return Type.TIME
        if low < self._zero + _DAY and high >= self._zero:
            return None
        days = pc.multiply(pc.divide(milliseconds, _DAY), _DAY)
        return Type.DATE if pc.all(pc.equal(days, milliseconds)).as_py() else Type.DATETIME

    def _general(self, sheet: SheetRead) -> Any:
        """Read cell by cell where columns do not tell: several types, other formats, headers that are no text."""
        import fastexcel

        cells = self._by_cell().get_sheet_by_name(sheet.name)
        if cells.start is None:
            return None
        sheet.row, sheet.column = cells.start
        if cells.height * cells.width > self._left:
            raise TooMuchError(
                "cells", f"sheet {sheet.name!r} has {cells.height:,} rows of {cells.width:,} cells"
            )
        rows = iter(cells.to_python())
        header = next(rows)
        sheet.headers = [celltext.text_of(cell) if cell != "" else None for cell in header]
        values = list(zip(*rows, strict=True)) or [()] * len(header)
        mixed = {place: column for place, column in enumerate(values) if self._is_mixed(column)}
        try:
            loaded = self._load(sheet, dict.fromkeys(mixed, "string"))
        except fastexcel.FastExcelError:
            mixed = dict(enumerate(values))
            loaded = self._load(sheet, "string")
        return self._laid_out(sheet, loaded, mixed)

    def _is_mixed(self, cells: Sequence[Cell]) -> bool:
        """Whether a column has cells of several types, or of one that is surer read by cell than by column."""
        classes = set(map(type, cells))
        if str in classes and len(classes) > 1 and not any(type(cell) is str and cell for cell in cells):
            classes.remove(str)
        if len(classes) == 1:
            return not classes <= {str, float, bool}
        return bool(classes) and not (self.parts and classes <= {date, datetime, time})


def _table(sheet: SheetRead, columns: list[Any]) -> Any:
    import pyarrow as pa

    sheet.rows = len(columns[0]) if columns else 0
    return (
        pa.table(columns, names=[f"c{number}" for number in range(1, len(columns) + 1)]) if columns else None
    )


def read_book(job: dict[str, Any]) -> dict[str, Any]:
    """Read what a job asks for. Raises whatever the libraries do."""
    reader = Reader(job["path"], job["kind"], job["cells"])
    known = reader.sheets()
    if len(known) > job["sheets"]:
        raise TooMuchError("sheets", f"it has {len(known):,} sheets")
    sheets = []
    for number, (name, hidden) in enumerate(known):
        if hidden and not job["hidden"]:
            continue
        sheet, table = reader.read(name, hidden)
        if table is not None:
            sheet.file = f"{job['token']}-{number}.parquet"
            _write(table, Path(job["folder"], sheet.file))
            sheet.uncalculated = reader.uncalculated(sheet, table)
            if job["formulas"] and (formulas := reader.formulas(sheet)) is not None:
                sheet.formulas = f"{job['token']}-{number}-f.parquet"
                _write(formulas, Path(job["folder"], sheet.formulas))
        sheets.append(vars(sheet))
    return {"sheets": sheets, "left_out": [name for name, hidden in known if hidden and not job["hidden"]]}


def _write(table: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    # Read once, right away, on this machine: no compression, and nothing that helps to skip.
    # Row groups are what the engine reads side by side.
    options = {"compression": "none", "use_dictionary": False, "write_statistics": False}
    pq.write_table(table, path, row_group_size=1 << 14, **options)


def _is_full(limit: int) -> bool:
    """Whether this process is so near its limit that whatever went wrong went wrong for want of memory (Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return False
    return pages * resource.getpagesize() > limit - (64 << 20)


def main(job_path: str) -> int:
    """Do a job and leave its result or its failure; the exit code is 0 for both, 1 if neither could be written."""
    # Loaded before there is a limit, so that what is too much is said by the reading and not by a half-loaded library.
    import fastexcel  # noqa: F401
    import pyarrow.compute
    import pyarrow.parquet  # noqa: F401
    import python_calamine  # noqa: F401

    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    try:
        result = read_book(job)
    except MemoryError:
        result = {"limit": "memory", "found": "reading it takes more memory"}
    except TooMuchError as error:
        result = {"limit": error.args[0], "found": error.args[1]}
    except BaseException as error:  # noqa: BLE001  # a panic of the libraries is no Exception; the parent is told of it
        if re.search("memory|alloc", str(error)) or _is_full(job["memory"]):
            result = {"limit": "memory", "found": "reading it takes more memory"}
        else:
            result = {"failed": type(error).__name__, "message": str(error)}
    Path(f"{job_path}.out").write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
