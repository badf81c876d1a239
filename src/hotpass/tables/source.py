"""Where a book comes from and how it is to be read, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BookSource:
    """A file or folder to read as a book.

    ``name`` is what addresses and messages call it ("list.xlsx"); its suffix says the format, since an object in a
    store is named by its digest. ``path`` is the file or folder. ``members`` are the files of a folder that lies
    scattered in a store: path relative to the folder → file.
    """

    name: str
    path: Path | None
    members: tuple[tuple[str, Path], ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read.

    ``hidden``: hidden sheets too. ``formulas``: the text of formulas beside their values. ``encoding`` and
    ``delimiter``: of delimited text, instead of what is found. ``careful``: read delimited text of more than a megabyte
    through once while opening it, so that uneven lines are mended and said; without it they raise UnevenLinesError when a
    query meets them, and blank lines between rows are not counted in addresses. Values are the same either way.
    """

    hidden: bool = False
    formulas: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    careful: bool = True
