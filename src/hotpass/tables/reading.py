"""Read a file or a folder as one book, whatever it holds; several books at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotpass.errors import HotpassError, ReadError
from hotpass.files import md5_of
from hotpass.tables import workbook
from hotpass.tables.delimited import read_delimited
from hotpass.tables.engine import Engine
from hotpass.tables.errors import (
    EncryptedBookError,
    LimitError,
    NothingThereError,
    UndecidedTextError,
    UnreadableTableError,
)
from hotpass.tables.parquet import read_parquet
from hotpass.tables.source import BookSource, ReadOptions
from hotpass.tables.table import Book, Table

DELIMITED = ("csv", "tsv", "tab", "psv", "txt")
PARQUET = ("parquet", "pq")
# Left behind by file managers and by programs that have a workbook open.
_JUNK = frozenset([".ds_store", "thumbs.db", "desktop.ini"])
_USUAL = ReadOptions()
_UNREADABLE = (EncryptedBookError, LimitError, UndecidedTextError, UnreadableTableError)


@dataclass
class _File:
    """A file of a book: its path inside the book (empty for the book itself) and what came of it."""

    source: BookSource
    inside: str
    path: Path
    job: workbook.Job | None = None
    tables: list[Table] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    is_table: bool = True

    @property
    def name(self) -> str:
        """What addresses begin with."""
        return self.inside or self.source.name

    @property
    def kind(self) -> str:
        """The suffix that says the format."""
        name = self.name.lower().removesuffix(".gz")
        suffix = name.rpartition(".")[2] if "." in name else ""
        if suffix in workbook.SUFFIXES or suffix in PARQUET:
            return suffix if not self.name.lower().endswith(".gz") else ""
        return suffix if suffix in DELIMITED else ""


def read_book(engine: Engine, source: BookSource, options: ReadOptions = _USUAL) -> Book:
    """Read a file or folder as a book.

    A single file that cannot be read raises UnreadableTableError, EncryptedBookError, UndecidedTextError (9) or LimitError
    (10); in a folder it is compared by its bytes, and the notes say why.
    """
    return read_books(engine, [source], options)[0]


def read_books(engine: Engine, sources: Sequence[BookSource], options: ReadOptions = _USUAL) -> list[Book]:
    """Read several books at once, workbooks on as many cores as there are. Raises what :func:`read_book` does."""
    junk: list[list[str]] = [[] for _ in sources]
    books = [list(_files(source, left)) for source, left in zip(sources, junk, strict=True)]
    files = [file for book in books for file in book]
    with ExitStack() as stack:
        waiting = [file for file in files if _prepared(engine, file, options)]
        for file in waiting[: engine.threads]:
            _begin(engine, file, stack)
        for file in files:
            if file.job is None and file.is_table:
                _read(engine, file, options)
        for number, file in enumerate(waiting):
            _finish(engine, file)
            if number + engine.threads < len(waiting):
                _begin(engine, waiting[number + engine.threads], stack)
    return [_book(source, book, left) for source, book, left in zip(sources, books, junk, strict=True)]


def _files(source: BookSource, junk: list[str]) -> Iterator[_File]:
    members = source.members
    if members is None:
        if source.path is None or not source.path.exists():
            raise NothingThereError(source.name)
        if not source.path.is_dir():
            yield _File(source, "", source.path)
            return
        members = tuple(_walk(source.path))
    for inside, path in sorted(members):
        base = inside.rpartition("/")[2]
        if base.lower() in _JUNK or base.startswith("~$"):
            junk.append(inside)
        else:
            yield _File(source, inside, path)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every regular file below a folder; links to folders are not followed."""

    def refuse(error: OSError) -> None:
        raise ReadError(str(error.filename), error.strerror or str(error)) from error

    for place, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            path = Path(place, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _prepared(engine: Engine, file: _File, options: ReadOptions) -> bool:
    """Whether a file is a workbook that can be read."""
    if file.kind not in workbook.SUFFIXES:
        file.is_table = bool(file.kind)
        return False
    try:
        file.job = workbook.prepare(engine, file.path, file.name, options)
    except _UNREADABLE as error:
        _set_aside(file, error)
        return False
    return True


def _begin(engine: Engine, file: _File, stack: ExitStack) -> None:
    if file.job is not None:
        workbook.begin(engine, file.job, stack)


def _finish(engine: Engine, file: _File) -> None:
    if file.job is None:
        return
    try:
        file.tables, file.notes = workbook.finish(engine, file.job)
    except _UNREADABLE as error:
        _set_aside(file, error)
        return
    if file.inside:
        file.tables = [replace(table, name=f"{file.inside}!{table.name}") for table in file.tables]


def _read(engine: Engine, file: _File, options: ReadOptions) -> None:
    try:
        if file.kind in PARQUET:
            table, file.notes = read_parquet(engine, file.path, file.name)
        else:
            found = read_delimited(engine, file.path, file.name, file.kind, options)
            if found is None:
                file.is_table = False
                return
            table, file.notes = found
    except _UNREADABLE as error:
        _set_aside(file, error)
        return
    except OSError as error:
        raise ReadError(str(file.path), error.strerror or str(error)) from error
    file.tables = [replace(table, name=file.inside)]


def _set_aside(file: _File, error: HotpassError) -> None:
    """Compare a file of a folder by its bytes, since it cannot be read."""
    if not file.inside:
        raise error
    file.is_table, file.job, file.tables = False, None, []
    file.notes = (f"{error}; compared by its bytes",)


def _book(source: BookSource, files: list[_File], junk: list[str]) -> Book:
    single = len(files) == 1 and not files[0].inside
    plain = {file.inside: md5_of(file.path) for file in files if not file.is_table}
    notes = [note for file in files for note in file.notes]
    if junk:
        notes.append(f"{source.name}: left out: {', '.join(junk)}")
    kind = (files[0].kind if files[0].is_table else "file") if single else "folder"
    tables = tuple(table for file in files for table in file.tables)
    return Book(source.name, kind, tables, plain, tuple(notes))
