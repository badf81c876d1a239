"""What a pull request is told: counts and names, no value of a cell, nothing that a page could obey."""

from __future__ import annotations

from harness.comparisons import NOTHING, SMALL, hostile
from harness.repository import FILE, Repo

from hotpass.compare.changes import Change, Comparison, KeyChoice, Kind, TableComparison
from hotpass.compare.policy import decide
from hotpass.report.comparison import comparison_markdown


def page(comparison: Comparison) -> str:
    return comparison_markdown("sites", comparison, decide(comparison.all_changes))


def test_the_whole_of_a_small_comparison() -> None:
    said = page(SMALL).splitlines()
    assert said[0] == "### sites"
    assert "What changed asks for a **major** bump." in said
    assert "major: 1 row removed in Sites at sites.xlsx!Sites!A8" in said
    assert "patch: 2 cells changed in phone, name of Sites at sites.xlsx!Sites!D15" in said
    assert "Sites: 120 rows" in said


def test_no_value_is_in_it() -> None:
    """Case 53."""
    said = page(SMALL)
    for table in SMALL.tables:
        for cell in table.cells:
            assert not cell.old or cell.old not in said
            assert not cell.new or cell.new not in said
        for row in table.rows_changed:
            assert all(not value or value not in said for _, value in row.values if value and len(value) > 3)


def test_nothing_changed() -> None:
    assert page(NOTHING) == "### sites\n\nNo change: the bytes are the same.\n"


def test_names_cannot_leave_the_block() -> None:
    said = page(hostile())
    inside = said.split("~~~~~~~~text\n")[1].split("\n~~~~~~~~")[0]
    outside = said.replace(inside, "")
    assert all(mark not in outside for mark in ("<", "](", "@", "javascript:"))
    evil = f"a\n{'~' * 8}\n@everyone <img src=x>"
    table = TableComparison(
        evil,
        (1, 2),
        KeyChoice((), "none"),
        (Change(Kind.ROWS_ADDED, evil), Change(Kind.COLUMN_ADDED, evil, 1, (evil,))),
    )
    said = page(Comparison("~" * 9, evil, False, (table,)))
    assert [line for line in said.splitlines() if line.startswith("~~~")] == ["~~~~~~~~text", "~~~~~~~~"]


def test_the_verb_writes_it(released: Repo) -> None:
    released.write(FILE, released.read(FILE).replace(b"Finch Row", b"Zanzibar-Unique"))
    released.hotpass("compare", "refined_data@1.1.0", "--markdown", "changes.md")
    said = released.read("changes.md").decode()
    assert said.startswith("### refined_data\n")
    assert "patch: 1 cell changed in name" in said
    assert "Zanzibar" not in said
    assert "Finch" not in said
