"""Several records of one organisation → one row, each value with the row it came from and why it won. Pure.

Records are put in an order: the source's priority, then completeness, then recency, then the order of their lists and
ids. Each value is the first record's that has one. The parts of an address come from one record together, so that no
house number stands beside another street; what that record lacks is filled from records of the same house and street.
All e-mails and phones are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

SINGLE = ("name", "website", "category", "last_interaction_date")
"""Fields with one value each, chosen by themselves."""
ADDRESS = ("address", "house_number", "street_key", "unit", "postcode", "locality", "region", "country")
"""Fields that are chosen together."""
MANY = ("phones", "emails")
"""Fields of which every value is kept."""
CONTACT = ("contact_name", "contact_role", "contact_emails", "contact_phones")
"""Further fields that are chosen together: the person, and how to reach that person."""
KEPT = ("notes",)
"""Further fields of which every value is kept."""

_ADDRESS_SAYS = ("house_number", "street_key")


class Reason(Enum):
    """Why a value stands in the output."""

    ONLY = "only"
    """No record has another."""
    PRIORITY = "priority"
    """Its source comes first."""
    COMPLETENESS = "completeness"
    """Its record has more fields filled than those with another value."""
    RECENCY = "recency"
    """Its record is the more recent; for a date, it is the latest."""
    ORDER = "order"
    """Nothing tells the records apart but the names of their lists and ids."""
    FILLED = "filled"
    """A part of the address that the chosen record lacks, from another of the same house and street."""
    KEPT = "kept"
    """One of several: all are kept."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value with the row it came from and why it won. ``others`` are the rows that had another value, best first."""

    field: str
    value: Any
    row: int
    reason: Reason
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Survivor:
    """One organisation: its rows, the best first, and its values in the order of the fields."""

    rows: tuple[int, ...]
    values: tuple[Chosen, ...]

    def value(self, field: str) -> Any:
        """The value of a field with one, or None."""
        return next((chosen.value for chosen in self.values if chosen.field == field), None)

    def all(self, field: str) -> tuple[Any, ...]:
        """All values of a field."""
        return tuple(chosen.value for chosen in self.values if chosen.field == field)


def choose_survivors(
    records: pl.DataFrame,
    clusters: Sequence[Sequence[int]],
    priority: Sequence[str] = (),
    further: pl.DataFrame | None = None,
) -> tuple[Survivor, ...]:
    """One survivor for each cluster, in their order.

    ``records`` are the prepared ones (:data:`hotpass.refine.records.COLUMNS`); ``priority`` are sources, the best first;
    those it does not name come after them, all alike. ``further`` is what the same rows say beside that
    (:data:`hotpass.refine.prepared.FURTHER` and a profile's own fields): its values follow those of the records.
    """
    rank = {source: place for place, source in enumerate(priority)}
    table = records.select("row", "source", "source_record", *SINGLE, *ADDRESS, *MANY)
    more = [] if further is None else [name for name in further.columns if name != "row"]
    if further is not None:
        table = table.hstack(further.select(more))
    rows = [_Record(values, rank.get(values["source"], len(rank))) for values in table.iter_rows(named=True)]
    return tuple(_survivor([rows[row] for row in cluster], more) for cluster in clusters)


class _Record:
    """A record with what it is ordered by, each criterion smaller for the better."""

    __slots__ = ("order", "row", "values")

    def __init__(self, values: Mapping[str, Any], rank: int) -> None:
        self.values = values
        self.row: int = values["row"]
        filled = sum(1 for field in (*SINGLE, *ADDRESS, *MANY) if values[field] not in (None, []))
        date = values["last_interaction_date"]
        recency = -date.toordinal() if date else 0
        self.order = (rank, -filled, recency, values["source"], values["source_record"] or "", self.row)


_CRITERIA = (Reason.PRIORITY, Reason.COMPLETENESS, Reason.RECENCY)


def _survivor(records: list[_Record], further: Sequence[str]) -> Survivor:
    records.sort(key=lambda record: record.order)
    values: list[Chosen] = []
    for field in SINGLE:
        if field == "last_interaction_date":
            values += _latest(records)
        else:
            values += _first(field, records)
    values += _address(records)
    for field in MANY:
        values += _all(field, records)
    for field in further:
        if field in KEPT:
            values += _all(field, records)
        elif field not in CONTACT:
            values += _first(field, records)
    values += _contact(records, [field for field in CONTACT if field in further])
    return Survivor(tuple(record.row for record in records), tuple(values))


def _first(field: str, records: Sequence[_Record]) -> list[Chosen]:
    having = [record for record in records if record.values[field] is not None]
    if not having:
        return []
    best = having[0]
    others = [record for record in having if record.values[field] != best.values[field]]
    return [Chosen(field, best.values[field], best.row, _reason(best, others), _rows(others))]


def _latest(records: Sequence[_Record]) -> list[Chosen]:
    having = [record for record in records if record.values["last_interaction_date"] is not None]
    if not having:
        return []
    best = max(having, key=lambda record: record.values["last_interaction_date"])
    date = best.values["last_interaction_date"]
    others = [record for record in having if record.values["last_interaction_date"] != date]
    reason = Reason.RECENCY if others else Reason.ONLY
    return [Chosen("last_interaction_date", date, best.row, reason, _rows(others))]


def _address(records: Sequence[_Record]) -> list[Chosen]:
    having = [record for record in records if any(record.values[field] is not None for field in ADDRESS[:-1])]
    if not having:
        return _first("country", records)
    # A record with a street comes before one with a town alone, whatever their order.
    placed = [record for record in having if record.values["street_key"] is not None]
    best = (placed or having)[0]
    chosen = []
    for field in ADDRESS:
        value = best.values[field]
        if value is not None:
            others = [record for record in having if record.values[field] not in (None, value)]
            chosen.append(Chosen(field, value, best.row, _reason(best, others), _rows(others)))
        elif source := next((each for each in having if _fills(each, best, field)), None):
            others = [each for each in having if each.values[field] not in (None, source.values[field])]
            chosen.append(Chosen(field, source.values[field], source.row, Reason.FILLED, _rows(others)))
    return chosen


def _fills(record: _Record, best: _Record, field: str) -> bool:
    same = all(
        best.values[part] is not None and record.values[part] == best.values[part] for part in _ADDRESS_SAYS
    )
    return record.values[field] is not None and (same or field == "country")


def _all(field: str, records: Sequence[_Record]) -> list[Chosen]:
    found: dict[str, int] = {}
    for record in records:
        for value in _listed(record.values[field]):
            found.setdefault(value, record.row)
    reason = Reason.KEPT if len(found) > 1 else Reason.ONLY
    return [Chosen(field, value, row, reason) for value, row in found.items()]


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _contact(records: Sequence[_Record], fields: Sequence[str]) -> list[Chosen]:
    """The first record's that names a person, else the first's that says how to reach one."""
    having = [record for record in records if any(_listed(record.values[field]) for field in fields)]
    if not having:
        return []
    named = [record for record in having if record.values["contact_name"] is not None]
    best = (named or having)[0]
    chosen = []
    for field in fields:
        others = [
            record
            for record in having
            if _listed(record.values[field]) not in ((), [], _listed(best.values[field]))
        ]
        values = _listed(best.values[field])
        reason = Reason.KEPT if len(values) > 1 else _reason(best, others)
        chosen += [Chosen(field, value, best.row, reason, _rows(others)) for value in values]
    return chosen


def _reason(best: _Record, others: Sequence[_Record]) -> Reason:
    """What the best record has before the next best that says something else."""
    if not others:
        return Reason.ONLY
    for place, reason in enumerate(_CRITERIA):
        if best.order[place] != others[0].order[place]:
            return reason
    return Reason.ORDER


def _rows(records: Sequence[_Record]) -> tuple[int, ...]:
    return tuple(record.row for record in records)
