"""The story of a dataset that is a workbook: five releases; and workbooks as openpyxl writes them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import openpyxl

Rows = Sequence[Sequence[object]]

BOOK = "dist/refined_data.xlsx"
HEAD = ("organization_id", "name", "phone", "beds", "phone__source")
HERON = ("ORG-1", "Heron Place", "+27 1", 12, "north.xlsx!List!C2")
FINCH = ("ORG-2", "Finch Row", "012", 3, None)
WREN = ("ORG-3", "Wren House", "=1+1", None, None)
MOVED = ("ORG-1", "Heron Place", "+27 99", 12, "east.xlsx!Tel!B9")
VISITS = [("site", "day", "n"), ("ORG-1", "2024-05-01", 3), ("ORG-1", "2024-05-02", 3)]
MORE_VISITS = [*VISITS[:2], ("ORG-1", "2024-05-02", 4)]

STORY: dict[str, dict[str, Rows]] = {
    "1.0.0": {"Sites": [HEAD, HERON, FINCH], "Visits": VISITS},
    "1.0.1": {"Sites": [HEAD, MOVED, FINCH], "Visits": VISITS},
    "1.1.0": {"Sites": [HEAD, MOVED, FINCH, WREN], "Visits": MORE_VISITS},
    "1.1.1": {"Sites": [HEAD, WREN, FINCH, MOVED], "Visits": MORE_VISITS},
    "2.0.0": {"Sites": [HEAD, FINCH, WREN], "Visits": MORE_VISITS},
}
"""By version. 1.1.1 has the rows of 1.1.0 in another order."""


def workbook(sheets: Mapping[str, Rows], hidden: Mapping[str, Rows] | None = None) -> bytes:
    """Sheets by name; texts that begin with ``=`` stay texts."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in {**sheets, **(hidden or {})}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"
        if hidden and name in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def saved_again(data: bytes) -> bytes:
    """The same workbook, loaded and saved by somebody else."""
    stream = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.properties.creator = "Somebody Else"
    book.save(stream)
    return stream.getvalue()
