"""What a run of ``refine`` decided: one JSON document, lines for a terminal, and one page that needs nothing else.

The page holds no script: it is read from top to bottom, the verdict first. Lists are cut and say by how much.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

from hotpass import files
from hotpass.compare.changes import Comparison
from hotpass.compare.policy import Decision
from hotpass.refine.findings import Findings
from hotpass.refine.validate import RuleResult, Severity
from hotpass.report.comparison.wording import WORDS, summary
from hotpass.report.document import FORMAT
from hotpass.report.page import Html, element, joined, link_within, look, page, shown
from hotpass.report.text import Paint, inert, plain

LISTED = 200
"""How many rows a list of the page holds before it says how many more there are."""
_ROOM = 300
"""The longest piece of a value that is shown."""
_LINES = 5

Cell = str | float | None


# --- JSON -------------------------------------------------------------------------------------------------------


def refinement_document(findings: Findings) -> str:
    """Everything that was decided as one line of JSON."""
    content = {"format": FORMAT, "verb": "refine", **asdict(findings)}
    content["passed"] = findings.passed
    for rule, result in zip(content["rules"], findings.rules, strict=True):
        rule["share"] = result.share
    return json.dumps(content, ensure_ascii=True, allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"no JSON for {type(value).__name__}")


# --- text -------------------------------------------------------------------------------------------------------


def refinement_lines(findings: Findings, paint: Paint = plain) -> list[str]:
    """The run in a few lines: numbers, what was left out, rules that fail, worst rows."""
    first = (
        f"{_count(findings.rows_in, 'row')} in {_count(len(findings.inputs), 'file')} → "
        f"{_count(findings.rows_out, 'record')}; {_number(findings.merged)} merged, "
        f"{_number(findings.quarantined)} in quarantine, {_number(findings.doubts)} to review"
    )
    lines = [first]
    lines += [
        f"left out: {inert(each.path)}: {inert(each.left_out)}" for each in findings.inputs if each.left_out
    ]
    if unmapped := findings.unmapped:
        names = ", ".join(inert(column.header) or "(blank)" for column in unmapped[:_LINES])
        lines.append(f"columns without a field: {names}{_rest(len(unmapped), _LINES)}")
    for result in findings.rules:
        if result.failed:
            colour = "red" if result.rule.severity is Severity.ERROR else "yellow"
            lines.append(
                f"{paint(colour, result.rule.severity.value)}: {inert(result.rule.name)}: {_share_said(result)}"
            )
            lines += [
                f"  {inert(breach.address)}: {inert(_cut(breach.value))} {inert(breach.reason)}"
                for breach in result.worst[:_LINES]
            ]
    lines.append(f"gate: {paint('green', 'passed') if findings.passed else paint('red', 'failed')}")
    return lines


# --- the page ---------------------------------------------------------------------------------------------------


def write_refinement_html(findings: Findings, path: Path, changes: Sequence[Html] = ()) -> None:
    """Write the page, whole or not at all; raises WriteError. The same findings make the same bytes."""
    files.check_replaceable(path)
    files.write_whole(path, refinement_page(findings, changes), files.new_token())


def comparison_part(comparison: Comparison, decision: Decision) -> list[Html]:
    """What changed since the last version, for the page: the sentences, and each kind of change with its first cell."""
    rows = [
        (
            WORDS[change.kind].many.capitalize(),
            change.table,
            float(change.count),
            change.where[0] if change.where else "",
        )
        for change in comparison.all_changes
    ]
    said = element("p", shown(" ".join(summary(comparison, decision))), class_="held")
    heads = ("Change", "Table", "Count", "First at")
    table = _table(heads, rows[:LISTED], "Changes of the data", numbers=(2,), addresses=(3,)) if rows else []
    more = [element("p", f"{_number(len(rows) - LISTED)} more.", class_="hint")] if len(rows) > LISTED else []
    return [said, *table, *more]


def refinement_page(findings: Findings, changes: Sequence[Html] = ()) -> bytes:
    """The page as bytes. ``changes`` is :func:`comparison_part` or other markup of this package."""
    blocks = [
        *_rules(findings),
        *_worst(findings),
        *_quarantine(findings),
        *_changes(findings, changes),
        *_merges(findings),
        *_conflicts(findings),
        *_flags(findings),
        *_columns(findings),
        *_inputs(findings),
        *_notes(findings),
    ]
    body = [
        link_within("rules-h", "Skip to the findings", class_="skip"),
        element("header", element("div", *_head(findings), class_="page"), class_="top"),
        element("main", *blocks, class_="page"),
        element(
            "footer",
            element("p", "Made by Hotpass. This page holds data: share it as you would share the data."),
            class_="page",
        ),
    ]
    return page("Refinement · Hotpass", joined(body), style=look("refinement.css"))


def _head(findings: Findings) -> list[Html]:
    verdict, tag = ("Gate passed", "added") if findings.passed else ("Gate failed", "removed")
    failed = [result for result in findings.rules if result.failed]
    said = "Every rule holds." if not failed else f"{_count(len(failed), 'rule')} not met."
    blocked = "" if findings.passed else " No release is made until the errors are gone."
    numbers: list[tuple[str, str]] = [
        ("rows in", _number(findings.rows_in)),
        ("rows merged into others", _number(findings.merged)),
        ("rows in quarantine", _number(findings.quarantined)),
        ("records out", _number(findings.rows_out)),
        ("pairs to review", _number(findings.doubts)),
        ("columns without a field", _number(len(findings.unmapped))),
    ]
    if findings.mean_score is not None:
        numbers.append(("mean quality, of 1", f"{findings.mean_score:.2f}"))
    figures = [element("div", element("dt", name), element("dd", value)) for name, value in numbers]
    asked = ""
    if findings.doubts:
        asked = f" {_count(findings.doubts, 'pair')} of rows may be one record: decide with hotpass review."
    return [
        element("p", "Hotpass ", element("span", "refinement"), class_="eyebrow"),
        element("h1", f"{_count(findings.rows_in, 'row')} became {_count(findings.rows_out, 'record')}"),
        element("p", element("strong", verdict, class_=f"tag {tag}"), class_="verdict"),
        element("p", f"{said}{blocked} Profile: ", shown(_cut(findings.profile)), f".{asked}", class_="lead"),
        element("dl", *figures, class_="figures"),
    ]


def _rules(findings: Findings) -> list[Html]:
    rows = [
        (
            "holds" if not result.failed else f"failed ({result.rule.severity.value})",
            result.rule.name,
            result.rule.field + (" (no such column)" if result.missing_column else ""),
            float(result.rows),
            float(result.broken),
            f"{result.share:.1%}",
            f"{result.rule.threshold:.0%}",
        )
        for result in sorted(findings.rules, key=lambda result: not result.failed)
    ]
    heads = ("Result", "Rule", "Field", "Rows", "Broken", "Share", "Asked for")
    return _listed("rules", "Rules", heads, rows, "No rules were given.", numbers=(3, 4, 5, 6))


def _worst(findings: Findings) -> list[Html]:
    rows = [
        (breach.address, result.rule.name, breach.value, breach.reason, breach.record)
        for result in findings.rules
        for breach in result.worst
    ]
    return _listed(
        "worst", "Worst rows", ("Cell", "Rule", "Value", "What is wrong", "Record"), rows, addresses=(0,)
    )


def _quarantine(findings: Findings) -> list[Html]:
    rows = [(row.address, row.name, row.reasons, row.record) for row in findings.quarantine]
    total = findings.quarantined
    return _listed(
        "quarantine", "Quarantine", ("Row", "Name", "Why", "Record"), rows, addresses=(0,), total=total
    )


def _changes(findings: Findings, changes: Sequence[Html]) -> list[Html]:
    ids = findings.identities
    if ids is None and not changes:
        return []
    inside: list[Html] = []
    since = f"since {findings.previous}" if findings.previous else "since the last version"
    if ids is not None:
        counts = [("kept", ids.kept), ("new", len(ids.new)), ("gone", len(ids.gone))]
        said = ", ".join(f"{_number(count)} {word}" for word, count in counts)
        inside.append(element("p", f"Organisations: {said}.", class_="held"))
        rows: list[tuple[Cell, ...]] = [("merged", ", ".join(each.ids), each.into) for each in ids.merges]
        rows += [("split", each.of, ", ".join(each.ids)) for each in ids.splits]
        inside += _table(("What", "Before", "Now"), rows, "Organisations merged and split") if rows else []
    return [_block("changes", f"Changes {since}", *inside, *changes)]


def _merges(findings: Findings) -> list[Html]:
    ordered = sorted(findings.merges, key=lambda merge: (-len(merge.rows), merge.record))
    rows = [(merge.name, float(len(merge.rows)), "\n".join(merge.rows), merge.record) for merge in ordered]
    return _listed(
        "merges", "Merged rows", ("Name", "Rows", "From", "Record"), rows, numbers=(1,), addresses=(2,)
    )


def _conflicts(findings: Findings) -> list[Html]:
    rows = [
        (
            each.field,
            each.value,
            each.address,
            each.reason,
            "\n".join(f"{v} ({a})" for v, a in each.others),
            each.record,
        )
        for each in findings.conflicts
    ]
    heads = ("Field", "Chosen", "Cell", "Why", "Others", "Record")
    return _listed("conflicts", "Conflicts", heads, rows, addresses=(2,))


def _flags(findings: Findings) -> list[Html]:
    rows = [(flag, float(count)) for flag, count in findings.flags]
    return _listed(
        "flags", "What was flagged, and not guessed", ("Column and reason", "Records"), rows, numbers=(1,)
    )


def _columns(findings: Findings) -> list[Html]:
    mapped = [
        (column.address, column.header, column.field, column.how, f"{column.confidence:.2f}")
        for column in findings.columns
        if column.field
    ]
    rest = [
        (column.address, column.header, column.suggestion, "kept as an extra" if column.kept else "left out")
        for column in findings.unmapped
    ]
    heads = ("Cell", "Column", "Field", "Known by", "Confidence")
    return [
        *_listed(
            "unmapped",
            "Columns without a field",
            ("Cell", "Column", "Perhaps", "What became of it"),
            rest,
            addresses=(0,),
        ),
        *_listed("columns", "Columns and fields", heads, mapped, numbers=(4,), addresses=(0,)),
    ]


def _inputs(findings: Findings) -> list[Html]:
    rows = [(each.path, float(each.rows), float(each.size), each.left_out) for each in findings.inputs]
    skipped = [(each.address, float(each.rows), each.reason) for each in findings.skipped]
    return [
        *_listed(
            "inputs", "Input files", ("File", "Rows", "Bytes", "Left out because"), rows, numbers=(1, 2)
        ),
        *_listed(
            "skipped",
            "Rows that are no records",
            ("Where", "Rows", "Why"),
            skipped,
            numbers=(1,),
            addresses=(0,),
        ),
    ]


def _notes(findings: Findings) -> list[Html]:
    notes = [(note,) for note in findings.notes]
    return _listed("notes", "Notes", ("Note",), notes)


# --- parts ------------------------------------------------------------------------------------------------------


def _listed(
    name: str,
    heading: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    nothing: str = "",
    **how: Any,
) -> list[Html]:
    """A heading and a table; nothing at all where there are no rows and nothing is to be said of that."""
    total = max(how.pop("total", 0), len(rows))
    if not rows:
        return [_block(name, heading, element("p", nothing, class_="empty"))] if nothing else []
    more = [element("p", f"{_number(total - LISTED)} more.", class_="hint")] if total > LISTED else []
    return [_block(name, heading, *_table(heads, rows[:LISTED], heading, **how), *more)]


def _table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    caption: str,
    numbers: Sequence[int] = (),
    addresses: Sequence[int] = (),
) -> list[Html]:
    kinds = [
        "number" if place in numbers else "address" if place in addresses else "value"
        for place in range(len(heads))
    ]
    head = element(
        "tr",
        *(
            element("th", text, scope="col", class_="number" if place in numbers else "")
            for place, text in enumerate(heads)
        ),
    )
    body = [
        element(
            "tr", *(element("td", _cell(value), class_=kind) for value, kind in zip(row, kinds, strict=True))
        )
        for row in rows
    ]
    table = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", head),
        element("tbody", *body),
        class_="findings",
    )
    return [element("div", table, class_="scroll tall", tabindex="0", role="region", aria_label=caption)]


def _cell(value: Cell) -> Html:
    if isinstance(value, float):
        return shown(_number(int(value)))
    # Lines of our own stay lines; a line break of the data is written out by shown().
    return joined(_with_breaks([shown(_cut(line)) for line in (value or "").split("\n")[:20]]))


def _with_breaks(lines: Sequence[Html]) -> Iterable[Html]:
    for place, line in enumerate(lines):
        if place:
            yield element("br")
        yield line


def _block(name: str, heading: str, *inside: Html) -> Html:
    return element(
        "section", element("h2", heading, id=f"{name}-h", tabindex="-1"), *inside, aria_labelledby=f"{name}-h"
    )


def _share_said(result: RuleResult) -> str:
    return (
        f"{result.share:.1%} of {_number(result.rows)} rows, where {result.rule.threshold:.0%} are asked for"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _ROOM else f"{text[:_ROOM]}…"


def _rest(count: int, listed: int) -> str:
    return f" and {_number(count - listed)} more" if count > listed else ""


def _count(count: int, what: str) -> str:
    return f"{_number(count)} {what}{'' if count == 1 else 's'}"


def _number(count: int) -> str:
    return f"{count:,}"
