"""What preparing gives: the records, everything else their rows say, and the true place of every cell. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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
        table = self.tables[self._tables[row]]
        return address(table.sheet, self._sheet_rows[row], table.slots[slot])

    def cells_of(self, row: int, field: str, value: object = None) -> tuple[str, ...]:
        """The addresses of the cells that a record's value of a field came from.

        ``field`` is one of the records' or of ``further``. For e-mails and phones ``value`` is the one asked for. Empty where the value comes
        from no cell (a country that the profile gives).
        """
        return tuple(self.address(row, slot) for slot in self.slots_of(row, field, value))

    def slots_of(self, row: int, field: str, value: object = None) -> tuple[str, ...]:
        """The slots of those cells, in the order of their columns."""
        several = value is not None and field in _SEVERAL
        for group in self._groups(self._tables[row], field):
            found = tuple(
                slot
                for slot in group
                if self._filled[slot][row] and (not several or value in self._part(slot, row))
            )
            if found:
                return found
        return ()

    def _groups(self, table: int, field: str) -> tuple[tuple[str, ...], ...]:
        """The slots of a table that a field may come from, the groups in order of preference, each by its columns."""
        known = self._known_groups.get((table, field))
        if known is None:
            slots = self.tables[table].slots
            in_order = sorted(slots, key=slots.__getitem__)
            known = tuple(
                tuple(slot for slot in in_order if slot.partition("#")[0] in group)
                for group in _FROM.get(field, ((field,),))
            )
            self._known_groups[table, field] = known
        return known

    def _part(self, slot: str, row: int) -> list[str]:
        return self._lists[slot][row] or [] if slot in self._lists else []

    # Millions of cells are asked for one by one; a frame answers each a hundred times more slowly than a list.

    @cached_property
    def _known_groups(self) -> dict[tuple[int, str], tuple[tuple[str, ...], ...]]:
        return {}

    @cached_property
    def _tables(self) -> list[int]:
        return self.origins["table"].to_list()

    @cached_property
    def _sheet_rows(self) -> list[int]:
        return self.origins["sheet_row"].to_list()

    @cached_property
    def _filled(self) -> dict[str, list[bool]]:
        return {slot: self.raw[slot].is_not_null().to_list() for slot in self.raw.columns if slot != "row"}

    @cached_property
    def _lists(self) -> dict[str, list[list[str] | None]]:
        return {slot: self.parts[slot].to_list() for slot in self.parts.columns if slot != "row"}


_SEVERAL = frozenset(["phones", "emails", "contact_phones", "contact_emails"])
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
