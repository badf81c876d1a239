"""What a workbook that ``refine`` wrote is known by, and which of its sheets are no data. Pure."""

from __future__ import annotations

from hotpass.compare.changes import Comparison

_DATA, _ID = "Data", ("organization_id",)
_SHEETS = frozenset(["Data", "Contacts", "Quarantine", "Summary"])
ASIDES = frozenset(["Quarantine", "Summary"])
"""The sheets that tell about the data: rows set aside, and numbers of the run."""


def asides_of(comparison: Comparison) -> frozenset[str]:
    """The tables whose changes are none of the data's: where both versions are refined workbooks, those of :data:`ASIDES`.

    A row that leaves the quarantine is no record that anybody loses.
    """
    names = {table.name for table in comparison.tables}
    keyed = any(table.name == _DATA and table.key.columns == _ID for table in comparison.tables)
    return ASIDES if keyed and names >= _SHEETS else frozenset()
