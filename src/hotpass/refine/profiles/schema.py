"""What may stand in a profile file, and reading it as a value. Each finding names the line and what was expected there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hotpass.errors import nearest
from hotpass.refine.headers import header_key
from hotpass.refine.profiles.errors import ProfileError
from hotpass.refine.profiles.fields import FIELDS, OUTPUT_FIELDS
from hotpass.refine.profiles.profile import CHECKS, Rule, Severity

Checker = Callable[["Node"], Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document, the line it stands on (from 1), and the file."""

    value: Any
    line: int
    file: str

    def wrong(self, expected: str, found: str = "", known: tuple[str, ...] = ()) -> ProfileError:
        """The error that something else was expected here."""
        return ProfileError(self.file, self.line, expected, found, nearest(found, known) if found else ())

    def items(self) -> list[tuple[str, Node]]:
        """The entries of a mapping. Raises ProfileError where it is none."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("a mapping (name: value)", _shown(self.value))
        where = getattr(self.value, "lc", None)
        found = []
        for key, value in self.value.items():
            line = where.key(key)[0] + 1 if where and where.data and key in where.data else self.line
            found.append((str(key), Node(value, line, self.file)))
        return found

    def elements(self) -> list[Node]:
        """The elements of a list. Raises ProfileError where it is none."""
        if not isinstance(self.value, list):
            raise self.wrong("a list", _shown(self.value))
        where = getattr(self.value, "lc", None)
        lines = {place: at[0] + 1 for place, at in where.data.items()} if where and where.data else {}
        return [Node(value, lines.get(place, self.line), self.file) for place, value in enumerate(self.value)]


def checked(node: Node, checkers: Mapping[str, Checker]) -> dict[str, Any]:
    """Read a mapping whose keys are known. Raises ProfileError for an unknown key or a wrong value."""
    found = {}
    for key, value in node.items():
        if key not in checkers:
            raise value.wrong(f"one of {', '.join(checkers)}", key, tuple(checkers))
        found[key] = checkers[key](value)
    return found


def text(node: Node) -> str:
    """A text. A number or date is taken as written only in quotes."""
    if not isinstance(node.value, str):
        raise node.wrong("a text (in quotes where it looks like something else)", _shown(node.value))
    return str(node.value)


def texts(node: Node) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(each) for each in node.elements())


def keys(node: Node) -> tuple[str, ...]:
    """A list of headers, as they are compared."""
    return tuple(dict.fromkeys(header_key(each) for each in texts(node)))


def lowered(node: Node) -> frozenset[str]:
    """A list of texts, compared without case."""
    return frozenset(each.strip().lower() for each in texts(node))


def one_of(*allowed: str) -> Checker:
    """One of some texts."""

    def check(node: Node) -> str:
        if node.value not in allowed:
            raise node.wrong(f"one of {', '.join(allowed)}", _shown(node.value), allowed)
        return str(node.value)

    return check


def country(node: Node) -> str:
    """An ISO 3166-1 code of two letters."""
    code = node.value
    if code is False:
        # YAML 1.1 takes NO for no; so do people's editors.
        code = "NO"
    if not isinstance(code, str) or len(code) != 2 or not code.isalpha() or not code.isupper():
        raise node.wrong("a country code of two capital letters (ISO 3166-1), such as ZA", _shown(node.value))
    return code


def digits(node: Node) -> str:
    """Digits in quotes: a number would lose its leading zeros."""
    if not isinstance(node.value, str) or not node.value.isdigit():
        raise node.wrong('digits in quotes, such as "011"', _shown(node.value))
    return str(node.value)


def pattern(node: Node) -> str:
    """A regular expression that both Python and the engine read: nothing looks ahead or behind, or refers back."""
    written = text(node)
    try:
        re.compile(written)
    except re.error as error:
        raise node.wrong("a regular expression", f"{written} ({error})") from error
    if re.search(r"\(\?(?:=|!|<=|<!|P=|>|\()|\\[1-9]", written):
        raise node.wrong("a regular expression that looks neither ahead nor back", written)
    return written


def share(node: Node) -> float:
    """A number from 0 to 1."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float) or not 0 <= node.value <= 1:
        raise node.wrong("a number from 0 to 1", _shown(node.value))
    return float(node.value)


def header_rows(node: Node) -> dict[str, int]:
    """Sheet patterns with the row of the header; ``none`` where there is none."""
    found = {}
    for pattern, value in node.items():
        row = 0 if value.value == "none" else value.value
        if (
            isinstance(row, bool)
            or not isinstance(row, int)
            or row < 0
            or (row == 0 and value.value != "none")
        ):
            raise value.wrong("the number of a row, from 1, or none", _shown(value.value))
        found[pattern] = row
    return found


def mapping_of_texts(node: Node) -> dict[str, str]:
    """Names with what they mean, compared as headers are."""
    return {header_key(name): text(value) for name, value in node.items()}


def headers_of(fields: tuple[str, ...]) -> Checker:
    """Fields with the headers that mean them."""

    def check(node: Node) -> dict[str, tuple[str, ...]]:
        return checked(node, dict.fromkeys(fields, keys))

    return check


def columns_of(fields: tuple[str, ...]) -> Checker:
    """Sheet patterns, each with headers or letters of columns and the field each goes to (``none``: to no field)."""

    def check(node: Node) -> dict[str, dict[str, str | None]]:
        found: dict[str, dict[str, str | None]] = {}
        for pattern, value in node.items():
            found[pattern] = {}
            for header, field in value.items():
                if field.value not in (*fields, "none"):
                    raise field.wrong("a field, or none", _shown(field.value), fields)
                found[pattern][header] = None if field.value == "none" else str(field.value)
        return found

    return check


def rules_of(fields: tuple[str, ...]) -> Checker:
    """A list of rules."""

    def check(node: Node) -> tuple[Rule, ...]:
        return tuple(_rule(each, fields) for each in node.elements())

    return check


def _rule(node: Node, fields: tuple[str, ...]) -> Rule:
    known = (*OUTPUT_FIELDS, *(name for name in fields if name not in FIELDS))
    found = checked(
        node,
        {
            "rule": text,
            "field": one_of_fields(known),
            "check": one_of(*CHECKS),
            "severity": one_of(*(severity.value for severity in Severity)),
            "threshold": share,
            "values": texts,
            "pattern": pattern,
        },
    )
    for key in ("rule", "field", "check"):
        if key not in found:
            raise node.wrong(f"a rule with {key}")
    for check, key in (("one_of", "values"), ("matches", "pattern")):
        if (found["check"] == check) != (key in found):
            raise node.wrong(f"{key} with the check {check}, and with no other")
    return Rule(
        found["rule"],
        found["field"],
        found["check"],
        Severity(found.get("severity", "warning")),
        found.get("threshold", 1.0),
        found.get("values", ()),
        found.get("pattern", ""),
    )


def one_of_fields(fields: tuple[str, ...]) -> Checker:
    """A field of the refined table."""

    def check(node: Node) -> str:
        if node.value not in fields:
            raise node.wrong("a field of the refined table", _shown(node.value), fields)
        return str(node.value)

    return check


def _shown(value: Any) -> str:
    """A value as it is shown in an error."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else str(value)
