"""The rules that a refined table is held to, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Severity(Enum):
    """What follows from a broken rule."""

    ERROR = "error"
    WARNING = "warning"


class Check(Enum):
    """What a rule asks of a field."""

    PRESENT = "present"
    """The field has a value."""
    UNIQUE = "unique"
    """No other row has the same value; the first one keeps it."""
    MATCHES = "matches"
    """The whole value fits the pattern."""
    ONE_OF = "one_of"
    """The value is one of a list."""
    VALID = "valid"
    """Every value is what its kind asks for, and none beside it was left undecided."""


class Kind(Enum):
    """What a value has to look like to be valid."""

    EMAIL = "email"
    PHONE = "phone"
    """E.164, or national digits where no country is known."""
    WEBSITE = "website"
    ANY = "any"
    """Whatever the normaliser let pass."""


SHAPES: Mapping[Kind, str] = {
    Kind.EMAIL: r"[^@\s<>,;]+@[^@\s<>,;.]+(?:\.[^@\s<>,;.]+)+",
    Kind.PHONE: r"\+?[0-9]{6,15}(?: ?(?:x|ext\.?|;ext=) ?[0-9]{1,7})?",
    Kind.WEBSITE: r"https?://[^\s/?#.]+(?:\.[^\s/?#.]+)+(?:[/?#]\S*)?",
    Kind.ANY: r"(?s).+",
}
"""What a valid value of each kind looks like, whole."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a profile.

    ``threshold`` is the share of rows, from 0 to 1, that must hold to it: of those that have a value, for PRESENT of all.
    ``pattern`` is for MATCHES, ``values`` for ONE_OF, ``kind`` for VALID. Empty values break PRESENT alone.
    """

    name: str
    field: str
    check: Check
    severity: Severity = Severity.WARNING
    threshold: float = 1.0
    values: tuple[str, ...] = ()
    pattern: str = ""
    kind: Kind = Kind.ANY

    @property
    def sets_aside(self) -> bool:
        """Whether a row that breaks it goes into quarantine."""
        return self.severity is Severity.ERROR and self.threshold >= 1


class ProfileRule(Protocol):
    """A rule as a profile has read it: words where :class:`Rule` has values."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def field(self) -> str:
        """The field it is about."""

    @property
    def check(self) -> str:
        """The value of a :class:`Check`."""

    @property
    def severity(self) -> Enum:
        """Its value is that of a :class:`Severity`."""

    @property
    def threshold(self) -> float:
        """From 0 to 1."""

    @property
    def values(self) -> tuple[str, ...]:
        """For ONE_OF."""


def rule_of(rule: ProfileRule) -> Rule:
    """The rule that a profile's words mean; what a valid value looks like follows from the name of the field."""
    kind = _KIND_OF.get(rule.field.removeprefix("contact_"), Kind.ANY)
    return Rule(
        rule.name,
        rule.field,
        Check(rule.check),
        Severity(rule.severity.value),
        rule.threshold,
        rule.values,
        getattr(rule, "pattern", ""),
        kind,
    )


_KIND_OF = {"email": Kind.EMAIL, "phone": Kind.PHONE, "website": Kind.WEBSITE}

DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("every id is one organisation's", "organization_id", Check.UNIQUE, Severity.ERROR),
    Rule("every organisation has a name", "organization_name", Check.PRESENT, Severity.ERROR),
    Rule("e-mails are valid", "email", Check.VALID, Severity.ERROR, 0.85, kind=Kind.EMAIL),
    Rule("phones are valid", "phone", Check.VALID, Severity.ERROR, 0.85, kind=Kind.PHONE),
    Rule("websites are valid", "website", Check.VALID, Severity.ERROR, 0.75, kind=Kind.WEBSITE),
)
"""The rules where no profile gives any. The thresholds are REFINE.md's, chosen and not fitted."""
