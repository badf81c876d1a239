"""Results as lines of text for a terminal. What came from a file or a user is made inert."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.versioning import (
        DatasetStatus,
        Examination,
        History,
        Initialised,
        Outcome,
        Restored,
        Shown,
        Status,
        Tracked,
    )
    from hotpass.workflows import Found

Paint = Callable[[str, str], str]
"""Puts a text in a colour: ``paint("red", "changed")``."""

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}
_REASONS = 10
# What a terminal could obey or show in another order than written (Unicode TR 36, bidirectional overrides).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(_colour: str, text: str) -> str:
    """No colour."""
    return text


def coloured(colour: str, text: str) -> str:
    """A text in a terminal's colour."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


def inert(text: str) -> str:
    """The text with control characters and direction overrides written out as escapes."""
    # Nothing that is written out is printable (str.isprintable: categories Other and Separator), so most need no look.
    if text.isprintable():
        return text
    return "".join(
        char if _is_inert(char) else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


def _is_inert(char: str) -> bool:
    code = ord(char)
    return not (
        code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or char in _BIDI or char in "\u2028\u2029"
    )


def amount(size: int | None) -> str:
    """Bytes as people say them."""
    if size is None:
        return "unknown size"
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if round(value, 1) < 1000 or unit == "GB":
            return f"{size} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{size} bytes"


def outcome_lines(outcome: Outcome) -> list[str]:
    """What a set, bump or tag did."""
    head = f"{outcome.dataset} {outcome.version}"
    if outcome.unchanged:
        return [inert(f"{outcome.dataset} already {outcome.version}  nothing changed since {outcome.tag}")]
    if outcome.already and not outcome.tag:
        kind = "is the draft already"
    elif outcome.dry_run:
        kind = f"would be released as {outcome.tag}" if outcome.tag else "would be a draft"
    elif outcome.already:
        kind = f"is released already as {outcome.tag}"
    elif outcome.tag:
        kind = f"released as {outcome.tag}"
    else:
        kind = "draft"
    line = f"{head}  {kind}  {_data(outcome.path, outcome.size, outcome.files)}"
    return [inert(line), *_reason_lines(outcome)]


def _reason_lines(outcome: Outcome) -> list[str]:
    """Which bump the data asks for, and why."""
    if outcome.asked is None:
        return []
    shown = [inert(f"  {reason}") for reason in outcome.reasons[:_REASONS]]
    more = len(outcome.reasons) - _REASONS
    return [
        f"asks for a {outcome.asked} after {outcome.since}:",
        *shown,
        *([f"  and {more} more"] if more > 0 else []),
    ]


def tracked_lines(tracked: Tracked) -> list[str]:
    """What an add did, and the whole command that records it."""
    state = "already tracked, unchanged" if tracked.already else "tracked"
    lines = [inert(f"{tracked.dataset}  {state}  {_data(tracked.path, tracked.size, tracked.files)}")]
    for path, rules in tracked.rules:
        lines += [inert(f"wrote to {path}: {rule}") for rule in rules]
    if tracked.to_add:
        lines.append(
            "record it:  git add " + " ".join(shell_word(_pathspec(path)) for path in tracked.to_add)
        )
    return lines


def restored_lines(restored: Restored) -> list[str]:
    """What a restore did."""
    state = "was there already" if restored.already else "restored"
    line = f"{restored.dataset} {restored.version}  {state}  {_data(restored.path, restored.size, restored.files)}"
    return [inert(line)]


def initialised_lines(done: Initialised) -> list[str]:
    """What an init did."""
    lines = [f"created {', '.join(done.created)}"] if done.created else ["DVC is initialised already"]
    if done.remote is not None:
        where = ".dvc/config.local, which git ignores" if done.local else ".dvc/config"
        lines.append(f"remote {done.remote} {'added to' if done.remote_added else 'is already in'} {where}")
    return lines


def status_lines(status: Status, paint: Paint) -> list[str]:
    """One row a dataset, its notes below it."""
    if not status.datasets:
        return ["nothing is tracked here yet"]
    rows: list[tuple[str, ...]] = [("dataset", "version", "release", "data", "commit", "published", "path")]
    rows += [_status_row(entry) for entry in status.datasets]
    lines = []
    for number, text in enumerate(table_lines(rows)):
        if number == 0:
            lines.append(paint("dim", text))
            continue
        entry = status.datasets[number - 1]
        lines.append(paint("red" if entry.damage else "yellow", text) if entry.differs else text)
        lines += [paint("dim", f"  {inert(note)}") for note in status_notes(entry)]
    if status.interrupted:
        lines.append("an interrupted run waits: the next writing command finishes it")
    return lines


def status_notes(entry: DatasetStatus) -> list[str]:
    """What a row cannot say."""
    notes = list(entry.notes)
    if entry.damage:
        notes.insert(0, f"{entry.path}.dvc is damaged: {entry.damage}")
    elif not entry.fits:
        notes.insert(
            0, f"{entry.version}, changed since: the pointer names other bytes than the version was given to"
        )
    return notes


def first_changes(changes: str, count: int = 2) -> str:
    """The first of several changes, and how many more there are: what fits on a line of a terminal."""
    parts = changes.split("; ")
    more = len(parts) - count
    return changes if more <= 0 else f"{'; '.join(parts[:count])}; {more} more"


def history_lines(history: History, paint: Paint) -> list[str]:
    """One row a release, its description at the end."""
    if not history.releases:
        return [f"{history.dataset} has no release yet"]
    rows: list[tuple[str, ...]] = [("version", "date", "author", "rows", "size", "changes", "description")]
    rows += [
        (
            entry.version,
            entry.date[:10],
            entry.author,
            "-" if entry.rows is None else str(entry.rows),
            "-" if entry.size is None else amount(entry.size),
            first_changes(entry.changes or "") or "-",
            entry.description.split("\n")[0] or "-",
        )
        for entry in history.releases
    ]
    head, *rest = table_lines(rows)
    lines = [paint("dim", head)]
    for entry, line in zip(history.releases, rest, strict=True):
        lines.append(paint("dim", line) if entry.withdrawn else line)
        lines += [paint("dim", inert(f"  withdrawn: {entry.withdrawn}"))] if entry.withdrawn else []
    return lines


def shown_lines(shown: Shown) -> list[str]:
    """A record, a field a line; tables and changes in words, what else is nested as JSON."""
    facts: dict[str, object] = {
        "tag": shown.tag,
        "released": shown.date,
        "author": shown.author,
        "commit": shown.commit,
        "withdrawn": shown.withdrawn,
    }
    fields = {**shown.record, **{name: value for name, value in facts.items() if value is not None}}
    width = max(len(name) for name in fields)
    lines = []
    for name, value in fields.items():
        if value is None or value in ("", {}, []) or name == "format":
            continue
        if name in _NESTED:
            lines += [inert(line) for line in _NESTED[name](name.ljust(width), value)]
            continue
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append(inert(f"{name.ljust(width)}  {said}"))
    return lines


def _tables_said(label: str, tables: Any) -> Iterator[str]:
    """The tables of a record, each with its columns below it."""
    yield f"{label.rstrip()}:"
    for table in tables:
        columns = table.get("columns") or []
        key = ", ".join(table.get("key") or [])
        said = [f"{table.get('rows')} rows", f"{len(columns)} columns", *([f"key {key}"] if key else [])]
        yield f"  {table.get('name') or '(one table)'}  {', '.join(said)}"
        rows = [(str(one.get("name")), str(one.get("type")), _blanks(one)) for one in columns]
        yield from (f"    {line}" for line in (table_lines(rows) if rows else []))


def _blanks(column: Mapping[str, Any]) -> str:
    blanks = column.get("blanks")
    return f"{blanks} blank" if blanks else ""


def _changes_said(label: str, changes: Any) -> Iterator[str]:
    """What changed since the release before, a kind a line."""
    yield f"{label.rstrip()}:  since {changes.get('since')}, asks for {changes.get('bump') or 'no bump'}"
    for one in changes.get("kinds") or []:
        of = " of ".join(
            part for part in (", ".join(one.get("columns") or []), one.get("table") or "") if part
        )
        where = ", ".join(one.get("where") or [])
        words = [
            str(one.get("count")),
            str(one.get("kind")).replace("_", " "),
            of,
            one.get("detail") or "",
            where,
        ]
        yield f"  {one.get('bump')}  {'  '.join(word for word in words if word)}"


_NESTED: dict[str, Callable[[str, Any], Iterator[str]]] = {"tables": _tables_said, "changes": _changes_said}


def identified_lines(found: Found) -> list[str]:
    """The releases that a file is; it says so where they have its content in other bytes."""
    how = "  same content, other bytes" if found.by == "content" else ""
    return [
        inert(
            f"{match.dataset} {match.version}  {match.tag}  "
            f"{match.path}{'/' + match.member if match.member else ''}{how}"
        )
        for match in found.matches
    ]


def examination_lines(found: Examination, paint: Paint) -> list[str]:
    """One row a finding, its cure below it, then the settings and where each came from."""
    colours = {"good": "green", "note": "yellow", "problem": "red"}
    lines = [paint("green", f"mended: {inert(line)}") for line in found.mended]
    rows = [(finding.subject, finding.state, finding.detail) for finding in found.findings]
    for finding, line in zip(found.findings, table_lines(rows), strict=True):
        lines.append(line if finding.state == "good" else paint(colours[finding.state], line))
        if finding.cure:
            lines.append(paint("dim", inert(f"  {finding.cure}")))
    settings = [(entry.name, str(entry.value), entry.origin) for entry in found.settings]
    return [*lines, "", *table_lines([("setting", "value", "from"), *settings])]


def _status_row(entry: DatasetStatus) -> tuple[str, ...]:
    number = entry.version or "-"
    return (
        entry.dataset,
        number if entry.fits or entry.damage else f"{number} (changed since)",
        "damaged" if entry.damage else entry.release,
        entry.data,
        "committed" if entry.committed else "not committed",
        entry.published if entry.release == "released" else "-",
        entry.path,
    )


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines, inert, each column as wide as its widest cell."""
    shown = [[inert(cell) for cell in row] for row in rows]
    widths = [max(width_of(row[column]) for row in shown) for column in range(len(shown[0]))]
    return [
        "  ".join(
            cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in shown
    ]


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _data(path: str, size: int | None, files: int | None) -> str:
    count = "" if files is None else f"{files} file{'' if files == 1 else 's'}, "
    return f"{path} ({count}{amount(size)})"


def shell_word(text: str) -> str:
    """A word as a POSIX shell needs it quoted."""
    safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./-_"
    if text and all(char in safe for char in text):
        return text
    if inert(text) != text:
        # What a terminal could obey is not shown as it is: POSIX.1-2024, dollar-single-quotes.
        return "$'" + "".join(_quoted(char) for char in text) + "'"
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _quoted(char: str) -> str:
    if _is_inert(char):
        return f"\\{char}" if char in "\\'" else char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))


def _pathspec(path: str) -> str:
    """A path as git takes it for exactly that file: no option, no wildcard, no magic."""
    if path.startswith(":") or any(char in path for char in "*?[\\"):
        return f":(literal){path}"
    return f"./{path}" if path.startswith("-") else path


def joined(lines: Iterable[str]) -> str:
    """Lines as one text."""
    return "".join(f"{line}\n" for line in lines)
