"""Delimited text as a grid: plain text by the fast reader, all else record by record; both give the same cells.

Whether text is plain is not guessed: every byte of the file must be accounted for by a cell, a delimiter, a quote or a
line end, or it is read again by the reader that knows about mixed encodings, uneven lines and blank ones.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotpass.files import CHUNK
from hotpass.refine.grid import Grid, Sheet
from hotpass.tables import Limits, dialect, mending
from hotpass.tables.errors import LimitError, UndecidedTextError

if TYPE_CHECKING:
    import polars as pl

_USUAL = {"tsv": "\t", "tab": "\t", "psv": "|"}
_NAMES = {",": "comma", ";": "semicolon", "|": "bar", "\t": "tab"}


@dataclass(frozen=True)
class Text:
    """A delimited text that was read, and what is worth knowing of it."""

    grid: Grid
    notes: tuple[str, ...]


def read_text(path: Path, name: str, kind: str, folder: Path, limits: Limits) -> Text | None:
    """Read a file as a grid; None for a ``txt`` that is prose. Temporary files go to ``folder``.

    A row is a record: one with line breaks inside quotes is one row, a blank line is a row. Raises UndecidedTextError,
    LimitError, UnreadableTableError, OSError.
    """
    notes: list[str] = []
    path = _as_utf8(path, name, folder, limits, notes)
    with path.open("rb") as file:
        head = file.read(CHUNK)
    whole = head if len(head) < CHUNK else head[: head.rfind(b"\n") + 1]
    usual = _USUAL.get(kind, ",")
    delimiter, fits = _sniff(whole.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"), usual)
    if kind == "txt" and not fits:
        return None
    others = [_NAMES[other] for other in fits if other != delimiter]
    if others:
        notes.append(f"{name}: the delimiter may be {_NAMES[delimiter]} or {others[0]}; read with the first")
    elif delimiter != usual:
        notes.append(f"{name}: the delimiter is a {_NAMES[delimiter]}")
    cells = _plain(path, delimiter)
    if cells is None:
        cells = _recorded(path, name, delimiter, notes)
    if cells.width > limits.columns:
        raise LimitError(name, "columns", limits.columns, f"it has {cells.width:,} columns")
    return Text(Grid(Sheet(name), cells), tuple(notes))


def _sniff(text: str, usual: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter, also of a text whose first lines are a title: those are left aside one by one."""
    found, fits = dialect.sniff(text, usual)
    lines = text.splitlines(keepends=True)
    for skip in range(1, min(10, len(lines) - 2)):
        if fits:
            break
        found, fits = dialect.sniff("".join(lines[skip : skip + 200]), usual)
    return found or usual, fits


def _as_utf8(path: Path, name: str, folder: Path, limits: Limits, notes: list[str]) -> Path:
    def new_path() -> Path:
        return Path(tempfile.mkdtemp(dir=folder), "text")

    with path.open("rb") as file:
        head = file.read(CHUNK)
    if head.startswith(b"\x1f\x8b"):
        packed, path = path, new_path()
        mending.unpack(packed, path, name, limits)
        with path.open("rb") as file:
            head = file.read(CHUNK)
    mark = dialect.bom_of(head)
    encoding = mark[0] if mark else dialect.guess_wide(head)
    if encoding is not None and encoding != "utf-8":
        target = new_path()
        mending.recode(path, target, encoding, mark[1] if mark else 0, name)
        notes.append(f"{name}: the encoding is {encoding}")
        return target
    if _all_utf8(path):
        return path
    target = new_path()
    utf8, foreign, count = mending.recode_lines(path, target)
    named = ", ".join(map(str, foreign)) + (
        f" and {count - len(foreign):,} more" if count > len(foreign) else ""
    )
    what = "not UTF-8 as others are" if utf8 else "not UTF-8"
    lines = f"line {named} is" if count == 1 else f"lines {named} are"
    notes.append(f"{name}: {lines} {what}; taken to be Windows-1252")
    return target


def _all_utf8(path: Path) -> bool:
    # Whole pieces are decoded at the speed of memory; a character cut in two at a piece's end must not count.
    rest = b""
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            data = rest + data
            end = len(data)
            while end and end > len(data) - 4 and data[end - 1] & 0xC0 == 0x80:
                end -= 1
            end -= bool(end and data[end - 1] >= 0xC0)
            rest = data[end:]
            try:
                data[:end].decode()
            except UnicodeDecodeError:
                return False
    return dialect.is_utf8(rest)


def _plain(path: Path, delimiter: str) -> pl.DataFrame | None:
    """The cells, if the fast reader accounts for every byte."""
    import polars as pl

    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    end = b"\r\n" if b"\r\n" in data[:CHUNK] else b"\n"
    if not data or data.count(b"\r") != (data.count(b"\r\n") if end == b"\r\n" else 0):
        return None
    try:
        cells = pl.read_csv(
            data,
            has_header=False,
            separator=delimiter,
            infer_schema=False,
            missing_columns="insert",
            glob=False,
        )
    except (pl.exceptions.PolarsError, OSError):
        return None
    cells = cells.rename({column: f"c{place}" for place, column in enumerate(cells.columns)})
    quotes = data.count(b'"')
    texts = pl.all().str.len_bytes().sum()
    if quotes:
        texts = (pl.all().str.len_bytes() - pl.all().str.count_matches('"', literal=True)).sum()
    measured = sum(int(value or 0) for value in cells.select(texts).row(0))
    ends = cells.height if data.endswith(end) else cells.height - 1
    counted = measured + quotes + cells.height * (cells.width - 1) + ends * len(end)
    if counted != len(data):
        return None
    return cells.with_columns(pl.all().replace("", None)) if quotes else cells


def _recorded(path: Path, name: str, delimiter: str, notes: list[str]) -> pl.DataFrame:
    """The cells, record by record."""
    import polars as pl

    rows: list[list[str | None]] = []
    spaced = 0
    try:
        with path.open("rb") as source:
            for record in dialect.records(mending.text_lines(source), delimiter):
                rows.append([cell or None for cell in record.cells])
                spaced += record.spaced
    except dialect.MalformedError as error:
        raise UndecidedTextError(name, error.line, error.reason) from error
    if spaced:
        lines = "1 line has" if spaced == 1 else f"{spaced:,} lines have"
        notes.append(f"{name}: {lines} spaces around quotes; they are no part of the values")
    width = max((len(row) for row in rows), default=0)
    usual = sorted(len(row) for row in rows if row != [None])
    typical = usual[len(usual) // 2] if usual else 0
    long = [number for number, row in enumerate(rows, 1) if len(row) > typical]
    if long:
        named = ", ".join(map(str, long[:10])) + (f" and {len(long) - 10:,} more" if len(long) > 10 else "")
        notes.append(f"{name}: row {named} has more cells than most")
    columns = [[row[place] if place < len(row) else None for row in rows] for place in range(width)]
    return pl.DataFrame(columns, schema={f"c{place}": pl.String for place in range(width)}, orient="col")
