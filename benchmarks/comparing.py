"""Comparing two states of a list, against joins written by hand and against tools made for it.

Peers run in environments of their own under the scratch folder, made once; Hotpass depends on none of them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import made, peers
from benchmarks.measure import Contender, RunFailedError
from benchmarks.scratch import HOTPASS, Scratch

_SCRIPTS = Path(peers.__file__).parent
# datacompy wants an older polars.
_ENVIRONMENTS: Mapping[str, Sequence[str]] = {
    "engines": ("duckdb>=2.0,<3", "polars>=2,<3", "pyarrow>=24", "fastexcel>=0.21,<0.22", "xlsxwriter>=3.2"),
    "datacompy": ("datacompy[polars]>=1.1,<2",),
    "pandas": ("pandas>=2.2", "openpyxl>=3.1"),
}


def csv(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Two CSV files by a given key."""
    return _joins(scratch, rows, "csv")


def parquet(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Two Parquet files by a given key."""
    return _joins(scratch, rows, "parquet")


def growth(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Two CSV files, from small to very large, against nobody."""
    return [_ours(scratch, _files(scratch, rows, "csv"))]


def workbooks(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Two workbooks by a given key, against reading both and against pandas."""
    files = _files(scratch, rows, "xlsx")
    return [
        _ours(scratch, files),
        _peer(scratch, "reading by fastexcel", "engines", "read_fastexcel", files),
        _peer(scratch, "pandas", "pandas", "by_pandas", files),
    ]


def _joins(scratch: Scratch, rows: int, suffix: str) -> Sequence[Contender]:
    files = _files(scratch, rows, suffix)
    found = [
        _ours(scratch, files),
        _peer(scratch, "duckdb by hand", "engines", "by_duckdb", files),
        _peer(scratch, "polars by hand", "engines", "by_polars", files),
        _peer(scratch, "datacompy", "datacompy", "by_datacompy", files),
    ]
    # All say the same, and Hotpass too, or nothing is measured.
    said = {one.name: scratch.run(one.commands(0)[0], scratch.root).split() for one in found[1:]}
    said["hotpass"] = scratch.run(_library(files), scratch.root).split()
    if len({tuple(words) for words in said.values()}) > 1:
        raise RunFailedError(f"they find different changes: {said}")
    return found


def _ours(scratch: Scratch, files: Sequence[str]) -> Contender:
    """The command where there is one, else the library."""
    command = [*HOTPASS, "compare", *files, "--key", "id"]
    if not scratch.works([*HOTPASS, "compare", "--help"]):
        command = _library(files)
    return Contender("hotpass", lambda _: [command], scratch.root)


def _library(files: Sequence[str]) -> list[str]:
    return [sys.executable, str(_SCRIPTS / "by_hotpass.py"), *files]


def _peer(scratch: Scratch, name: str, environment: str, script: str, files: Sequence[str]) -> Contender:
    command = [_python(scratch, environment), str(_SCRIPTS / f"{script}.py"), *files]
    return Contender(name, lambda _: [command], scratch.root)


def _files(scratch: Scratch, rows: int, suffix: str) -> list[str]:
    """The two states of the list, made once."""
    folder = scratch.root / "data" / f"lists-{rows}"
    python = _python(scratch, "engines")
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        made.remove(unfinished)
        unfinished.mkdir(parents=True)
        scratch.run([python, str(_SCRIPTS / "make_lists.py"), str(rows), str(unfinished)], scratch.root)
        unfinished.rename(folder)
    if suffix == "xlsx" and not (folder / "new.xlsx").exists():
        scratch.run([python, str(_SCRIPTS / "make_books.py"), str(folder)], scratch.root)
    return [str(folder / f"{state}.{suffix}") for state in ("old", "new")]


def _python(scratch: Scratch, environment: str) -> str:
    """The Python of an environment of peers, made where it is missing."""
    folder = scratch.root / "peers" / environment
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        scratch.run([sys.executable, "-m", "venv", str(folder)], scratch.root)
        scratch.run(
            [str(python), "-m", "pip", "install", "--quiet", *_ENVIRONMENTS[environment]], scratch.root
        )
        (folder / "ready").touch()
    return str(python)
