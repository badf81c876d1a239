"""``python -m benchmarks``: measure, print the table, keep it in ``benchmarks/results``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cases import CASES, Case
from benchmarks.measure import RunFailedError, Series, measure, megabytes
from benchmarks.scratch import HOTPASS, MISSING, Scratch, file_system, versions
from benchmarks.table import Outcome, Run, as_json, as_markdown

RESULTS = Path(__file__).parent / "results"
_QUICK_ROUNDS = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks; 0: all measured, 1: a case failed, 2: wrong usage, 5: no hotpass or dvc.

    A missed target is no failure.
    """
    asked = _parser().parse_args(argv)
    if asked.list:
        print("\n".join(f"{case.name}: {case.target or 'no target'}" for case in CASES))
        return 0
    chosen = [case for case in CASES if not asked.only or any(_fits(case, name) for name in asked.only)]
    if not chosen:
        print(f"no case is named {', '.join(asked.only)}; --list shows them", file=sys.stderr)
        return 2
    if asked.scratch:
        asked.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hotpass-bench-", dir=asked.scratch) as folder:
        scratch = Scratch(Path(folder).resolve())
        tools, machine = versions(scratch), _machine(scratch.root)
        if missing := [name for name in ("hotpass", "dvc") if tools[name] == MISSING]:
            print(f"{' and '.join(missing)} cannot be run by this Python; make bench can", file=sys.stderr)
            return 5
        outcomes = [_outcome(scratch, case, quick=asked.quick, rounds=asked.rounds) for case in chosen]
    floor = megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    _report(Run(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", asked.quick, machine, tools, floor), outcomes)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure hotpass against its peers."
    )
    parser.add_argument(
        "--quick", action="store_true", help="smaller data and three rounds; few targets are judged"
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        help="a case, or all that begin so (add, restore-tree); repeatable",
    )
    parser.add_argument(
        "--scratch", metavar="DIR", type=Path, help="measure on this file system (10 GB are needed)"
    )
    parser.add_argument(
        "--rounds", metavar="N", type=_positive, help="rounds that count, instead of each case's own"
    )
    parser.add_argument(
        "--list", action="store_true", help="show the cases and their targets, measure nothing"
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of rounds")
    return int(text)


def _fits(case: Case, name: str) -> bool:
    return case.name == name or case.name.startswith(f"{name}-")


def _outcome(scratch: Scratch, case: Case, *, quick: bool, rounds: int | None) -> Outcome:
    sizes = case.quick if quick else case.sizes
    count = rounds or (_QUICK_ROUNDS if quick else case.rounds)
    for verb in case.needs:
        if not scratch.works([*HOTPASS, verb, "--help"]):
            return Outcome(case, sizes, skipped=f"hotpass has no {verb}")
    series: dict[int, Sequence[Series]] = {}
    try:
        for size in sizes:
            print(f"{case.name} {size} {case.unit} …", file=sys.stderr)
            series[size] = measure(case.prepare(scratch, size), count, scratch.environment)
            scratch.clear()
    except RunFailedError as error:
        print(f"{case.name} failed: {error}", file=sys.stderr)
        scratch.clear()
        return Outcome(case, sizes, failed=" ".join(str(error).split()))
    return Outcome(case, sizes, series)


def _machine(root: Path) -> dict[str, str]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "file system": file_system(root),
    }


def _report(run: Run, outcomes: Sequence[Outcome]) -> None:
    text = as_markdown(run, outcomes)
    print(text, end="")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(text, encoding="utf-8")
    document = json.dumps(as_json(run, outcomes), indent=2, ensure_ascii=False)
    (RESULTS / "latest.json").write_text(document + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
