"""The fields of a refined table, and what a column of an input may be mapped to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hotpass.refine.shapes import Shape


class Takes(Enum):
    """How many columns of one table may go into a field."""

    ONE = "one"
    MANY = "many"
    """Each by itself: e-mails, phones."""
    JOINED = "joined"
    """One after the other: the lines of an address, notes."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that columns are mapped to.

    ``shape``: what its values look like, where that can be told; values of another look overrule a header.
    """

    name: str
    takes: Takes = Takes.ONE
    shape: Shape | None = None


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("source_record"),
        Field("organization_name"),
        Field("organization_type"),
        Field("category"),
        Field("status"),
        Field("address", Takes.JOINED),
        Field("postcode", shape=Shape.POSTCODE),
        Field("locality"),
        Field("region"),
        Field("country"),
        Field("website", shape=Shape.WEBSITE),
        Field("email", Takes.MANY, Shape.EMAIL),
        Field("phone", Takes.MANY, Shape.PHONE),
        Field("contact_name"),
        Field("contact_role"),
        Field("contact_email", Takes.MANY, Shape.EMAIL),
        Field("contact_phone", Takes.MANY, Shape.PHONE),
        Field("last_interaction_date", shape=Shape.DATE),
        Field("notes", Takes.JOINED),
    )
}
"""The fields of every profile, in the order of the output. A profile may add others, which take one column each."""

OUTPUT_FIELDS = (
    *FIELDS,
    "organization_id",
    "source_datasets",
    "source_record_ids",
    "quality_score",
    "quality_flags",
)
"""Every field that a rule may be about."""
