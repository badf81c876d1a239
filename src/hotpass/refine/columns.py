"""Columns of a table → fields of the profile: by header, then by a header that is nearly one, then by the look of values.

A header can lie: where the values of a column look like something else, they overrule it, and that is said. Two columns
never fall silently into a field that takes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase

from hotpass.refine.headers import Header, header_key
from hotpass.refine.layout import RawTable
from hotpass.refine.matching import Candidate, HeaderIndex
from hotpass.refine.profiles import Field, Profile, Takes
from hotpass.refine.shapes import Shape, is_written_as_phone, looks_like, shares
from hotpass.tables.table import column_letters

# Fields that a column without a telling header goes to by the look of its values alone.
_BY_SHAPE = {Shape.EMAIL: "email", Shape.PHONE: "phone", Shape.WEBSITE: "website"}
_SEEN = 1000
_FEW = 3
_LOOKS = 0.8
_HARDLY = 0.2
_STREET = ("street", " st", "road", " rd", "ave", "lane", "drive", " dr", "blvd", "straat", "weg", "box ")


class How(Enum):
    """Why a column goes to a field, or to none."""

    PROFILE = "profile"
    """The profile says so for this sheet."""
    EXACT = "exact"
    """The header is a name of the field."""
    FUZZY = "fuzzy"
    """The header is nearly a name of the field."""
    SHAPE = "shape"
    """The values look like it."""
    PLACE = "place"
    """The list has no header: it is the first column of texts that hardly repeat."""
    SUGGESTED = "suggested"
    """Not mapped: the header is a little like a name of the field."""
    OVERRULED = "overruled"
    """Not mapped: the header is a name of the field, and the values are something else."""
    CONFLICT = "conflict"
    """Not mapped: another column has the field."""
    IGNORED = "ignored"
    """Not mapped: the profile ignores the header."""
    UNKNOWN = "unknown"
    """Not mapped."""


@dataclass(frozen=True)
class Mapped:
    """What becomes of one column.

    ``column`` is the sheet's, from 1. ``field`` is where it goes, or what it would have gone to where it is not mapped;
    ``is_mapped`` says which. ``why`` is a sentence without a full stop, empty where the header says it all.
    """

    place: int
    column: int
    header: Header
    field: str | None
    how: How
    score: float = 1.0
    why: str = ""
    kept: bool = False

    @property
    def is_mapped(self) -> bool:
        """Whether the column's values go to the field."""
        return self.field is not None and self.how in _MAPPING

    @property
    def title(self) -> str:
        """The header, or the column's letter where it has none."""
        return str(self.header) or f"column {column_letters(self.column)}"


_MAPPING = frozenset([How.PROFILE, How.EXACT, How.FUZZY, How.SHAPE, How.PLACE])
# The surer way first.
_ORDER = {How.PROFILE: 0, How.EXACT: 1, How.FUZZY: 2, How.SHAPE: 3, How.PLACE: 4}


@dataclass(frozen=True)
class ColumnPlan:
    """What becomes of each column of a table, in their order."""

    columns: tuple[Mapped, ...]

    def of(self, field: str) -> tuple[Mapped, ...]:
        """The columns that go to a field."""
        return tuple(column for column in self.columns if column.is_mapped and column.field == field)

    def unmapped(self) -> tuple[Mapped, ...]:
        """The columns that go to no field."""
        return tuple(column for column in self.columns if not column.is_mapped)


def map_columns(table: RawTable, profile: Profile) -> ColumnPlan:
    """Decide where each column of a table goes."""
    index = HeaderIndex(profile.headers, profile.thresholds.suggested)
    fields = profile.fields()
    told = _told(table, profile)
    cells = table.cells().head(_SEEN * 3)
    found = []
    for place, column, header in zip(table.columns, table.sheet_columns(), table.headers, strict=True):
        filled = cells[f"c{place}"].drop_nulls()
        values = filled.unique(maintain_order=True).head(_SEEN).to_list() if len(filled) >= _FEW else []
        values = [
            value for value in values if value.strip() and value.strip().lower() not in profile.placeholders
        ]
        mapped = _told_for(told, Mapped(place, column, header, None, How.UNKNOWN))
        if mapped is None:
            mapped = _by_header(place, column, header, index, profile)
            mapped = _by_values(mapped, values, fields)
        found.append((mapped, values))
    if not table.header_rows:
        found = _by_place(found, cells.height)
    columns = _settled([mapped for mapped, _ in found], fields, index)
    return ColumnPlan(
        tuple(
            replace(column, kept=not column.is_mapped and profile.keeps(column.header.text or column.title))
            for column in columns
        )
    )


def _told(table: RawTable, profile: Profile) -> dict[str, str | None]:
    """What the profile says of this sheet's columns: header or letter → field."""
    found: dict[str, str | None] = {}
    for pattern, columns in profile.columns.items():
        if any(fnmatchcase(name, pattern) for name in (str(table.sheet), table.sheet.name) if name):
            found |= columns
    return found


def _told_for(told: Mapping[str, str | None], column: Mapped) -> Mapped | None:
    keys = {header_key(name): field for name, field in told.items()}
    names = (header_key(str(column.header)), header_key(column.header.text))
    for name in (*filter(None, names), column_letters(column.column).lower()):
        if name in keys:
            return replace(column, field=keys[name], how=How.PROFILE if keys[name] else How.IGNORED)
    return None


def _by_header(place: int, column: int, header: Header, index: HeaderIndex, profile: Profile) -> Mapped:
    """What the header says."""
    blank = Mapped(place, column, header, None, How.UNKNOWN, 0.0)
    key = header_key(header.text)
    if not key:
        return blank
    joined = header_key(f"{header.group} {header.text}")
    for name in (joined, key):
        if name in profile.ignored_headers:
            return replace(blank, how=How.IGNORED)
        if candidate := index.exact(name):
            return replace(blank, field=candidate.field, how=How.EXACT, score=1.0)
    candidate = index.nearest(key) or Candidate("", 0.0, "")
    if candidate.score >= profile.thresholds.sure:
        why = f"the header is nearly {candidate.name!r}"
        return replace(blank, field=candidate.field, how=How.FUZZY, score=candidate.score, why=why)
    if candidate.field:
        why = f"the header is a little like {candidate.name!r}"
        return replace(blank, field=candidate.field, how=How.SUGGESTED, score=candidate.score, why=why)
    return blank


def _by_values(column: Mapped, values: Sequence[str], fields: Mapping[str, Field]) -> Mapped:
    """What the values say to that."""
    if not values or column.how is How.IGNORED:
        return column
    share = shares(values)
    strong = _strong(values, share)
    if column.how is How.SUGGESTED and column.field:
        wanted = fields[column.field].shape
        if wanted is not None and share[wanted] >= _LOOKS:
            return replace(column, how=How.FUZZY, why=f"{column.why}, and the values are {wanted.value}s")
    told = column.field if column.is_mapped else None
    if told and not _contradicts(fields[told], share, strong):
        return column
    if strong in _BY_SHAPE:
        but = f"the header says {told}, " if told else ""
        why = f"{but}the values are {strong.value}s"
        return replace(column, field=_BY_SHAPE[strong], how=How.SHAPE, score=share[strong], why=why)
    if told:
        said = f", they are {strong.value}s" if strong else ""
        seen = f"of {len(values)} different values {_percent(share, fields[told].shape)}{said}"
        return replace(column, how=How.OVERRULED, score=0.0, why=f"the header says {told}, {seen}")
    return column


def _percent(share: Mapping[Shape, float], shape: Shape | None) -> str:
    return f"{share[shape]:.0%} look like {shape.value}s" if shape else "hardly any is a name or text"


def _strong(values: Sequence[str], share: Mapping[Shape, float]) -> Shape | None:
    """What nearly all values are beyond doubt."""
    for shape in (Shape.EMAIL, Shape.WEBSITE, Shape.DATE):
        if share[shape] >= _LOOKS:
            return shape
    written = sum(is_written_as_phone(value) for value in values)
    return Shape.PHONE if written >= _LOOKS * len(values) else None


def _contradicts(field: Field, share: Mapping[Shape, float], strong: Shape | None) -> bool:
    """Whether values cannot be a field's."""
    match field.shape:
        case None:
            numbers = field.name == "organization_name" and share[Shape.NUMBER] >= 0.9
            is_coded = field.name in ("source_record", "notes")
            return numbers or (strong is not None and not is_coded)
        case Shape.POSTCODE | Shape.DATE:
            # Postcodes have as many forms as countries; dates may be numbers that the normaliser flags.
            return strong is not None and strong is not field.shape
        case shape:
            return share[shape] < _HARDLY or (
                strong is not None and strong is not shape and share[shape] < _LOOKS
            )


def _by_place(found: Sequence[tuple[Mapped, list[str]]], height: int) -> list[tuple[Mapped, list[str]]]:
    """Find the name and the address in a list without a header.

    The name is the first column of texts that hardly repeat, the address the first whose values are streets.
    """
    result = list(found)
    named = {column.field for column, _ in found if column.is_mapped}
    for number, (column, values) in enumerate(found):
        if column.is_mapped or not values:
            continue
        texts = [value for value in values if any(map(str.isalpha, value))]
        streets = sum(_is_street(value) for value in values)
        if "address" not in named and streets >= 0.6 * len(values):
            why = "the list has no header; the values look like streets"
            result[number] = replace(column, field="address", how=How.PLACE, why=why), values
            named.add("address")
        elif (
            "organization_name" not in named
            and len(texts) >= 0.9 * len(values)
            and len(values) >= 0.6 * min(height, _SEEN)
        ):
            why = "the list has no header; it is the first column of texts that hardly repeat"
            result[number] = replace(column, field="organization_name", how=How.PLACE, why=why), values
            named.add("organization_name")
    return result


def _is_street(value: str) -> bool:
    lower = f" {value.lower()}"
    has_number = any(map(str.isdigit, value)) and not looks_like(value, Shape.PHONE)
    return has_number and any(word in lower for word in _STREET)


def _settled(columns: list[Mapped], fields: Mapping[str, Field], index: HeaderIndex) -> list[Mapped]:
    """Give a field that takes one column the best of those that want it; the others are conflicts, and say so."""
    settled = list(columns)
    for name, field in fields.items():
        wanting = [
            number for number, column in enumerate(settled) if column.is_mapped and column.field == name
        ]
        if field.takes is not Takes.ONE or len(wanting) < 2:
            continue
        best = min(wanting, key=lambda number: _rank(settled[number], index, number))
        for number in wanting:
            if number != best:
                why = f"{name} has {settled[best].title!r}, which fits better or stands first"
                settled[number] = replace(settled[number], how=How.CONFLICT, why=why)
    return settled


def _rank(column: Mapped, index: HeaderIndex, number: int) -> tuple[int, float, int, int]:
    place = index.place(header_key(str(column.header)), header_key(column.header.text), column.field or "")
    return _ORDER[column.how], -column.score, place, number
