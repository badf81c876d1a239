"""Everything that a run decided → the findings that reports show. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotpass.refine.assembling import OUTPUT_OF, Assembly, Organisation
from hotpass.refine.columns import How, Mapped
from hotpass.refine.findings import (
    Conflict,
    InputFile,
    MappedColumn,
    MergedRecord,
    QuarantinedRow,
    SkippedRows,
)
from hotpass.refine.grid import Skip, address
from hotpass.refine.inputs import Inputs
from hotpass.refine.prepared import Prepared, PreparedTable
from hotpass.refine.previous import ID
from hotpass.refine.survivors import Chosen

if TYPE_CHECKING:
    import polars as pl

_HOW = {How.EXACT: "synonym", How.FUZZY: "similar", How.PROFILE: "profile"}
_SUGGESTED = (How.SUGGESTED, How.OVERRULED, How.CONFLICT)
UNNAMED = "organization_name: is empty"
_BEST = "its row is the best"


def input_files(inputs: Inputs, prepared: Prepared) -> tuple[InputFile, ...]:
    """Every file, with the rows that were taken from it, and what was left out."""
    rows: Counter[str] = Counter()
    for number in (*prepared.origins["table"].to_list(), *prepared.unnamed["table"].to_list()):
        rows[prepared.tables[number].sheet.file] += 1
    left = [*inputs.left_out, *prepared.left_out]
    reasons = {each.name: each.reason for each in left}
    files = [
        InputFile(file.name, file.digest, file.size, rows[file.name], reasons.pop(file.name, ""))
        for file in inputs.files
    ]
    files += [InputFile(name, left_out=reason) for name, reason in reasons.items()]
    return tuple(files)


def mapped_columns(prepared: Prepared) -> tuple[MappedColumn, ...]:
    """What each column of each table was taken for."""
    return tuple(_mapped(table, column) for table in prepared.tables for column in table.plan.columns)


def _mapped(table: PreparedTable, column: Mapped) -> MappedColumn:
    row = table.header_rows[-1] if table.header_rows else 1
    return MappedColumn(
        address(table.sheet, row, column.column),
        str(column.header),
        (column.field or "") if column.is_mapped else "",
        _HOW.get(column.how, column.how.value),
        column.score,
        (column.field or "") if column.how in _SUGGESTED else "",
        column.kept,
    )


def skipped_rows(prepared: Prepared) -> tuple[SkippedRows, ...]:
    """Rows that are no records; those that name no organisation are in quarantine instead."""
    return tuple(
        SkippedRows(address(each.sheet, each.first, each.column), each.rows, each.reason.value)
        for each in prepared.skipped
        if each.reason is not Skip.NO_NAME
    )


def unnamed_rows(prepared: Prepared, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows that name no organisation, as rows of the quarantine: their cells as they are."""
    slots = [slot for slot in prepared.unnamed.columns if "#" in slot]
    found = []
    for row in prepared.unnamed.iter_rows(named=True):
        table = prepared.tables[row["table"]]
        said: dict[str, Any] = {"quarantine_reasons": UNNAMED, "source_datasets": table.source}
        first = min(table.slots.values())
        for slot in slots:
            text, name = row[slot], slot.partition("#")[0]
            if text is None or not text.strip() or slot not in table.slots or name not in columns:
                continue
            place = address(table.sheet, row["sheet_row"], table.slots[slot])
            said[name] = f"{said[name]}\n{text}" if name in said else text
            said[f"{name}__source"] = (
                f"{said[f'{name}__source']}; {place}" if f"{name}__source" in said else place
            )
        said["source"] = address(table.sheet, row["sheet_row"], first)
        found.append(said)
    return found


def merged_records(assembly: Assembly, organisations: Sequence[Organisation]) -> tuple[MergedRecord, ...]:
    """Organisations made of several rows."""
    return tuple(
        MergedRecord(
            each.id,
            each.survivor.value("name") or "",
            tuple(assembly.record_place(row) for row in each.survivor.rows),
        )
        for each in organisations
        if len(each.survivor.rows) > 1
    )


def conflicts(
    assembly: Assembly, organisations: Sequence[Organisation], prepared: Prepared, shown: Collection[str]
) -> tuple[Conflict, ...]:
    """Fields on which the rows of one organisation disagree, of those that are shown, and columns without a field."""
    asked: dict[str, list[int]] = {}
    for each in organisations:
        for chosen in each.survivor.values:
            if chosen.others and chosen.field in shown:
                asked.setdefault(chosen.field, []).extend(chosen.others)
    values = {field: _values(prepared, field, rows) for field, rows in asked.items()}
    found = []
    for each in organisations:
        found += [
            Conflict(
                each.id,
                OUTPUT_OF.get(chosen.field, chosen.field),
                str(chosen.value),
                assembly.place(chosen),
                chosen.reason.value,
                tuple(_others(assembly, chosen, values[chosen.field])),
            )
            for chosen in each.survivor.values
            if chosen.others and chosen.field in values
        ]
        for column in assembly.extras if len(each.survivor.rows) > 1 else ():
            first, *others = assembly.kept_texts(each, column) or [("", "")]
            if others:
                found.append(Conflict(each.id, column, *first, _BEST, tuple(others)))
    return tuple(found)


def _values(prepared: Prepared, field: str, rows: Sequence[int]) -> dict[int, Any]:
    """What some rows say in a field."""
    frame = prepared.records if field in prepared.records.columns else prepared.further
    return dict(zip(rows, frame[field].gather(rows).to_list(), strict=True))


def _others(assembly: Assembly, chosen: Chosen, values: Mapping[int, Any]) -> list[tuple[str, str]]:
    found = []
    for row in chosen.others:
        value = values[row]
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        found.append((text, assembly.place(Chosen(chosen.field, value, row, chosen.reason))))
    return found


def quarantined(rows: pl.DataFrame) -> tuple[QuarantinedRow, ...]:
    """The rows set aside."""
    columns = (ID, "organization_name", "source", "quarantine_reasons")
    return tuple(
        QuarantinedRow(*(str(value or "") for value in row)) for row in rows.select(columns).iter_rows()
    )
