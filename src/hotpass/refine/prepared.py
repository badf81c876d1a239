"""What preparing gives: the records, everything else their rows say, and the true place of every cell. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotpass.refine.columns import ColumnPlan
from hotpass.refine.grid import LeftOut, Sheet, SkippedRow, address

if TYPE_CHECKING:
    import polars as pl

FURTHER: Mapping[str, str] = {
    "row": "int",
    "organization_type": "text",
    "status": "text",
    "contact_name": "text",
    "contact_role": "text",
    "contact_emails": "texts",
    "contact_phones": "texts",
    "website_url": "text",
    "notes": "text",
}
"""The columns of what rows say beside :data:`hotpass.refine.records.COLUMNS`; the profile's own fields follow."""


@dataclass(frozen=True)
class PreparedTable:
    """A table that records came from.

    ``source`` is how records name it; ``slots`` are the sheet's columns (from 1) by slot. A slot is a field and a number
    (``phone#1``: the second column of phones).
    """

    sheet: Sheet
    source: str
    plan: ColumnPlan
    header_rows: tuple[int, ...]
    slots: Mapping[str, int]


@dataclass(frozen=True)
class Prepared:
    """Prepared records with their provenance.

    ``records`` are what :mod:`hotpass.refine.records` promises; ``further`` has the rest of what the same rows say, ``extras`` the
    unmapped columns the profile keeps (``row``, ``table``, ``column``, ``text``). ``raw`` has the cells as they are, by slot. ``parts`` has the phones
    and e-mails of each slot. ``origins`` has for each row the number of its table and its row in the sheet. ``flags`` has
    ``row``, ``slot`` and ``flag``. ``unnamed`` are rows that name no organisation, with the columns of ``origins`` and ``raw``
    together. Rows are numbered alike in all of them.
    """

    records: pl.DataFrame
    further: pl.DataFrame
    extras: pl.DataFrame
    raw: pl.DataFrame
    parts: pl.DataFrame
    origins: pl.DataFrame
    flags: pl.DataFrame
    unnamed: pl.DataFrame
    tables: tuple[PreparedTable, ...]
    skipped: tuple[SkippedRow, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    def address(self, row: int, slot: str) -> str:
        """The cell of a slot, as people write it: ``file!sheet!B7``.

        :raises KeyError: the row's table has no such slot.
        """
        table, sheet_row = self.origins.row(row)[1:3]
        return address(self.tables[table].sheet, sheet_row, self.tables[table].slots[slot])

    def cells_of(self, row: int, field: str, value: object = None) -> tuple[str, ...]:
        """The addresses of the cells that a record's value of a field came from.

        ``field`` is one of the records' or of ``further``. For e-mails and phones ``value`` is the one asked for. Empty where the value comes
        from no cell (a country that the profile gives).
        """
        table = self.tables[int(self.origins["table"][row])]
        filled = {slot for slot in table.slots if self.raw[slot][row] is not None}
        for group in _FROM.get(field, ((field,),)):
            slots = sorted(
                (slot for slot in filled if slot.partition("#")[0] in group),
                key=lambda slot: table.slots[slot],
            )
            if value is not None and field in ("phones", "emails", "contact_phones", "contact_emails"):
                slots = [
                    slot for slot in slots if slot in self.parts.columns and value in self._part(slot, row)
                ]
            if slots:
                return tuple(self.address(row, slot) for slot in slots)
        return ()

    def _part(self, slot: str, row: int) -> list[str]:
        values = self.parts[slot][row]
        return [] if values is None else list(values)


# Which fields of the input a value may come from: the first group that the row has.
_ADDRESS = (("address",),)
_FROM: dict[str, tuple[tuple[str, ...], ...]] = {
    "name": (("organization_name",),),
    "name_key": (("organization_name",),),
    "name_tokens": (("organization_name",),),
    "house_number": _ADDRESS,
    "street_key": _ADDRESS,
    "street_name": _ADDRESS,
    "unit": _ADDRESS,
    "postcode": (("postcode",), ("address",)),
    "locality": (("locality",), ("address",)),
    "region": (("region",), ("address",)),
    "phones": (("phone", "contact_phone"),),
    "emails": (("email", "contact_email"),),
    "contact_phones": (("contact_phone",),),
    "contact_emails": (("contact_email",),),
    "contact_role": (("contact_role",), ("contact_name",)),
    "website_url": (("website",),),
    "domain": (("website",), ("email", "contact_email")),
}
