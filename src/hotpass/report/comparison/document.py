"""A comparison as one JSON document: every count, and the first of the changes themselves."""

from __future__ import annotations

from typing import Any

from hotpass.compare.changes import Change, Comparison, RowChange, TableComparison
from hotpass.compare.policy import Decision
from hotpass.report.comparison.sample import count_of
from hotpass.report.comparison.wording import CELL_KINDS, ROW_KINDS
from hotpass.report.document import value_document

LIMIT = 100
"""How many cells, and how many rows, the document holds of each table."""


def comparison_document(comparison: Comparison, decision: Decision, *, limit: int = LIMIT) -> str:
    """A comparison as one line of JSON (``format`` 1, as every document).

    Counts are of everything. ``cells`` and ``rows_changed`` are at most ``limit`` a table; ``complete`` says whether
    that is all of the table's. A blank is null, and empty text is ``""``.
    """
    totals: dict[str, int] = {}
    for change in comparison.all_changes:
        totals[change.kind.value] = totals.get(change.kind.value, 0) + change.count
    tables = [_table(table, limit) for table in comparison.tables]
    return value_document(
        "compare",
        old=comparison.old,
        new=comparison.new,
        same=comparison.is_same,
        same_bytes=comparison.same_bytes,
        bump=decision.bump.value if decision.bump else None,
        reasons=[{"bump": reason.bump.value, **_change(reason.change)} for reason in decision.reasons],
        totals=totals,
        changes=[_change(change) for change in comparison.changes],
        tables=tables,
        limit=limit,
        complete=all(table["complete"] for table in tables),
        notes=list(comparison.notes),
    )


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "table": change.table,
        "count": change.count,
        "columns": list(change.columns),
        "detail": change.detail,
        "where": list(change.where),
    }


def _table(table: TableComparison, limit: int) -> dict[str, Any]:
    cells, rows = table.cells[:limit], table.rows_changed[:limit]
    complete = len(cells) == count_of(table, CELL_KINDS) and sum(row.count for row in rows) == count_of(
        table, ROW_KINDS
    )
    return {
        "name": table.name,
        "rows": {"old": table.rows[0], "new": table.rows[1]},
        "key": {"columns": list(table.key.columns), "origin": table.key.origin, "detail": table.key.detail},
        "resorted": table.resorted,
        "changes": [_change(change) for change in table.changes],
        "cells": [
            {
                "kind": cell.kind.value,
                "key": list(cell.key),
                "column": cell.column,
                "old": cell.old,
                "new": cell.new,
                "old_at": cell.old_at,
                "new_at": cell.new_at,
            }
            for cell in cells
        ],
        "rows_changed": [_row(row) for row in rows],
        "complete": complete,
    }


def _row(row: RowChange) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "key": list(row.key),
        "values": dict(row.values),
        "at": row.at,
        "count": row.count,
    }
