"""Small things that all cases need: where data stands in a repository, and whether work was really done."""

from __future__ import annotations

from pathlib import Path

from benchmarks import made
from benchmarks.measure import RunFailedError
from benchmarks.scratch import DVC, HOTPASS, Scratch

PLACES = {"workbook": "dist/refined_data.xlsx", "file": "big.bin", "tree": "tree"}
DATASETS = {"workbook": "refined_data", "file": "big", "tree": "tree"}
OLD, NEW = 1, 2
"""The seeds of the two versions of all made data."""


def tracked(scratch: Scratch, name: str, kind: str, size: int, tool: str) -> Path:
    """A repository in which made data is added and committed, unchanged since."""
    repository = scratch.repository(name, tool)
    made.place(scratch.data(kind, size, OLD), repository / PLACES[kind])
    add(scratch, repository, kind, tool)
    scratch.run(["git", "add", "--all"], repository)
    scratch.run(["git", "commit", "--quiet", "-m", "Track"], repository)
    return repository


def released(scratch: Scratch, name: str, kind: str, size: int) -> Path:
    """The same with hotpass, and version 1.0.0 released."""
    repository = tracked(scratch, name, kind, size, "hotpass")
    scratch.run([*HOTPASS, "version", "--set", "1.0.0", "--tag", "--dataset", DATASETS[kind]], repository)
    return repository


def add(scratch: Scratch, repository: Path, kind: str, tool: str) -> None:
    """Add made data without measuring it."""
    scratch.run(adding_command(tool, kind), repository)


def adding_command(tool: str, kind: str) -> tuple[str, ...]:
    """How a tool is told to add."""
    return (*HOTPASS, "version", "--add", PLACES[kind]) if tool == "hotpass" else (*DVC, "add", PLACES[kind])


def check_added(scratch: Scratch, repository: Path, kind: str, source: Path) -> None:
    """Raise RunFailedError unless pointer and store hold exactly the data that was made."""
    pointer = repository / f"{PLACES[kind]}.dvc"
    if scratch.digest(source) not in pointer.read_text():
        raise RunFailedError(f"{pointer.name} does not name the data that was added")
    wanted = scratch.digest(source)
    store = repository / ".dvc" / "cache" / "files" / "md5"
    expected = 1 + (sum(1 for file in source.rglob("*") if file.is_file()) if source.is_dir() else 0)
    stored = sum(1 for _ in store.glob("*/*"))
    if not (store / wanted[:2] / wanted[2:]).exists() or stored != expected:
        raise RunFailedError(f"the store holds {stored} objects where {expected} are expected")


def check_restored(scratch: Scratch, repository: Path, kind: str, source: Path) -> None:
    """Raise RunFailedError unless the work tree has the bytes that were asked for."""
    if made.digest(repository / PLACES[kind]) != scratch.digest(source):
        raise RunFailedError(f"{PLACES[kind]} has other bytes than were asked for")
