"""A comparison as Markdown for a pull request: counts, names of tables and columns, addresses; never a cell's value."""

from __future__ import annotations

from collections.abc import Iterator

from hotpass.compare.changes import Comparison
from hotpass.compare.policy import Decision
from hotpass.report.comparison.wording import brief, rows_said, table_name
from hotpass.workflows.wording import reason_line

_LINES = 40
# Names come from the data: in a block of code they mention nobody, link nowhere and hold no markup.
_FENCE = "~" * 8


def comparison_markdown(title: str, comparison: Comparison, decision: Decision) -> str:
    """What changed, the bump it asks for and why, with the tables' rows. ``title`` is a dataset's name or a path."""
    return "\n".join([*_lines(title, comparison, decision), ""])


def _lines(title: str, comparison: Comparison, decision: Decision) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    if comparison.is_same:
        how = "the bytes are the same" if comparison.same_bytes else "the content is the same in other bytes"
        yield f"No change: {how}."
        return
    asked = f"a **{decision.bump.value}** bump" if decision.bump else "no bump"
    yield f"What changed asks for {asked}."
    yield ""
    yield _FENCE + "text"
    yield from (_plain(f"{old_new(comparison)}"),)
    reasons = [_plain(reason_line(reason)) for reason in decision.reasons]
    yield from reasons[:_LINES]
    if len(reasons) > _LINES:
        yield f"and {len(reasons) - _LINES} more"
    rows = [
        _plain(f"{brief(table_name(table.name))}: {rows_said(table)}")
        for table in comparison.tables
        if table.changes and rows_said(table)
    ]
    if rows:
        yield ""
        yield from rows[:_LINES]
    yield _FENCE


def old_new(comparison: Comparison) -> str:
    """The two sides as people named them, without the folders of a path."""
    names = [side.rpartition("/")[2] for side in (comparison.old, comparison.new)]
    return f"{brief(names[0], 120)} -> {brief(names[1], 120)}"


def _plain(text: str) -> str:
    """A line that stays one line, inside the block."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line.lstrip("~") if line.startswith(_FENCE) else line
