"""Hotpass: refined datasets from messy spreadsheets, released as semantic versions on git and DVC.

:func:`open` gives a version's data, :func:`compare` says what changed between two. Versions of datasets are in
:mod:`hotpass.versioning`; the errors everything raises in :mod:`hotpass.errors`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hotpass import versioning, workflows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polars import DataFrame

    from hotpass.compare.changes import Comparison
    from hotpass.versioning import Project, Question, Verdict

__version__ = "0.1.0"

__all__ = ["__version__", "compare", "open"]


def open(  # noqa: A001  # hotpass.open is what it is called; nothing here opens a file
    name: str, *, repo: str | os.PathLike[str] = ".", hidden: bool = False
) -> DataFrame | dict[str, DataFrame]:
    """A version's data as a data frame of polars, typed, read from the store without a checkout.

    ``name`` is a release (``refined_data@1.0.0``, or a range such as ``@latest``), ``refined_data`` for the work tree's
    data, or the path of a file or folder anywhere. Where it holds several tables (the sheets of a workbook, the files
    of a folder) they come as a dict by name; ``NAME!TABLE`` gives one of them. ``repo`` is a folder in the repository.

    What a type of polars cannot hold exactly stays text, and so does a column of several types. Raises the errors of
    :mod:`hotpass.errors`.
    """
    frames: DataFrame | dict[str, DataFrame] = workflows.open_frames(name, repo=repo, hidden=hidden)
    return frames


def _compare(
    old: str,
    new: str | None = None,
    *,
    key: str | Sequence[str] | None = None,
    tolerance: float | None = None,
    hidden: bool = False,
    repo: str | os.PathLike[str] = ".",
) -> Comparison:
    """What changed between two versions, or files, cell by cell.

    Both are named as for :func:`open`; without ``new`` it is the work tree of the same dataset. ``key`` are the columns
    that tell rows apart (default: as ``hotpass.toml`` says, else found), ``tolerance`` is by how much numbers may
    differ. The log of each table yields every change for as long as somebody holds it, and the files stay as they are.
    """
    columns = (key,) if isinstance(key, str) else tuple(key) if key is not None else None
    sides = workflows.find_sides(repo, (old, new))
    comparison: Comparison = workflows.compare_sides(
        *sides, workflows.CompareRequest(columns, tolerance, hidden)
    )
    return comparison


class _Verb(ModuleType):
    """A package that can be called: ``hotpass.compare(...)`` is a verb, ``hotpass.compare`` the package behind it."""

    __call__ = staticmethod(_compare)


class _Library(ModuleType):
    """This package: importing a package inside it sets an attribute here, and that must not hide the verb."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "compare" and isinstance(value, ModuleType):
            value.__class__ = _Verb
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Library

if TYPE_CHECKING:
    compare = _compare
else:

    def __getattr__(name: str) -> Any:
        if name != "compare":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.compare")


def _judge(project: Project, question: Question) -> Verdict:
    return workflows.judge(project, question)


# Versions know nothing of tables (imports run one way), and yet a number must follow from the data for whoever asks:
# here, above both, the one is handed to the other. Nothing is loaded for it before a number hangs on it.
versioning.judges.append(_judge)
