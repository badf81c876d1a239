"""The table of cases: what is measured, at which sizes, against whom, and what is aimed at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks import adding, asking, comparing, history, publishing, restoring, tracing, writing
from benchmarks.measure import Contender
from benchmarks.scratch import Scratch

PEAK_MB = 60.0
"""No run of hotpass should need more memory than this, in MB."""

Prepare = Callable[[Scratch, int], Sequence[Contender]]


@dataclass(frozen=True)
class Target:
    """What is aimed at: so many times faster than a peer, or at most so many times as long as a limit."""

    kind: Literal["faster", "at most"]
    factor: float
    against: str

    def __str__(self) -> str:
        sign = "≥" if self.kind == "faster" else "≤"
        return f"{sign}{self.factor:g}x {'faster than ' if self.kind == 'faster' else ''}{self.against}"

    def met(self, ours: float, theirs: float) -> bool:
        """Whether wall times in seconds reach the target."""
        return theirs / ours >= self.factor if self.kind == "faster" else ours / theirs <= self.factor


@dataclass(frozen=True)
class Case:
    """One row of the table; the last of ``sizes`` is the one a target speaks of, the others show the growth."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    rounds: int
    prepare: Prepare
    target: Target | None = None
    needs: tuple[str, ...] = ()

    def judged(self, sizes: tuple[int, ...]) -> bool:
        """Whether a run at these sizes is one the target speaks of."""
        return self.target is not None and sizes[-1] == self.sizes[-1]


def _faster(factor: float, against: str) -> Target:
    return Target("faster", factor, against)


def _at_most(factor: float, against: str) -> Target:
    return Target("at most", factor, against)


_BOOK = (20,)
_FILES, _QUICK_FILES = (50, 100, 200, 500), (20, 50)
_TREES, _QUICK_TREES = (1_000, 3_000, 10_000), (300, 1_000)
_FILE, _QUICK_FILE = _FILES[-1:], _QUICK_FILES[-1:]
_TREE, _QUICK_TREE = _TREES[-1:], _QUICK_TREES[-1:]
_TRACED, _QUICK_TRACED = (100_000,), (5_000,)
_TAGS, _QUICK_TAGS = (10, 1_000), (10, 100)
_MANY_TAGS = (10_000,)
_BUMPS, _QUICK_BUMPS = (200,), (24,)
_SETS, _QUICK_SETS = (100,), (16,)
_ALONE = "one after the other"
_ROWS, _QUICK_ROWS = (1_000_000,), (100_000,)
_GROWTH, _QUICK_GROWTH = (10_000, 100_000, 1_000_000, 10_000_000), (10_000, 100_000)
_BOOK_ROWS, _QUICK_BOOK_ROWS = (100_000,), (10_000,)

CASES = (
    Case("add-workbook", "MB", _BOOK, _BOOK, 5, adding.add_workbook),
    Case("add-large", "MB", _FILES, _QUICK_FILES, 5, adding.add_file, _at_most(1.3, "md5sum")),
    Case("add-tree", "files", _TREES, _QUICK_TREES, 5, adding.add_tree, _faster(4, "dvc add")),
    Case("again-workbook", "MB", _BOOK, _BOOK, 5, adding.again_workbook, _faster(8, "dvc add")),
    Case("again-large", "MB", _FILE, _QUICK_FILE, 5, adding.again_file, _faster(8, "dvc add")),
    Case("again-tree", "files", _TREE, _QUICK_TREE, 5, adding.again_tree, _faster(8, "dvc add")),
    Case(
        "restore-workbook",
        "MB",
        _BOOK,
        _BOOK,
        5,
        restoring.workbook,
        _faster(5, "dvc checkout"),
        ("restore",),
    ),
    Case("restore-large", "MB", _FILE, _QUICK_FILE, 5, restoring.file, _at_most(1.4, "md5sum"), ("restore",)),
    Case(
        "restore-tree",
        "files",
        _TREE,
        _QUICK_TREE,
        5,
        restoring.tree,
        _faster(2, "dvc checkout"),
        ("restore",),
    ),
    Case("status-workbook", "MB", _BOOK, _BOOK, 5, asking.status_workbook, _faster(5, "dvc status")),
    Case("status-tree", "files", _TREE, _QUICK_TREE, 5, asking.status_tree),
    Case("get", "MB", _BOOK, _BOOK, 5, asking.get, _faster(5, "dvc status")),
    Case("set", "MB", _BOOK, _BOOK, 5, asking.set_version, _faster(3, "dvc status")),
    Case("bump", "MB", _BOOK, _BOOK, 5, asking.bump, _faster(3, "dvc status")),
    Case("bump-tag", "MB", _BOOK, _BOOK, 5, asking.bump_tag, _faster(3, "dvc status")),
    Case("tag", "MB", _BOOK, _BOOK, 5, asking.tag, _faster(3, "dvc status")),
    Case("publish-folder", "files", _TREE, _QUICK_TREE, 3, publishing.folder, _faster(4, "dvc push")),
    Case("publish-s3", "files", _TREE, _QUICK_TREE, 3, publishing.s3, _faster(1, "dvc push")),
    Case("publish-again", "files", _TREE, _QUICK_TREE, 5, publishing.again),
    Case("verify-releases", "releases", _TAGS[-1:], _QUICK_TAGS[-1:], 5, publishing.verify),
    Case("history", "tags", _TAGS, _QUICK_TAGS, 5, history.prepare, _faster(20, "gto history"), ("history",)),
    Case(
        "history-many",
        "tags",
        _MANY_TAGS,
        _QUICK_TAGS[-1:],
        5,
        history.prepare,
        _faster(60, "gto history"),
        ("history",),
    ),
    Case("writers-bumps", "bumps", _BUMPS, _QUICK_BUMPS, 5, writing.bumps, _at_most(1.5, _ALONE)),
    Case("writers-datasets", "datasets", _SETS, _QUICK_SETS, 5, writing.datasets, _at_most(1.5, _ALONE)),
    Case(
        "trace-first",
        "rows",
        _TRACED,
        _QUICK_TRACED,
        3,
        tracing.first,
        _at_most(1.3, "duckdb, into tables"),
        ("trace",),
    ),
    Case(
        "trace-again", "rows", _TRACED, _QUICK_TRACED, 5, tracing.again, _at_most(1, "one second"), ("trace",)
    ),
    Case("compare-csv", "rows", _ROWS, _QUICK_ROWS, 5, comparing.csv, _at_most(1.2, "by hand")),
    Case("compare-parquet", "rows", _ROWS, _QUICK_ROWS, 5, comparing.parquet, _at_most(1.2, "by hand")),
    Case("compare-growth", "rows", _GROWTH, _QUICK_GROWTH, 1, comparing.growth),
    Case(
        "compare-workbooks",
        "rows",
        _BOOK_ROWS,
        _QUICK_BOOK_ROWS,
        3,
        comparing.workbooks,
        _at_most(1.1, "reading by fastexcel"),
    ),
)
