"""SQL over releases, read only: the engine sees the tables of the releases that the query names, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Timer
from typing import Any

from hotpass.errors import HotpassError
from hotpass.tables import (
    Book,
    Engine,
    LimitError,
    Limits,
    QueryError,
    ReadOptions,
    Table,
    identifier,
    open_engine,
    read_books,
    typed_select,
)
from hotpass.versioning.project import Project
from hotpass.versioning.version import is_dataset_name
from hotpass.versioning.wanted import parse_release_name
from hotpass.workflows.errors import BadQueryError, NoSuchTableError, NotAReleaseError, WhichTableError
from hotpass.workflows.parsing import ParsedQuery, parse_query
from hotpass.workflows.sides import Side, release_side

_LINE = re.compile(r"^LINE (\d+): ", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """A query's result: the names of its columns, and its rows as they come, in values of Python.

    ``sources`` says what each name in the query was: "refined_data@1.2.0" for ``'refined_data@latest'``.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    sources: Mapping[str, str]


@contextmanager
def open_query(project: Project, sql: str) -> Iterator[Answer]:
    """Run a query over the releases that it names, in single or double quotes; rows come while the context is open.

    Names are those of ``compare``: ``refined_data``, ``refined_data@1.0.0``, a range, each with ``!TABLE`` for one
    table of several. Raises BadQueryError naming the line, ForbiddenQueryError for all that is more than reading these
    tables, WhichTableError, NoSuchTableError, LimitError (memory, seconds), and what opening and reading a release
    raises.
    """
    limits = Limits.of(project.preferences.__getitem__)
    with open_engine(limits=limits) as engine:
        parsed = parse_query(engine, sql)
        sources = _open_tables(engine, project, parsed)
        # What does not fit into memory goes to the disk, and that has an end, too.
        engine.execute(f"SET max_temp_directory_size = '{limits.bytes}B'")
        engine.lock()
        with _timed(engine, limits) as late, _told(late, limits):
            yield Answer(*engine.select(sql), sources)


def find_table(book: Book, name: str | None, text: str) -> Table:
    """The table of a name, or the only one; raises NoSuchTableError and WhichTableError naming those there are."""
    known = tuple(table.name for table in book.tables)
    if name is None:
        visible = [table for table in book.tables if not table.hidden] or list(book.tables)
        if len(visible) != 1:
            raise WhichTableError(text, known)
        return visible[0]
    found = next((table for table in book.tables if table.name == name), None)
    if found is None:
        raise NoSuchTableError(text, name, known)
    return found


def _open_tables(engine: Engine, project: Project, parsed: ParsedQuery) -> dict[str, str]:
    """Make a view for each name in the query, and say what it is."""
    wanted: dict[str, tuple[Side, str | None]] = {}
    for name in parsed.tables:
        text, mark, table = name.partition("!")
        try:
            wanted[name] = (_release_or_dataset(project, text), table if mark else None)
        except HotpassError:
            if name.lower() not in parsed.defined:
                raise
    sides = list({_identity(side): side for side, _ in wanted.values()}.values())
    books = read_books(engine, [side.source() for side in sides], ReadOptions(hidden=True))
    by_side = {_identity(side): book for side, book in zip(sides, books, strict=True)}
    for name, (side, table_name) in wanted.items():
        found = find_table(by_side[_identity(side)], table_name, side.text)
        engine.execute(f"CREATE VIEW {identifier(name)} AS {typed_select(engine, found)}")
    return {name: _identity(side) for name, (side, _) in wanted.items()}


def _release_or_dataset(project: Project, text: str) -> Side:
    """The side of a name; whether there is a file of that name is not even looked at."""
    if not is_dataset_name(text.partition("@")[0]):
        raise NotAReleaseError(text)
    name, version = parse_release_name(text)
    if version is not None:
        return release_side(project, name, version)
    return Side(name, project=project, dataset=name, tracked=project.dataset(name))


def _identity(side: Side) -> str:
    return f"{side.dataset}@{side.release.version}" if side.release is not None else str(side.dataset)


@contextmanager
def _timed(engine: Engine, limits: Limits) -> Iterator[Event]:
    """Interrupt the engine when its time is up; the event tells that it was."""
    late = Event()

    def stop() -> None:
        late.set()
        engine.interrupt()

    timer = Timer(limits.seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


@contextmanager
def _told(late: Event, limits: Limits) -> Iterator[None]:
    """Say what the engine says of a query in our words: the line in it, or the limit that it met."""
    try:
        yield
    except LimitError as error:
        raise LimitError("this query", error.limit, error.allowed, error.found) from error
    except QueryError as error:
        if late.is_set():
            raise LimitError(
                "this query", "seconds", limits.seconds, f"it takes longer than {limits.seconds} s"
            ) from error
        line = _LINE.search(error.message)
        raise BadQueryError(_sentence(error.message), int(line[1]) if line else 0) from error


def _sentence(message: str) -> str:
    """The first line of the engine's message, without the class of the error."""
    first = message.strip().splitlines()[0] if message.strip() else "the engine refused it"
    return re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", first)
