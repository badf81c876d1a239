"""Many writers in one repository, against the same acts one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Contender, RunFailedError
from benchmarks.repositories import DATASETS, released
from benchmarks.scratch import Scratch

WRITERS = 8
_CROWD = str(Path(__file__).with_name("crowd.py"))
_ALONE = "one after the other"


def bumps(scratch: Scratch, count: int) -> Sequence[Contender]:
    """Release one dataset that many times."""

    def contender(name: str, writers: int) -> Contender:
        place = released(scratch, f"bumps-{writers}", "workbook", 1)

        def check(number: int) -> None:
            wanted = [f"{DATASETS['workbook']}-v1.0.{n}" for n in range(count * (number + 1) + 1)]
            _check_tags(scratch, place, wanted)

        return Contender(name, _command("bumps", writers, count), place, check=check)

    return [contender("hotpass", WRITERS), contender(_ALONE, 1)]


def datasets(scratch: Scratch, count: int) -> Sequence[Contender]:
    """Track and release that many datasets, each of one small file, in a new repository."""

    def contender(name: str, writers: int) -> Contender:
        folder = f"datasets-{writers}"

        def reset(_round: int) -> None:
            sets = scratch.repository(folder, "hotpass") / "sets"
            sets.mkdir()
            for number in range(count):
                (sets / f"set{number}.csv").write_text(f"id\n{number}\n")

        def check(_round: int) -> None:
            _check_tags(scratch, place, [f"set{number}-v1.0.0" for number in range(count)])

        place = scratch.root / "repositories" / folder
        return Contender(name, _command("datasets", writers, count), place, reset, check)

    return [contender("hotpass", WRITERS), contender(_ALONE, 1)]


def _command(what: str, writers: int, count: int) -> Callable[[int], list[tuple[str, ...]]]:
    return lambda _round: [(sys.executable, _CROWD, what, str(writers), str(count))]


def _check_tags(scratch: Scratch, place: Path, wanted: Sequence[str]) -> None:
    """Raise RunFailedError unless exactly these releases are there: no gap, none twice, none lost."""
    found = scratch.run(["git", "tag", "-l"], place).split()
    if sorted(found) != sorted(wanted):
        raise RunFailedError(f"{len(found)} releases where exactly {len(wanted)} are expected")
