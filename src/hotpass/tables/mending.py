"""Delimited text that is not plain, written anew: UTF-8, commas, every row as wide as the widest, nothing lost."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from hotpass.files import CHUNK
from hotpass.tables.dialect import MalformedError, Record, decode_windows, is_utf8, physical_lines, records
from hotpass.tables.errors import LimitError, UndecidedTextError, UnreadableTableError
from hotpass.tables.limits import Limits
from hotpass.tables.table import column_letters

# From here on a high ratio is worth a look: small files compress as they like.
RATIO_FROM = 64 << 20
_NAMED = 10


@dataclass
class Mended:
    """What was written and what was found out. ``longest``: bytes of the longest row."""

    header: list[str | None] = field(default_factory=list)
    first_row: int = 2
    width: int = 0
    rows: int = 0
    longest: int = 0
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    spaced: int = 0
    blank: int = 0
    foreign: list[int] = field(default_factory=list)


def unpack(path: Path, target: Path, name: str, limits: Limits) -> None:
    """Unpack a gzip file (of any number of members) within the limits."""
    packed = unpacked = 0
    try:
        with path.open("rb") as source, target.open("xb") as sink:
            machine = zlib.decompressobj(wbits=31)
            while data := source.read(CHUNK):
                packed += len(data)
                while data:
                    piece = machine.decompress(data, CHUNK)
                    unpacked += sink.write(piece)
                    _within(unpacked, packed, name, limits)
                    data = machine.unconsumed_tail
                    if machine.eof and (data := machine.unused_data.lstrip(b"\0")):
                        machine = zlib.decompressobj(wbits=31)
            unpacked += sink.write(machine.flush())
            if not machine.eof:
                raise UnreadableTableError(name, "the compressed data ends too early")
    except zlib.error as error:
        raise UnreadableTableError(name, f"the compressed data is damaged ({error})") from error


def _within(unpacked: int, packed: int, name: str, limits: Limits) -> None:
    if unpacked > limits.bytes:
        raise LimitError(name, "bytes", limits.bytes, f"it unpacks to more than {limits.bytes:,} bytes")
    if unpacked > RATIO_FROM and unpacked > packed * limits.ratio:
        raise LimitError(name, "ratio", limits.ratio, f"it unpacks to {unpacked // packed:,} times its size")


def recode(path: Path, target: Path, encoding: str, skip: int, name: str) -> None:
    """Write a file of another encoding anew as UTF-8, without the first ``skip`` bytes. Raises UndecidedTextError."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as source, target.open("xb") as sink:
        source.seek(skip)
        while True:
            data = source.read(CHUNK)
            try:
                text = decoder.decode(data, final=not data)
                sink.write(text.encode())
            except UnicodeError as error:
                line += data[: getattr(error, "start", 0)].count(b"\n")
                raise UndecidedTextError(name, line, f"it is not {encoding}") from error
            line += text.count("\n")
            if not data:
                return


def recode_lines(path: Path, target: Path) -> tuple[int, list[int], int]:
    """Write a file anew as UTF-8 in which some lines are not: those are taken to be Windows-1252.

    Returns how many lines have letters beyond ASCII in UTF-8, the numbers of the first that are not UTF-8, and how many.
    """
    utf8 = count = 0
    foreign: list[int] = []
    with path.open("rb") as source, target.open("xb") as sink:
        for number, line in enumerate(physical_lines(source), 1):
            if line.isascii():
                sink.write(line)
            elif is_utf8(line):
                utf8 += 1
                sink.write(line)
            else:
                count += 1
                if len(foreign) < _NAMED:
                    foreign.append(number)
                sink.write(decode_windows(line).encode())
    return utf8, foreign, count


def mend(path: Path, target: Path, delimiter: str, name: str, limits: Limits) -> Mended:
    """Write UTF-8 text anew: every row as wide as the widest, and its number from 0 behind it.

    Blank lines are no rows, but count. Raises UndecidedTextError, LimitError (columns).
    """
    width = 0
    while True:
        try:
            with path.open("rb") as source, target.open("wb") as sink:
                mended = _mend(records(text_lines(source), delimiter), sink, width, limits)
        except MalformedError as error:
            raise UndecidedTextError(name, error.line, error.reason) from error
        if mended.width > limits.columns:
            found = f"it has {mended.width:,} columns"
            raise LimitError(name, "columns", limits.columns, found)
        if mended.width <= max(width, len(mended.header)):
            return mended
        width = mended.width


def text_lines(source: BinaryIO) -> Iterator[str]:
    """The lines of UTF-8 text with their ends, without a byte order mark."""
    first = True
    for line in physical_lines(source):
        if first and line.startswith(codecs.BOM_UTF8):
            line = line[3:]  # noqa: PLW2901  # the mark is no part of the line
        first = False
        yield line.decode()


def _mend(rows: Iterable[Record], sink: BinaryIO, width: int, limits: Limits) -> Mended:
    mended = Mended()
    blank = 0
    out = io.StringIO()
    for number, record in enumerate(rows):
        if record.cells == [None] and len(mended.header) != 1:
            blank += 1
            continue
        if not mended.header:
            mended.header, mended.first_row = record.cells, number + 2
            mended.width = len(record.cells)
            width = max(width, mended.width)
            blank = 0
            continue
        mended.blank, mended.rows = blank, mended.rows + 1
        _note_width(mended, record, limits)
        cells = record.cells + [None] * (width - len(record.cells))
        text = ",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)
        row = f"{text},{number + 1 - mended.first_row}\n"
        mended.longest = max(mended.longest, len(row))
        mended.spaced += record.spaced
        out.write(row)
        if out.tell() > CHUNK:
            sink.write(out.getvalue().encode())
            out = io.StringIO()
    sink.write(out.getvalue().encode())
    return mended


def _note_width(mended: Mended, record: Record, limits: Limits) -> None:
    while len(record.cells) > len(mended.header) and record.cells[-1] is None:
        record.cells.pop()
    if len(record.cells) > len(mended.header):
        mended.long.append(record.line)
        mended.width = max(mended.width, min(len(record.cells), limits.columns + 1))
    elif len(record.cells) < len(mended.header):
        mended.short.append(record.line)


def notes_on(mended: Mended, where: str) -> list[str]:
    """Say what was mended, with line numbers."""
    notes = []
    if mended.short:
        notes.append(
            f"{where}: {_lines(mended.short)} fewer cells than the header; the missing ones are blank"
        )
    if mended.long:
        extra = [column_letters(n) for n in range(len(mended.header) + 1, mended.width + 1)]
        columns = f"columns {extra[0]} to {extra[-1]}" if len(extra) > 1 else f"column {extra[0]}"
        notes.append(f"{where}: {_lines(mended.long)} more cells than the header; they stand in {columns}")
    if mended.spaced:
        lines = "1 line has" if mended.spaced == 1 else f"{mended.spaced:,} lines have"
        notes.append(f"{where}: {lines} spaces around quotes; they are no part of the values")
    if mended.blank:
        lines = "1 blank line" if mended.blank == 1 else f"{mended.blank:,} blank lines"
        notes.append(f"{where}: {lines} between rows left out")
    return notes


def _lines(numbers: list[int]) -> str:
    """The subject and verb of a sentence about lines: "lines 3, 7 and 12 more have"."""
    named = ", ".join(map(str, numbers[:_NAMED]))
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"line {named} has" if len(numbers) == 1 else f"lines {named}{more} have"
