"""Refined tables → a workbook whose bytes follow from its values alone; Parquet and CSV on request.

Where cells come from stands in the Data sheet itself, in columns ``FIELD__source`` to the right of all others, which
Excel shows folded away: what reads the dataset reads its lineage, and nobody has to look at it. Texts are texts whatever
they begin with, and no link is made of a URL.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotpass import files
from hotpass.errors import HotpassError
from hotpass.refine.container import with_fixed_dates
from hotpass.refine.findings import Findings
from hotpass.tables.inert import neutral

if TYPE_CHECKING:
    import polars as pl

LINEAGE = "__source"
"""How a column ends that says where another comes from."""
RECORD_LINEAGE = "source"
"""The column that says where the whole record comes from."""
MOST_ROWS = 1_048_575
"""What a sheet holds below its header."""
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
"""What a cell holds, in UTF-16 units."""

_EXACT = 2**53
# Where :func:`neutral` may have something to do; most texts have none of these signs at such a place.
_SIGNS = r"(?:^|[;\t\r\n])[\s\x22]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\t\r\n]"
_NARROWEST, _WIDEST, _LOOKED_AT = 9.0, 48.0, 1_000


class WorkbookLimitError(HotpassError):
    """A table does not fit into a workbook."""

    sheet: str
    what: str
    found: int
    most: int

    def __str__(self) -> str:
        return f"sheet {self.sheet} does not fit into a workbook: {self.found:,} {self.what}, where {self.most:,} have room"

    @property
    def hint(self) -> str:
        """The step that does not need a workbook."""
        return "write it as Parquet or CSV: --output-path FILE.parquet"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name and a frame of text, numbers, dates and truth values. Names of columns are texts that differ."""

    name: str
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an organisation: a row of the Contacts sheet. ``kind`` is "email" or "phone"."""

    organization_id: str
    organization_name: str
    kind: str
    value: str
    name: str = ""
    role: str = ""
    flags: str = ""
    source: str = ""


def contacts_frame(contacts: Sequence[Contact]) -> pl.DataFrame:
    """The Contacts sheet: by organisation and kind, in the order given; empty texts are empty cells.

    ``contact_id`` counts the contacts of an organisation, so that a corrected phone is the same contact in two versions.
    """
    import polars as pl

    rows = [asdict(contact) for contact in contacts]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(Contact.__dataclass_fields__, pl.String))
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    frame = frame.sort("organization_id", "kind", nulls_last=True, maintain_order=True)
    place = pl.int_range(1, pl.len() + 1).over("organization_id", "kind")
    return frame.select(pl.format("{}/{}/{}", "organization_id", "kind", place).alias("contact_id"), pl.all())


def summary_frame(findings: Findings) -> pl.DataFrame:
    """The Summary sheet: numbers of the run, and each rule. Nothing of it depends on when or where the run was."""
    import polars as pl

    rows: list[tuple[str, float | None, str | None]] = [
        ("profile", None, findings.profile),
        ("input files", float(sum(1 for each in findings.inputs if not each.left_out)), None),
        ("rows in", float(findings.rows_in), None),
        ("rows merged into others", float(findings.merged), None),
        ("rows in quarantine", float(findings.quarantined), None),
        ("records out", float(findings.rows_out), None),
        ("pairs to review", float(findings.doubts), None),
        ("columns without a field", float(len(findings.unmapped)), None),
        ("mean quality score", findings.mean_score, None),
        ("gate", None, "passed" if findings.passed else "failed"),
    ]
    for result in findings.rules:
        said = "failed" if result.failed else "holds"
        rows.append(
            (f"rule: {result.rule.name}", round(result.share, 4), f"{said} ({result.rule.severity.value})")
        )
    rows += [(f"flag: {name}", float(count), None) for name, count in findings.flags]
    schema = {"measure": pl.String, "number": pl.Float64, "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def output_sheets(
    data: pl.DataFrame, contacts: pl.DataFrame, quarantine: pl.DataFrame, findings: Findings
) -> tuple[Sheet, ...]:
    """The sheets Data, Contacts, Quarantine and Summary. Data is sorted by its first column, lineage stands last."""
    return (
        Sheet("Data", data_frame(data)),
        Sheet("Contacts", contacts),
        Sheet("Quarantine", with_lineage_last(quarantine)),
        Sheet("Summary", summary_frame(findings)),
    )


def data_frame(data: pl.DataFrame) -> pl.DataFrame:
    """The Data sheet: sorted by the first column, the id, with lineage last. Parquet and CSV hold the same."""
    import polars as pl

    return with_lineage_last(data).sort(pl.col(data.columns[0]), nulls_last=True, maintain_order=True)


def with_lineage_last(frame: pl.DataFrame) -> pl.DataFrame:
    """The same columns, those of lineage behind all others."""
    lineage = lineage_columns(frame.columns)
    return frame.select([*(name for name in frame.columns if name not in lineage), *lineage])


def lineage_columns(columns: Sequence[str]) -> list[str]:
    """The columns that say where others come from, in their order."""
    known = set(columns)
    return [
        name
        for name in columns
        if name == RECORD_LINEAGE or (name.endswith(LINEAGE) and name.removesuffix(LINEAGE) in known)
    ]


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; equal sheets make equal bytes.

    Empty texts are empty cells. What Excel has no number or date for (whole numbers beyond 2^53, what is no number,
    dates before March 1900) makes its whole column text.

    :raises WorkbookLimitError: a sheet has too many rows or columns, or a text is too long for a cell.
    """
    import rustpy_xlsxwriter

    frames: list[tuple[str, Any]] = [(sheet.name, _fitting(sheet)) for sheet in sheets]
    dates = rustpy_xlsxwriter.Format().set_num_format("yyyy-mm-dd")
    moments = rustpy_xlsxwriter.Format().set_num_format("yyyy-mm-dd hh:mm:ss")
    target = io.BytesIO()
    rustpy_xlsxwriter.write_worksheets(
        frames,
        target,
        bold_headers=True,
        freeze_panes={"general": {"row": 1, "col": 0}},
        autofilter={name: True for name, frame in frames if frame.width},
        column_widths={name: _widths(frame) for name, frame in frames},
        column_formats={name: _formats(frame, dates, moments) for name, frame in frames},
        outline={name: fold for name, frame in frames if (fold := _folded(frame))},
    )
    return with_fixed_dates(target.getvalue())


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook, whole or not at all; raises WorkbookLimitError and WriteError."""
    _write(path, workbook_bytes(sheets))


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write one table as Parquet, whole or not at all; raises WriteError."""
    _write(path, parquet_bytes(frame))


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write one table as CSV in UTF-8 with a header, whole or not at all; raises WriteError.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; :func:`neutralised` counts them.
    """
    _write(path, csv_bytes(frame))


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """One table as Parquet."""
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd", statistics=True)
    return target.getvalue()


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """One table as CSV in UTF-8 with a header, its texts as no spreadsheet obeys them."""
    import polars as pl

    safe = [column for column, _ in _inert(frame)]
    target = io.BytesIO()
    pl.DataFrame(safe).write_csv(target)
    return target.getvalue()


def neutralised(frame: pl.DataFrame) -> dict[str, int]:
    """How many cells of each column have an apostrophe in front in a CSV; columns without one are left out."""
    return {column.name: count for column, count in _inert(frame) if count}


def _inert(frame: pl.DataFrame) -> Iterator[tuple[pl.Series, int]]:
    """Each column as a CSV has it, and how many cells of it are other than in the table."""
    import polars as pl

    for column in frame:
        suspects = column.str.contains(_SIGNS).arg_true() if column.dtype == pl.String else ()
        texts = [(place, text, neutral(text)) for place in suspects if (text := column[place]) is not None]
        touched = [(place, safe) for place, text, safe in texts if safe != text]
        if touched:
            places, values = zip(*touched, strict=True)
            yield column.clone().scatter(list(places), pl.Series(list(values), dtype=pl.String)), len(touched)
        else:
            yield column, 0


def _write(path: Path, data: bytes) -> None:
    files.check_replaceable(path)
    files.write_whole(path, data, files.new_token())


def _fitting(sheet: Sheet) -> pl.DataFrame:
    """A sheet's frame with what Excel cannot hold as it is made text."""
    import polars as pl

    frame = sheet.frame
    for what, found, most in (("rows", frame.height, MOST_ROWS), ("columns", frame.width, MOST_COLUMNS)):
        if found > most:
            raise WorkbookLimitError(sheet.name, what, found, most)
    tests = {name: _misfit(name, kind) for name, kind in frame.schema.items()}
    asked = {name: test for name, test in tests.items() if test is not None}
    found_in = frame.select(test.any().alias(name) for name, test in asked.items())
    misfits = [name for name, found in (found_in.row(0, named=True) if asked else {}).items() if found]
    spelt = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Decimal]
    if spelt:
        raise TypeError(f"{', '.join(spelt)}: a sheet holds text, numbers, dates and truth values")
    frame = frame.with_columns(pl.col(misfits).cast(pl.String))
    longest = frame.select(pl.col(pl.String).str.len_chars().max())
    for name in longest.columns:
        length = longest[name][0] or 0
        if length > MOST_CHARACTERS // 2:
            length = max(len(text.encode("utf-16-le")) // 2 for text in frame[name].drop_nulls())
            if length > MOST_CHARACTERS:
                raise WorkbookLimitError(
                    f"{sheet.name}, column {name},", "characters in a cell", length, MOST_CHARACTERS
                )
    return frame


def _misfit(name: str, kind: pl.DataType) -> pl.Expr | None:
    """What finds the values of a column that Excel has no number or date for."""
    import polars as pl

    column = pl.col(name)
    if kind.is_float():
        return ~column.is_finite()
    if kind.is_integer():
        return (column > _EXACT) | (column < -_EXACT)
    if kind == pl.Date:
        # Before March 1900 Excel counts a day that never was.
        return (column < pl.date(1900, 3, 1)) | (column > pl.date(9999, 12, 31))
    if kind == pl.Datetime:
        # Nor has it zones, or fractions beyond milliseconds.
        fractions = column.dt.nanosecond() % 1_000_000 != 0
        zoned = pl.lit(getattr(kind, "time_zone", None) is not None)
        return zoned | fractions | (column.dt.year() > 9999) | (column.dt.date() < pl.date(1900, 3, 1))
    if kind in (pl.Time, pl.Duration):
        return pl.lit(value=True)
    return None


def _widths(frame: pl.DataFrame) -> dict[str, float]:
    """Widths that show most of what the first rows say."""
    import polars as pl

    top = frame.head(_LOOKED_AT).select(pl.all().cast(pl.String).str.len_chars().quantile(0.9, "lower"))
    widths = {}
    for name in frame.columns:
        # The button of the filter takes the room of three characters.
        wanted = max(float(top[name][0] or 0) + 1, len(name) + 4.0)
        widths[name] = min(max(wanted, _NARROWEST), _WIDEST)
    return widths


def _formats(frame: pl.DataFrame, dates: Any, moments: Any) -> dict[str, Any]:
    import polars as pl

    kinds = {name: kind for name, kind in frame.schema.items() if kind in (pl.Date, pl.Datetime)}
    return {name: dates if kind == pl.Date else moments for name, kind in kinds.items()}


def _folded(frame: pl.DataFrame) -> dict[str, Any] | None:
    """Columns of lineage at the end, folded away behind one button."""
    lineage = lineage_columns(frame.columns)
    if not lineage or len(lineage) == frame.width or frame.columns[-len(lineage) :] != lineage:
        return None
    group = {"from": lineage[0], "to": lineage[-1], "collapsed": True}
    return {"columns": [group]}
