"""Two tables side by side in one engine, and the SQL of their cells. Knows SQL, runs none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hotpass.compare.matching import Matching, Shared
from hotpass.tables import Engine, Table, Type
from hotpass.tables.celltext import TAGS
from hotpass.tables.table import Column

CELL = "STRUCT(c INTEGER, o VARCHAR, n VARCHAR)[]"
"""Cells of one row. Of a row on both sides: shared column (from 0), old and new text. Else: own column (from 1), text."""

_AT_ONCE = 32


@dataclass(frozen=True)
class Sides:
    """The old and the new table, and which columns they share.

    ``raw``: both are delimited text whose types are not asked for yet; cells are compared as they stand there, and what
    differs is looked at again when types matter. Otherwise types are known and canonical texts are compared.
    """

    engine: Engine
    old: Table
    new: Table
    matching: Matching
    raw: bool

    def typed(self) -> Sides:
        """The same with all types decided, so that canonical texts are compared; costs a scan of each delimited side."""
        old, new = self.engine.decide_types(self.old), self.engine.decide_types(self.new)
        return replace(self, old=old, new=new, raw=False)

    def columns(self, pair: Shared) -> tuple[Column, Column]:
        """The old and the new column of a shared one."""
        return self.old.columns[pair.old - 1], self.new.columns[pair.new - 1]

    def compared(self, pair: Shared) -> tuple[str, str]:
        """SQL of the old and the new cell such that equal content, and nothing else, is equal.

        A column's type is decided once for both sides: text on one side makes both text, so that no cell of a retyped
        column is called changed that reads the same.
        """
        old, new = self.columns(pair)
        a, b = f"a.c{pair.old}", f"b.c{pair.new}"
        if self.raw:
            return a, b
        if Type.MIXED in (old.type, new.type):
            return self._tagged(old, a), self._tagged(new, b)
        if old.native and (old.native, old.type) == (new.native, new.type) and old.type is not Type.OTHER:
            return (
                a,
                b,
            )  # values of one type of one container are equal where their texts are, and compare faster
        if {old.type, new.type} == {Type.DATE, Type.DATETIME}:
            return self._with_time(old, a), self._with_time(new, b)
        numbers = {old.type, new.type} <= {Type.INTEGER, Type.NUMBER}
        if old.type is new.type or numbers or Type.EMPTY in (old.type, new.type):
            return self.engine.canonical(old, a), self.engine.canonical(new, b)
        return self._as_text(old, a), self._as_text(new, b)

    def contents(self, pair: Shared) -> tuple[str, str]:
        """The same as texts, for rows that are grouped by what is in them: -0.0 and 0.0 are one number and one text."""
        old, new = self.columns(pair)
        a, b = self.compared(pair)
        if old.native and a == f"a.c{pair.old}":
            return self.engine.canonical(old, a), self.engine.canonical(new, b)
        return a, b

    def _with_time(self, column: Column, cell: str) -> str:
        text = self.engine.canonical(column, cell)
        return f"{text} || ' 00:00:00'" if column.type is Type.DATE else text

    def _as_text(self, column: Column, cell: str) -> str:
        """A cell's text where the other side is of another type: as it stands there, if it is text of its own."""
        return self.engine.canonical(column, cell) if column.native else cell

    def _tagged(self, column: Column, cell: str) -> str:
        if column.type is Type.MIXED:
            return cell
        # Whole numbers are numbers there, and empty text is not marked: it fits every type.
        kind = Type.NUMBER if column.type is Type.INTEGER else column.type
        text = self.engine.canonical(column, cell)
        return f"CASE WHEN {text} = '' THEN '' ELSE '{TAGS.get(kind, 't')}:' || {text} END"

    def kept(self, column: Column, cell: str) -> str:
        """SQL of a cell's text as it is kept with a change; ``told`` makes it what a person is shown.

        Two steps, because the engine works out beforehand, for every row, what stands in a statement twice.
        """
        if column.type is Type.MIXED:
            return f"({cell})[3:]"
        return f"({cell})::VARCHAR" if column.native else cell

    def kept_pair(self, pair: Shared) -> tuple[str, str]:
        """SQL of the old and the new cell of a shared column as kept."""
        old, new = self.columns(pair)
        return self.kept(old, f"a.c{pair.old}"), self.kept(new, f"b.c{pair.new}")

    def told_cells(self, cells: str) -> str:
        """SQL of a row's kept cells, of a row that is on both sides, as a person is shown them."""
        pairs = dict(enumerate(self.matching.shared))
        olds = {number: self.columns(pair)[0] for number, pair in pairs.items()}
        news = {number: self.columns(pair)[1] for number, pair in pairs.items()}
        return self._told(cells, olds, news)

    def told_row(self, cells: str, *, is_new: bool) -> str:
        """The same for a row that is on one side."""
        table = self.new if is_new else self.old
        return self._told(cells, dict(enumerate(table.columns, 1)), {})

    def told_key(self, key: str, columns: Sequence[Column]) -> str:
        """The same for a row's key, whose columns on one side are these."""
        forms = [self._form(column, f"({key})[{n}]") for n, column in enumerate(columns, 1)]
        plain = all(form == f"({key})[{n}]" for n, form in enumerate(forms, 1))
        return key if plain else f"[{', '.join(forms)}]"

    def _told(self, cells: str, olds: Mapping[int, Column], news: Mapping[int, Column]) -> str:
        o, n = self._forms("x.o", olds), self._forms("x.n", news)
        if (o, n) == ("x.o", "x.n"):
            return cells
        return f"list_transform({cells}, lambda x: {{'c': x.c, 'o': {o}, 'n': {n}}})"

    def _forms(self, text: str, columns: Mapping[int, Column]) -> str:
        groups: dict[str, list[int]] = {}
        for number, column in columns.items():
            groups.setdefault(self._form(column, text), []).append(number)
        groups.pop(text, None)
        cases = " ".join(
            f"WHEN x.c IN ({', '.join(map(str, found))}) THEN {form}" for form, found in groups.items()
        )
        return f"CASE {cases} ELSE {text} END" if cases else text

    def _form(self, column: Column, text: str) -> str:
        if not column.native or column.type in (Type.TEXT, Type.INTEGER, Type.OTHER):
            return text
        # What is kept is text: a form that needs the number itself is not for it.
        native = "FLOAT" if column.native == "DOUBLE" else column.native
        return self.engine.canonical(replace(column, native=native), text)

    def row(self, table: Table, alias: str) -> str:
        """SQL of all cells of a row that is on one side only."""
        cells = (
            f"{{'c': {number}, 'o': {self.kept(column, f'{alias}.c{number}')}, 'n': NULL::VARCHAR}}"
            for number, column in enumerate(table.columns, 1)
        )
        return f"[{', '.join(cells)}]::{CELL}"

    def differing(self, pairs: Sequence[Shared]) -> tuple[str, str]:
        """SQL of whether any of the shared columns differs, and of the cells that do; numbers are those in ``shared``."""
        numbers = {pair: number for number, pair in enumerate(self.matching.shared)}
        tests, cells = [], []
        for pair in pairs:
            a, b = self.compared(pair)
            kept_a, kept_b = self.kept_pair(pair)
            tests.append(f"{a} IS DISTINCT FROM {b}")
            cells.append(
                f"CASE WHEN {tests[-1]} THEN [{{'c': {numbers[pair]}, 'o': {kept_a}, 'n': {kept_b}}}]::{CELL} END"
            )
        return " OR ".join(tests) or "false", _joined(cells)


def _joined(lists: Sequence[str]) -> str:
    """SQL of many lists in one. The engine takes quadratic time for it, so it gets few at once."""
    if len(lists) < 2:
        return lists[0] if lists else f"NULL::{CELL}"
    parts = [lists[at : at + _AT_ONCE] for at in range(0, len(lists), _AT_ONCE)]
    joined = [f"list_concat({', '.join(part)})" if len(part) > 1 else part[0] for part in parts]
    return _joined(joined)
