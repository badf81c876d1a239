"""Adding data that is new, and adding it again unchanged."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks import made
from benchmarks.measure import Contender
from benchmarks.repositories import OLD, PLACES, adding_command, check_added, tracked
from benchmarks.scratch import Scratch

_TOOLS = {"hotpass": "hotpass", "dvc": "dvc add"}


def add_workbook(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add a workbook that no tool has seen."""
    return _add_new(scratch, "workbook", size)


def add_file(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add a file of random bytes that no tool has seen."""
    return _add_new(scratch, "file", size)


def add_tree(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add a folder of small files that no tool has seen."""
    return _add_new(scratch, "tree", size)


def again_workbook(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add an unchanged workbook again."""
    return _add_again(scratch, "workbook", size)


def again_file(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add an unchanged file again."""
    return _add_again(scratch, "file", size)


def again_tree(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Add an unchanged folder again."""
    return _add_again(scratch, "tree", size)


def limits(scratch: Scratch, source: Path) -> list[Contender]:
    """What the machine needs to read and hash a file, and to copy data so that it survives a power cut."""
    target = scratch.root / "copy"
    copying = [("cp", "-r", str(source), str(target)), ("sync", "-f", str(target))]
    if source.is_file():
        copying = [("cp", str(source), str(target)), ("sync", str(target))]
    found = [Contender("cp + sync", lambda _: copying, scratch.root, reset=lambda _: scratch.discard(target))]
    if source.is_file() and shutil.which("md5sum"):
        found.insert(0, Contender("md5sum", lambda _: [("md5sum", str(source))], scratch.root))
    return found


def _add_new(scratch: Scratch, kind: str, size: int) -> list[Contender]:
    source = scratch.data(kind, size, OLD)
    return [*(_adder(scratch, kind, source, tool) for tool in _TOOLS), *limits(scratch, source)]


def _adder(scratch: Scratch, kind: str, source: Path, tool: str) -> Contender:
    repository = scratch.root / "repositories" / tool

    def reset(_round: int) -> None:
        scratch.repository(tool, tool)
        made.place(source, repository / PLACES[kind])

    def check(_round: int) -> None:
        check_added(scratch, repository, kind, source)

    return Contender(_TOOLS[tool], lambda _: [adding_command(tool, kind)], repository, reset, check)


def _add_again(scratch: Scratch, kind: str, size: int) -> list[Contender]:
    source = scratch.data(kind, size, OLD)
    return [_again(scratch, kind, size, source, tool) for tool in _TOOLS]


def _again(scratch: Scratch, kind: str, size: int, source: Path, tool: str) -> Contender:
    repository = tracked(scratch, tool, kind, size, tool)

    def check(_round: int) -> None:
        check_added(scratch, repository, kind, source)

    return Contender(_TOOLS[tool], lambda _: [adding_command(tool, kind)], repository, check=check)
