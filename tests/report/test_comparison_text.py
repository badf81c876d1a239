"""A comparison as lines and as JSON: what is said, word for word."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from harness.comparisons import HOSTILE, NOTHING, RESAVED, SITES, SMALL, STAFF, hostile, many
from hypothesis import given
from hypothesis import strategies as st

from hotpass.compare.changes import Change, Comparison, KeyChoice, Kind, TableComparison
from hotpass.compare.policy import BUMP_FOR, decide
from hotpass.report.comparison import comparison_document, comparison_lines
from hotpass.report.comparison.marking import marked, windows
from hotpass.report.comparison.sample import shares, take_sample
from hotpass.report.comparison.wording import CELL_KINDS, ROW_KINDS, WORDS, phrase, summary
from hotpass.report.text import inert, plain, width_of


def lines(comparison: Comparison, width: int = 100, limit: int = 20) -> list[str]:
    return comparison_lines(comparison, decide(comparison.all_changes), plain, width=width, limit=limit)


# --- words --------------------------------------------------------------------------------------------------------


def test_every_kind_of_change_has_words() -> None:
    assert set(WORDS) == set(Kind) == set(BUMP_FOR)


def test_the_whole_of_a_small_comparison() -> None:
    assert lines(SMALL) == [
        "sites@1.0.0 → sites@1.1.0: 1 column renamed (tel → phone, same position), 2 cells changed, 1 blank",
        "filled, 1 cell emptied, 1 row added, 1 row removed in Sites (120 rows). The first is at",
        "sites.xlsx!Sites!D15. This asks for a major bump: columns renamed, rows removed. Rows are told apart",
        "by site_id (found by looking: unique and without blanks on both sides). Rows of Staff are in another",
        "order, which is no change.",
        "note: sites.xlsx: hidden sheet Lists left out",
        "",
        "where                  key    column         old                         new",
        "sites.xlsx!Sites!D15   S-014  phone          031 555 0199                031 555 0198",
        "sites.xlsx!Sites!B21   S-020  name           Heron House                 Finch House",
        "sites.xlsx!Sites!E22   S-021  fax            (blank)                     031 555 0200",
        "sites.xlsx!Sites!F34   S-033  contact        T. Okafor                   (blank)",
        "sites.xlsx!Sites!A122  S-121  (row added)                                site_id: S-121, name: Wren…",
        "sites.xlsx!Sites!A8    S-007  (row removed)  site_id: S-007, name: Old…",
    ]


def test_nothing_changed_and_why_that_is_known() -> None:
    assert lines(NOTHING) == [
        "sites@1.0.0 → sites.csv: no change; the bytes are the same. This asks for no bump."
    ]
    assert lines(RESAVED) == [
        "sites@1.0.0 → sites.csv: no change; the content is the same in other bytes. Rows of Staff are in",
        "another order, which is no change. This asks for no bump.",
    ]


def test_without_a_key_it_says_what_that_means_and_what_to_do() -> None:
    keyless = TableComparison(
        "",
        (3, 3),
        KeyChoice((), "none", "no column is unique"),
        (Change(Kind.ROWS_REMOVED), Change(Kind.ROWS_ADDED)),
    )
    assert lines(Comparison("a.csv", "b.csv", False, (keyless,))) == [
        "a.csv → b.csv: 1 row removed, 1 row added (3 rows). This asks for a major bump: rows removed. No key",
        "tells the rows apart, so a changed row counts as one removed and one added; name a key with --key.",
    ]


def test_many_tables_are_summed_up() -> None:
    tables = tuple(
        replace(STAFF, name=f"S{n}", resorted=False, changes=(Change(Kind.ROWS_ADDED, f"S{n}", n + 1),))
        for n in range(5)
    )
    said = summary(whole := Comparison("a", "b", False, tables), decide(whole.all_changes))
    assert said == [
        "a → b: 15 rows added in 5 tables.",
        "This asks for a minor bump: rows added.",
        "Rows are told apart by email (as asked for).",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(Kind.ROWS_ADDED, count=1_234), "1,234 rows added"),
        (Change(Kind.COLUMN_RENAMED, columns=("tel", "phone")), "1 column renamed (tel → phone)"),
        (Change(Kind.COLUMN_RETYPED, columns=("id",), detail="integer → text"), "1 column of another type (id, integer → text)"),
        (Change(Kind.COLUMN_ADDED, count=5, columns=tuple("abcde")), "5 columns added (a, b, c and 2 more)"),
        (Change(Kind.FORMAT_CHANGED, detail="csv → xlsx"), "1 file format changed (csv → xlsx)"),
        (Change(Kind.TABLE_ADDED, "Archive"), "1 table added (Archive)"),
        (Change(Kind.TABLE_RENAMED, "Sites", detail="Site → Sites"), "1 table renamed (Site → Sites)"),
        (Change(Kind.FILE_REMOVED, "notes/a.txt"), "1 file removed (notes/a.txt)"),
        (Change(Kind.CELLS_CHANGED, count=2, columns=("a",)), "2 cells changed"),
    ],
)  # fmt: skip
def test_a_change_in_a_few_words(change: Change, said: str) -> None:
    assert phrase(change) == said


# --- the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_lines_are_as_wide_as_the_terminal_and_inert_whatever_is_in_them(width: int) -> None:
    """Case 45."""
    shown = lines(hostile(), width)
    assert all(inert(line) == line for line in shown)
    table = shown[shown.index("") + 1 : -1]
    assert len(table) == 21
    assert all(width_of(line) <= width for line in table)


def test_what_differs_is_seen_even_where_values_are_cut() -> None:
    long = "the same beginning, again and again, " * 40
    change = replace(SITES.cells[0], old=f"{long}Heron", new=f"{long}Finch")
    table = replace(SITES, cells=(change,), rows_changed=(), log=None)
    row = next(line for line in lines(replace(SMALL, tables=(table,)), 90) if "S-014" in line)
    assert "Heron" in row
    assert "Finch" in row
    assert width_of(row) <= 90


def test_blank_empty_and_padded_values_are_told_apart() -> None:
    values = (None, "", " x ", "(blank)", '"q"')
    cells = tuple(replace(SITES.cells[0], old=value, new="y") for value in values)
    shown = lines(replace(SMALL, tables=(replace(SITES, cells=cells, rows_changed=(), changes=(Change(Kind.CELLS_CHANGED, "Sites", 5),)),)))  # fmt: skip
    assert [line.split("phone")[1].rsplit("y")[0].strip() for line in shown[-5:]] == [
        "(blank)", '""', '" x "', '"(blank)"', '""q""',
    ]  # fmt: skip


def test_what_is_not_shown_is_counted() -> None:
    assert lines(many(1_000), 120)[-1] == "1,041 more; all of them: --csv FILE, to look through: --html FILE"


def test_wide_characters_keep_columns_straight() -> None:
    cells = (replace(SITES.cells[0], old="東京都", new="x"), replace(SITES.cells[0], old="Tokyo!", new="x"))
    table = replace(SITES, cells=cells, rows_changed=())
    first, second = [line for line in lines(replace(SMALL, tables=(table,))) if line.endswith("x")]
    assert width_of(first) == width_of(second)


# --- marking and sampling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "first", "second"),
    [
        ("031 555 0199", "031 555 0198", "031 555 019[9]", "031 555 019[8]"),
        ("Heron House", "Finch House", "[Heron] House", "[Finch] House"),
        ("Mill Road", "Mint Road", "[Mill] Road", "[Mint] Road"),
        ("Herons", "Heron", "Heron[s]", "Heron"),
        ("a b c d", "a x c d e", "a [b] c d", "a [x] c d[ e]"),
        ("cafeteria", "cafe\u0301teria", "caf[e]teria", "caf[e\u0301]teria"),
        ("x", "x ", "x", "x[ ]"),
    ],
)
def test_the_changed_part_is_marked(old: str, new: str, first: str, second: str) -> None:
    shown = [
        "".join(f"[{part.text}]" if part.changed else part.text for part in side) for side in marked(old, new)
    ]
    assert shown == [first, second]


@given(st.text(max_size=60), st.text(max_size=60))
def test_marked_parts_are_the_texts_and_the_rest_is_equal(old: str, new: str) -> None:
    sides = marked(old, new)
    assert ["".join(part.text for part in side) for side in sides] == [old, new]
    same = ["".join(part.text for part in side if not part.changed) for side in sides]
    assert same[0] == same[1]


@given(st.text("ab", max_size=80), st.text("ab", max_size=80), st.integers(1, 40))
def test_a_window_holds_the_first_difference_and_counts_the_rest(old: str, new: str, room: int) -> None:
    for text, piece in zip((old, new), windows(old, new, room), strict=True):
        assert text[piece.before : piece.before + len(piece.text)] == piece.text
        assert piece.before + len(piece.text) + piece.after == len(text)
    first, second = windows(old, new, room)
    if old != new:
        assert first != second


@given(st.lists(st.integers(0, 1_000), max_size=20), st.integers(0, 2_000))
def test_shares_use_all_there_is_and_starve_nobody(counts: list[int], limit: int) -> None:
    given_out = shares(counts, limit)
    assert sum(given_out) == min(limit, sum(counts))
    assert all(0 <= share <= count for share, count in zip(given_out, counts, strict=True))
    asking = sum(1 for count in counts if count)
    assert all(
        share >= min(count, limit // max(asking, 1)) for share, count in zip(given_out, counts, strict=True)
    )


def test_a_rare_kind_is_never_hidden_by_a_common_one() -> None:
    sample = take_sample(many(100_000), 2_000)
    assert sum(len(part.cells) + len(part.rows) for part in sample) == 2_000
    assert all(part.rows and part.cells for part in sample)


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_the_document_counts_everything_and_says_whether_it_holds_all() -> None:
    document = json.loads(comparison_document(SMALL, decide(SMALL.all_changes)))
    assert {name: document[name] for name in ("format", "verb", "old", "new", "same", "bump", "limit", "complete")} == {
        "format": 1, "verb": "compare", "old": "sites@1.0.0", "new": "sites@1.1.0", "same": False, "bump": "major",
        "limit": 100, "complete": True,
    }  # fmt: skip
    assert document["totals"]["cells_changed"] == 2
    assert document["reasons"][0] == {
        "bump": "major", "kind": "column_renamed", "table": "Sites", "count": 1, "columns": ["tel", "phone"],
        "detail": "same position", "where": [],
    }  # fmt: skip
    sites, staff = document["tables"]
    assert sites["key"] == {
        "columns": ["site_id"],
        "origin": "found",
        "detail": "unique and without blanks on both sides",
    }
    assert sites["cells"][2] == {
        "kind": "cells_filled", "key": ["S-021"], "column": "fax", "old": None, "new": "031 555 0200",
        "old_at": "sites.xlsx!Sites!E22", "new_at": "sites.xlsx!Sites!E22",
    }  # fmt: skip
    assert sites["rows_changed"][1]["values"] == {
        "site_id": "S-007",
        "name": "Old Mill",
        "phone": "-",
        "fax": "",
    }
    assert staff["resorted"] is True


def test_a_sample_in_the_document_says_so() -> None:
    document = json.loads(comparison_document(SMALL, decide(SMALL.all_changes), limit=1))
    assert (document["limit"], document["complete"], document["tables"][0]["complete"]) == (1, False, False)
    assert document["tables"][1]["complete"] is True
    assert len(document["tables"][0]["cells"]) == len(document["tables"][0]["rows_changed"]) == 1
    assert json.loads(comparison_document(many(1_000), decide(())))["complete"] is False


def test_the_document_is_one_line_of_plain_ascii() -> None:
    text = comparison_document(hostile(), decide(()))
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text)["notes"] == list(HOSTILE)


def test_cells_and_rows_are_what_a_log_yields() -> None:
    assert not CELL_KINDS & ROW_KINDS
    assert {kind for kind in Kind if kind.value.startswith("cells_")} < CELL_KINDS
