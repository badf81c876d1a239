"""Two versions of a dataset → what changed → which bump.

``compare_books`` looks at everything a dataset holds, ``compare_tables`` at one table; both are exact and symmetric.
:mod:`hotpass.compare.policy` says which bump a change asks for. Nothing here knows of git, DVC or the store.
"""

from hotpass.compare.books import compare_books
from hotpass.compare.changes import (
    CellChange,
    Change,
    ChangeLog,
    Comparison,
    KeyChoice,
    Kind,
    RowChange,
    TableComparison,
)
from hotpass.compare.diff import CompareOptions, compare_tables
from hotpass.compare.errors import UnknownKeyError
from hotpass.compare.policy import BUMP_FOR, Decision, Reason, decide, is_enough

__all__ = [
    "BUMP_FOR",
    "CellChange",
    "Change",
    "ChangeLog",
    "CompareOptions",
    "Comparison",
    "Decision",
    "KeyChoice",
    "Kind",
    "Reason",
    "RowChange",
    "TableComparison",
    "UnknownKeyError",
    "compare_books",
    "compare_tables",
    "decide",
    "is_enough",
]
