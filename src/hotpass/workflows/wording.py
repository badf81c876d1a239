"""Changes in words that may go into git: counts, names of tables and columns, addresses; never a cell's value. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hotpass.compare.changes import Change, Kind
from hotpass.compare.policy import Reason

_NAMES = 3
_NAME_LIMIT = 60
_LINE_LIMIT = 400
_KINDS_LIMIT = 200
_COLUMNS_LIMIT = 100
_KEPT_NAME = 200

# What is said of each kind: of one, of several. ``{n}`` is the count, ``{columns}`` the columns, ``{what}`` table or file.
_SAID: dict[Kind, tuple[str, str]] = {
    Kind.CELLS_CHANGED: ("1 cell changed", "{n} cells changed"),
    Kind.CELLS_FILLED: ("1 cell filled", "{n} cells filled"),
    Kind.CELLS_EMPTIED: ("1 cell emptied", "{n} cells emptied"),
    Kind.BLANKS_RESTYLED: (
        "1 cell went from blank to empty text or back",
        "{n} cells went from blank to empty text or back",
    ),
    Kind.FORMULAS_CHANGED: ("1 formula changed", "{n} formulas changed"),
    Kind.DUPLICATES_REMOVED: ("1 duplicate row removed", "{n} duplicate rows removed"),
    Kind.ROWS_ADDED: ("1 row added", "{n} rows added"),
    Kind.ROWS_REMOVED: ("1 row removed", "{n} rows removed"),
    Kind.COLUMN_ADDED: ("column {columns} added", "columns {columns} added"),
    Kind.COLUMN_REMOVED: ("column {columns} removed", "columns {columns} removed"),
    Kind.COLUMN_RENAMED: ("column {columns} renamed", "columns {columns} renamed"),
    Kind.COLUMN_RETYPED: ("column {columns} has another type", "columns {columns} have other types"),
    Kind.COLUMNS_REORDERED: ("columns are in another order", "columns are in another order"),
    Kind.KEY_CHANGED: ("the key is another", "the key is another"),
    Kind.TABLE_ADDED: ("table {what} added", "{n} tables added"),
    Kind.TABLE_REMOVED: ("table {what} removed", "{n} tables removed"),
    Kind.TABLE_RENAMED: ("table {what} renamed", "{n} tables renamed"),
    Kind.FORMAT_CHANGED: ("the format is another", "the format is another"),
    Kind.FILE_CHANGED: ("file {what} changed", "{n} files changed"),
    Kind.FILE_ADDED: ("file {what} added", "{n} files added"),
    Kind.FILE_REMOVED: ("file {what} removed", "{n} files removed"),
    Kind.FILE_RENAMED: ("file {what} renamed", "{n} files renamed"),
    Kind.DESCRIPTION_CHANGED: ("description changed", "description changed"),
}
_IN_COLUMNS = frozenset(
    [
        Kind.CELLS_CHANGED,
        Kind.CELLS_FILLED,
        Kind.CELLS_EMPTIED,
        Kind.BLANKS_RESTYLED,
        Kind.FORMULAS_CHANGED,
        Kind.KEY_CHANGED,
    ]
)
_NAMES_ITS_TABLE = frozenset(kind for kind, said in _SAID.items() if "{what}" in said[0])


def phrase(change: Change) -> str:
    """A change in a few words, on one line."""
    one, many = _SAID[change.kind]
    words = (one if change.count == 1 else many).format(
        n=f"{change.count:,}", columns=_names(change.columns), what=_name(change.table) or "itself"
    )
    if change.kind is Kind.COLUMN_RENAMED and len(change.columns) == 2:
        words = f"column {_name(change.columns[0])} renamed to {_name(change.columns[1])}"
    in_columns = change.kind in _IN_COLUMNS and bool(change.columns)
    if in_columns:
        words += f" in {_names(change.columns)}"
    if change.table and change.kind not in _NAMES_ITS_TABLE:
        words += f" {'of' if in_columns else 'in'} {_name(change.table)}"
    return words + (f" ({_name(change.detail)})" if change.detail else "")


def reason_line(reason: Reason) -> str:
    """Why a bump is asked for: ``minor: 2 rows added (sites.csv!A7, sites.csv!A9)``."""
    where = [_name(address) for address in reason.change.where[:_NAMES]]
    places = f" at {', '.join(where)}" if where else ""
    return f"{reason.bump.value}: {phrase(reason.change)}{places}"


def summary(changes: Sequence[Change]) -> str:
    """All changes in one line."""
    line = ""
    for number, change in enumerate(changes):
        more = f"{'; ' if line else ''}{phrase(change)}"
        if len(line) + len(more) > _LINE_LIMIT and line:
            return f"{line}; and {len(changes) - number} more"
        line += more
    return line


def recorded(since: str, bump: str | None, reasons: Sequence[Reason]) -> dict[str, Any]:
    """The changes as a record holds them: since which release, the bump they ask for, and each with its count."""
    content: dict[str, Any] = {
        "since": since,
        "bump": bump,
        "kinds": [_kind(one) for one in reasons[:_KINDS_LIMIT]],
    }
    if len(reasons) > _KINDS_LIMIT:
        content["more"] = len(reasons) - _KINDS_LIMIT
    return content


def _kind(reason: Reason) -> dict[str, Any]:
    change = reason.change
    fields: dict[str, Any] = {
        "kind": change.kind.value,
        "bump": reason.bump.value,
        "table": change.table,
        "count": change.count,
        "columns": [short(name) for name in change.columns[:_COLUMNS_LIMIT]],
        "detail": short(change.detail),
        "where": list(change.where),
    }
    return {name: value for name, value in fields.items() if value not in ("", [])}


def short(name: str) -> str:
    """A name as a record holds it: whole, unless it is no name (a file without a header can have any)."""
    return name if len(name) <= _KEPT_NAME else f"{name[: _KEPT_NAME - 1]}…"


def _names(names: Iterable[str]) -> str:
    shown = [_name(name) for name in names]
    more = len(shown) - _NAMES
    return ", ".join(shown[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def _name(text: str) -> str:
    """A name on one line, whatever it holds: a tag is read line by line."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= _NAME_LIMIT else f"{plain[: _NAME_LIMIT - 1]}…"
