"""The changes of one table as markup: its columns, its cells side by side, its rows as grids with fixed keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hotpass.compare.changes import CellChange, Change, Kind, RowChange, TableComparison
from hotpass.report.comparison.marking import Part, Window, marked, window, windows
from hotpass.report.comparison.sample import TableSample, count_of
from hotpass.report.comparison.wording import (
    CELL_KINDS,
    ROW_KINDS,
    WORDS,
    about,
    brief,
    number,
    rows_said,
    table_name,
)
from hotpass.report.page import BREAK, NOTHING, Html, element, escape, joined, shown

ROOM = 600
"""The longest piece of a changed value that is shown; it holds the first difference."""
CELL_ROOM = 160
"""The longest piece of a value in a whole row."""
UNBROKEN = 18
"""Up to how many characters a key or a column's name stays on one line."""
GRID_COLUMNS = 40
"""How many columns of a whole row are shown."""
PRINTED = 9
"""How many columns of a whole row are printed; the style sheet knows it too."""
GRID_CELLS = 20_000
"""How many values of whole rows one table may show: what a browser lays out at once."""


@dataclass
class Section:
    """One table's part of the page; ``kinds`` and ``columns`` are what can be filtered by, token → words."""

    name: str
    token: str
    markup: Html = NOTHING
    changes: int = 0
    logged: int = 0
    kinds: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


class Tokens:
    """Short names for kinds and columns, the same for all tables of a page: what a filter compares."""

    def __init__(self) -> None:
        self._columns: dict[str, str] = {}

    @staticmethod
    def kind(kind: Kind) -> str:
        """The token of a kind."""
        return kind.value

    def column(self, name: str) -> str:
        """The token of a column's name: a number, since a name may be anything."""
        return self._columns.setdefault(name, f"c{len(self._columns)}")


def section(table: TableComparison, sample: TableSample | None, token: str, tokens: Tokens) -> Section:
    """Everything that is shown of a table."""
    made = Section(table.name, token)
    drawn = _Drawing(made, tokens)
    blocks = list(drawn.layout(table.changes))
    if sample is not None:
        if sample.cells:
            blocks.append(drawn.cells(table, sample.cells))
        for kind in (Kind.ROWS_ADDED, Kind.ROWS_REMOVED, Kind.DUPLICATES_REMOVED):
            rows = [row for row in sample.rows if row.kind is kind]
            if rows:
                blocks.append(drawn.rows(table, kind, rows))
    heading = element(
        "h3", shown(brief(table_name(table.name))), Html(" "), element("small", rows_said(table))
    )
    made.markup = element("section", heading, *blocks, class_="table", data_table=token)
    return made


class _Drawing:
    """Draws one table and counts what it draws."""

    def __init__(self, made: Section, tokens: Tokens) -> None:
        self.made = made
        self.tokens = tokens

    def item(self, kind: Kind, columns: Iterable[str], count: int = 1) -> dict[str, str]:
        """The attributes by which the script finds a change, after it was counted."""
        made = self.made
        made.changes += 1
        if kind in CELL_KINDS | ROW_KINDS:
            made.logged += count
        made.kinds.setdefault(self.tokens.kind(kind), WORDS[kind].many.capitalize())
        tokens = []
        for name in columns:
            tokens.append(self.tokens.column(name))
            made.columns.setdefault(tokens[-1], name)
        found = {"data_kind": self.tokens.kind(kind), "data_column": " ".join(tokens)}
        return found if count == 1 else {**found, "data_count": str(count)}

    def layout(self, changes: Sequence[Change]) -> Iterable[Html]:
        """What changed in the table's columns, key or name."""
        items = [
            element(
                "li",
                element("span", WORDS[change.kind].short.capitalize(), class_=f"tag {_tone(change.kind)}"),
                element("span", *_told(change)),
                **self.item(change.kind, change.columns),
            )
            for change in changes
            if change.kind not in CELL_KINDS | ROW_KINDS
        ]
        formulas = any(change.kind is Kind.FORMULAS_CHANGED for change in changes)
        heading = "Layout and formulas" if formulas else "Layout"
        if items:
            yield _group(heading, "", element("ul", *items, class_="layout"))

    def cells(self, table: TableComparison, cells: Sequence[CellChange]) -> Html:
        """One line a cell: the key, the column, old and new side by side, where."""
        keyed = bool(table.key.columns)
        heads = [*([_key_head(table)] if keyed else []), "Column", "Old", "New", "Change", "Where"]
        total = count_of(table, CELL_KINDS)
        caption = f"Cells of {brief(table_name(table.name))} that differ"
        body = [self._cell(cell, keyed) for cell in cells]
        return _group("Cells", _of(len(cells), total), _scroll(caption, heads, body, "cells", keyed))

    def _cell(self, cell: CellChange, keyed: bool) -> Html:
        old, new = sides(cell.old, cell.new)
        line = [
            element("td", shown(brief(cell.column)), class_=f"name{_short(cell.column)}"),
            element("td", old, class_="value old"),
            element("td", new, class_="value new"),
            element("td", WORDS[cell.kind].short, class_="what"),
            element("td", *_places(cell.old_at, cell.new_at), class_="address"),
        ]
        if keyed:
            line.insert(0, _key_cell(cell.key))
        return element("tr", *line, **self.item(cell.kind, (cell.column,)))

    def rows(self, table: TableComparison, kind: Kind, rows: Sequence[RowChange]) -> Html:
        """One line a row: keys that stay, then its values."""
        keyed = bool(table.key.columns)
        names = [
            name
            for name in dict.fromkeys(name for row in rows for name, _ in row.values)
            if not keyed or name not in table.key.columns
        ]
        left_out, names = len(names) - GRID_COLUMNS, names[:GRID_COLUMNS]
        rows = rows[: max(1, GRID_CELLS // max(len(names), 1))]
        several = any(row.count > 1 for row in rows)
        heads = [*([_key_head(table)] if keyed else []), *(["Times"] if several else []), *names, "Where"]
        body = [self._row(row, names, keyed, several) for row in rows]
        words = WORDS[kind].many.capitalize()
        said = _of(sum(row.count for row in rows), count_of(table, {kind}))
        if left_out > 0:
            said += f"; the first {GRID_COLUMNS} columns, {number(left_out)} more are not shown"
        caption = f"{words}, {brief(table_name(table.name))}"
        cut = element("span", "; wider than paper, so some columns are not printed", class_="printed")
        return _group(
            words,
            joined([escape(said), cut if len(heads) > PRINTED else NOTHING]),
            _scroll(caption, heads, body, f"rows {_tone(kind)}", keyed),
        )

    def _row(self, row: RowChange, names: Sequence[str], keyed: bool, several: bool) -> Html:
        values = dict(row.values)
        line = [_in_grid(values.get(name)) for name in names]
        if several:
            line.insert(0, element("td", number(row.count), class_="number"))
        if keyed:
            line.insert(0, _key_cell(row.key))
        line.append(element("td", address(row.at), class_="address"))
        return element("tr", *line, **self.item(row.kind, (), row.count))


def _told(change: Change) -> list[Html]:
    """What a change is about, or where it is, or how many there are."""
    if told := about(change):
        return [shown(told)]
    places = [joined([address(place), escape(" ")]) for place in change.where]
    return [escape(number(change.count)), escape(": " if places else ""), *places]


def sides(old: str | None, new: str | None) -> tuple[Html, Html]:
    """Two values as markup, what differs between them marked."""
    if not old or not new:
        return _side(old, "del"), _side(new, "ins")
    first, second = windows(old, new, ROOM)
    parts = marked(first.text, second.text)
    return _marked(first, parts[0], "del"), _marked(second, parts[1], "ins")


def _side(value: str | None, mark: str) -> Html:
    if not value:
        return element("span", "blank" if value is None else "empty text", class_="blank")
    piece = window(value, 0, ROOM)
    return _marked(piece, [Part(piece.text, True)], mark)


def _marked(piece: Window, parts: Iterable[Part], mark: str) -> Html:
    inside = joined(
        element(mark, shown(part.text, unseen=True)) if part.changed else shown(part.text) for part in parts
    )
    return joined([_left_out(piece.before), inside, _left_out(piece.after)])


def _left_out(count: int) -> Html:
    return element("span", f"… {number(count)} more …", class_="cut") if count else NOTHING


def _in_grid(value: str | None) -> Html:
    if not value:
        said = "blank unseen" if value is None else "blank"
        inside = element("span", "blank" if value is None else "empty text", class_=said)
        return element("td", inside, class_="value")
    piece = window(value, 0, CELL_ROOM)
    return element("td", shown(piece.text), _left_out(piece.after), class_=f"value{_short(value)}")


def _group(heading: str, said: str, inside: Html) -> Html:
    title = element("h4", heading, Html(" "), element("small", said)) if said else element("h4", heading)
    return element("div", title, inside, class_="group")


def _of(held: int, total: int) -> str:
    return number(total) if held >= total else f"{number(held)} of {number(total)}"


def _scroll(caption: str, heads: Sequence[str], body: Sequence[Html], kind: str, keyed: bool) -> Html:
    head = element("tr", *(element("th", shown(brief(name)), scope="col") for name in heads))
    table = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", head),
        element("tbody", *body),
        class_=f"{kind}{' keyed' if keyed else ''}",
    )
    return element("div", table, class_="scroll tall", tabindex="0", role="region", aria_label=caption)


def _key_head(table: TableComparison) -> str:
    return " · ".join(table.key.columns)


def _key_cell(key: Sequence[str]) -> Html:
    parts = [element("span", shown(brief(part, CELL_ROOM)), class_="part") for part in key]
    return element("th", *parts, scope="row", class_=f"key{_short(' · '.join(key))}")


def _short(text: str) -> str:
    """The class of what should not be broken into lines, such as ``ORG-000123``."""
    return " short" if len(text) <= UNBROKEN else ""


def _places(old: str, new: str) -> list[Html]:
    if not old or not new or old == new:
        return [address(new or old)]
    return [address(old), escape(" → "), address(new)]


def address(text: str) -> Html:
    """An address that may be broken into lines after the name of a file or sheet."""
    *names, last = brief(text, 120).split("!")
    return joined([*(joined([shown(f"{name}!"), BREAK]) for name in names), shown(last)])


def _tone(kind: Kind) -> str:
    if kind.value.endswith("_added"):
        return "added"
    return "removed" if kind.value.endswith("_removed") else "altered"
