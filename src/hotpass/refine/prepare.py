"""Grids → prepared records: tables found, columns mapped, cells cleaned and normalised, each with its place. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotpass.refine import records
from hotpass.refine.columns import ColumnPlan, How, map_columns
from hotpass.refine.grid import Grid, LeftOut, Sheet, Skip, SkippedRow
from hotpass.refine.layout import RawTable, find_tables
from hotpass.refine.normalise import clean, dates
from hotpass.refine.normalising import Normaliser
from hotpass.refine.prepared import Prepared, PreparedTable
from hotpass.refine.profiles import Profile

if TYPE_CHECKING:
    import polars as pl


@dataclass
class _Gathered:
    """What is found, grid after grid."""

    tables: list[PreparedTable] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)
    extras: list[pl.DataFrame] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    flags: list[pl.DataFrame] = field(default_factory=list)


def prepare(grids: Sequence[Grid], profile: Profile) -> Prepared:
    """Find, map, clean and normalise everything in some grids."""
    import polars as pl

    gathered = _Gathered()
    sources = _sources([grid.sheet for grid in grids])
    for grid in grids:
        layout = find_tables(grid, profile.layout())
        gathered.skipped += layout.skipped
        gathered.left_out += layout.left_out
        gathered.notes += layout.notes
        for table in layout.tables:
            _take(table, profile, sources[grid.sheet], gathered)
    raw = _stacked(gathered.frames)
    slots = [column for column in raw.columns if "#" in column]
    # White space and placeholders first: what is empty then is empty for everybody.
    cleaned = raw.with_columns(clean(raw[slot], profile.placeholders) for slot in slots)
    named = cleaned["organization_name#0"].is_not_null()
    unnamed, raw, cleaned = raw.filter(~named), raw.filter(named), cleaned.filter(named)
    numbered = raw.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "table", "sheet_row")
    normaliser = Normaliser(cleaned.with_columns(numbered["row"]), profile)
    normaliser.note_errors(raw)
    found = normaliser.records([table.source for table in gathered.tables])
    return Prepared(
        records=records.check(found),
        further=normaliser.further(),
        extras=_extras(gathered.extras, numbered),
        raw=raw.select(numbered["row"], *slots),
        parts=normaliser.parts(),
        origins=numbered,
        flags=normaliser.flags(),
        unnamed=unnamed,
        tables=tuple(gathered.tables),
        skipped=(*gathered.skipped, *_unnamed_rows(unnamed, gathered.tables)),
        left_out=tuple(gathered.left_out),
        notes=tuple(gathered.notes),
    )


def _sources(sheets: Sequence[Sheet]) -> dict[Sheet, str]:
    """How each sheet's list is called: by its file's name alone where no other file has it.

    So moving files to another folder renames no list.
    """
    files = {sheet.file for sheet in sheets}
    count = Counter(file.rpartition("/")[2] for file in files)
    found = {}
    for sheet in sheets:
        base = sheet.file.rpartition("/")[2]
        file = base if count[base] == 1 else sheet.file
        found[sheet] = str(Sheet(file, sheet.name))
    return found


def _take(table: RawTable, profile: Profile, source: str, gathered: _Gathered) -> None:
    """Map a table's columns and take its cells over by slot."""
    import polars as pl

    plan = map_columns(table, profile)
    sheet = str(table.sheet)
    gathered.notes += [f"{sheet}: {note}" for note in _notes(plan)]
    if not plan.of("organization_name"):
        gathered.left_out.append(LeftOut(sheet, "no column of it names an organisation"))
        rows = [table.grid.row_of(row) for row in table.rows]
        first = table.sheet_columns()[0] if table.columns else table.grid.column
        gathered.skipped += _runs(table.sheet, rows, Skip.LEFT_OUT, first)
        return
    slots: dict[str, int] = {}
    places: dict[str, int] = {}
    for name in profile.fields():
        for count, mapped in enumerate(plan.of(name)):
            slots[f"{name}#{count}"] = mapped.column
            places[f"{name}#{count}"] = mapped.place
    cells = table.cells()
    number = len(gathered.tables)
    frame = cells.select(pl.col(f"c{place}").alias(slot) for slot, place in places.items())
    where = pl.DataFrame({"sheet_row": table.rows.cast(pl.Int64) + table.grid.row})
    frame = where.select(pl.lit(number, dtype=pl.Int32).alias("table"), "sheet_row").hstack(frame)
    gathered.frames.append(_with_dates(frame, profile))
    for column in plan.columns:
        if column.kept:
            texts = where.with_columns(
                table=pl.lit(number, dtype=pl.Int32),
                column=pl.lit(column.column, dtype=pl.Int32),
                text=cells[f"c{column.place}"],
            )
            gathered.extras.append(texts.filter(pl.col("text").is_not_null()))
    gathered.tables.append(PreparedTable(table.sheet, source, plan, table.header_rows, slots))


def _with_dates(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Read the dates of a table, since the order of day and month is its own."""
    slot = "last_interaction_date#0"
    if slot not in frame.columns:
        return frame
    found = dates(clean(frame[slot], profile.placeholders), profile.date_order)
    return frame.with_columns(found["date"].alias("date"), found["flags"].alias("date_flags"))


def _stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    schema: dict[str, Any] = {
        "table": pl.Int32, "sheet_row": pl.Int64, "organization_name#0": pl.String,
        "date": pl.Date, "date_flags": pl.List(pl.String),
    }  # fmt: skip
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")


def _extras(extras: Sequence[pl.DataFrame], numbered: pl.DataFrame) -> pl.DataFrame:
    """The kept columns' cells by the number of their record."""
    import polars as pl

    schema = {"sheet_row": pl.Int64, "table": pl.Int32, "column": pl.Int32, "text": pl.String}
    together = pl.concat([pl.DataFrame(schema=schema), *extras])
    joined = together.join(numbered, on=["table", "sheet_row"], how="inner", maintain_order="left")
    return joined.select("row", "table", "column", "text").sort("row", "column")


def _notes(plan: ColumnPlan) -> list[str]:
    """What is worth saying of a table's columns: all but what headers say for themselves."""
    notes = []
    for column in plan.columns:
        if column.is_mapped and column.why:
            notes.append(f"column {column.title!r} is {column.field}: {column.why}")
        elif not column.is_mapped and column.how is not How.IGNORED:
            kept = "kept as an extra" if column.kept else "not used"
            notes.append(f"column {column.title!r} is {kept}" + (f": {column.why}" if column.why else ""))
    return notes


def _unnamed_rows(unnamed: pl.DataFrame, tables: Sequence[PreparedTable]) -> list[SkippedRow]:
    found: list[SkippedRow] = []
    for (number,), rows in unnamed.group_by("table", maintain_order=True):
        table = tables[int(str(number))]
        found += _runs(table.sheet, rows["sheet_row"].to_list(), Skip.NO_NAME, min(table.slots.values()))
    return found


def _runs(sheet: Sheet, rows: Sequence[int], reason: Skip, column: int) -> list[SkippedRow]:
    """Rows as runs without gaps."""
    found: list[SkippedRow] = []
    for row in rows:
        if found and found[-1].last == row - 1:
            found[-1] = SkippedRow(sheet, found[-1].first, row, reason, column)
        else:
            found.append(SkippedRow(sheet, row, row, reason, column))
    return found
