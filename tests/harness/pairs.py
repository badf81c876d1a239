"""Pairs of files to compare: what stands in them, written short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from harness.books import number, row, text, xlsx
from hotpass.compare import CompareOptions, Comparison, compare_books
from hotpass.tables import (
    Book,
    BookSource,
    Engine,
    ReadOptions,
    Type,
    column_letters,
    open_engine,
    read_books,
)


@dataclass(frozen=True)
class Csv:
    """A comma-separated file; ``/`` ends a line."""

    lines: str
    suffix: str = "csv"

    def write(self, folder: Path) -> Path:
        """Write it as ``list``."""
        path = folder / f"list.{self.suffix}"
        path.write_text(self.lines.replace("/", "\n") + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True)
class Sheets:
    """A workbook: the rows of its sheets, the first the header. None is no cell, a text that begins with ``<`` its XML."""

    sheets: Mapping[str, Sequence[Sequence[Any]]]
    properties: str = ""

    def write(self, folder: Path) -> Path:
        """Write it as ``list.xlsx``."""
        pages = {
            name: "".join(
                row(n, {column_letters(c): _cell(v) for c, v in enumerate(values, 1) if v is not None})
                for n, values in enumerate(rows, 1)
            )
            for name, rows in self.sheets.items()
        }
        return xlsx(folder / "list.xlsx", pages, properties=self.properties)


@dataclass(frozen=True)
class Parquet:
    """A Parquet file: its columns by name, as arrow arrays or plain lists."""

    columns: Mapping[str, Any]
    compression: str = "snappy"

    def write(self, folder: Path) -> Path:
        """Write it as ``list.parquet``."""
        pq.write_table(pa.table(dict(self.columns)), folder / "list.parquet", compression=self.compression)
        return folder / "list.parquet"


@dataclass(frozen=True)
class Folder:
    """A folder of files with that text in them; ``/`` ends a line."""

    files: Mapping[str, str]

    def write(self, folder: Path) -> Path:
        """Write it as ``list``."""
        (folder / "list").mkdir()
        for name, content in self.files.items():
            (folder / "list" / name).write_text(content.replace("/", "\n") + "\n", encoding="utf-8")
        return folder / "list"


@dataclass(frozen=True)
class Other:
    """A file that is no table."""

    content: str

    def write(self, folder: Path) -> Path:
        """Write it as ``list.pdf``."""
        (folder / "list.pdf").write_text(self.content, encoding="utf-8")
        return folder / "list.pdf"


Content = Csv | Sheets | Parquet | Folder | Other


def sheet(*rows: Sequence[Any], **more: Any) -> Sheets:
    """A workbook of one sheet, Sites."""
    return Sheets({"Sites": rows}, **more)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f't="b"><v>{int(value)}</v>'
    if isinstance(value, str):
        return value[1:] if value.startswith("<") else text(value)
    return number(value)


def read_pair(
    engine: Engine, folder: Path, old: Content, new: Content, *, raw: bool = False, formulas: bool = False
) -> tuple[Book, Book]:
    """Write both and read them; ``raw`` leaves the types of delimited text open, as with large files."""
    sources = []
    for side, content in (("old", old), ("new", new)):
        (folder / side).mkdir(parents=True)
        path = content.write(folder / side)
        sources.append(BookSource(path.name, path))
    before, after = read_books(engine, sources, ReadOptions(formulas=formulas))
    return (open_types(before), open_types(after)) if raw else (before, after)


def open_types(book: Book) -> Book:
    """The book with types undecided."""
    return replace(
        book,
        tables=tuple(
            replace(t, columns=tuple(replace(c, type=Type.UNDECIDED) for c in t.columns)) for t in book.tables
        ),
    )


@contextmanager
def compared(
    folder: Path, old: Content, new: Content, *, raw: bool = False, formulas: bool = False, **options: Any
) -> Iterator[Comparison]:
    """Compare two files in an engine of their own, which is open as long as the result is looked at."""
    with open_engine() as engine:
        before, after = read_pair(engine, folder, old, new, raw=raw, formulas=formulas)
        yield compare_books(engine, before, after, CompareOptions(**options))
