"""What the version before says of its organisations: which rows each was made of, and what else it is known by. Pure.

It stands in the data itself, so that it travels with every release, comes back with every restore, and never lies in
git: ``source_record_ids`` names the records of an organisation, ``merged_ids`` the ids that it took over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hotpass.refine.grid import Grid
from hotpass.refine.identities import Identities, Known
from hotpass.refine.records import RecordRef
from hotpass.refine.validate import SEPARATOR

if TYPE_CHECKING:
    import polars as pl

ID = "organization_id"
RECORDS = "source_record_ids"
MERGED = "merged_ids"
TRAITS = ("organization_name", "address", "locality", "phone", "email")
"""The columns that an organisation can be known by where its rows are new."""

ROOM = 30_000
"""The characters that a list of records or cells may take: a sheet's cell holds little more."""


@dataclass(frozen=True)
class Previous:
    """The organisations of the version before. ``version`` is empty where it has no number.

    ``merged`` are, by id, the ids that an organisation took over in all versions.
    """

    version: str = ""
    ids: Mapping[RecordRef, str] = field(default_factory=dict)
    traits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def known(self) -> Known:
        """The same as the question about ids wants it."""
        retired = frozenset(name for names in self.merged.values() for name in names)
        return Known(self.ids, self.traits, retired)

    def merged_into(self, identities: Identities) -> dict[str, tuple[str, ...]]:
        """By id of the new version, every id that it stands for now."""
        taken = {merge.into: merge.ids for merge in identities.merges}
        found = {}
        for name in identities.ids:
            parts = (name, *taken.get(name, ()))
            ids = {*taken.get(name, ()), *(old for part in parts for old in self.merged.get(part, ()))}
            if ids:
                found[name] = tuple(sorted(ids))
        return found


def previous_of(tables: Iterable[pl.DataFrame], version: str = "") -> Previous | None:
    """Read the organisations out of a refined dataset's tables; None where no table has them.

    Only tables with ids and records count: the Data and the Quarantine sheets.
    """
    ids: dict[RecordRef, str] = {}
    traits: dict[str, frozenset[str]] = {}
    merged: dict[str, tuple[str, ...]] = {}
    found = False
    for table in tables:
        if not {ID, RECORDS} <= set(table.columns):
            continue
        found = True
        wanted = [name for name in (ID, RECORDS, MERGED, *TRAITS) if name in table.columns]
        for row in table.select(wanted).iter_rows(named=True):
            name = row[ID]
            if not name:
                continue
            for ref in parse_refs(row[RECORDS] or ""):
                ids.setdefault(ref, name)
            traits[name] = traits_of(row)
            if row.get(MERGED):
                merged[name] = tuple(row[MERGED].split(SEPARATOR))
    return Previous(version, ids, traits, merged) if found else None


def frames_of(grids: Iterable[Grid]) -> list[pl.DataFrame]:
    """The grids of a refined dataset as tables of text: their first row names the columns."""
    frames = []
    for grid in grids:
        if grid.row != 1 or grid.column != 1 or not grid.cells.height:
            continue
        names = [str(name or "") for name in grid.cells.row(0)]
        if len(set(names)) == len(names):
            frame = grid.cells.slice(1)
            frame.columns = names
            frames.append(frame)
    return frames


def traits_of(row: Mapping[str, str | None]) -> frozenset[str]:
    """What a row of the output can be known by: two things that it says together, each as it is compared."""
    told = {name: " ".join(_folded(row.get(name))) for name in ("organization_name", "address", "locality")}
    name, address, locality = told.values()
    phones, mails = (
        [each for each in (row.get(many) or "").split(SEPARATOR) if each] for many in ("phone", "email")
    )
    pairs = [(name, address), (name, locality), *((name, each) for each in (*phones, *mails))]
    pairs += [(address, each) for each in (*phones, *mails)]
    return frozenset(f"{one}\x1f{other}" for one, other in pairs if one and other)


def _folded(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").casefold())


def refs_text(refs: Sequence[RecordRef]) -> str:
    """Records as one cell, in their order, as many as have room; :func:`parse_refs` gives them back."""
    return joined([f"{_quoted(ref.source, ':')}:{_quoted(ref.record)}" for ref in refs])


def parse_refs(text: str) -> tuple[RecordRef, ...]:
    """The records that a cell names; what is no record is passed over."""
    parts = (part.partition(":") for part in text.split(SEPARATOR))
    return tuple(RecordRef(unquote(source), unquote(record)) for source, colon, record in parts if colon)


def joined(texts: Iterable[str], room: int = ROOM) -> str:
    """Texts as one cell, as many of them as have room."""
    found: list[str] = []
    for text in texts:
        room -= len(text) + len(SEPARATOR)
        if room < 0 and found:
            break
        found.append(text)
    return SEPARATOR.join(found)


def _quoted(text: str, more: str = "") -> str:
    """A text in which nothing can be taken for the end of it, nor it for a formula."""
    return re.sub(rf"[%;\x00-\x1f{more}]|^[=+\-@]", lambda sign: f"%{ord(sign[0]):02X}", text)
