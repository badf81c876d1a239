"""The error cells of a workbook (``#N/A``), which the library that reads it gives as if they were blank.

Loads little, since it is part of the process that reads workbooks.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from html import unescape

_CHUNK = 1 << 20
_MARK = b't="e"'
_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>")

Cells = dict[tuple[int, int], str]
"""What error cells say, by row and column from 1."""


def error_cells(path: str) -> dict[str, Cells]:
    """The error cells of an .xlsx or .xlsm by sheet; other formats are not looked at.

    Most workbooks have none: they are searched for the mark of one, which costs less than a quarter of reading them.
    """
    if not zipfile.is_zipfile(path):
        return {}
    found: dict[str, Cells] = {}
    with zipfile.ZipFile(path) as book, suppress(KeyError, UnicodeDecodeError):
        parts = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]*\.xml", name)]
        marked = {part for part in parts if _has_mark(book, part)}
        for sheet, part in _sheets(book) if marked else ():
            if part in marked:
                found[sheet] = _errors_in(book.read(part))
    return found


def _has_mark(book: zipfile.ZipFile, part: str) -> bool:
    rest = b""
    with book.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _MARK in rest + chunk:
                return True
            rest = chunk[-len(_MARK) :]
    return False


def _sheets(book: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The name and the part of each sheet."""
    relations = _tags(book.read("xl/_rels/workbook.xml.rels").decode(), "Relationship")
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations}
    found = []
    for sheet in _tags(book.read("xl/workbook.xml").decode(), "sheet"):
        target = targets.get(sheet.get("id", ""), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        found.append((sheet.get("name", ""), part))
    return found


def _tags(text: str, name: str) -> list[dict[str, str]]:
    """The attributes of each tag of a name, without prefixes."""
    tags = re.findall(rf"<(?:\w+:)?{name}\s[^>]*>", text)
    pairs = (re.findall(r'([\w:]+)\s*=\s*"([^"]*)"', tag) for tag in tags)
    return [{key.rpartition(":")[2]: unescape(value) for key, value in each} for each in pairs]


def _errors_in(sheet: bytes) -> Cells:
    found: Cells = {}
    for attributes, content in _CELL.findall(sheet):
        place, said = _PLACE.search(attributes), _VALUE.search(content)
        if place is None or said is None:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        found[int(place[2]), column] = unescape(said[1].decode("utf-8", "replace"))
    return found
