"""Ask one question of many releases, each read where the store has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import TypeVar

from hotpass.tables import (
    Book,
    BookSource,
    Engine,
    Limits,
    ReadOptions,
    UnevenLinesError,
    open_engine,
    read_book,
)
from hotpass.versioning.catalogue import Release
from hotpass.versioning.project import Project
from hotpass.workflows.sides import release_source

Answer = TypeVar("Answer")
Name = TypeVar("Name")

# What is read into memory; all else stays in its file, and an engine can look at many of those in turn.
_IN_MEMORY = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_MANY = 32
_AHEAD = 8


@dataclass
class Readers:
    """Engines for a walk through releases: opening one takes as long as reading a small file."""

    project: Project
    options: ReadOptions = field(default_factory=lambda: ReadOptions(careful=False))
    _stack: ExitStack = field(default_factory=ExitStack)
    _engine: Engine | None = None
    _read: int = 0

    def beside(self) -> Readers:
        """The like of it, for another thread."""
        return Readers(self.project, self.options)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the engine at the end."""
        with self._stack:
            yield
        self._engine = None

    @property
    def engine(self) -> Engine:
        """An engine, for questions that need no book."""
        if self._engine is None:
            self._engine = self._stack.enter_context(
                open_engine(limits=Limits.of(self.project.preferences.__getitem__))
            )
        return self._engine

    def ask(self, release: Release, question: Callable[[Engine, Book], Answer]) -> Answer:
        """The answer to a question about a release's tables; raises what reading raises."""
        return self.ask_source(release_source(self.project, release), question)

    def ask_source(self, source: BookSource, question: Callable[[Engine, Book], Answer]) -> Answer:
        """The answer to a question about what lies somewhere; one thread at a time."""
        try:
            return self._ask(source, self.options, question)
        except UnevenLinesError:
            # Such a file is rare, and looking out for it takes as long as reading it.
            return self._ask(source, replace(self.options, careful=True), question)

    def _ask(
        self, source: BookSource, options: ReadOptions, question: Callable[[Engine, Book], Answer]
    ) -> Answer:
        names = [source.name] if source.members is None else [relpath for relpath, _ in source.members]
        if self._read >= _MANY or (self._read and any(name.lower().endswith(_IN_MEMORY) for name in names)):
            self._stack.close()
            self._engine, self._read = None, 0
        self._read += 1
        engine = self.engine
        return question(engine, read_book(engine, source, options))


def read_all(
    readers: Readers,
    sources: Iterator[tuple[Name, BookSource]],
    question: Callable[[Engine, Book], Answer],
) -> Iterator[tuple[Name, Answer]]:
    """The answers for many sources, each under its name, as many at a time as there are cores.

    One file of some megabytes keeps one core busy, and nobody waits for another. Sources are asked for, proved and
    fetched on the caller's thread.
    """
    idle: SimpleQueue[Readers] = SimpleQueue()

    def answer(source: BookSource) -> Answer:
        mine = idle.get()
        try:
            return mine.ask_source(source, question)
        finally:
            idle.put(mine)

    with ExitStack() as stack:
        for _ in range(readers.engine.threads):
            beside = readers.beside()
            stack.enter_context(beside.closing())
            idle.put(beside)
        pool = ThreadPoolExecutor(readers.engine.threads)
        stack.callback(pool.shutdown, cancel_futures=True)
        waiting: deque[tuple[Name, Future[Answer]]] = deque()
        for name, source in sources:
            waiting.append((name, pool.submit(answer, source)))
            while waiting and (len(waiting) > _AHEAD or waiting[0][1].done()):
                first, future = waiting.popleft()
                yield first, future.result()
        for name, future in waiting:
            yield name, future.result()
