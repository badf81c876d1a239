"""Formulas that differ where values do not, for workbooks that were read with the text of their formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotpass.compare.changes import CellChange, Change, Kind
from hotpass.compare.finding import WHERE, Rows
from hotpass.tables import Table

# A reference to a cell, whose row moves with the formula unless there is a $ before it. Text in quotes is left alone,
# and so is a name that only looks like one (LOG10( is a function).
_REFERENCE = re.compile(r""""[^"]*"|'[^']*'|(\$?[A-Za-z]{1,3})(\$?)([0-9]+)(?![0-9A-Za-z_(.])""")


@dataclass(frozen=True, slots=True)
class FormulaChange:
    """A cell whose formula differs: its row on the new side, and the change."""

    row: int
    change: CellChange


def formula_changes(rows: Rows, pairs: str, *, addresses: bool) -> tuple[FormulaChange, ...]:
    """The formulas that differ on rows that both sides have, in the order of the new table; none if either was not read.

    A formula that moved with its row, and whose references moved along, is the same.
    """
    sides = rows.sides
    if not (sides.old.formulas and sides.new.formulas and rows.true_numbers):
        return ()
    found = []
    for old_row, new_row, key, number, before, after, value in sides.engine.execute(_query(rows, pairs)):
        old, new = sides.columns(sides.matching.shared[number])
        if before is not None and after is not None and shifted(before, new_row - old_row) == after:
            continue
        at = (sides.old.address(old_row, old), sides.new.address(new_row, new)) if addresses else ("", "")
        texts = (value if before is None else f"={before}", value if after is None else f"={after}")
        names = tuple(part or "" for part in key or ())
        found.append(FormulaChange(new_row, CellChange(Kind.FORMULAS_CHANGED, names, new.name, *texts, *at)))
    return tuple(found)


def counted(found: Sequence[FormulaChange]) -> list[Change]:
    """The same as one counted change."""
    if not found:
        return []
    columns = tuple(dict.fromkeys(one.change.column for one in found))
    where = tuple(one.change.new_at for one in found[:WHERE] if one.change.new_at)
    return [Change(Kind.FORMULAS_CHANGED, count=len(found), columns=columns, where=where)]


def merged(
    cells: Iterator[tuple[int, Sequence[CellChange]]], formulas: Sequence[FormulaChange]
) -> Iterator[CellChange]:
    """Cells by row and formulas, both in the order of the new table, as one."""
    at = 0
    for row, changes in cells:
        while at < len(formulas) and formulas[at].row < row:
            yield formulas[at].change
            at += 1
        yield from changes
    yield from (one.change for one in formulas[at:])


def shifted(formula: str, rows: int) -> str:
    """A formula as it reads so many rows further down."""

    def move(match: re.Match[str]) -> str:
        if match[1] is None or match[2]:
            return match[0]
        return f"{match[1]}{int(match[3]) + rows}"

    return _REFERENCE.sub(move, formula) if rows else formula


def _query(rows: Rows, pairs: str) -> str:
    """SQL of the shared cells with equal values whose formulas have different texts."""
    sides = rows.sides
    shared = list(enumerate(sides.matching.shared))
    olds = ", ".join(f"({pair.old}, {n})" for n, pair in shared) or "(0, 0)"
    news = ", ".join(f"({pair.new}, {n})" for n, pair in shared) or "(0, 0)"
    values = " ".join(f"WHEN {n} THEN {sides.kept_pair(pair)[1]}" for n, pair in shared)
    key = f"[{', '.join(f'({sides.kept_pair(pair)[1]})::VARCHAR' for pair in rows.key)}]::VARCHAR[]"
    both = (
        f"(SELECT coalesce(o.ra, n.ra) AS ra, coalesce(o.rb, n.rb) AS rb, coalesce(o.n, n.n) AS n, o.f AS fo, n.f AS fn FROM "
        f"({_formulas(sides.old, olds, pairs, 'ra')}) o FULL JOIN ({_formulas(sides.new, news, pairs, 'rb')}) n "
        "ON o.rb = n.rb AND o.n = n.n)"
    )
    changed = f"(SELECT ra, unnest(cells).c AS n FROM {rows.relation} WHERE kind = 'both')"
    return (
        f"SELECT f.ra, f.rb, {rows.told_key(key, is_new=True)}, f.n, f.fo, f.fn, CASE f.n {values or 'WHEN 0 THEN NULL'} END "
        f"FROM {both} f ANTI JOIN {changed} x ON f.ra = x.ra AND f.n = x.n "
        f"JOIN {sides.engine.numbered(sides.new)} b ON b.r = f.rb WHERE f.fo IS DISTINCT FROM f.fn ORDER BY f.rb, f.n"
    )


def _formulas(table: Table, places: str, pairs: str, own: str) -> str:
    """SQL of a side's formulas on paired rows, by the numbers of the shared columns."""
    return (
        f"SELECT p.ra, p.rb, m.n, f.f FROM {table.formulas} f JOIN (VALUES {places}) m(c, n) ON f.c = m.c "
        f"JOIN {pairs} p ON p.{own} = f.r WHERE p.ra IS NOT NULL AND p.rb IS NOT NULL"
    )
