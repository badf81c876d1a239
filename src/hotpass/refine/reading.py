"""Read discovered files as grids: every sheet of them, hidden ones too, with the true place of each cell."""

from __future__ import annotations

import json
import marshal
import os
import pickle
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass import process, progress
from hotpass.errors import HotpassError, ToolTimeoutError
from hotpass.refine.grid import Grid, LeftOut, Sheet
from hotpass.refine.gridtext import read_text
from hotpass.refine.ingest import InputFile
from hotpass.tables import Limits
from hotpass.tables.celltext import Cell, text_of
from hotpass.tables.engine import cores
from hotpass.tables.errors import EncryptedBookError, LimitError, UnreadableTableError
from hotpass.tables.workbook import SUFFIXES

_USUAL = Limits()
# A process of its own is started for every so many bytes of workbooks: starting one takes as long as reading these.
_BYTES_EACH = 1 << 20
# Seconds between two looks at what is read, and what starting may take.
_PAUSE, _GRACE = 0.004, 60
# The exit code of a process that its alarm ended.
_TIMED_OUT = -14


@dataclass(frozen=True)
class Read:
    """The grids of all files in the files' order, what was left out, and what is worth knowing of the rest."""

    grids: tuple[Grid, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def read_grids(files: Sequence[InputFile], limits: Limits = _USUAL) -> Read:
    """Read files; one that cannot be read is left out with the reason.

    Workbooks are read in other processes, as many as there are cores, each within ``limits.memory``.
    """
    found: dict[str, list[Grid] | LeftOut] = {}
    notes = [note for file in files for note in file.notes]
    folder = Path(tempfile.mkdtemp(prefix="hotpass-"))
    progress.begin("reading", sum(file.size for file in files))
    try:
        with ExitStack() as stack:
            books = [file for file in files if file.kind in SUFFIXES]
            teams = [_Team(team, folder, limits, stack) for team in _teams(books)]
            for file in files:
                if file.kind not in SUFFIXES:
                    found[file.name] = _plain(file, folder, limits, notes)
                    progress.advance(file.size)
            for team in teams:
                found |= team.results()
    finally:
        progress.end()
        shutil.rmtree(folder, ignore_errors=True)
    grids: list[Grid] = []
    left_out: list[LeftOut] = []
    for file in files:
        result = found[file.name]
        if isinstance(result, LeftOut):
            left_out.append(result)
        else:
            grids += result
    return Read(tuple(grids), tuple(left_out), tuple(notes))


def _plain(file: InputFile, folder: Path, limits: Limits, notes: list[str]) -> list[Grid] | LeftOut:
    """A file that is one table: delimited text or Parquet."""
    try:
        if file.kind == "parquet":
            return [_parquet(file, limits)]
        text = read_text(file.path, file.name, file.kind, folder, limits)
    except HotpassError as error:
        return LeftOut(file.name, str(error))
    except OSError as error:
        return LeftOut(file.name, f"cannot read {file.name}: {error.strerror or error}")
    if text is None:
        return LeftOut(file.name, "it is prose, not a table")
    notes += text.notes
    return [text.grid]


def _parquet(file: InputFile, limits: Limits) -> Grid:
    """The names of the columns are row 1, as they would be in a sheet."""
    import polars as pl

    try:
        frame = pl.read_parquet(file.path)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = (str(error).splitlines() or ["the file is damaged"])[0]
        raise UnreadableTableError(file.name, reason) from error
    if frame.width > limits.columns:
        raise LimitError(file.name, "columns", limits.columns, f"it has {frame.width:,} columns")
    if not frame.width:
        raise UnreadableTableError(file.name, "it has no columns")
    names = [f"c{place}" for place in range(frame.width)]
    header = pl.DataFrame([[name] for name in frame.columns], schema=names, orient="col")
    texts = frame.select(_text(column).alias(name) for column, name in zip(frame, names, strict=True))
    return Grid(Sheet(file.name), pl.concat([header.cast(pl.String), texts]))


def _text(column: Any) -> Any:
    """A column as the text of its cells."""
    import polars as pl

    kind = column.dtype
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        texts = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)
    if kind.is_float():
        whole = column.is_finite() & (column == column.floor()) & (column.abs() < 2**53)
        exact = column.to_frame().select(pl.when(whole).then(column)).to_series().cast(pl.Int64)
        return exact.cast(pl.String).fill_null(column.cast(pl.String))
    if isinstance(kind, pl.Datetime):
        texts = column.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
        return texts.str.strip_suffix(" 00:00:00")
    text = column.cast(pl.String)
    return text.set(text == "", None)


def _teams(books: Sequence[InputFile]) -> list[list[InputFile]]:
    """Divide workbooks among processes, each about the same number of bytes; the result does not depend on it."""
    total = sum(book.size for book in books)
    count = max(1, min(cores(), len(books), 1 + total // _BYTES_EACH))
    teams: list[list[InputFile]] = [[] for _ in range(count)]
    sizes = [0] * count
    for book in sorted(books, key=lambda book: -book.size):
        least = sizes.index(min(sizes))
        teams[least].append(book)
        sizes[least] += book.size
    return [team for team in teams if team]


class _Team:
    """Workbooks that one process reads; another takes over where it dies."""

    def __init__(self, books: list[InputFile], folder: Path, limits: Limits, stack: ExitStack) -> None:
        self._folder, self._limits, self._stack = folder, limits, stack
        self._waiting = list(enumerate(books))
        self._found: dict[str, list[Grid] | LeftOut] = {}
        self._begin()

    def _begin(self) -> None:
        handle, path = tempfile.mkstemp(".job", "t", self._folder)
        self._job = Path(path)
        limits = self._limits
        books = []
        for number, book in self._waiting:
            # The libraries go by the suffix, which may be another than the content's.
            link = Path(f"{path}-{number}.{book.kind}")
            link.symlink_to(os.path.realpath(book.path))
            books.append((number, str(link)))
        job = {
            "books": books,
            "cells": limits.cells,
            "sheets": limits.sheets,
            "memory": limits.memory,
            "seconds": limits.seconds,
        }
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(job, file)
        environment = dict(os.environ) | {"RUST_BACKTRACE": "0", "PYTHONSAFEPATH": "1"}
        argv = [sys.executable, "-m", "hotpass.refine.gridreader", path]
        child = process.start(argv, cwd=self._folder, env=environment, err=Path(f"{path}.err"))
        self._child = self._stack.enter_context(child)

    def results(self) -> dict[str, list[Grid] | LeftOut]:
        """Wait for all of them; what is read is understood while the rest is being read."""
        deadline = time.monotonic() + self._limits.seconds * len(self._waiting) + _GRACE
        while self._waiting:
            ended = self._child.has_ended()
            if self._take():
                continue
            if not ended and time.monotonic() < deadline:
                time.sleep(_PAUSE)
                continue
            self._pass_over()
        return self._found

    def _pass_over(self) -> None:
        """Leave out the workbook whose reading ended the process, and go on with those after it."""
        try:
            code = self._child.wait(0.1)
        except ToolTimeoutError:
            code = _TIMED_OUT
        _, book = self._waiting.pop(0)
        self._found[book.name] = LeftOut(book.name, str(self._blame(book, code)))
        progress.advance(book.size)
        if self._waiting:
            self._begin()

    def _take(self) -> bool:
        """Take the answer about the next workbook, if it is there."""
        number, book = self._waiting[0]
        answer = Path(f"{self._job}.{number}")
        if not answer.exists():
            return False
        # Written by our own process, in a folder of our own. From bytes: from a file it is read value by value.
        result = marshal.loads(answer.read_bytes())  # noqa: S302
        answer.unlink()
        self._found[book.name] = self._understood(book, result)
        progress.advance(book.size)
        self._waiting.pop(0)
        return True

    def _understood(self, book: InputFile, result: dict[str, Any]) -> list[Grid] | LeftOut:
        if "limit" in result:
            allowed = getattr(self._limits, result["limit"])
            return LeftOut(book.name, str(LimitError(book.name, result["limit"], allowed, result["found"])))
        if "failed" in result:
            message = result["message"].strip()
            if "password" in message.lower():
                return LeftOut(book.name, str(EncryptedBookError(book.name)))
            reason = message.splitlines()[0] if message else result["failed"]
            return LeftOut(
                book.name, str(UnreadableTableError(book.name, f"the workbook is damaged ({reason})"))
            )
        return [_grid(book, *sheet) for sheet in result["sheets"]]

    def _blame(self, book: InputFile, code: int) -> HotpassError:
        """What ended the process that was reading a workbook."""
        limits = self._limits
        said = Path(f"{self._job}.err").read_text(encoding="utf-8", errors="replace")
        if code == _TIMED_OUT:
            return LimitError(book.name, "seconds", limits.seconds, "reading it takes longer")
        if code < 0 or "memory" in said.lower():
            return LimitError(book.name, "memory", limits.memory, "reading it takes more memory")
        return UnreadableTableError(book.name, f"reading it ended with exit code {code}")


def _grid(book: InputFile, name: str, hidden: bool, row: int, column: int, columns: list[Any]) -> Grid:
    import polars as pl

    columns = [_as_texts(column) if isinstance(column, bytes) else column for column in columns]
    cells = pl.DataFrame(
        columns, schema={f"c{place}": pl.String for place in range(len(columns))}, orient="col"
    )
    cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep()) if columns else cells
    return Grid(Sheet(book.name, name), cells, row, column, hidden)


def _as_texts(pickled: bytes) -> list[str]:
    # By our own process, in a folder of our own.
    cells: tuple[Cell, ...] = pickle.loads(pickled)  # noqa: S301
    return [text_of(cell) for cell in cells]
