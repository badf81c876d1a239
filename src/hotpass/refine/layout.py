"""Grid → tables: where each begins, what its headers are, which rows are records, and why the others are not. Pure.

Titles above a header, headers of two rows, tables side by side or below one another, lists without a header, blank rows
and columns, repeated headers, totals and notes at the end are recognised; sheets of codes are left out. Every row that is
no record is named with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from hotpass.refine.bodies import skip_reasons
from hotpass.refine.grid import Grid, LeftOut, Sheet, Skip, SkippedRow
from hotpass.refine.headers import (
    Header,
    Row,
    could_be_header,
    filled,
    header_key,
    header_score,
    hits,
    is_certain,
    joined,
    with_neighbours,
)
from hotpass.refine.shapes import Shape, shares
from hotpass.tables.table import column_letters

if TYPE_CHECKING:
    import polars as pl

_LOOKED_AT = 30
_LOOKUP_NAME = re.compile(
    r"(?:look ?ups?|lists?|codes?|ref(?:erence)?s?(?: data)?|drop ?-?downs?|validations?|options|legend|keys?|config"
    r"|settings?|read ?me|instructions?|cover|contents|summary|pivot.*|metadata|data dictionary|dictionary)",
    re.IGNORECASE,
)
_LOOKUP_ROWS = 60


@dataclass(frozen=True)
class LayoutRules:
    """What a profile says about layouts.

    ``known`` are names of columns as :func:`header_key` gives them. ``header_row`` says, by ``file!sheet`` pattern, in
    which row of the sheet the header is; 0: there is none. ``kept`` and ``left_out`` are patterns of sheets.
    """

    known: Collection[str] = frozenset()
    header_row: Mapping[str, int] = field(default_factory=dict)
    kept: Sequence[str] = ()
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class RawTable:
    """A table of a sheet: its columns (places in the grid), their headers, and the records' places in the grid.

    ``header_rows`` are the rows of the sheet; empty for a list without a header.
    """

    grid: Grid
    columns: tuple[int, ...]
    headers: tuple[Header, ...]
    header_rows: tuple[int, ...]
    rows: pl.Series

    @property
    def sheet(self) -> Sheet:
        """Where it stands."""
        return self.grid.sheet

    def sheet_columns(self) -> tuple[int, ...]:
        """The columns as the sheet counts them."""
        return tuple(self.grid.column_of(place) for place in self.columns)

    def cells(self) -> pl.DataFrame:
        """The records' cells, by column ``c0``, ``c1`` … of the grid."""
        return self.grid.cells.select(f"c{place}" for place in self.columns)[self.rows]


@dataclass(frozen=True)
class Layout:
    """What a sheet holds."""

    tables: tuple[RawTable, ...]
    skipped: tuple[SkippedRow, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def find_tables(grid: Grid, rules: LayoutRules) -> Layout:
    """Find the tables of a sheet."""
    name = str(grid.sheet)
    if not grid.cells.height or not _any_cell(grid):
        return _nothing(grid, "it is blank")
    if _matches(grid.sheet, rules.left_out):
        return _nothing(grid, "the profile leaves it out")
    finder = _Finder(grid, rules)
    for block in finder.blocks():
        finder.read_block(block)
    tables = tuple(finder.tables)
    if not _matches(grid.sheet, rules.kept) and (reason := _lookup(grid, tables, rules)):
        return _nothing(grid, reason)
    if len(tables) > 1:
        finder.notes.append(f"{name}: it holds {len(tables)} tables")
    return Layout(tables, tuple(finder.skipped), (), tuple(finder.notes))


def _any_cell(grid: Grid) -> bool:
    return any((column.str.strip_chars() != "").any() for column in grid.cells)


def _nothing(grid: Grid, reason: str) -> Layout:
    height = grid.cells.height
    skipped = (SkippedRow(grid.sheet, grid.row, grid.row + height - 1, Skip.LEFT_OUT, grid.column),) * bool(
        height
    )
    return Layout((), skipped, (LeftOut(str(grid.sheet), reason),), ())


def _matches(sheet: Sheet, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(name, pattern) for pattern in patterns for name in (str(sheet), sheet.name) if name
    )


def _lookup(grid: Grid, tables: Sequence[RawTable], rules: LayoutRules) -> str:
    """Why a sheet is one of codes rather than of organisations; empty: it is not."""
    has_contact = False
    small = all(len(table.columns) <= 3 and len(table.rows) <= _LOOKUP_ROWS for table in tables)
    best = 0
    for table in tables:
        best = max(best, sum(header_key(header.text) in rules.known for header in table.headers))
        sample = table.cells().head(60)
        for column in sample:
            share = shares(value for value in column.drop_nulls())
            kinds = (Shape.EMAIL, Shape.PHONE, Shape.WEBSITE)
            has_contact = has_contact or any(share.get(kind, 0) >= 0.5 for kind in kinds)
    if has_contact:
        return ""
    if _LOOKUP_NAME.fullmatch(grid.sheet.name.strip()) and best < 3:
        return f"it is a sheet of codes or notes by its name, {grid.sheet.name!r}"
    if grid.hidden and small:
        return "it is a small hidden sheet without e-mails, phones or websites"
    if grid.sheet.name and small and best == 0 and tables:
        return "it is a small list of texts without a known header, an e-mail, a phone or a website"
    return ""


@dataclass(frozen=True)
class _Block:
    """Columns that stand together (places in the grid), and their first rows for a look."""

    columns: tuple[int, ...]


class _Finder:
    """Reads one grid; what it finds gathers in its lists."""

    def __init__(self, grid: Grid, rules: LayoutRules) -> None:
        import polars as pl

        self.grid, self.rules = grid, rules
        self.tables: list[RawTable] = []
        self.skipped: list[SkippedRow] = []
        self.notes: list[str] = []
        # White space alone is blank.
        blank = pl.all().is_null() | (pl.all().str.strip_chars() == "")
        self.filled = grid.cells.select(~blank)

    def blocks(self) -> list[_Block]:
        """The groups of columns between columns that are blank from top to bottom, where each is a table by itself."""
        used = [place for place, column in enumerate(self.filled) if column.any()]
        groups: list[list[int]] = []
        for place in used:
            if groups and groups[-1][-1] == place - 1:
                groups[-1].append(place)
            else:
                groups.append([place])
        blocks = [_Block(tuple(group)) for group in groups]
        if len(blocks) > 1 and not self._independent(blocks):
            return [_Block(tuple(range(used[0], used[-1] + 1)))]
        return blocks

    def _independent(self, blocks: Sequence[_Block]) -> bool:
        """Whether blocks side by side are tables of their own: each has headers, and some of them occur in both."""
        seen: set[str] = set()
        shared = 0
        heads = set()
        for block in blocks:
            rows = self._rows(block, 0, _LOOKED_AT)
            place = self._best_header(rows)
            if len(block.columns) < 2 or place is None:
                return False
            heads.add(place)
            keys = {header_key(cell) for cell in rows[place] if cell}
            shared += bool(keys & seen)
            seen |= keys
        return shared > 0 or len(heads) > 1

    def _rows(self, block: _Block, start: int, count: int) -> list[Row]:
        cells = self.grid.cells.select(f"c{place}" for place in block.columns)
        return list(cells[start : start + count].rows())

    def _best_header(self, rows: Sequence[Row]) -> int | None:
        """The row that looks most like a header; of several with as many known names the first, or the best next to it."""
        known = self.rules.known
        scores = [header_score(rows, place, known) if filled(row) else 0.0 for place, row in enumerate(rows)]
        best = max(scores, default=0.0)
        if not best:
            return None
        place = scores.index(best)
        enough = max(2.0, 0.6 * hits(rows[place], known))
        first = next(
            (each for each in range(place) if scores[each] and hits(rows[each], known) >= enough), place
        )
        # A row of groups or a second row of the header stands right beside the one that counts.
        return place if place - first <= 1 else first

    def read_block(self, block: _Block) -> None:
        """Find the tables of a block, one below the other."""
        import polars as pl

        any_filled = self.filled.select(pl.any_horizontal(f"c{place}" for place in block.columns)).to_series()
        places = any_filled.arg_true()
        if not len(places):
            return
        first, last = int(places[0]), int(places[-1])
        self._skip(block, range(first), Skip.BLANK)
        if last + 1 < len(any_filled):
            self._skip(block, range(last + 1, len(any_filled)), Skip.BLANK)
        starts = [first, *self._further_headers(block, any_filled, first)]
        for start, end in zip(starts, [*starts[1:], last + 1], strict=True):
            self._read_table(block, any_filled, start, end)

    def _further_headers(self, block: _Block, any_filled: pl.Series, first: int) -> list[int]:
        """Rows after a blank one that begin another table: two names the profile knows, and another header than before."""
        after_blank = any_filled & ~any_filled.shift(1).fill_null(value=True)
        found: list[int] = []
        head = self._rows(block, first, _LOOKED_AT)
        place = self._best_header(head)
        current = _keys(head[place]) if place is not None else []
        for start in after_blank.arg_true():
            if start <= first + (place or 0):
                continue
            rows = self._rows(block, start, 3)
            keys = _keys(rows[0])
            texts = [cell for cell in rows[0] if cell and cell.strip()]
            if hits(rows[0], self.rules.known) >= 2 and all(map(could_be_header, texts)) and keys != current:
                found.append(start)
                current = keys
        return found

    def _read_table(self, block: _Block, any_filled: pl.Series, start: int, end: int) -> None:
        import polars as pl

        rows = self._rows(block, start, min(_LOOKED_AT, end - start))
        header = self._header(rows, start)
        body = start
        header_rows: tuple[int, ...] = ()
        headers = tuple(Header("") for _ in block.columns)
        if header:
            headers = joined([rows[place] for place in header])
            header_rows = tuple(self.grid.row_of(start + place) for place in header)
            body = start + header[-1] + 1
            above = [start + place for place in range(header[0])]
            self._skip(block, [place for place in above if any_filled[place]], Skip.TITLE)
            self._skip(block, [place for place in above if not any_filled[place]], Skip.BLANK)
            self._skip(block, [start + place for place in header], Skip.HEADER)
        else:
            body += self._titles(block, rows, start)
        frame = self.grid.cells.select(f"c{place}" for place in block.columns)[body:end]
        reasons = skip_reasons(frame, any_filled[body:end], [rows[place] for place in header])
        for reason in (Skip.BLANK, Skip.REPEATED_HEADER, Skip.TOTAL, Skip.FOOTNOTE):
            self._skip(block, [body + place for place, why in reasons.items() if why is reason], reason)
        kept = pl.Series(
            "row", [place for place in range(body, end) if place - body not in reasons], dtype=pl.UInt32
        )
        columns, headers = self._used(block, headers, kept)
        self._say(headers, columns, header_rows)
        self.tables.append(RawTable(self.grid, columns, headers, header_rows, kept))

    def _used(
        self, block: _Block, headers: tuple[Header, ...], kept: pl.Series
    ) -> tuple[tuple[int, ...], tuple[Header, ...]]:
        """The columns that have a header or a value."""
        values = self.filled[kept] if len(kept) else self.filled.clear()
        pairs = [
            (place, header)
            for place, header in zip(block.columns, headers, strict=True)
            if header.text or values[f"c{place}"].any()
        ]
        return tuple(place for place, _ in pairs), tuple(header for _, header in pairs)

    def _header(self, rows: Sequence[Row], start: int) -> list[int]:
        """The places of the header's rows, none for a list without one."""
        told = next(
            (row for pattern, row in self.rules.header_row.items() if _matches(self.grid.sheet, [pattern])),
            None,
        )
        if told == 0:
            return []
        if told is not None:
            place = told - self.grid.row - start
            if 0 <= place < len(rows):
                return [place]
            self.notes.append(f"{self.grid.sheet}: header_row {told} is not in the table; found by its look")
        best = self._best_header(rows)
        if best is None:
            return []
        if not is_certain(rows, best, self.rules.known):
            where = self.grid.row_of(start + best)
            self.notes.append(f"{self.grid.sheet}: row {where} is taken for the header by its look alone")
        return with_neighbours(rows, best, self.rules.known)

    def _titles(self, block: _Block, rows: Sequence[Row], start: int) -> int:
        """Skip the title above a list without a header: rows of one cell above rows of several."""
        count = 0
        for row in rows:
            if len(filled(row)) > 1 or len(block.columns) == 1:
                break
            count += 1
        if count == len(rows):
            return 0
        for place in range(count):
            self._skip(block, [start + place], Skip.TITLE if filled(rows[place]) else Skip.BLANK)
        return count

    def _skip(self, block: _Block, places: Iterable[int], reason: Skip) -> None:
        """Note rows that are no records; rows in a row of one reason are one entry."""
        column = self.grid.column_of(block.columns[0])
        first = last = None
        for place in places:
            if last is not None and place == last + 1:
                last = place
                continue
            self._note(first, last, reason, column)
            first = last = place
        self._note(first, last, reason, column)

    def _note(self, first: int | None, last: int | None, reason: Skip, column: int) -> None:
        if first is not None and last is not None:
            row = self.grid.row_of
            self.skipped.append(SkippedRow(self.grid.sheet, row(first), row(last), reason, column))

    def _say(self, headers: Sequence[Header], columns: Sequence[int], header_rows: Sequence[int]) -> None:
        sheet = self.grid.sheet
        if not header_rows:
            self.notes.append(f"{sheet}: it has no header; columns are known by their values alone")
            return
        blank = [
            column_letters(self.grid.column_of(place))
            for place, header in zip(columns, headers, strict=True)
            if not header.text
        ]
        if blank:
            self.notes.append(f"{sheet}: columns without a header: {', '.join(blank)}")


def _keys(row: Row) -> list[str]:
    return [header_key(cell) if cell else "" for cell in row]
