"""Asking about data, and giving numbers to bytes that are stored already; all against ``dvc status``.

The limit beside it is a Python that starts and does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Contender, RunFailedError
from benchmarks.repositories import DATASETS, released, tracked
from benchmarks.scratch import DVC, HOTPASS, Scratch

_DATASET = DATASETS["workbook"]
_BUMP = (*HOTPASS, "version", "--bump", "patch", "--dataset", _DATASET)
_TAG = (*HOTPASS, "version", "--tag", "--dataset", _DATASET)


def status_workbook(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Ask for the status of an unchanged workbook."""
    return _against_dvc(scratch, "workbook", size, _always(*HOTPASS, "version", "--status"))


def status_tree(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Ask for the status of an unchanged folder."""
    return _against_dvc(scratch, "tree", size, _always(*HOTPASS, "version", "--status"))


def get(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Ask for the current version."""
    return _against_dvc(scratch, "workbook", size, _always(*HOTPASS, "version", "--get", _DATASET))


def set_version(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Give the stored bytes a number, as a draft."""

    def command(number: int) -> tuple[str, ...]:
        return (*HOTPASS, "version", "--set", f"2.0.{number}", "--dataset", _DATASET)

    return _numbering(scratch, size, command, lambda number: f"2.0.{number}")


def bump(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Give the stored bytes the next number, as a draft."""
    return _numbering(scratch, size, _always(*_BUMP), lambda number: f"1.0.{number + 1}")


def bump_tag(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Release the stored bytes under the next number: a commit and a tag."""
    return _numbering(
        scratch, size, _always(*_BUMP, "--tag"), lambda number: f"1.0.{number + 1}", tagged=True
    )


def tag(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Release a draft of the stored bytes: a commit and a tag."""

    def reset(repository: Path) -> None:
        scratch.run(_BUMP, repository)

    return _numbering(
        scratch, size, _always(*_TAG), lambda number: f"1.0.{number + 1}", tagged=True, reset=reset
    )


def _always(*argv: str) -> Callable[[int], tuple[str, ...]]:
    return lambda _round: argv


def _against_dvc(
    scratch: Scratch,
    kind: str,
    size: int,
    command: Callable[[int], tuple[str, ...]],
    reset: Callable[[Path], None] = lambda _: None,
    check: Callable[[Path, int], None] = lambda _path, _round: None,
) -> list[Contender]:
    theirs = tracked(scratch, "dvc", kind, size, "dvc")
    ours = released(scratch, "hotpass", kind, size)
    return [
        Contender("hotpass", lambda n: [command(n)], ours, lambda _: reset(ours), lambda n: check(ours, n)),
        Contender("dvc status", lambda _: [(*DVC, "status")], theirs),
        Contender("empty python", lambda _: [(sys.executable, "-c", "pass")], scratch.root),
    ]


def _numbering(
    scratch: Scratch,
    size: int,
    command: Callable[[int], tuple[str, ...]],
    expected: Callable[[int], str],
    *,
    tagged: bool = False,
    reset: Callable[[Path], None] = lambda _: None,
) -> list[Contender]:
    """A case that moves the version on with each round, and looks whether it did."""

    def check(repository: Path, number: int) -> None:
        now = scratch.run([*HOTPASS, "version", "--get", _DATASET], repository).strip()
        if now != expected(number):
            raise RunFailedError(f"the version is {now} where {expected(number)} is expected")
        if tagged:
            scratch.run(
                ["git", "rev-parse", "--verify", "--quiet", f"refs/tags/{_DATASET}-v{now}"], repository
            )

    return _against_dvc(scratch, "workbook", size, command, reset, check)
