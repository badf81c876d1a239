"""Made-up lists of made-up organisations, laid out the way such lists arrive; and a reader of them that is none of ours."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string

Rows = Sequence[Sequence[Any]]


def workbook(sheets: Mapping[str, Rows], *, merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A workbook of these rows; equal sheets do not make equal bytes. ``merged`` are ranges of header cells, by sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, place, value)
        for cells in (merged or {}).get(name, ()):
            sheet.merge_cells(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def delimited(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Delimited text of these rows."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return target.getvalue().encode(encoding)


NORTH: list[list[Any]] = [
    ["Register of places of learning"],
    ["as of May", None, None, "not to be shared"],
    [],
    ["Ref", "School name", "Street address", "City", "Province", "Tel", "E-mail", "Web site", "Last visit"],
    [101, "Kestrel Primary School", "12 Oak Lane", "Pretoria", "Gauteng", "012 555 0101", "office@kestrel.example.org",
     "www.kestrel.example.org?utm_source=x", dt.date(2024, 3, 9)],
    [102, "Plover Nursery (Pty) Ltd", "3 Reed Street", "Durban", "KZN", "031 555 0102 / 031 555 0103", None, None, None],
    [103, "Avocet House", "44 Dune Road", "Cape Town", "Western Cape", 215550104, "info@avocet.example.com", None,
     dt.date(2023, 11, 2)],
    [104, None, "9 Nowhere Close", "Durban", "KZN", "031 555 0109", None, None, None],
    [105, "Widgeon Centre", "17 Mill Street", "Durban", "KZN", "082 l23 4567", None, "n/a", None],
    ["Total", 5],
]  # fmt: skip
"""Title rows above the header, phones as numbers, a row without a name, a footer."""

CONTACTS: list[list[Any]] = [
    ["Organisation", "Contact", None, None, "Physical"],
    [None, "Person", "Email", "Phone", "Address"],
    ["Kestrel Primary School", "Thandi Mole (Principal)", "thandi@kestrel.example.org", "082 555 0111", "12 Oak Lane"],
    ["Turnstone College", "Piet Vole", "piet@turnstone.example.org; piet.vole@turnstone.example.org", None, "8 Quay Road"],
    ["Avocet House", "Sam Hare", None, "+27 21 555 0104", "44 Dune Rd"],
]  # fmt: skip
"""A header of two rows, whose upper cells stretch over several columns."""

BLOCKS: list[list[Any]] = [
    ["Site name", "Phone", None, "Site name", "Phone"],
    ["Sanderling Hall", "011 555 0120", None, "Dunlin Rooms", "021 555 0130"],
    ["Curlew Court", "011 555 0121", None, "Godwit Gardens", "021 555 0131"],
    ["Whimbrel Works", "011 555 0122", None, "Plover Nursery", "031 555 0103"],
]
"""Two lists side by side."""

BLANK: list[list[Any]] = [
    ["Name", None, "Phone", "Remarks"],
    ["Turnstone College", "8 Quay Road", "041 555 0140", "closed\non Fridays"],
    ["Knot and Sons CC", "2 Sand Street", "041 555 0141", None],
]
"""A header without a word over a column."""


@dataclass(frozen=True)
class File:
    """A list as a file, and how its text is read: ``delimiter`` and ``encoding`` where it is one."""

    data: bytes
    delimiter: str = ","
    encoding: str = "utf-8"


def messy() -> dict[str, File]:
    """A folder of lists in which nearly everything is laid out otherwise."""
    rows = [
        ["Naam", "Adres", "Foon", "Epos"],
        ["Café Tern", "5 Kusweg, Langebaan", "022 555 0150", "hallo@tern.example.org"],
        ["Dunlin Rooms", "", "021 555 0130", "DUNLIN@example.net"],
    ]
    return {
        "north/register.xlsx": File(workbook({"Schools": NORTH, "Empty": [], "Blocks": BLOCKS})),
        "contacts.xlsx": File(workbook({"People": CONTACTS}, merged={"People": ["B1:D1"]})),
        "blank.xlsx": File(workbook({"List": BLANK})),
        "west.csv": File(delimited(rows, ";", "cp1252"), ";", "cp1252"),
        "east.csv": File(b"\xef\xbb\xbf" + delimited(rows[:2]), encoding="utf-8-sig"),
    }


class Cells:
    """The cells of a folder by their address, read by other libraries than Hotpass's own."""

    def __init__(self, folder: Path, files: Mapping[str, File]) -> None:
        self._books: dict[str, Any] = {}
        self._texts: dict[str, list[list[str]]] = {}
        for name, file in files.items():
            if name.endswith(".xlsx"):
                self._books[name] = openpyxl.load_workbook(folder / name, data_only=True)
            else:
                text = (folder / name).read_bytes().decode(file.encoding)
                self._texts[name] = list(csv.reader(io.StringIO(text, newline=""), delimiter=file.delimiter))

    def at(self, address: str) -> str:
        """The text of a cell; raises KeyError or IndexError where there is none."""
        place, _, cell = address.rpartition("!")
        letters, row = re.fullmatch(r"([A-Z]+)([1-9][0-9]*)", cell).groups()  # type: ignore[union-attr]
        if place in self._texts:
            return self._texts[place][int(row) - 1][int(column_index_from_string(letters)) - 1]
        file, _, sheet = place.rpartition("!")
        return said(self._books[file][sheet][cell].value)

    def row_of(self, address: str) -> str:
        """The texts of the whole row of a cell."""
        place, _, cell = address.rpartition("!")
        number = int(re.sub("[A-Z]", "", cell))
        if place in self._texts:
            return "\n".join(self._texts[place][number - 1])
        file, _, sheet = place.rpartition("!")
        return "\n".join(said(each.value) for each in self._books[file][sheet][number])


def said(value: Any) -> str:
    """A cell as text: whole numbers without a fraction, days as ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return "" if value is None else str(value)
