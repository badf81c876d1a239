"""What changed, in plain words: for every kind of change how it is said, and the paragraph that sums up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hotpass.compare.changes import Change, Comparison, Kind, TableComparison
from hotpass.compare.policy import Decision

CELL_KINDS = frozenset({Kind.CELLS_CHANGED, Kind.CELLS_FILLED, Kind.CELLS_EMPTIED, Kind.BLANKS_RESTYLED})
"""Kinds that a log yields cell by cell. Formulas are counted and addressed; no value of theirs differs."""
ROW_KINDS = frozenset({Kind.ROWS_ADDED, Kind.ROWS_REMOVED, Kind.DUPLICATES_REMOVED})
"""Kinds that a log yields row by row."""

NAMED_AT_MOST = 3
"""How many tables, columns or files a sentence names before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Words:
    """A kind in words: of one, of many, and of one cell or row of it."""

    one: str
    many: str
    short: str


WORDS: Mapping[Kind, Words] = {
    Kind.CELLS_CHANGED: Words("cell changed", "cells changed", "changed"),
    Kind.CELLS_FILLED: Words("blank filled", "blanks filled", "filled"),
    Kind.CELLS_EMPTIED: Words("cell emptied", "cells emptied", "emptied"),
    Kind.BLANKS_RESTYLED: Words(
        "blank turned into empty text or back", "blanks turned into empty text or back", "blank or empty text"
    ),
    Kind.FORMULAS_CHANGED: Words(
        "formula changed, its value did not", "formulas changed, their values did not", "formula"
    ),
    Kind.DUPLICATES_REMOVED: Words("duplicate row removed", "duplicate rows removed", "duplicate removed"),
    Kind.ROWS_ADDED: Words("row added", "rows added", "row added"),
    Kind.ROWS_REMOVED: Words("row removed", "rows removed", "row removed"),
    Kind.COLUMN_ADDED: Words("column added", "columns added", "column added"),
    Kind.COLUMN_REMOVED: Words("column removed", "columns removed", "column removed"),
    Kind.COLUMN_RENAMED: Words("column renamed", "columns renamed", "column renamed"),
    Kind.COLUMN_RETYPED: Words("column of another type", "columns of another type", "column retyped"),
    Kind.COLUMNS_REORDERED: Words("column moved", "columns moved", "columns moved"),
    Kind.KEY_CHANGED: Words("key changed", "keys changed", "key changed"),
    Kind.TABLE_ADDED: Words("table added", "tables added", "table added"),
    Kind.TABLE_REMOVED: Words("table removed", "tables removed", "table removed"),
    Kind.TABLE_RENAMED: Words("table renamed", "tables renamed", "table renamed"),
    Kind.FORMAT_CHANGED: Words("file format changed", "file formats changed", "format changed"),
    Kind.FILE_CHANGED: Words("file changed", "files changed", "file changed"),
    Kind.FILE_ADDED: Words("file added", "files added", "file added"),
    Kind.FILE_REMOVED: Words("file removed", "files removed", "file removed"),
    Kind.FILE_RENAMED: Words("file renamed", "files renamed", "file renamed"),
    Kind.DESCRIPTION_CHANGED: Words("description changed", "descriptions changed", "description changed"),
}
_RENAMES = frozenset({Kind.COLUMN_RENAMED, Kind.TABLE_RENAMED, Kind.FILE_RENAMED})
_ABOUT_COLUMNS = frozenset(
    {Kind.COLUMN_ADDED, Kind.COLUMN_REMOVED, Kind.COLUMN_RETYPED, Kind.COLUMNS_REORDERED, Kind.KEY_CHANGED}
)
_ABOUT_WHOLES = frozenset(
    {Kind.TABLE_ADDED, Kind.TABLE_REMOVED, Kind.FILE_ADDED, Kind.FILE_REMOVED, Kind.FILE_CHANGED}
)
_CHOSEN: Mapping[str, str] = {
    "given": "as asked for",
    "configured": "as configured",
    "profile": "the profile's id",
    "found": "found by looking",
}


def number(count: int) -> str:
    """A count with thousands set apart."""
    return f"{count:,}"


def counted(kind: Kind, count: int) -> str:
    """How many of a kind: "3 rows added"."""
    return f"{number(count)} {WORDS[kind].one if count == 1 else WORDS[kind].many}"


def brief(text: str, room: int = 60) -> str:
    """A name as a sentence can hold it."""
    return text if len(text) <= room else f"{text[: room - 1]}…"


def named(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    more = len(names) - NAMED_AT_MOST
    few = ", ".join(map(brief, names[:NAMED_AT_MOST]))
    return f"{few} and {number(more)} more" if more > 0 else few


def about(change: Change) -> str:
    """What a count cannot say: names, old → new, types. Empty where there is nothing to add."""
    if change.kind in _RENAMES and len(change.columns) == 2:
        said = " → ".join(map(brief, change.columns))
    elif change.kind in _ABOUT_COLUMNS:
        said = named(change.columns)
    elif change.kind in _ABOUT_WHOLES:
        said = brief(change.table)
    else:
        said = ""
    detail = brief(change.detail, 200)
    return f"{said}, {detail}" if said and detail else said or detail


def phrase(change: Change) -> str:
    """A change in a few words: "1 column renamed (tel → phone)"."""
    more = about(change)
    return f"{counted(change.kind, change.count)} ({more})" if more else counted(change.kind, change.count)


def table_name(name: str) -> str:
    """A table as a heading says it, the nameless one included."""
    return name or "the table"


def rows_said(table: TableComparison) -> str:
    """Row counts: "120 → 141 rows"."""
    old, new = (None if count is None else number(count) for count in table.rows)
    if old is None or new is None:
        return f"{new if old is None else old} rows" if (old or new) else ""
    return f"{old} rows" if old == new else f"{old} → {new} rows"


def key_said(table: TableComparison) -> str:
    """The key and how it was chosen: "site_id (found by looking: unique on both sides)"."""
    key = table.key
    if key.origin == "none" or not key.columns:
        return f"no key ({brief(key.detail, 200)})" if key.detail else "no key"
    how = _CHOSEN.get(key.origin, key.origin)
    detail = f": {brief(key.detail, 200)}" if key.detail else ""
    return f"{' + '.join(map(brief, key.columns))} ({how}{detail})"


def both(comparison: Comparison) -> str:
    """The two sides as a title."""
    return f"{brief(comparison.old, 120)} → {brief(comparison.new, 120)}"


def summary(comparison: Comparison, decision: Decision) -> list[str]:
    """The sentences of the paragraph: what changed and where, the bump and why, the key and how it was chosen."""
    sides = both(comparison)
    if comparison.is_same:
        how = "the bytes are the same" if comparison.same_bytes else "the content is the same in other bytes"
        said = [f"{sides}: no change; {how}.", *_resorted(comparison)]
        return [*said, "This asks for no bump."]
    said = [f"{sides}: {_what(comparison)}."]
    first = next((place for change in comparison.all_changes for place in change.where), "")
    if first:
        said.append(f"The first is at {brief(first, 120)}.")
    return [*said, _why(decision), *_keys(comparison), *_resorted(comparison)]


def _what(comparison: Comparison) -> str:
    changed = [table for table in comparison.tables if table.changes]
    said = ["; ".join(_totals(comparison.changes))] if comparison.changes else []
    if len(changed) > NAMED_AT_MOST:
        every = [change for table in changed for change in table.changes]
        said.append(f"{', '.join(_totals(every))} in {len(changed)} tables")
    else:
        for table in changed:
            place = f" in {brief(table.name)}" if table.name else ""
            rows = f" ({rows_said(table)})" if rows_said(table) else ""
            said.append(f"{', '.join(_totals(table.changes))}{place}{rows}")
    return "; ".join(said)


def _totals(changes: Iterable[Change]) -> list[str]:
    """One phrase a kind, in the order in which the kinds first appear."""
    by_kind: dict[Kind, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    said = []
    for kind, same in by_kind.items():
        more = [text for text in map(about, same) if text]
        total = counted(kind, sum(change.count for change in same))
        said.append(f"{total} ({named(more)})" if more else total)
    return said


def _why(decision: Decision) -> str:
    if decision.bump is None:
        return "This asks for no bump."
    kinds = dict.fromkeys(reason.change.kind for reason in decision.reasons if reason.bump is decision.bump)
    causes = ", ".join(WORDS[kind].many for kind in kinds)
    return f"This asks for a {decision.bump.value} bump: {causes}."


def _keys(comparison: Comparison) -> list[str]:
    by_key: dict[str, list[str]] = {}
    keyless: list[str] = []
    for table in comparison.tables:
        if table.changes and None not in table.rows:
            if table.key.columns:
                by_key.setdefault(key_said(table), []).append(table_name(table.name))
            else:
                keyless.append(table_name(table.name))
    if len(by_key) > NAMED_AT_MOST:
        several = sum(map(len, by_key.values()))
        by_key = {f"the key of each, {len(by_key)} in all": [f"{several} tables"]}
    alone = len(by_key) + bool(keyless) == 1
    said = [
        f"Rows {'' if alone else f'of {named(tables)} '}are told apart by {key}."
        for key, tables in by_key.items()
    ]
    if keyless:
        said.append(
            f"No key tells the rows {'' if alone else f'of {named(keyless)} '}apart, so a changed row counts as one "
            "removed and one added; name a key with --key."
        )
    return said


def _resorted(comparison: Comparison) -> list[str]:
    names = [table_name(table.name) for table in comparison.tables if table.resorted]
    return [f"Rows of {named(names)} are in another order, which is no change."] if names else []
