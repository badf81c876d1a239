"""A comparison for a terminal: one paragraph, then the first changes as a table. Inert, and as wide as the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from hotpass.compare.changes import CellChange, Comparison, Kind, RowChange
from hotpass.compare.policy import Decision
from hotpass.report.comparison.marking import windows
from hotpass.report.comparison.sample import logged_count, take_sample
from hotpass.report.comparison.wording import WORDS, number, summary
from hotpass.report.text import Paint, inert, table_lines, width_of

FIRST = 20
"""How many changes the table shows."""
_HEAD = ("where", "key", "column", "old", "new")
_LEAST = (12, 6, 8, 12, 12)
_LONGEST = 400
_COLOUR = {Kind.ROWS_ADDED: "green", Kind.ROWS_REMOVED: "red", Kind.DUPLICATES_REMOVED: "red"}


def comparison_lines(
    comparison: Comparison, decision: Decision, paint: Paint, *, width: int | None = None, limit: int = FIRST
) -> list[str]:
    """A comparison in words, then its first changes, cut to ``width`` columns (as wide as the terminal, or 100).

    ``limit`` is the number of cells and rows; they are spread over tables and kinds.
    """
    width = width or shutil.get_terminal_size((100, 24)).columns
    lines = _wrapped(" ".join(summary(comparison, decision)), width)
    for note in comparison.notes:
        lines += [paint("dim", line) for line in _wrapped(f"note: {note}", width)]
    if table := _table(comparison, paint, width, limit):
        lines += ["", *table]
    return lines


def _table(comparison: Comparison, paint: Paint, width: int, limit: int) -> list[str]:
    samples = take_sample(comparison, limit, stored=True)
    changes: list[CellChange | RowChange] = []
    for sample in samples:
        changes += [*sample.cells, *sample.rows]
    if not changes:
        return []
    rows = [_cell(change) if isinstance(change, CellChange) else _row(change) for change in changes]
    shown = _fitted([_HEAD, *rows], width)
    head, *body = table_lines(shown)
    lines = [paint("dim", head)]
    for change, line in zip(changes, body, strict=True):
        colour = _COLOUR.get(change.kind)
        lines.append(paint(colour, line) if colour else line)
    total = sum(map(logged_count, comparison.tables))
    told = sum(change.count if isinstance(change, RowChange) else 1 for change in changes)
    if total > told:
        lines.append(
            paint(
                "dim", f"{number(total - told)} more; all of them: --csv FILE, to look through: --html FILE"
            )
        )
    return lines


def _cell(change: CellChange) -> tuple[str, ...]:
    where = change.new_at or change.old_at
    return where, _key(change.key), change.column, _value(change.old), _value(change.new)


def _row(change: RowChange) -> tuple[str, ...]:
    what = f"({WORDS[change.kind].short}{f', {change.count} times' if change.count > 1 else ''})"
    values = ", ".join(f"{name}: {value}" for name, value in change.values if value is not None)
    sides = ("", values) if change.kind is Kind.ROWS_ADDED else (values, "")
    return change.at, _key(change.key), what, *sides


def _key(key: Sequence[str]) -> str:
    return " · ".join(key) or "-"


def _value(value: str | None) -> str:
    """A value as it can be told from a blank, from empty text and from one with blanks around it."""
    if value is None:
        return "(blank)"
    if not value or value != value.strip() or value == "(blank)" or value.startswith('"'):
        return f'"{value}"'
    return value


def _fitted(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Cut cells so that a row fits: the widest column gives way first, as far as its least width."""
    rough = [
        _cut_row(
            [inert(cell[-_LONGEST:] if place == 0 else cell[:_LONGEST]) for place, cell in enumerate(row)],
            row,
        )
        for row in rows
    ]
    widths = [max(width_of(row[column]) for row in rough) for column in range(len(_HEAD))]
    least = [min(least, natural) for least, natural in zip(_LEAST, widths, strict=True)]
    too_much = sum(widths) + 2 * (len(widths) - 1) - width
    while too_much > 0:
        widest = max(range(len(widths)), key=lambda column: widths[column] - least[column])
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
        too_much -= 1
    return [_row_cut_to(widths, row) for row in rough]


def _cut_row(shown: list[str], row: Sequence[str]) -> list[str]:
    """Long values are cut around their first difference before anything is measured."""
    old, new = windows(row[3], row[4], _LONGEST)
    for column, piece in ((3, old), (4, new)):
        shown[column] = f"{'…' if piece.before else ''}{inert(piece.text)}{'…' if piece.after else ''}"
    return shown


def _row_cut_to(widths: Sequence[int], row: Sequence[str]) -> list[str]:
    where, key, column, old, new = row
    if old and new and (width_of(old) > widths[3] or width_of(new) > widths[4]):
        first, second = windows(old, new, max(min(widths[3:]) - 2, 1))
        old, new = (
            f"{'…' if side.before else ''}{side.text}{'…' if side.after else ''}" for side in (first, second)
        )
    return [
        _cut(where, widths[0], keep_end=True),
        _cut(key, widths[1]),
        _cut(column, widths[2]),
        _cut(old, widths[3]),
        _cut(new, widths[4]),
    ]


def _cut(text: str, width: int, *, keep_end: bool = False) -> str:
    """A text of at most ``width`` columns, with an ellipsis where something is missing."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[1:] if keep_end else text[:-1]
    return f"…{text}" if keep_end else f"{text}…"


def _wrapped(text: str, width: int) -> list[str]:
    # Loaded here: it would be a part of every command's start-up.
    import textwrap

    return textwrap.wrap(inert(text), max(width, 20), break_long_words=False, break_on_hyphens=False)
