"""Which kind of change asks for which bump: the rule as a table (DATA-SEMVER), and its use. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from hotpass.compare.changes import Change, Kind
from hotpass.versioning.version import Bump

BUMP_FOR: Mapping[Kind, Bump] = {
    Kind.CELLS_CHANGED: Bump.PATCH,
    Kind.CELLS_FILLED: Bump.PATCH,
    Kind.CELLS_EMPTIED: Bump.PATCH,
    Kind.BLANKS_RESTYLED: Bump.PATCH,
    Kind.FORMULAS_CHANGED: Bump.PATCH,
    Kind.DUPLICATES_REMOVED: Bump.PATCH,
    Kind.ROWS_ADDED: Bump.MINOR,
    Kind.ROWS_REMOVED: Bump.MAJOR,
    Kind.COLUMN_ADDED: Bump.MINOR,
    Kind.COLUMN_REMOVED: Bump.MAJOR,
    Kind.COLUMN_RENAMED: Bump.MAJOR,
    Kind.COLUMN_RETYPED: Bump.MAJOR,
    Kind.COLUMNS_REORDERED: Bump.MINOR,
    Kind.KEY_CHANGED: Bump.MAJOR,
    Kind.TABLE_ADDED: Bump.MINOR,
    Kind.TABLE_REMOVED: Bump.MAJOR,
    Kind.TABLE_RENAMED: Bump.MAJOR,
    Kind.FORMAT_CHANGED: Bump.MAJOR,
    Kind.FILE_CHANGED: Bump.PATCH,
    Kind.FILE_ADDED: Bump.MINOR,
    Kind.FILE_REMOVED: Bump.MAJOR,
    Kind.FILE_RENAMED: Bump.MAJOR,
    Kind.DESCRIPTION_CHANGED: Bump.PATCH,
}
"""The rule where nothing else is configured."""

_ORDER = (Bump.PATCH, Bump.MINOR, Bump.MAJOR)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a bump is asked for: a change and what the rule says of it."""

    change: Change
    bump: Bump


@dataclass(frozen=True)
class Decision:
    """The bump that changes ask for, None where nothing changed; ``reasons`` with the highest bump first."""

    bump: Bump | None
    reasons: tuple[Reason, ...]


def decide(
    changes: Iterable[Change], rules: Mapping[Kind, Bump] | None = None, asides: Collection[str] = ()
) -> Decision:
    """The highest bump that any change asks for; ``rules`` overrides single kinds.

    ``asides`` are tables that tell about the data and are none: whatever changes there asks for a patch.
    """
    rule = {**BUMP_FOR, **(rules or {})}
    reasons = [
        Reason(change, Bump.PATCH if change.table in asides else rule[change.kind]) for change in changes
    ]
    reasons.sort(key=lambda reason: -_ORDER.index(reason.bump))
    return Decision(reasons[0].bump if reasons else None, tuple(reasons))


def is_enough(given: Bump, asked: Bump | None) -> bool:
    """Whether a bump is at least the one asked for."""
    return asked is None or _ORDER.index(given) >= _ORDER.index(asked)
