"""Listing many releases, against gto, which lists versions from tags as well."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Contender, RunFailedError
from benchmarks.repositories import DATASETS, released
from benchmarks.scratch import GTO, HOTPASS, Scratch

_DATASET = DATASETS["workbook"]
_BOOK_MB = 1


def prepare(scratch: Scratch, count: int) -> Sequence[Contender]:
    """List that many releases; those after the first are copies of its tag on empty commits."""
    ours = released(scratch, "hotpass", "workbook", _BOOK_MB)
    first = f"refs/tags/{_DATASET}-v1.0.0"
    message = scratch.run(["git", "for-each-ref", "--format=%(contents)", first], ours).strip() + "\n"
    _copy_tags(scratch, ours, message, [f"{_DATASET}-v1.{number}.0" for number in range(1, count)])

    def check(_round: int) -> None:
        shown = scratch.run([*HOTPASS, "history", _DATASET], ours)
        if sum(1 for number in range(count) if f"1.{number}.0" in shown) != count:
            raise RunFailedError(f"the history does not show all {count} releases")

    found = [Contender("hotpass", lambda _: [(*HOTPASS, "history", _DATASET)], ours, check=check)]
    if importlib.util.find_spec("gto") is not None:
        theirs = scratch.repository("gto", "git")
        _copy_tags(scratch, theirs, "A version\n", [f"{_DATASET}@v1.{number}.0" for number in range(count)])
        found.append(Contender("gto history", lambda _: [(*GTO, "history", _DATASET)], theirs))
    return found


def _copy_tags(scratch: Scratch, repository: Path, message: str, names: Sequence[str]) -> None:
    """Make annotated tags by the hundred, each on a commit of its own."""
    branch = scratch.run(["git", "symbolic-ref", "HEAD"], repository).strip()
    tip = scratch.run(["git", "rev-parse", "HEAD"], repository).strip()
    text = message.encode()
    stream = []
    for number, name in enumerate(names):
        who = f"Bench <bench@example.org> {1_700_000_000 + number} +0000"
        parent = f"from {tip}\n" if number == 0 else ""
        commit = f"commit {branch}\nmark :{number + 1}\ncommitter {who}\ndata 5\nCopy\n{parent}\n"
        tag = f"tag {name}\nfrom :{number + 1}\ntagger {who}\ndata {len(text)}\n"
        stream.append(commit.encode() + tag.encode() + text + b"\n")
    scratch.run(["git", "fast-import", "--quiet"], repository, stdin=b"".join(stream))
