"""Whether a refined table is good enough: rules, quarantine, gate and a score for each record. Pure.

A rule with a threshold of 1 is about rows: an error sets aside every row that breaks it, with the reason; a warning
flags it. A rule with a lower threshold looks at the share of the rows that hold to it, among those it speaks of, and flags the
others. An error rule fails where its share is below its threshold, or where it would set every row aside; then the release is blocked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hotpass.refine.rules import DEFAULT_RULES, SHAPES, Check, Kind, ProfileRule, Rule, Severity, rule_of

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "DEFAULT_RULES",
    "FLAG_FACTOR",
    "SEPARATOR",
    "WEIGHTS",
    "WORST",
    "Breach",
    "Check",
    "Kind",
    "Problem",
    "ProfileRule",
    "Rule",
    "RuleResult",
    "Scoring",
    "Severity",
    "Validation",
    "rule_of",
    "score",
    "validate",
]

SEPARATOR = "; "
"""What stands between several values of one cell."""
WORST = 20
"""How many of the rows that break a rule are named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that could not be decided, or a doubt about a record. ``row`` counts rows of the table from 0.

    ``address`` is the cell it stands in, ``value`` the text there.
    """

    row: int
    field: str
    address: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Breach:
    """A row that breaks a rule: its id, the cell it comes from, what stands there and what is wrong."""

    row: int
    record: str
    address: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule found. ``rows`` are those it speaks of; ``worst`` are the first that break it."""

    rule: Rule
    rows: int
    broken: int
    worst: tuple[Breach, ...]
    failed: bool
    missing_column: bool = False

    @property
    def share(self) -> float:
        """The share of rows that hold to it; 1 where it speaks of none."""
        return 1.0 if not self.rows else (self.rows - self.broken) / self.rows


@dataclass(frozen=True)
class Validation:
    """What came of a table.

    ``data`` are the rows that stay, with ``quality_score`` and ``quality_flags`` filled; ``quarantine`` those set aside,
    as they are, with the column ``quarantine_reasons`` in front; ``kept`` are the numbers of the rows that stay.
    """

    data: pl.DataFrame
    quarantine: pl.DataFrame
    kept: tuple[int, ...]
    results: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The error rules that failed."""
        return tuple(r for r in self.results if r.failed and r.rule.severity is Severity.ERROR)

    @property
    def passed(self) -> bool:
        """Whether a release may be made of it."""
        return not self.failed


WEIGHTS: Mapping[str, float] = {
    "organization_name": 3,
    "email": 2,
    "phone": 2,
    "address": 2,
    "website": 1,
    "locality": 1,
    "category": 1,
    "contact_name": 1,
    "last_interaction_date": 1,
}
"""What each field adds to the score of a record that has it."""
FLAG_FACTOR = 0.9
"""What each flag leaves of the score."""


@dataclass(frozen=True)
class Scoring:
    """How records are scored. Fields the table does not have count for nothing."""

    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    flag_factor: float = FLAG_FACTOR


def validate(
    table: pl.DataFrame,
    rules: Sequence[Rule] = DEFAULT_RULES,
    problems: Sequence[Problem] = (),
    scoring: Scoring | None = None,
) -> Validation:
    """Check a table of one row per organisation; all columns but numbers and dates are text.

    Addresses come from its columns ``FIELD__source`` and ``source``. ``problems`` become flags, and break VALID of
    their field. A rule on a column that is not there speaks of no row and holds; PRESENT speaks of every row, and none has it.
    """
    checked = _Table(table, problems)
    broken = [checked.breaches(rule) for rule in rules]
    reasons: dict[int, list[str]] = {}
    flags: dict[int, list[str]] = {}
    for problem in problems:
        _note(flags, problem.row, f"{problem.field}: {problem.reason}")
    results = []
    for rule, (rows, breaches) in zip(rules, broken, strict=True):
        result = _result(rule, rows, breaches, rule.field not in table.columns, table.height)
        results.append(result)
        for breach in breaches:
            said = f"{rule.field}: {breach.reason}"
            _note(reasons if rule.sets_aside else flags, breach.row, said)
    return _parted(table, reasons, flags, tuple(results), scoring or Scoring())


def score(
    filled: Collection[str], flags: int, columns: Collection[str], scoring: Scoring | None = None
) -> float:
    """The score of a record, from 0 to 1 with two decimals.

    It is the weight of its filled fields among the table's ``columns``, times a factor for each flag. A field more never
    lowers it and a flag more never raises it.
    """
    scoring = scoring or Scoring()
    whole = sum(weight for name, weight in scoring.weights.items() if name in columns)
    if not whole:
        return 0.0
    has = sum(weight for name, weight in scoring.weights.items() if name in columns and name in filled)
    return round(has / whole * scoring.flag_factor**flags, 2)


def _note(notes: dict[int, list[str]], row: int, said: str) -> None:
    if said not in (known := notes.setdefault(row, [])):
        known.append(said)


def _result(
    rule: Rule, rows: int, breaches: Sequence[Breach], missing_column: bool, height: int
) -> RuleResult:
    broken = len(breaches)
    if rule.sets_aside:
        failed = 0 < height == broken
    else:
        # Compared as counts: 17 of 20 is 0.85, whatever 17 / 20 is in binary.
        failed = rows > 0 and rows - broken < rule.threshold * rows - 1e-9
    return RuleResult(rule, rows, broken, tuple(breaches[:WORST]), failed, missing_column)


class _Table:
    """The columns of a table as lists, and the problems by field."""

    def __init__(self, table: pl.DataFrame, problems: Sequence[Problem]) -> None:
        self._frame = table
        self._columns: dict[str, list[str | None]] = {}
        self._problems: dict[str, dict[int, Problem]] = {}
        for problem in problems:
            self._problems.setdefault(problem.field, {}).setdefault(problem.row, problem)

    def breaches(self, rule: Rule) -> tuple[int, list[Breach]]:
        """Of how many rows a rule speaks, and which break it."""
        values = self._texts(rule.field)
        if rule.check is Check.PRESENT:
            found = [(row, "", "is empty") for row, value in enumerate(values) if not value]
            return len(values), [self._breach(rule, *each) for each in found]
        problems = self._problems.get(rule.field, {}) if rule.check is Check.VALID else {}
        test = _test(rule)
        rows, found = 0, []
        for row, value in enumerate(values):
            problem = problems.get(row)
            if not value and problem is None:
                continue
            rows += 1
            if problem is not None:
                found.append((row, problem.value, problem.reason))
            elif value and (wrong := test(value)):
                found.append((row, value, wrong))
        return rows, [self._breach(rule, *each) for each in found]

    def _breach(self, rule: Rule, row: int, value: str, reason: str) -> Breach:
        problem = self._problems.get(rule.field, {}).get(row) if rule.check is Check.VALID else None
        record = self._texts("organization_id")[row] or ""
        address = problem.address if problem is not None else ""
        address = address or self._texts(f"{rule.field}__source")[row] or self._texts("source")[row] or ""
        return Breach(row, record, address, value, reason)

    def _texts(self, column: str) -> list[str | None]:
        import polars as pl

        if column not in self._columns:
            if column in self._frame.columns:
                self._columns[column] = self._frame[column].cast(pl.String).to_list()
            else:
                self._columns[column] = [None] * self._frame.height
        return self._columns[column]


def _test(rule: Rule) -> Callable[[str], str]:
    """What is wrong with a value, or an empty text. For UNIQUE the test remembers what it has seen."""
    if rule.check is Check.UNIQUE:
        seen: set[str] = set()

        def repeated(value: str) -> str:
            if value in seen:
                return "is there twice"
            seen.add(value)
            return ""

        return repeated
    if rule.check is Check.ONE_OF:
        allowed = frozenset(rule.values)
        return lambda value: "" if value in allowed else "is none of the values allowed"
    if rule.check is Check.MATCHES:
        pattern = re.compile(rule.pattern)
        return lambda value: "" if pattern.fullmatch(value) else "does not fit the pattern"
    shape = re.compile(SHAPES[rule.kind])
    wrong = "is not valid" if rule.kind is Kind.ANY else f"is no valid {rule.kind.value}"
    return lambda value: "" if all(map(shape.fullmatch, value.split(SEPARATOR))) else wrong


def _parted(
    table: pl.DataFrame,
    reasons: Mapping[int, Sequence[str]],
    flags: Mapping[int, Sequence[str]],
    results: tuple[RuleResult, ...],
    scoring: Scoring,
) -> Validation:
    import polars as pl

    scored = table.with_columns(
        pl.Series("quality_score", _scores(table, flags, scoring), dtype=pl.Float64),
        pl.Series(
            "quality_flags",
            [SEPARATOR.join(flags[row]) if row in flags else None for row in range(table.height)],
            dtype=pl.String,
        ),
    )
    kept = [row for row in range(table.height) if row not in reasons]
    aside = sorted(row for row in reasons if row < table.height)
    said = pl.Series("quarantine_reasons", [SEPARATOR.join(reasons[row]) for row in aside], dtype=pl.String)
    return Validation(
        data=scored[kept],
        quarantine=scored[aside].select(said, pl.all().exclude("quarantine_reasons")),
        kept=tuple(kept),
        results=results,
    )


def _scores(table: pl.DataFrame, flags: Mapping[int, Sequence[str]], scoring: Scoring) -> list[float]:
    import polars as pl

    columns = [name for name in scoring.weights if name in table.columns]
    if not columns:
        return [0.0] * table.height
    filled = table.select(
        (pl.col(name).is_not_null() & (pl.col(name).cast(pl.String) != "")).fill_null(value=False)
        for name in columns
    )
    return [
        score(
            [name for name, has in zip(columns, row, strict=True) if has],
            len(flags.get(number, ())),
            columns,
            scoring,
        )
        for number, row in enumerate(filled.iter_rows())
    ]
