"""What a run of ``refine`` came to in six lines, the last one the next command; and why an organisation is what it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from hotpass.report.refinement import refinement_document
from hotpass.report.text import Paint, first_changes, inert, plain, shell_word

if TYPE_CHECKING:
    from hotpass.refine import Refined
    from hotpass.refine.duplicates import Evidence
    from hotpass.refine.explanation import Explanation
    from hotpass.versioning import Outcome
    from hotpass.workflows import Pair, PointResult, RefineResult

_ROOM = 120


def result_lines(result: RefineResult, paint: Paint = plain) -> list[str]:
    """Six lines: read, columns, merged, checked, version, next."""
    findings = result.findings
    left = sum(1 for each in findings.inputs if each.left_out)
    mapped = len(findings.columns) - len(findings.unmapped)
    failed = [each for each in findings.rules if each.failed]
    quality = "" if findings.mean_score is None else f"; mean quality {findings.mean_score:.2f}"
    gate = (
        paint("green", "every rule holds")
        if not failed
        else paint("red", f"{_count(len(failed), 'rule')} broken")
    )
    joined = f"{_count(findings.merged, 'row')} joined others"
    return [
        f"read     {_count(findings.rows_in, 'row')} of {_count(len(findings.inputs) - left, 'file')}"
        + (f"; {left:,} left out" if left else ""),
        f"columns  {mapped:,} taken for a field, {len(findings.unmapped):,} without one",
        f"merged   {_count(findings.rows_out, 'organisation')}: {joined}; {_count(findings.doubts, 'pair')} to review",
        f"checked  {gate}; {_count(findings.quarantined, 'row')} in quarantine{quality}",
        f"version  {inert(_version(result))}",
        f"next     {inert(next_command(result))}",
    ]


def _version(result: RefineResult) -> str:
    outcome = result.outcome
    if outcome is None:
        state = "would be written" if result.dry_run else "written" if result.written else "unchanged"
        return f"none asked for; {result.output} {state}"
    if outcome.already:
        kind = "already" if outcome.tag else "is the draft already"
        return f"{outcome.dataset} {kind} {outcome.version}: nothing changed"
    changes = first_changes(outcome.changes or "")
    asked = f" ({outcome.asked}: {changes})" if outcome.asked and changes else ""
    if outcome.dry_run:
        made = f"be released as {outcome.tag}" if outcome.tag else "be a draft"
        return f"{outcome.dataset} {outcome.version} would {made}{asked}"
    made = f"released as {outcome.tag}" if outcome.tag else "draft"
    return f"{outcome.dataset} {outcome.version} {made}{asked}"


def next_command(result: RefineResult) -> str:
    """What to type next."""
    outcome = result.outcome
    if not result.findings.passed:
        return "hotpass refine --dry-run --report refined.html"
    if result.dry_run and (outcome is None or outcome.already):
        return "hotpass refine"
    if result.dry_run:
        return "hotpass refine --bump auto" + (" --tag" if outcome is not None and outcome.tag else "")
    if outcome is not None:
        return _after(outcome, doubts=result.findings.doubts > 0)
    if result.tracked:
        return "hotpass refine --bump auto --tag"
    return f"hotpass version --add {shell_word(result.output)}"


def _after(outcome: Outcome, *, doubts: bool) -> str:
    if not outcome.tag:
        return f"hotpass version --tag --dataset {outcome.dataset}"
    if doubts and outcome.already:
        return "hotpass review"
    if outcome.since and outcome.since != outcome.version:
        return f"hotpass compare {outcome.dataset}@{outcome.since} {outcome.dataset}@{outcome.version}"
    return f"hotpass show {outcome.dataset}@{outcome.version}"


def refine_document(result: RefineResult) -> str:
    """The result as one line of JSON: what was decided in full, and the versions."""
    content = json.loads(refinement_document(result.findings))
    content |= {
        name: getattr(result, name)
        for name in ("output", "written", "tracked", "versioned", "dry_run", "notes")
    }
    content["outcome"] = asdict(result.outcome) if result.outcome else None
    content["input_version"] = asdict(result.inputs) if result.inputs else None
    content["next"] = next_command(result)
    return json.dumps(content, ensure_ascii=True, allow_nan=False)


def result_notes(result: RefineResult) -> list[str]:
    """What else is worth knowing: what was left out, and notes of the version."""
    notes = [f"left out: {each.path}: {each.left_out}" for each in result.findings.inputs if each.left_out]
    return [*notes, *result.notes]


def explanation_lines(
    refined: Refined, number: int, explanation: Explanation, paint: Paint = plain
) -> list[str]:
    """Which rows an organisation is made of, what joins them, which value won and why."""
    organisation = refined.organisations[number]
    lines = [paint("bold", inert(f"{organisation.id}  {organisation.survivor.value('name') or ''}"))]
    if organisation.merged:
        lines.append(f"took over {', '.join(organisation.merged)}")
    lines.append(_count(len(explanation.rows), "row") + ":")
    places = {}
    for row, ref in explanation.rows:
        places[row] = refined.prepared.cells_of(row, "name")[0]
        said = refined.prepared.records["name"][row]
        lines.append(inert(f"  {places[row]}  {_cut(str(said))}  ({ref})"))
    if explanation.evidence:
        lines.append("joined by:")
        lines += [
            inert(f"  {places[each.left]} and {places[each.right]}: {evidence_said(each)}")
            for each in explanation.evidence
        ]
    lines.append("values:")
    for chosen in explanation.values:
        cells = ", ".join(refined.prepared.cells_of(chosen.row, chosen.field, chosen.value)) or "the profile"
        against = f"; {_count(len(chosen.others), 'row')} said otherwise" if chosen.others else ""
        lines.append(
            inert(
                f"  {chosen.field}: {_cut(str(chosen.value))}  from {cells}  ({chosen.reason.value}{against})"
            )
        )
    if explanation.doubts:
        lines.append("may be the same (hotpass review):")
        lines += [
            inert(f"  {doubt.left} and {doubt.right}: {doubt.why.value}; {evidence_said(doubt.evidence)}")
            for doubt in explanation.doubts
        ]
    return lines


def explanation_document(refined: Refined, number: int, explanation: Explanation) -> dict[str, object]:
    """The same as plain values."""
    organisation = refined.organisations[number]
    return {
        "organization_id": organisation.id,
        "merged_ids": list(organisation.merged),
        "rows": [
            {"address": refined.prepared.cells_of(row, "name")[0], "record": str(ref)}
            for row, ref in explanation.rows
        ],
        "evidence": [
            {
                "left": refined.prepared.cells_of(each.left, "name")[0],
                "right": refined.prepared.cells_of(each.right, "name")[0],
                "because": each.because,
                "probability": each.probability,
                "grades": [[grade.comparison, grade.label, grade.weight] for grade in each.grades],
            }
            for each in explanation.evidence
        ],
        "values": [
            {
                "field": chosen.field,
                "value": str(chosen.value),
                "cells": list(refined.prepared.cells_of(chosen.row, chosen.field, chosen.value)),
                "reason": chosen.reason.value,
                "others": len(chosen.others),
            }
            for chosen in explanation.values
        ],
        "doubts": [
            {"left": str(each.left), "right": str(each.right), "why": each.why.value}
            for each in explanation.doubts
        ],
    }


def evidence_said(evidence: Evidence) -> str:
    """Why two rows are one, in words."""
    if evidence.because == "copy":
        return "they say the same"
    if evidence.because == "decided":
        return "somebody decided so"
    grades = [each for each in evidence.grades[1:] if abs(each.weight) >= 0.05]
    said = ", ".join(f"{each.label} {each.weight:+.1f}" for each in grades) or "not compared"
    sure = "" if evidence.probability is None else f" → {evidence.probability:.0%} sure"
    return f"{said}{sure}"


def pair_lines(pair: Pair, number: int, count: int, paint: Paint = plain) -> list[str]:
    """An uncertain pair: why it is one, and the two records side by side."""
    doubt = pair.doubt
    head = f"pair {number:,} of {count:,}  {doubt.why.value}"
    return [
        "",
        paint("bold", head),
        inert(f"  {evidence_said(doubt.evidence)}"),
        *columns_side_by_side(pair.left, pair.right, paint),
    ]


def pair_document(pair: Pair) -> dict[str, object]:
    """The same as plain values, with the columns of the file of decisions."""
    doubt = pair.doubt
    return {
        "left_source": doubt.left.source,
        "left_record": doubt.left.record,
        "right_source": doubt.right.source,
        "right_record": doubt.right.record,
        "why": doubt.why.value,
        "probability": doubt.evidence.probability,
        "left": dict(pair.left),
        "right": dict(pair.right),
    }


def point_line(result: PointResult, paint: Paint = plain) -> str:
    """What became of a point of a backfill."""
    colours = {"released": "green", "failed": "red"}
    state = f"{result.state:<9}"
    state = paint(colours[result.state], state) if result.state in colours else state
    said = result.tag or result.version or result.reason
    return f"{result.date}  {state}  {inert(result.point)}" + (f"  {inert(said)}" if said else "")


def point_document(result: PointResult) -> dict[str, object]:
    """The same as plain values."""
    names = ("point", "date", "state", "version", "tag", "reason")
    return {name: getattr(result, name) for name in names}


def _cut(text: str) -> str:
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1]}…"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def columns_side_by_side(
    left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], paint: Paint = plain
) -> list[str]:
    """Two records in two columns, field by field; where they differ, the line begins with ``≠`` and is marked."""
    names = [name for name, _ in left]
    wide = max([len(name) for name in names], default=0)
    room = max([*(min(len(value), 38) for _, value in left), 4])
    lines = []
    for (name, one), (_, other) in zip(left, right, strict=True):
        if not one and not other:
            continue
        # Two records always begin in two cells.
        differs = bool(one and other and one != other) and name != "cell"
        sign = "≠" if differs else "=" if one == other else " "
        text = f"{sign} {name:<{wide}}  {_fit(one, room):<{room}}  {_fit(other, room)}"
        lines.append(paint("yellow", inert(text)) if differs else inert(text))
    return lines


def _fit(text: str, room: int) -> str:
    flat = " / ".join(text.splitlines())
    return flat if len(flat) <= room else f"{flat[: room - 1]}…"
