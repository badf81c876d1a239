"""Columns of a workbook on their way over: what fastexcel and python-calamine read, as canonical text or as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from hotpass.tables import celltext
from hotpass.tables.celltext import Cell
from hotpass.tables.table import Type

# What fastexcel says of an error cell: "Expected float but got 'Error(NA)'".
_ERRORS = {
    "NA": "#N/A", "Div0": "#DIV/0!", "Name": "#NAME?", "Null": "#NULL!",
    "Num": "#NUM!", "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


# An OpenDocument's: "Expected string but got 'DurationIso("PT26H30M00S")'".
_ISO_DURATION = re.compile(
    r"""DurationIso\("P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"\)'$"""
)


def form_of(column: Any, kind: Type) -> tuple[str, Any]:
    """How a column of one type goes over, and the column, whole numbers as such."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind in (Type.TEXT, Type.EMPTY):
        return "", column
    if not pa.types.is_floating(column.type):
        return "plain", column
    sizes = pc.abs(column)
    if pc.max(sizes).as_py() >= 1e15:
        return "double", column
    if kind is Type.INTEGER:
        return "plain", column.cast(pa.int64())
    small = pc.any(pc.and_(pc.less(sizes, 1e-4), pc.greater(sizes, 0))).as_py()
    return ("double" if small else "plain"), column


def odd_cell(detail: str) -> str | timedelta:
    """A cell that did not fit its column, from what fastexcel says of it: an error's text, empty text, or a duration."""
    if detail.endswith("""'String("")'"""):
        return ""
    duration = _ISO_DURATION.search(detail)
    if duration:
        days, hours, minutes, seconds = (float(part or 0) for part in duration.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    name = detail.rpartition("Error(")[2].partition(")")[0] if "Error(" in detail else ""
    if not name:
        raise ValueError(f"a cell that is not understood: {detail}")
    return _ERRORS.get(name, f"#{name.upper()}")


def cells_of(column: Any, zero: int) -> list[Cell | None]:
    """The cells of a column that fastexcel read, as python-calamine would give them."""
    return [_as_cell(value, zero) for value in column.to_pylist()]


def _as_cell(value: Any, zero: int) -> Any:
    if not isinstance(value, datetime):
        return value
    value = value.replace(tzinfo=None)
    if value.date() == (datetime(1970, 1, 1) + timedelta(milliseconds=zero)).date():  # noqa: DTZ001  # no zone in a sheet
        return value.time()
    return value.date() if value.time() == time() else value


def as_text(cells: list[Cell | None], odd: Mapping[int, str | timedelta]) -> tuple[Type, Any]:
    """A column as canonical text, tagged where it is mixed. ``odd``: row → what stands there instead; text is an error."""
    import pyarrow as pa

    for row, cell in odd.items():
        cells[row] = cell if cell == "" or isinstance(cell, timedelta) else None
    errors = {row: cell for row, cell in odd.items() if isinstance(cell, str) and cell}
    types = {celltext.type_of(cell) for cell in cells if cell is not None and cell != ""}
    if types == {Type.DATE, Type.DATETIME}:
        types = {Type.DATETIME}
    if errors or len(types) > 1:
        kind = Type.MIXED
        texts = [None if cell is None else celltext.tagged(cell) for cell in cells]
    else:
        kind = types.pop() if types else Type.EMPTY
        texts = _texts(cells, kind)
        if kind is Type.NUMBER and all(
            celltext.is_whole(cell) for cell in cells if cell is not None and cell != ""
        ):
            kind = Type.INTEGER
    for row, error in errors.items():
        texts[row] = f"{celltext.ERROR_TAG}:{error}"
    return kind, pa.array(texts, pa.string())


def _texts(cells: Iterable[Cell | None], kind: Type) -> list[str | None]:
    with_time = kind is Type.DATETIME
    return [None if cell is None else celltext.text_of(cell, as_datetime=with_time) for cell in cells]
