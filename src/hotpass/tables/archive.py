"""What a workbook file is, found without reading its sheets: format, limits, macros, links, and the xlsx's own lists."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from hotpass.tables.errors import EncryptedBookError, LimitError, UnreadableTableError
from hotpass.tables.limits import Limits
from hotpass.tables.mending import RATIO_FROM

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 16
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# A cell with a formula and without a value; "" that was calculated is a text (t="str").
_UNCALCULATED = re.compile(
    rb'<c(?![^>]* t="str")(?: [^>]*)?><f(?:[^>]*/>|(?: [^>]*)?>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
# What the first part of a list may take: names of sheets, relations, the first shared strings.
_HEAD = 64 << 20


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of an xlsx: its name, whether it is hidden, the part of the archive that holds it."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class Inspected:
    """``kind`` is what the content is (xlsx, xlsb, ods, xls), whatever the suffix says."""

    kind: str
    notes: tuple[str, ...] = ()


def inspect(path: Path, name: str, limits: Limits) -> Inspected:
    """Look at a workbook from outside. Raises EncryptedBookError, UnreadableTableError, LimitError."""
    with path.open("rb") as file:
        head = file.read(8)
        if head == OLE:
            return _inspect_ole(file.read(64 << 20), name)
    if not head.startswith(b"PK"):
        raise UnreadableTableError(name, "it is no workbook" if head else "it is empty")
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspect_zip(archive, name, limits)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, ValueError) as error:
        raise UnreadableTableError(name, f"the archive is damaged or cut off ({error})") from error


def _inspect_ole(data: bytes, name: str) -> Inspected:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedBookError(name)
    macros = "_VBA_PROJECT".encode("utf-16-le") in data
    return Inspected("xls", (f"{name}: it holds macros, which are not run",) if macros else ())


def _inspect_zip(archive: zipfile.ZipFile, name: str, limits: Limits) -> Inspected:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > limits.bytes:
        raise LimitError(name, "bytes", limits.bytes, f"it unpacks to {unpacked:,} bytes")
    if unpacked > RATIO_FROM and unpacked > packed * limits.ratio:
        raise LimitError(name, "ratio", limits.ratio, f"it unpacks to {unpacked // packed:,} times its size")
    sheets = sum("sheets/" in entry and entry.endswith((".xml", ".bin")) for entry in names)
    if sheets > limits.sheets:
        raise LimitError(name, "sheets", limits.sheets, f"it has {sheets:,} sheets")
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedBookError(name)
    lower = [entry.lower() for entry in names]
    notes = []
    if any(entry.endswith("vbaproject.bin") or entry.startswith("basic/") for entry in lower):
        notes.append(f"{name}: it holds macros, which are not run")
    if any("externallinks/" in entry for entry in lower):
        notes.append(
            f"{name}: it links to other files, which are not looked at; linked cells have their last values"
        )
    if any(".." in entry.split("/") or entry.startswith("/") for entry in names):
        notes.append(f"{name}: the archive names files outside itself, which are not looked at")
    if "xl/workbook.bin" in lower:
        return Inspected("xlsb", tuple(notes))
    if "content.xml" in lower:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise EncryptedBookError(name)
        return Inspected("ods", tuple(notes))
    if "[content_types].xml" not in lower:
        raise UnreadableTableError(name, "it is no workbook, but another archive")
    return Inspected("xlsx", tuple(notes))


def sheet_parts(archive: zipfile.ZipFile) -> tuple[list[SheetPart], bool]:
    """The worksheets of an xlsx in order, and whether its dates count from 1904. Raises ValueError."""
    root = next(
        (
            target
            for kind, target in _relations(archive, "_rels/.rels", "").values()
            if kind == "officeDocument"
        ),
        "xl/workbook.xml",
    )
    folder, file = posixpath.split(root)
    related = _relations(archive, f"{folder}/_rels/{file}.rels", folder)
    sheets: list[SheetPart] = []
    epoch = False
    for tag, attributes in _elements(archive, root):
        if tag == "workbookPr":
            epoch = attributes.get("date1904", "0").lower() in ("1", "true", "on")
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, target = related.get(relation, ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), hidden, target))
    return sheets, epoch


def shared_strings(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Some of an xlsx's shared strings, by number; reads no further than it must."""
    part = next((name for name in archive.namelist() if name.lower().endswith("/sharedstrings.xml")), None)
    found: dict[int, str] = {}
    if part is None or not wanted:
        return found
    number, text, phonetic = -1, [""], False
    for tag, value in _events(archive, part):
        if tag == "<si":
            number, text = number + 1, []
        elif tag in ("<rPh", "/rPh"):
            phonetic = tag == "<rPh"
        elif tag == "#t" and not phonetic:
            text.append(value)
        elif tag == "/si" and number in wanted:
            found[number] = unescape("".join(text))
            if len(found) == len(wanted):
                break
    return found


def first_row(archive: zipfile.ZipFile, part: str) -> tuple[int, dict[int, tuple[str, str]]]:
    """The first row of a sheet in which a cell has a value: its number from 0, and column from 0 → (type, raw text).

    Raises ValueError where cells do not say where they are.
    """
    row = -1
    cells: dict[int, tuple[str, str]] = {}
    place, kind, text = -1, "", ""
    for tag, value in _events(archive, part):
        if tag == "<row":
            row, cells = (int(value) - 1 if value else row + 1), {}
        elif tag == "<c":
            address, _, kind = value.partition(" ")
            if not address:
                raise ValueError("a cell without an address")
            place, text = _column_of(address), ""
        elif tag in ("#v", "#t"):
            text += value
        elif tag == "/c" and text:
            cells[place] = (kind, text)
        elif tag == "/row" and cells:
            return row, cells
    return -1, {}


def formulas(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int, str]]:
    """Every formula of a sheet: row and column from 0, and its text after the ``=``.

    A shared formula is written once; the cells that share it have that text and where it was written for. Raises
    ValueError where cells do not say where they are.
    """
    shared: dict[str, str] = {}
    address, number, text, has_formula = "", "", "", False
    for tag, value in _events(archive, part):
        if tag == "<c":
            address, has_formula = value.partition(" ")[0], False
            if not address:
                raise ValueError("a cell without an address")
        elif tag == "<f":
            number, text, has_formula = value, "", True
        elif tag == "#f":
            text += value
        elif tag == "/c" and has_formula:
            if text and number:
                shared[number] = f"{text} (as in {address})"
            elif number:
                text = shared.get(number, "")
            yield int(address.lstrip(_LETTERS)) - 1, _column_of(address), text


def uncalculated(archive: zipfile.ZipFile, part: str) -> int:
    """How many formulas of a sheet have no value, as in workbooks that no spreadsheet program has saved."""
    count, rest = 0, b""
    with archive.open(part) as file:
        while data := file.read(1 << 20):
            data = rest + data
            cut = data.rfind(b"<c ")
            rest = data[cut:] if cut > 0 else b""
            count += len(_UNCALCULATED.findall(data[: cut if cut > 0 else None])) if b"<f" in data else 0
    return count + len(_UNCALCULATED.findall(rest))


def unescape(text: str) -> str:
    """Undo the ``_x000D_`` of workbooks."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column_of(address: str) -> int:
    number = 0
    for letter in address:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its kind, the part it means)."""
    found = {}
    if part in archive.namelist():
        for tag, attributes in _elements(archive, part):
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                place = (
                    target.lstrip("/")
                    if target.startswith("/")
                    else posixpath.normpath(f"{folder}/{target}").lstrip("/")
                )
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], place)
    return found


def parser() -> expat.XMLParserType:
    """An XML parser that takes no document type, and so no entities."""
    machine = expat.ParserCreate(namespace_separator=None)
    machine.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type, as no workbook does")

    machine.StartDoctypeDeclHandler = refuse
    return machine


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    machine = parser()
    machine.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
    with archive.open(part) as file:
        machine.Parse(file.read(_HEAD), True)
    return found


def _events(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """What stands in a part, as far as it is asked for: ``<row`` and ``<c`` with their attributes, ``/row``, ``#t`` text."""
    events: list[tuple[str, str]] = []
    machine = parser()
    inside = ""

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = tag.rpartition(":")[2]
        told = attributes.get("r", "")
        if inside == "c":
            told = f"{told} {attributes.get('t', 'n')}"
        elif inside == "f":
            told = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        events.append((f"<{inside}", told))

    def end(tag: str) -> None:
        nonlocal inside
        inside = ""
        events.append((f"/{tag.rpartition(':')[2]}", ""))

    machine.StartElementHandler, machine.EndElementHandler = begin, end
    machine.CharacterDataHandler = lambda text: events.append((f"#{inside}", text))
    with archive.open(part) as file:
        while data := file.read(_CHUNK):
            machine.Parse(data, False)
            yield from events
            events.clear()
