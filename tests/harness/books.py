"""Files that hold tables, written sign by sign: what no library would write, and what real programs do."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass.tables import Book, BookSource, Engine, Limits, ReadOptions, Table, open_engine, read_book

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# Styles by number: 1 date, 2 hours beyond a day, 3 date and time, 4 time.
_FORMATS = (0, 14, 46, 22, 21)


def xlsx(
    path: Path,
    sheets: Mapping[str, str] | str,
    *,
    strings: Sequence[str] = (),
    properties: str = "",
    states: Mapping[str, str] | None = None,
    further: Mapping[str, bytes | str] | None = None,
    head: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write a workbook from the XML of its rows (one sheet S, or name → rows); ``strings`` are shared ones."""
    pages = {"S": sheets} if isinstance(sheets, str) else dict(sheets)
    listed, related, typed = "", "", ""
    parts: dict[str, bytes | str] = {}
    for number, (name, rows) in enumerate(pages.items(), 1):
        state = f' state="{states[name]}"' if states and name in states else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
        related += _relation(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml")
        typed += _override(f"worksheets/sheet{number}.xml", "worksheet")
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    related += _relation("rIdA", "styles", "styles.xml") + _relation(
        "rIdB", "sharedStrings", "sharedStrings.xml"
    )
    formats = "".join(f'<xf numFmtId="{number}" xfId="0"/>' for number in _FORMATS)
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{_override('workbook.xml', 'sheet.main')}{typed}{_override('styles.xml', 'styles')}"
        f"{_override('sharedStrings.xml', 'sharedStrings')}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f"{_relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        f'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(_FORMATS)}">{formats}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{_text(text)}</si>" for text in strings)}</sst>',
    }
    parts |= further or {}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _text(text: str) -> str:
    return text if text.startswith("<") else f'<t xml:space="preserve">{text}</t>'


def _relation(identity: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identity}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/xl/{part}" ContentType="{_KIND}.{kind}+xml"/>'


def row(number: int, cells: Mapping[str, str]) -> str:
    """A row: column letters → the inside of its cell, with attributes before a ``>`` (``t="s"><v>0</v>``)."""
    inside = "".join(f'<c r="{column}{number}" {cell}</c>' for column, cell in cells.items())
    return f'<row r="{number}">{inside}</row>'


def text(value: str) -> str:
    """A cell of text, for :func:`row`."""
    return f't="inlineStr"><is><t xml:space="preserve">{value}</t></is>'


def number(value: object, style: int = 0) -> str:
    """A cell of a number, date or time, for :func:`row`."""
    return f's="{style}"><v>{value}</v>'


@dataclass(frozen=True)
class Opened:
    """A book in its engine, and how to look into it."""

    engine: Engine
    book: Book

    def table(self, name: str | None = None) -> Table:
        """The only table, or the one of that name."""
        if name is None:
            (only,) = self.book.tables
            return only
        return next(table for table in self.book.tables if table.name == name)

    def rows(self, name: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of a table as its relation has them, in true order."""
        table = self.table(name)
        cells = ", ".join(f"c{place}" for place in range(1, len(table.columns) + 1))
        return self.engine.execute(f"SELECT {cells} FROM {self.engine.numbered(table)} ORDER BY r")

    def texts(self, name: str | None = None) -> list[tuple[str | None, ...]]:
        """The rows of a table in canonical text."""
        table = self.table(name)
        cells = ", ".join(
            self.engine.canonical(column, f"c{place}") for place, column in enumerate(table.columns, 1)
        )
        return self.engine.execute(f"SELECT {cells} FROM {self.engine.numbered(table)} ORDER BY r")

    def types(self, name: str | None = None) -> list[str]:
        """The types of a table's columns."""
        return [column.type.value for column in self.table(name).columns]

    def names(self, name: str | None = None) -> list[str]:
        """The names of a table's columns."""
        return [column.name for column in self.table(name).columns]


@contextmanager
def opened(path: Path, *, limits: Limits | None = None, **options: Any) -> Iterator[Opened]:
    """Read one file or folder."""
    with open_engine(limits=limits or Limits()) as engine:
        yield Opened(engine, read_book(engine, BookSource(path.name, path), ReadOptions(**options)))


def ods(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write an OpenDocument sheet S from the XML of its cells (:func:`ods_cell`)."""
    uris = "urn:oasis:names:tc:opendocument:xmlns"
    lines = "".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{uris}:manifest:1.0"></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{uris}:office:1.0" xmlns:table="{uris}:table:1.0" '
            f'xmlns:text="{uris}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{lines}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_cell(kind: str, value: str = "") -> str:
    """A cell of an OpenDocument sheet: ``string``, ``float``, ``boolean``, ``date``, ``time`` or nothing."""
    if not kind:
        return "<table:table-cell/>"
    named = {"float": "value", "boolean": "boolean-value", "date": "date-value", "time": "time-value"}.get(
        kind
    )
    given = f' office:{named}="{value}"' if named else ""
    return f'<table:table-cell office:value-type="{kind}"{given}><text:p>{value}</text:p></table:table-cell>'
