from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.browser import Browser, browser, need_chromium
from harness.comparisons import NOTHING, SMALL, hostile

from hotpass.compare.changes import Comparison
from hotpass.compare.policy import decide
from hotpass.errors import WriteError
from hotpass.refine.findings import (
    Conflict,
    Findings,
    InputFile,
    MappedColumn,
    MergedRecord,
    QuarantinedRow,
    SkippedRows,
)
from hotpass.refine.identities import Identities, Merge, Split
from hotpass.refine.validate import Breach, Check, Rule, RuleResult, Severity
from hotpass.report.page import element
from hotpass.report.refinement import (
    LISTED,
    comparison_part,
    refinement_document,
    refinement_lines,
    refinement_page,
    write_refinement_html,
)

MAIL = Rule("e-mails are valid", "email", Check.VALID, Severity.ERROR, 0.85)
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e&\"'"


def findings(text: str = "Aero School", *, failed: bool = True) -> Findings:
    breach = Breach(3, "org-1", f"a.xlsx!Sites!C5 {text}", text, "is no valid email")
    return Findings(
        profile="generic",
        rows_in=1200,
        merged=180,
        quarantined=20,
        rows_out=1000,
        inputs=(InputFile("a.xlsx", "0" * 32, 4096, 1200), InputFile("b.xlsx", left_out=f"encrypted {text}")),
        columns=(
            MappedColumn("a.xlsx!Sites!A4", text, "organization_name", "synonym", 1.0),
            MappedColumn("a.xlsx!Sites!B4", f"Mystery {text}", suggestion="notes"),
        ),
        skipped=(SkippedRows("a.xlsx!Sites!1:3", 3, "title"),),
        merges=(MergedRecord("org-1", text, ("a.xlsx!Sites!5", "a.xlsx!Sites!9")),),
        conflicts=(Conflict("org-1", "website", text, "a.xlsx!Sites!D5", "priority", ((text, "b.csv!D2"),)),),
        doubts=4,
        quarantine=(QuarantinedRow("org-9", text, "a.xlsx!Sites!7", "name: is empty"),),
        rules=(RuleResult(MAIL, 100, 20, (breach,), failed), RuleResult(MAIL, 10, 0, (), failed=False)),
        flags=((text, 2),),
        mean_score=0.71,
        previous="1.0.0",
        identities=Identities(
            ("org-1",),
            1,
            ("org-2",),
            (Merge("org-1", ("org-3",)),),
            (Split("org-4", ("org-4", "org-5")),),
            (),
        ),
        notes=(text,),
    )


def test_the_document_holds_everything() -> None:
    document = json.loads(refinement_document(findings()))
    assert document["format"] == 1
    assert document["verb"] == "refine"
    assert document["passed"] is False
    assert document["rules"][0]["rule"]["severity"] == "error"
    assert document["rules"][0]["share"] == 0.8
    assert document["rules"][0]["worst"][0]["record"] == "org-1"
    assert document["identities"]["merges"] == [{"into": "org-1", "ids": ["org-3"]}]


def test_the_lines_name_what_failed_and_where() -> None:
    lines = refinement_lines(findings())
    assert lines[0] == "1,200 rows in 2 files → 1,000 records; 180 merged, 20 in quarantine, 4 to review"
    assert "error: e-mails are valid: 80.0% of 100 rows, where 85% are asked for" in lines
    assert any(line.startswith("  a.xlsx!Sites!C5") for line in lines)
    assert lines[-1] == "gate: failed"
    assert refinement_lines(findings(failed=False))[-1] == "gate: passed"


def test_lines_of_hostile_data_are_inert() -> None:
    text = "\n".join(refinement_lines(findings(HOSTILE)))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_page_says_everything_with_its_cells() -> None:
    page = refinement_page(findings()).decode()
    for said in (
        "Gate failed",
        "1,000 records",
        "a.xlsx!Sites!C5",
        "80.0%",
        "Mystery",
        "b.csv!D2",
        "since 1.0.0",
        "org-5",
    ):
        assert said in page
    assert "Gate passed" in refinement_page(findings(failed=False)).decode()
    assert refinement_page(findings()) == refinement_page(findings())
    assert "What was flagged, and not guessed" in page
    assert "4 pairs of rows may be one record: decide with hotpass review." in page


def test_hostile_data_is_text_in_the_page() -> None:
    page = refinement_page(findings(HOSTILE)).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_a_page_of_nothing_stands() -> None:
    page = refinement_page(Findings("generic", 0, 0, 0, 0)).decode()
    assert "0 rows became 0 records" in page
    assert "No rules were given." in page


def test_long_lists_are_cut_and_say_by_how_much() -> None:
    many = Findings(
        "generic", 900, 0, 900, 0,
        quarantine=tuple(QuarantinedRow(f"org-{n}", "x", f"a!s!{n}", "y") for n in range(LISTED + 5)),
    )  # fmt: skip
    page = refinement_page(many).decode()
    assert f"{900 - LISTED} more." in page
    assert page.count(">org-") == LISTED


def test_markup_about_the_last_version_is_embedded() -> None:
    page = refinement_page(findings(), [element("p", "3 cells changed")]).decode()
    assert "<p>3 cells changed</p>" in page


@pytest.mark.parametrize("comparison", [SMALL, NOTHING, hostile()])
def test_the_comparison_with_the_last_version_is_embedded(comparison: Comparison) -> None:
    part = comparison_part(comparison, decide(comparison.all_changes))
    page = refinement_page(findings(), part).decode()
    assert "".join(part) in page
    assert "<script" not in page
    assert ("First at" in page) is bool(comparison.all_changes)


def test_the_page_is_written_whole(tmp_path: Path) -> None:
    write_refinement_html(findings(), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == refinement_page(findings())
    with pytest.raises(WriteError):
        write_refinement_html(findings(), tmp_path)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    need_chromium()
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("width", [380, 1200])
@pytest.mark.parametrize("text", ["Aero School", HOSTILE + " word" * 80 + "x" * 400])
def test_a_browser_loads_nothing_else_and_the_page_does_not_run_over(
    chromium: Browser, tmp_path: Path, width: int, text: str
) -> None:
    path = tmp_path / "report.html"
    write_refinement_html(findings(text), path)
    page = chromium.page()
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
    )
    page.open(path)
    assert page.requests == [path.as_uri()]
    assert page.complaints == []
    assert page.run("document.documentElement.scrollWidth <= innerWidth") is True
