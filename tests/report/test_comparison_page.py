"""The page of a comparison: complete without a script, spread fairly, bounded, and inert."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from harness.comparisons import HOSTILE, NOTHING, SITES, SMALL, hostile, many
from harness.markup import TEXTS, Reader
from hypothesis import given
from hypothesis import strategies as st

from hotpass.compare.changes import (
    CellChange,
    Change,
    Comparison,
    KeyChoice,
    Kind,
    RowChange,
    TableComparison,
)
from hotpass.compare.policy import decide
from hotpass.errors import WriteError
from hotpass.report.comparison import write_comparison_csv, write_comparison_html
from hotpass.report.comparison.webpage import comparison_page

CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
TAGS = frozenset(
    [
        "a",
        "body",
        "button",
        "caption",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "html",
        "input",
        "ins",
        "label",
        "li",
        "main",
        "meta",
        "option",
        "p",
        "script",
        "section",
        "select",
        "small",
        "span",
        "strong",
        "style",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "wbr",
    ]
)


def markup(comparison: Comparison, csv_name: str | None = None) -> str:
    return comparison_page(comparison, decide(comparison.all_changes), csv_name).decode()


def assert_inert(text: str) -> None:
    """Only our elements, none of them able to act; one style, at most one script; no control character."""
    tags = Reader(text).tags
    assert {tag for tag, _ in tags} <= TAGS
    count = Counter(tag for tag, _ in tags)
    assert (count["style"], count["script"] <= 1, count["title"]) == (1, True, 1)
    for tag, attributes in tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")
        ]
        if "href" in attributes:
            assert tag == "a"
            assert (attributes["href"] or "").startswith(("#", "./"))
    assert not CONTROLS.search(text)


@given(TEXTS, TEXTS, TEXTS, st.none() | TEXTS)
def test_nothing_from_data_is_more_than_text(name: str, key: str, value: str, other: str | None) -> None:
    """Case 45."""
    cell = CellChange(Kind.CELLS_CHANGED, (key,), name, value, other, value, name)
    row = RowChange(Kind.ROWS_ADDED, (key,), ((name, value), ("x", other)), key)
    changes = (
        Change(Kind.COLUMN_RENAMED, name, 1, (name, value), key, (value,)),
        Change(Kind.CELLS_CHANGED, name, 1, (name,)),
        Change(Kind.ROWS_ADDED, name),
    )
    table = TableComparison(name, (1, 2), KeyChoice((name,), key, value), changes, (cell,), (row,))
    comparison = Comparison(name, value, False, (table, replace(table, name=key)), changes, (key, value))
    assert_inert(markup(comparison, name or None))


def test_a_hostile_comparison_is_inert_and_every_piece_can_be_read() -> None:
    text = markup(hostile(), HOSTILE[1])
    assert_inert(text)
    read = Reader(text).text
    for value in HOSTILE[:8]:
        assert value in read
    assert len(text) < 12_000_000


def test_a_small_page_says_everything_without_its_script() -> None:
    read = " ".join(Reader(markup(SMALL)).text.split())
    for said in (
        "sites@1.0.0 → sites@1.1.0",
        "Major bump",
        "This asks for a major bump: columns renamed, rows removed.",
        "Columns renamed tel → phone, same position",
        "site_id (found by looking: unique and without blanks on both sides)",
        "same rows, other order",
        "sites.xlsx: hidden sheet Lists left out",
        "All differing cells and rows are here.",
    ):
        assert said in read
    text = markup(SMALL)
    assert "031 555 019<del>9</del>" in text
    assert "031 555 019<ins>8</ins>" in text
    assert '<span class="blank">empty text</span>' in text


def test_no_change_needs_no_filters_and_no_script() -> None:
    text = markup(NOTHING)
    assert "No change" in text
    assert "There is nothing to show" in text
    assert "<script" not in text
    assert 'id="filters"' not in text


def test_changes_of_the_whole_dataset_alone_are_said() -> None:
    text = markup(Comparison("a", "b", False, (), (Change(Kind.FORMAT_CHANGED, detail="csv → xlsx"),)))
    assert "No cell and no row that both sides have differs" in text
    assert "csv → xlsx" in text


def test_formulas_are_counted_and_addressed_where_no_value_differs(tmp_path: Path) -> None:
    change = Change(Kind.FORMULAS_CHANGED, "Sites", 3, (), "", ("sites.xlsx!Sites!D2", "sites.xlsx!Sites!D3"))
    comparison = replace(
        SMALL, tables=(replace(SITES, changes=(change,), cells=(), rows_changed=(), log=None),)
    )
    read = Reader(markup(comparison)).text
    assert "Layout and formulas" in read
    assert "3: sites.xlsx!Sites!D2 sites.xlsx!Sites!D3" in read
    assert write_comparison_csv(comparison, tmp_path / "c.csv").lines == 1


def test_the_same_comparison_makes_the_same_bytes() -> None:
    assert markup(SMALL) == markup(SMALL)


@pytest.mark.parametrize("csv_name", [None, "all changes.csv"])
def test_a_sample_says_that_it_is_one_and_where_the_rest_is(csv_name: str | None) -> None:
    read = Reader(markup(many(9_000), csv_name))
    assert "2,000 of 9,450 differing cells and rows are here" in read.text
    assert ("hotpass compare --csv FILE writes all of them." in read.text) is (csv_name is None)
    assert [a["href"] for tag, a in read.tags if tag == "a"][1:] == ["./all%20changes.csv"] * bool(csv_name)


def test_a_hundred_thousand_changes_make_a_small_page(tmp_path: Path) -> None:
    comparison = many(100_000)
    write_comparison_html(comparison, decide(comparison.all_changes), path := tmp_path / "p.html")
    assert path.stat().st_size < 2_500_000
    tags = Reader(path.read_text("utf-8")).tags
    kinds = Counter(found["data-kind"] for tag, found in tags if tag == "tr" and "data-kind" in found)
    assert sum(kinds.values()) == 2_000
    assert kinds["rows_added"] >= 999


_MEASURED = """
from pathlib import Path
from harness.comparisons import many
from hotpass.compare.policy import decide
from hotpass.report.comparison import write_comparison_csv, write_comparison_html

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

comparison = many(100_000)
write_comparison_html(comparison, decide(comparison.all_changes), Path("p.html"))
before = peak()
write_comparison_csv(comparison, Path("c.csv"))
print(before, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_hundred_thousand_changes_take_little_memory(tmp_path: Path) -> None:
    """In kB: Python and a sample for the page, and next to nothing more for the CSV."""
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    page, more = map(int, done.stdout.split())
    assert page < 150_000
    assert more < 10_000


def test_wide_rows_and_long_cells_are_bounded() -> None:
    wide = tuple((f"column {n}", "y" * 5_000) for n in range(5_000))
    rows = tuple(RowChange(Kind.ROWS_REMOVED, (str(n),), wide) for n in range(50))
    cells = tuple(
        CellChange(Kind.CELLS_CHANGED, (str(n),), "c", "x" * 32_000, "x" * 31_999 + "y") for n in range(100)
    )
    changes = (Change(Kind.ROWS_REMOVED, "t", 50), Change(Kind.CELLS_CHANGED, "t", 100))
    text = markup(
        Comparison(
            "a",
            "b",
            False,
            (TableComparison("t", (50, 0), KeyChoice(("id",), "given"), changes, cells, rows),),
        )
    )
    assert len(text) < 1_500_000
    assert "4,960 more are not shown" in text
    assert "… 31,400 more …" in text
    assert "<ins>" in text


def test_ten_thousand_sheets_are_listed_in_part() -> None:
    tables = tuple(replace(SITES, name=f"S{n}") for n in range(10_000))
    text = markup(replace(SMALL, tables=tables))
    assert "9,800 more tables." in text
    assert len(text) < 2_500_000


def test_the_page_is_whole_or_absent_and_never_takes_a_device(tmp_path: Path) -> None:
    (path := tmp_path / "p.html").write_text("kept")
    write_comparison_html(SMALL, decide(SMALL.all_changes), path)
    assert path.read_text("utf-8").endswith("</html>\n")
    with pytest.raises(WriteError, match="not a regular file"):
        write_comparison_html(SMALL, decide(()), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.html"]
