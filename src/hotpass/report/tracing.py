"""The story of a record as lines: a row a release, the cells that changed below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotpass.report.text import Paint, inert, table_lines

if TYPE_CHECKING:
    from hotpass.workflows import Traced, TracedCell, TraceEvent

_LONGEST = 200
_COLOURS = {"appeared": "green", "changed": "yellow", "vanished": "red"}
_HOW = {
    "given": "as asked for",
    "configured": "as hotpass.toml says",
    "recorded": "as the newest release's record says",
    "found": "found: it is unique and without blanks in the newest release",
}


def traced_lines(traced: Traced, paint: Paint) -> list[str]:
    """Which record it is and how it was told apart, what happened to it, and how many releases were looked at."""
    pairs = zip(traced.key.columns, traced.values, strict=True)
    named = ", ".join(f"{column} = {value}" for column, value in pairs)
    what = f", column {traced.column}" if traced.column is not None else ""
    lines = [
        inert(f"{traced.dataset}: {named}{what} (key {_HOW.get(traced.key.origin, traced.key.origin)})"),
        "",
    ]
    rows: list[tuple[str, ...]] = [("version", "date", "author", "what", "where", "description")]
    rows += [_row(event) for event in traced.events]
    head, *body = table_lines(rows)
    lines.append(paint("dim", head))
    for event, line in zip(traced.events, body, strict=True):
        lines.append(paint(_COLOURS[event.kind], line))
        lines += [f"  {inert(text)}" for text in _details(event, all_cells=traced.column is not None)]
    counts = [f"{traced.same} with the content of an older one" if traced.same else ""]
    counts += [
        f"{traced.known} remembered" if traced.known else "",
        f"{traced.read} read" if traced.read else "",
    ]
    looked = "1 release" if traced.releases == 1 else f"{traced.releases} releases"
    lines += ["", paint("dim", f"{looked}: {', '.join(filter(None, counts))}")]
    return lines


def _row(event: TraceEvent) -> tuple[str, ...]:
    places = event.at or event.before
    where = places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
    description = event.description.split("\n")[0] or "-"
    return event.version, event.date[:10], event.author, event.kind, where, description


def _details(event: TraceEvent, *, all_cells: bool) -> list[str]:
    """The cells, unless the whole record came or went; and where it comes from."""
    lines = []
    if event.rows > 1:
        lines.append(f"{event.rows} rows have this key: its cells cannot be told apart")
    shown = event.kind == "changed" or all_cells
    lines += [_cell(event, cell) for cell in event.cells if shown]
    if event.origin and not (shown and any(cell.origin for cell in event.cells)):
        lines.append(f"from {event.origin}")
    return lines


def _cell(event: TraceEvent, cell: TracedCell) -> str:
    values = {"appeared": [cell.new], "vanished": [cell.old]}.get(event.kind, [cell.old, cell.new])
    text = f"{cell.column}: {' → '.join(map(_value, values))}"
    if event.kind == "changed":
        text += f"  at {cell.at}" if cell.at else ""
    return f"{text}  from {cell.origin}" if cell.origin else text


def _value(value: str | None) -> str:
    if value is None:
        return "(blank)"
    if value == "":
        return '""'
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
