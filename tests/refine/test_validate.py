from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.validate import (
    DEFAULT_RULES,
    WEIGHTS,
    Check,
    Kind,
    Problem,
    Rule,
    Severity,
    rule_of,
    score,
    validate,
)


def table(**columns: list[str | None]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    ids: dict[str, list[str | None]] = {"organization_id": [f"org-{row}" for row in range(height)]}
    return pl.DataFrame({**ids, **columns}, schema=dict.fromkeys({**ids, **columns}, pl.String))


def test_a_row_that_breaks_an_error_rule_is_set_aside_with_its_reason_and_never_lost() -> None:
    frame = table(organization_name=["Aero", None, "Blue"], source=["a!s!2", "a!s!3", "a!s!4"])
    checked = validate(frame, [Rule("named", "organization_name", Check.PRESENT, Severity.ERROR)])
    assert checked.data["organization_name"].to_list() == ["Aero", "Blue"]
    assert checked.quarantine.select("quarantine_reasons", "organization_id", "source").rows() == [
        ("organization_name: is empty", "org-1", "a!s!3")
    ]
    assert checked.kept == (0, 2)
    assert checked.passed


def test_a_row_that_breaks_several_rules_is_set_aside_once_with_all_reasons() -> None:
    frame = table(organization_name=["Aero", None], category=["flight", "x"])
    rules = [
        Rule("named", "organization_name", Check.PRESENT, Severity.ERROR),
        Rule("sector", "category", Check.ONE_OF, Severity.ERROR, values=("flight",)),
    ]
    checked = validate(frame, rules)
    assert checked.quarantine["quarantine_reasons"].to_list() == [
        "organization_name: is empty; category: is none of the values allowed"
    ]


def test_a_warning_flags_the_row_and_keeps_it() -> None:
    frame = table(postcode=["0181", "18"])
    rule = Rule("codes", "postcode", Check.MATCHES, pattern="[0-9]{4}")
    checked = validate(frame, [rule])
    assert checked.data["quality_flags"].to_list() == [None, "postcode: does not fit the pattern"]
    assert checked.quarantine.is_empty()
    assert checked.passed


def test_a_rule_that_would_set_every_row_aside_blocks_the_release() -> None:
    checked = validate(
        table(organization_name=[None, None]),
        [Rule("named", "organization_name", Check.PRESENT, Severity.ERROR)],
    )
    assert not checked.passed
    assert checked.quarantine.height == 2


def test_the_first_of_equal_values_is_unique() -> None:
    checked = validate(
        table(registration=["1", "1", None, None]),
        [Rule("once", "registration", Check.UNIQUE, Severity.ERROR)],
    )
    assert checked.kept == (0, 2, 3)
    assert checked.results[0].rows == 2


@pytest.mark.parametrize(("broken", "failed"), [(3, False), (4, True)])
def test_a_share_at_its_threshold_holds_and_below_it_fails(broken: int, failed: bool) -> None:
    emails: list[str | None] = ["x@example.org"] * (20 - broken) + ["nobody"] * broken + [None] * 5
    rule = Rule("mail", "contact_email", Check.VALID, Severity.ERROR, 0.85, kind=Kind.EMAIL)
    checked = validate(table(contact_email=emails), [rule])
    assert checked.results[0].rows == 20
    assert checked.results[0].failed is failed
    assert checked.passed is not failed
    assert checked.data.height == 25


def test_a_failed_warning_does_not_block() -> None:
    rule = Rule("web", "website", Check.VALID, Severity.WARNING, 0.75, kind=Kind.WEBSITE)
    checked = validate(table(website=["no"]), [rule])
    assert checked.results[0].failed
    assert checked.passed


def test_what_could_not_be_decided_counts_as_broken_and_is_named_with_its_cell() -> None:
    frame = table(contact_phone=["+27115550100", None], contact_phone__source=["a!s!C2", None])
    problems = [Problem(1, "contact_phone", "a!s!C3", "082 l23 4567", "letters in a number")]
    rule = Rule("mail", "contact_phone", Check.VALID, Severity.ERROR, 0.85, kind=Kind.PHONE)
    result = validate(frame, [rule], problems).results[0]
    assert (result.rows, result.broken, result.share) == (2, 1, 0.5)
    worst = result.worst[0]
    assert (worst.record, worst.address, worst.value) == ("org-1", "a!s!C3", "082 l23 4567")


def test_the_address_of_a_breach_is_that_of_its_cell_else_of_its_row() -> None:
    frame = table(website=["x", "y"], website__source=["a!s!D2", None], source=["a!s!2", "b!t!7"])
    rule = Rule("web", "website", Check.VALID, threshold=1.0, kind=Kind.WEBSITE)
    assert [breach.address for breach in validate(frame, [rule]).results[0].worst] == ["a!s!D2", "b!t!7"]


def test_a_problem_flags_its_row_and_lowers_its_score() -> None:
    frame = table(organization_name=["Aero", "Blue"])
    checked = validate(frame, [], [Problem(1, "region", "a!s!E3", "Atlantis", "unknown region")])
    assert checked.data["quality_flags"].to_list() == [None, "region: unknown region"]
    assert checked.data["quality_score"].to_list() == [1.0, 0.9]


def test_a_rule_on_a_missing_column_speaks_of_no_row() -> None:
    rules = [Rule("web", "website", Check.VALID, threshold=0.75, kind=Kind.WEBSITE)]
    result = validate(table(organization_name=["Aero"]), rules).results[0]
    assert (result.rows, result.failed, result.missing_column, result.share) == (0, False, True, 1.0)


def test_an_empty_table_holds_to_every_rule() -> None:
    checked = validate(table(organization_name=[]), DEFAULT_RULES)
    assert checked.passed
    assert checked.data.height == checked.quarantine.height == 0


@pytest.mark.parametrize(
    ("kind", "value", "valid"),
    [
        (Kind.EMAIL, "a.b+c@mail.example.org", True),
        (Kind.EMAIL, "one@example.org; two@example.org", True),
        (Kind.EMAIL, "one@example.org; two", False),
        (Kind.EMAIL, "a@b", False),
        (Kind.PHONE, "+27115550100", True),
        (Kind.PHONE, "7735550100", True),
        (Kind.PHONE, "+27115550100; +27825550101", True),
        (Kind.PHONE, "082 l23 4567", False),
        (Kind.WEBSITE, "https://example.org/a?b=c", True),
        (Kind.WEBSITE, "https://example", False),
        (Kind.WEBSITE, "see above", False),
        (Kind.ANY, "anything", True),
    ],
)
def test_what_is_valid(kind: Kind, value: str, valid: bool) -> None:
    rule = Rule("any", "field", Check.VALID, threshold=1.0, kind=kind)
    assert validate(table(field=[value]), [rule]).results[0].broken == (not valid)


@dataclass(frozen=True)
class Read:
    name: str
    field: str
    check: str
    severity: Severity
    threshold: float = 1.0
    values: tuple[str, ...] = ()


def test_a_rule_as_a_profile_has_read_it() -> None:
    read = Read("mail", "contact_email", "valid", Severity.ERROR, 0.85)
    assert rule_of(read) == Rule("mail", "contact_email", Check.VALID, Severity.ERROR, 0.85, kind=Kind.EMAIL)
    assert rule_of(Read("z", "country", "one_of", Severity.WARNING, values=("ZA",))).check is Check.ONE_OF
    assert rule_of(Read("z", "country", "valid", Severity.WARNING)).kind is Kind.ANY


FIELDS = st.sets(st.sampled_from(sorted(WEIGHTS)))


@given(FIELDS, st.sampled_from(sorted(WEIGHTS)), st.integers(0, 50))
def test_a_field_more_never_lowers_a_score_and_a_flag_more_never_raises_it(
    filled: set[str], more: str, flags: int
) -> None:
    columns = list(WEIGHTS)
    here = score(filled, flags, columns)
    assert 0 <= here <= 1
    assert score(filled | {more}, flags, columns) >= here
    assert score(filled, flags + 1, columns) <= here


@given(
    st.lists(st.tuples(st.sampled_from(["Aero", "", None]), st.sampled_from(["a@example.org", "bad", None]))),
    st.sampled_from(list(Severity)),
)
def test_every_row_is_kept_or_set_aside_and_the_same_table_gives_the_same_answer(
    rows: list[tuple[str | None, str | None]], severity: Severity
) -> None:
    frame = table(organization_name=[row[0] for row in rows], contact_email=[row[1] for row in rows])
    rules = [
        Rule("named", "organization_name", Check.PRESENT, severity),
        Rule("mail", "contact_email", Check.VALID, severity, kind=Kind.EMAIL),
    ]
    checked = validate(frame, rules)
    assert sorted([*checked.data["organization_id"], *checked.quarantine["organization_id"]]) == sorted(
        frame["organization_id"]
    )
    again = validate(frame, rules)
    assert again.data.equals(checked.data)
    assert again.results == checked.results
    # What stays is good: looking again sets nothing more aside.
    assert validate(checked.data.select(frame.columns), rules).quarantine.is_empty()
