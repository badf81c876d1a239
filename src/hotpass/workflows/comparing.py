"""Compare any two of releases, the work tree and plain files, without a checkout."""

from __future__ import annotations

import filecmp
import os
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hotpass.compare import CompareOptions, compare_books
from hotpass.compare.changes import CellChange, ChangeLog, Comparison, Kind, RowChange
from hotpass.compare.policy import Decision, decide
from hotpass.errors import ReadError
from hotpass.tables import BookSource, Engine, ReadOptions, open_engine, read_books
from hotpass.versioning.version import Bump
from hotpass.workflows.refined import asides_of
from hotpass.workflows.sides import Side, limits_of

# Formats whose values can be equal while what stands behind them is not.
_WITH_FORMULAS = frozenset(["xlsx", "xlsm", "xls", "xlsb", "ods", "folder"])


@dataclass(frozen=True)
class CompareRequest:
    """What to compare and how. Without ``key`` it is the dataset's configured one, else one that is found."""

    key: tuple[str, ...] | None = None
    tolerance: float | None = None
    hidden: bool = False
    sample: int = 100


@contextmanager
def open_comparison(old: Side, new: Side, request: CompareRequest = CompareRequest()) -> Iterator[Comparison]:
    """Compare two sides; the logs of the comparison yield every change while the context is open.

    The same bytes are answered without reading a table. Formulas are looked at where all values are equal and the
    bytes are not. Raises what reading and comparing raise.
    """
    known = old.known_md5(), new.known_md5()
    sources = None if None not in known and known[0] == known[1] else (old.source(), new.source())
    if sources is None or (None in known and _same_bytes(*sources)):
        yield Comparison(old.text, new.text, same_bytes=True)
        return
    with open_engine(limits=limits_of(old, new)) as engine:
        comparison = _compared(engine, sources, request, (old, new), ReadOptions(hidden=request.hidden))
        if comparison.is_same and any(_may_hold_formulas(source) for source in sources):
            read = ReadOptions(hidden=request.hidden, formulas=True)
            comparison = _compared(engine, sources, request, (old, new), read)
        yield comparison


def compare_sides(old: Side, new: Side, request: CompareRequest = CompareRequest()) -> Comparison:
    """Compare two sides; the logs stay usable as long as somebody holds them and the files do not change."""
    with ExitStack() as stack:
        comparison = stack.enter_context(open_comparison(old, new, request))
        if not any(table.log for table in comparison.tables):
            return comparison
        room = _Room(stack.pop_all())
    kept = tuple(
        table if table.log is None else replace(table, log=_KeptLog(table.log, room))
        for table in comparison.tables
    )
    return replace(comparison, tables=kept)


def decide_bump(comparison: Comparison, *sides: Side) -> Decision:
    """Which bump the changes ask for, by the rules of the dataset that a side is of."""
    rules: dict[Kind, Bump] = {}
    for side in sides:
        if side.project is not None and side.dataset is not None:
            configured = side.project.preferences.dataset(side.dataset).rules
            rules = {Kind(kind): Bump(bump) for kind, bump in configured.items()}
    return decide(comparison.all_changes, rules, asides_of(comparison))


def _same_bytes(old: BookSource, new: BookSource) -> bool:
    """Whether two sources hold the same files with the same bytes: sizes first, no digest."""
    files = _files(old), _files(new)
    if files[0].keys() != files[1].keys():
        return False
    pairs = [(files[0][relpath], files[1][relpath]) for relpath in files[0]]
    try:
        if any(os.stat(a).st_size != os.stat(b).st_size for a, b in pairs):
            return False
        return all(filecmp.cmp(a, b, shallow=False) for a, b in pairs)
    except OSError as error:
        raise ReadError(str(error.filename), error.strerror or str(error)) from error


class _Room:
    """Keeps what a comparison's logs read from, and lets it go with the last of them."""

    def __init__(self, stack: ExitStack) -> None:
        self._release = weakref.finalize(self, stack.close)


@dataclass(frozen=True)
class _KeptLog:
    """A log and the room it needs."""

    log: ChangeLog
    room: _Room

    def rows(self) -> Iterator[RowChange]:
        """Rows on one side only."""
        yield from self.log.rows()

    def cells(self) -> Iterator[CellChange]:
        """Cells that differ."""
        yield from self.log.cells()


def _compared(
    engine: Engine,
    sources: tuple[BookSource, BookSource],
    request: CompareRequest,
    sides: tuple[Side, Side],
    read: ReadOptions,
) -> Comparison:
    old, new = (
        replace(book, name=side.text)
        for book, side in zip(read_books(engine, sources, read), sides, strict=True)
    )
    key, origin = key_of(request.key, *sides)
    options = CompareOptions(key=key, key_origin=origin, tolerance=request.tolerance, sample=request.sample)
    return compare_books(engine, old, new, options)


def key_of(given: tuple[str, ...] | None, *sides: Side) -> tuple[tuple[str, ...] | None, str]:
    """The key that was given, else the one that a side's dataset is configured with, and where it is from."""
    if given:
        return given, "given"
    for side in reversed(sides):
        if side.project is not None and side.dataset is not None:
            configured = side.project.preferences.dataset(side.dataset).key
            if configured:
                return configured, "configured"
    return None, "given"


def _may_hold_formulas(source: BookSource) -> bool:
    names = [source.name] if source.members is None else [relpath for relpath, _ in source.members]
    return any(Path(name).suffix.lower().lstrip(".") in _WITH_FORMULAS for name in names)


def _files(source: BookSource) -> dict[str, Path]:
    if source.members is not None:
        return {f"/{relpath}": path for relpath, path in source.members}
    return {} if source.path is None else {"": source.path}
