"""A profile: what a sector and a country know about their lists, as a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from hotpass.refine.headers import header_key
from hotpass.refine.layout import LayoutRules
from hotpass.refine.profiles.fields import FIELDS, Field


class Severity(Enum):
    """What a broken rule does: an error blocks the release, a warning is reported."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the refined table is held to.

    ``check`` is one of :data:`CHECKS`. ``threshold`` is the share of the organisations that have a value (for
    ``present``: of all) that must pass.
    """

    name: str
    field: str
    check: str
    severity: Severity = Severity.WARNING
    threshold: float = 1.0
    values: tuple[str, ...] = ()
    pattern: str = ""


CHECKS = ("present", "valid", "unique", "one_of", "matches")
"""What a rule can ask of a field: a value, a valid one, one that no other has, one of ``values``, one like ``pattern``."""


@dataclass(frozen=True)
class Thresholds:
    """Numbers between 0 and 1: see docs/reference/profiles.md."""

    match: float = 0.9
    review: float = 0.7
    sure: float = 0.7
    suggested: float = 0.5


@dataclass(frozen=True)
class Profile:
    """Everything a profile says, with what it inherits.

    ``headers`` are, by field, the names of columns that mean it, the best first, as they are compared
    (:func:`hotpass.refine.headers.header_key`). ``country`` is an ISO 3166-1 code, ``area_code`` goes before local
    phones, ``date_order`` is ``dmy``, ``mdy`` or None. ``extras`` says which unmapped columns are kept: all, none, or those
    that ``extra_headers`` names. ``digest`` is of the files the profile was read from.
    """

    name: str
    description: str = ""
    country: str | None = None
    area_code: str | None = None
    date_order: str | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra_fields: tuple[str, ...] = ()
    ignored_headers: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    legal_forms: tuple[str, ...] = ()
    free_mail: frozenset[str] = frozenset()
    role_mail: frozenset[str] = frozenset()
    regions: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    source_priority: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    header_row: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    sheets_kept: tuple[str, ...] = ()
    sheets_left_out: tuple[str, ...] = ()
    extras: str = "none"
    extra_headers: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    digest: str = ""

    def fields(self) -> dict[str, Field]:
        """Every field a column may be mapped to."""
        return FIELDS | {name: Field(name) for name in self.extra_fields}

    def layout(self) -> LayoutRules:
        """What finding tables needs to know."""
        known = {name for names in self.headers.values() for name in names} | self.ignored_headers
        return LayoutRules(frozenset(known), self.header_row, self.sheets_kept, self.sheets_left_out)

    def keeps(self, header: str) -> bool:
        """Whether an unmapped column is kept beside the fields."""
        return self.extras == "all" or (self.extras == "listed" and header_key(header) in self.extra_headers)

    def with_settings(
        self, *, country: str | None = None, area_code: str | None = None, date_order: str | None = None
    ) -> Profile:
        """The profile with what a run knows better."""
        return replace(
            self,
            country=country or self.country,
            area_code=area_code or self.area_code,
            date_order=date_order or self.date_order,
        )
