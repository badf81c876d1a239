"""Bringing an older release back, every byte of it another than in the newer one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks import made
from benchmarks.adding import limits
from benchmarks.measure import Contender
from benchmarks.repositories import DATASETS, NEW, OLD, PLACES, add, check_restored, released, tracked
from benchmarks.scratch import DVC, HOTPASS, Scratch


def workbook(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Restore a workbook."""
    return _restore(scratch, "workbook", size)


def file(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Restore a file of random bytes."""
    return _restore(scratch, "file", size)


def tree(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Restore a folder of small files."""
    return _restore(scratch, "tree", size)


def _restore(scratch: Scratch, kind: str, size: int) -> list[Contender]:
    old = scratch.data(kind, size, OLD)
    return [_by_hotpass(scratch, kind, size, old), _by_dvc(scratch, kind, size, old), *limits(scratch, old)]


def _by_hotpass(scratch: Scratch, kind: str, size: int, old: Path) -> Contender:
    repository, dataset = released(scratch, "hotpass", kind, size), DATASETS[kind]
    scratch.discard(repository / PLACES[kind])
    made.place(scratch.data(kind, size, NEW), repository / PLACES[kind])
    scratch.run([*HOTPASS, "version", "--bump", "major", "--tag", "--dataset", dataset], repository)

    def reset(_round: int) -> None:
        scratch.run([*HOTPASS, "restore", f"{dataset}@2.0.0"], repository)

    def check(_round: int) -> None:
        check_restored(scratch, repository, kind, old)

    return Contender(
        "hotpass", lambda _: [(*HOTPASS, "restore", f"{dataset}@1.0.0")], repository, reset=reset, check=check
    )


def _by_dvc(scratch: Scratch, kind: str, size: int, old: Path) -> Contender:
    repository, pointer = tracked(scratch, "dvc", kind, size, "dvc"), f"{PLACES[kind]}.dvc"
    scratch.run(["git", "tag", "-a", "-m", "old", "old"], repository)
    scratch.discard(repository / PLACES[kind])
    made.place(scratch.data(kind, size, NEW), repository / PLACES[kind])
    add(scratch, repository, kind, "dvc")
    scratch.run(["git", "commit", "--quiet", "--all", "-m", "New"], repository)

    def reset(_round: int) -> None:
        scratch.run(["git", "checkout", "--quiet", "HEAD", "--", pointer], repository)
        scratch.run([*DVC, "checkout", pointer], repository)

    def check(_round: int) -> None:
        check_restored(scratch, repository, kind, old)

    commands = [("git", "checkout", "old", "--", pointer), (*DVC, "checkout", pointer)]
    return Contender("dvc checkout", lambda _: commands, repository, reset=reset, check=check)
