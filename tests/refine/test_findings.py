from __future__ import annotations

import polars as pl

from hotpass.refine.findings import QuarantinedRow, flag_counts, mean_score, quarantined_rows
from hotpass.refine.validate import Check, Problem, Rule, Severity, validate

NAMED = Rule("named", "organization_name", Check.PRESENT, Severity.ERROR)


def test_what_a_validation_tells_the_report() -> None:
    frame = pl.DataFrame(
        {
            "organization_id": ["org-1", "org-2", "org-3"],
            "organization_name": ["Aero", None, "Blue"],
            "source": ["a!s!2", "a!s!3", "a!s!4"],
        }
    )
    problems = [
        Problem(0, "phone", "a!s!C2", "x", "no number"),
        Problem(2, "phone", "a!s!C4", "y", "no number"),
        Problem(2, "region", "a!s!D4", "z", "unknown"),
    ]
    checked = validate(frame, [NAMED], problems)
    assert quarantined_rows(checked) == (QuarantinedRow("org-2", "", "a!s!3", "organization_name: is empty"),)
    assert flag_counts(checked) == (("phone: no number", 2), ("region: unknown", 1))
    assert mean_score(checked) == round((0.9 + 0.81) / 2, 4)


def test_an_empty_validation_has_no_mean() -> None:
    frame = pl.DataFrame(schema={"organization_id": pl.String, "organization_name": pl.String})
    checked = validate(frame, [NAMED])
    assert (quarantined_rows(checked), flag_counts(checked), mean_score(checked)) == ((), (), None)
