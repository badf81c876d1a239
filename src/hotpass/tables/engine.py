"""The room in which tables live while they are looked at: one DuckDB connection in memory. Nothing else imports it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotpass.tables.canonical import MACROS, canonical
from hotpass.tables.deciding import decide_types
from hotpass.tables.errors import LimitError, QueryError, UnevenLinesError
from hotpass.tables.limits import Limits
from hotpass.tables.table import Column, Table

if TYPE_CHECKING:
    import duckdb
    from polars import DataFrame

_BATCH = 2048
_USUAL = Limits()


class Engine:
    """Tables in memory or in files, and SQL over them. Made by :func:`open_engine`, used by one thread at a time.

    No extension is ever loaded, so there is no network. ``folder`` is private and goes when the engine closes.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, limits: Limits) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._files: dict[str, Path] = {}
        self._unnumbered: dict[str, str] = {}
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self.folder = folder
        self.limits = limits
        self.threads = cores()
        self._signalled = False

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return all of its rows. Raises QueryError, LimitError (memory), UnevenLinesError."""
        with self._translated():
            return self._connection.execute(sql, list(parameters)).fetchall()

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield its rows as they come; others may run meanwhile. Raises what ``execute`` does."""
        yield from self.select(sql, parameters)[1]

    def select(
        self, sql: str, parameters: Sequence[object] = ()
    ) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Run a query and give the names of its columns, and its rows as they come, as ``stream`` does."""
        with self._translated():
            # Of its own: a connection's next statement would end this one.
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
            try:
                cursor.execute(sql, list(parameters))
            except BaseException:
                self._cursors.discard(cursor)
                cursor.close()
                raise
        return tuple(column[0] for column in cursor.description or ()), self._rows(cursor)

    def _rows(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
        try:
            while True:
                with self._translated():
                    rows = cursor.fetchmany(_BATCH)
                if not rows:
                    return
                yield from rows
        finally:
            self._cursors.discard(cursor)
            cursor.close()

    def frame(self, sql: str) -> DataFrame:
        """A query's rows as a data frame of polars."""
        import polars as pl

        with self._translated():
            return pl.DataFrame(self._connection.sql(sql))

    def interrupt(self) -> None:
        """End what runs now, from another thread: it raises QueryError."""
        for connection in (self._connection, *self._cursors):
            connection.interrupt()

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """End what runs where a signal asks for it: Python's own handlers wait for the engine, however long it takes."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

        def watch() -> None:
            while number := os.read(reader, 1):
                if number[0] in (signal.SIGINT, signal.SIGTERM):
                    self._signalled = True
                    self.interrupt()
                if before != -1:
                    with suppress(OSError):
                        os.write(before, number)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            os.close(writer)
            watcher.join()
            os.close(reader)

    def new_name(self, prefix: str = "t") -> str:
        """A relation name that nothing else in this engine has."""
        return f"{prefix}{next(self._numbers)}"

    def new_path(self, suffix: str = "") -> Path:
        """A path in the engine's folder that nothing else has; the suffix is a plain one such as ``.csv``."""
        return self.folder / f"f{next(self._numbers)}{suffix}"

    def reach(self, path: Path) -> str:
        """Let SQL read a file, and give its name as an SQL literal, whatever signs stand in the path."""
        link = self.new_path(".link")
        target = Path(os.path.realpath(path))
        link.symlink_to(target)
        self._files[str(link)] = target
        return literal(str(link))

    def add_delimited(self, relation: str, source: str) -> None:
        """Note that a relation is read from delimited text: its rows carry no number, its lines may be uneven."""
        self._unnumbered[relation] = source

    def empty_relation(self) -> str:
        """A relation without rows, for a table without columns."""
        relation = self.new_name()
        self.execute(f"CREATE VIEW {relation} AS SELECT NULL::VARCHAR AS c0, NULL::BIGINT AS r WHERE false")
        return relation

    def lock(self) -> None:
        """Let no statement from now on reach a file but those opened so far, or change a setting. There is no way back."""
        reachable = [literal(path) for link, target in self._files.items() for path in (link, str(target))]
        self.execute(f"SET allowed_paths = [{', '.join(reachable)}]")
        self.execute(f"SET allowed_directories = [{literal(str(self.folder))}]")
        self.execute("SET enable_external_access = false")
        self.execute("SET lock_configuration = true")

    def numbered(self, table: Table) -> str:
        """The SQL of a subquery: the table's columns and ``r``, the number of the data row from 0 in true order."""
        if table.relation in self._unnumbered:
            return f"(SELECT *, row_number() OVER () - 1 AS r FROM {table.relation})"
        return f"(SELECT * FROM {table.relation})"

    def canonical(self, column: Column, expression: str) -> str:
        """The SQL of a cell's canonical text, in which equal content is equal: see docs/reference/tables.md."""
        return canonical(column, expression)

    def decide_types(self, table: Table) -> Table:
        """Give each undecided column the narrowest type that all of its values fit, in one scan of all rows.

        Blank and empty text fit every type.
        """
        return decide_types(self.execute, table)[0]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the engine's errors into ours."""
        import duckdb

        try:
            yield
        except RuntimeError as error:
            # It swallows what a signal's handler raised, and says so in words alone.
            if str(error) != "Query interrupted":
                raise
            raise KeyboardInterrupt from error
        except duckdb.InterruptException as error:
            if self._signalled:
                raise KeyboardInterrupt from error
            raise QueryError(str(error)) from error
        except duckdb.OutOfMemoryException as error:
            raise LimitError(
                "this comparison", "memory", self.limits.memory, "more memory is needed"
            ) from error
        except duckdb.InvalidInputException as error:
            text = str(error)
            uneven = next((link for link in self._files if "CSV Error" in text and link in text), None)
            if uneven is None:
                raise QueryError(text) from error
            raise UnevenLinesError(self._files[uneven].name, _uneven(text)) from error
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


@contextmanager
def open_engine(*, limits: Limits = _USUAL) -> Iterator[Engine]:
    """Open a room for tables; it and its temporary files are gone when it closes."""
    import duckdb

    folder = Path(tempfile.mkdtemp(prefix="hotpass-"))
    try:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{limits.memory}B",
                "threads": cores(),
                "temp_directory": str(folder / "spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "allow_extension_repositories": "forbidden",
                "allow_persistent_secrets": False,
                "python_enable_replacements": False,
            },
        )
        try:
            # What is shown as text must not depend on where it is shown.
            for statement in ("SET TimeZone = 'UTC'", *MACROS):
                connection.execute(statement)
            engine = Engine(connection, folder, limits)
            with engine.heeding_signals():
                yield engine
        finally:
            connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _uneven(message: str) -> str:
    """What the engine found wrong with a line, without the line."""
    line = re.search(r"Line: (\d+)", message)
    where = f"line {line[1]}" if line else "a line"
    found = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    return (
        f"{where} has {found[2]} cells where the header has {found[1]}"
        if found
        else f"{where} is not well formed"
    )
