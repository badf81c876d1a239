"""Survivors → the rows of the output, each value with the cells that it was taken from. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotpass.refine.export import LINEAGE, RECORD_LINEAGE, Contact
from hotpass.refine.grid import address
from hotpass.refine.headers import header_key
from hotpass.refine.normalise import Flag
from hotpass.refine.prepared import FURTHER, Prepared
from hotpass.refine.previous import ID, MERGED, RECORDS, joined, refs_text
from hotpass.refine.records import RecordRef
from hotpass.refine.survivors import Chosen, Survivor
from hotpass.refine.validate import SEPARATOR, Problem

if TYPE_CHECKING:
    import polars as pl

FIELDS: Mapping[str, str] = {
    "organization_name": "name",
    "organization_type": "organization_type",
    "category": "category",
    "status": "status",
    "website": "website_url",
    "address": "address",
    "postcode": "postcode",
    "locality": "locality",
    "region": "region",
    "country": "country",
    "contact_name": "contact_name",
    "contact_role": "contact_role",
    "contact_email": "contact_emails",
    "contact_phone": "contact_phones",
    "email": "emails",
    "phone": "phones",
    "last_interaction_date": "last_interaction_date",
    "notes": "notes",
}
"""The columns of the output that have a value of their own, in their order, and the field each shows."""

OUTPUT_OF: Mapping[str, str] = {field: column for column, field in FIELDS.items()}
"""The column of each field that is shown."""

_EXTRA = "extra"


@dataclass(frozen=True)
class Organisation:
    """One organisation as it goes into the output: its survivor, its id, the records it was made of."""

    id: str
    survivor: Survivor
    refs: tuple[RecordRef, ...]
    merged: tuple[str, ...] = ()


class Assembly:
    """Builds the output from prepared records; asks them for the place of each value."""

    def __init__(self, prepared: Prepared, own_fields: Sequence[str]) -> None:
        self._prepared = prepared
        self._own = tuple(name for name in own_fields if name not in FURTHER)
        self._fields = dict(FIELDS) | {name: name for name in self._own}
        self._shown = {field: column for column, field in self._fields.items()}
        self._extras = _extras(prepared, {*self._fields, ID, RECORDS, MERGED, RECORD_LINEAGE})
        self._flags: dict[int, list[tuple[str, str]]] = {}
        for row, slot, flag in prepared.flags.iter_rows():
            self._flags.setdefault(row, []).append((str(slot), str(flag)))
        self._people: list[str | None] = prepared.further["contact_name"].to_list()
        self._roles: list[str | None] = prepared.further["contact_role"].to_list()
        self._sources: list[str] = prepared.records["source"].to_list()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with values, in their order."""
        return (*self._fields, *self._extras.columns)

    def table(self, organisations: Sequence[Organisation]) -> pl.DataFrame:
        """One row for each organisation, in their order; ``X__source`` says where ``X`` comes from."""
        import polars as pl

        schema: dict[str, Any] = {ID: pl.String}
        schema |= dict.fromkeys(self.columns, pl.String) | {"last_interaction_date": pl.Date}
        schema |= {"source_datasets": pl.String, RECORDS: pl.String, MERGED: pl.String}
        schema |= {f"{column}{LINEAGE}": pl.String for column in self.columns} | {RECORD_LINEAGE: pl.String}
        cells: dict[str, list[Any]] = {name: [] for name in schema}
        for each in organisations:
            row = self._row(each)
            for name, values in cells.items():
                values.append(row.get(name))
        return pl.DataFrame(cells, schema=schema)

    def contacts(self, organisation: Organisation) -> list[Contact]:
        """Every way to reach an organisation, e-mails first."""
        name = organisation.survivor.value("name") or ""
        found = []
        for field, kind in (("emails", "email"), ("phones", "phone")):
            for chosen in organisation.survivor.values:
                if chosen.field != field:
                    continue
                slots = self._prepared.slots_of(chosen.row, field, chosen.value)
                personal = any(slot.startswith("contact_") for slot in slots)
                flags = [flag for slot, flag in self._flags.get(chosen.row, ()) if slot in slots]
                found.append(
                    Contact(
                        organisation.id,
                        name,
                        kind,
                        chosen.value,
                        (self._people[chosen.row] or "") if personal else "",
                        (self._roles[chosen.row] or "") if personal else "",
                        SEPARATOR.join(dict.fromkeys(flags)),
                        self._places([chosen]),
                    )
                )
        return found

    def problems(self, number: int, organisation: Organisation) -> list[Problem]:
        """What could not be decided in the rows of an organisation; ``number`` is its row in the table."""
        found = []
        for row in organisation.survivor.rows:
            for slot, flag in self._flags.get(row, ()):
                if Flag(flag).is_doubt:
                    cell = str(self._prepared.raw[slot][row])
                    field = slot.partition("#")[0]
                    found.append(Problem(number, field, self._prepared.address(row, slot), cell, flag))
        return found

    def kept_texts(self, organisation: Organisation, column: str) -> list[tuple[str, str]]:
        """What its rows say in a column that is kept without a field, each text once with its cell; the best row's first."""
        said = (self._extras.find(row, column) for row in organisation.survivor.rows)
        found: dict[str, str] = {}
        for text, cell in filter(None, said):
            found.setdefault(text, cell)
        return list(found.items())

    @property
    def extras(self) -> tuple[str, ...]:
        """The columns that are kept without a field."""
        return self._extras.columns

    def place(self, chosen: Chosen) -> str:
        """The cells a value was taken from; those of the record where it stands in none, as a profile's country."""
        return self._places([chosen]) or self.record_place(chosen.row)

    def record_place(self, row: int) -> str:
        """The cell that names the organisation of a row."""
        return self._prepared.cells_of(row, "name")[0]

    # ---------------------------------------------------------------------------------------------------

    def _row(self, organisation: Organisation) -> dict[str, Any]:
        survivor = organisation.survivor
        row: dict[str, Any] = {ID: organisation.id}
        by_field: dict[str, list[Chosen]] = {}
        for chosen in survivor.values:
            if chosen.field in self._shown:
                by_field.setdefault(chosen.field, []).append(chosen)
        for field, all_chosen in by_field.items():
            column = self._shown[field]
            row[column] = _cell([chosen.value for chosen in all_chosen], field)
            row[f"{column}{LINEAGE}"] = self._places(all_chosen) or None
        for column in self._extras.columns:
            if said := self.kept_texts(organisation, column):
                row[column], row[f"{column}{LINEAGE}"] = said[0]
        row["source_datasets"] = joined(dict.fromkeys(self._sources[each] for each in survivor.rows))
        row[RECORDS] = refs_text(organisation.refs)
        row[MERGED] = joined(organisation.merged) or None
        row[RECORD_LINEAGE] = joined([self.record_place(each) for each in survivor.rows])
        return row

    def _places(self, all_chosen: Sequence[Chosen]) -> str:
        cells = (
            cell
            for chosen in all_chosen
            for cell in self._prepared.cells_of(chosen.row, chosen.field, chosen.value)
        )
        return joined(dict.fromkeys(cells))


def _cell(values: Sequence[Any], field: str) -> Any:
    if isinstance(values[0], dt.date):
        return values[0]
    return ("\n" if field == "notes" else SEPARATOR).join(map(str, values))


@dataclass(frozen=True)
class _Extras:
    """What stands in columns without a field that the profile keeps, by row and by column of the output."""

    columns: tuple[str, ...]
    _cells: Mapping[tuple[int, str], tuple[str, str]]

    def find(self, row: int, column: str) -> tuple[str, str] | None:
        """The text and its cell; None where the row has none."""
        return self._cells.get((row, column))


def _extras(prepared: Prepared, taken: set[str]) -> _Extras:
    names: dict[tuple[int, int], str] = {}
    for number, table in enumerate(prepared.tables):
        used: set[str] = set()
        for column in table.plan.columns:
            if column.kept:
                name = re.sub(r"\W+", "_", header_key(column.title)) or _EXTRA
                # A header may be called as a field is, or as another header of its list.
                while name in taken or name in used or name.endswith(LINEAGE):
                    name = f"{_EXTRA}_{name}" if name in taken else f"{name}_{column.column}"
                used.add(name)
                names[number, column.column] = name
    rows = (
        {row: (table, sheet_row) for row, table, sheet_row in prepared.origins.iter_rows()} if names else {}
    )
    cells: dict[tuple[int, str], tuple[str, str]] = {}
    for row, number, column, text in prepared.extras.iter_rows():
        name = names[number, column]
        sheet_row = rows[row][1]
        cells.setdefault((row, name), (text, address(prepared.tables[number].sheet, sheet_row, column)))
    return _Extras(tuple(dict.fromkeys(names.values())), cells)
