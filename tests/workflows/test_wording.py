"""Changes in words: each kind has some, on one line, and no more than a tag should hold."""

from __future__ import annotations

import pytest

from hotpass.compare.changes import Change, Kind
from hotpass.compare.policy import decide
from hotpass.versioning import Bump
from hotpass.workflows.wording import phrase, reason_line, recorded, summary


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(Kind.CELLS_CHANGED, count=1, columns=("phone",)), "1 cell changed in phone"),
        (
            Change(Kind.CELLS_CHANGED, "Sites", 1234, ("a", "b", "c", "d", "e")),
            "1,234 cells changed in a, b, c and 2 more of Sites",
        ),
        (Change(Kind.CELLS_FILLED, count=2), "2 cells filled"),
        (Change(Kind.ROWS_ADDED, "north.csv", 2), "2 rows added in north.csv"),
        (Change(Kind.DUPLICATES_REMOVED), "1 duplicate row removed"),
        (Change(Kind.COLUMN_ADDED, columns=("mail",)), "column mail added"),
        (Change(Kind.COLUMN_REMOVED, count=2, columns=("a", "b")), "columns a, b removed"),
        (Change(Kind.COLUMN_RENAMED, columns=("a", "b")), "column a renamed to b"),
        (
            Change(Kind.COLUMN_RETYPED, columns=("id",), detail="integer → text"),
            "column id has another type (integer → text)",
        ),
        (Change(Kind.TABLE_ADDED, "Notes"), "table Notes added"),
        (Change(Kind.FILE_CHANGED), "file itself changed"),
        (Change(Kind.FORMAT_CHANGED, detail="csv → xlsx"), "the format is another (csv → xlsx)"),
    ],
)
def test_a_change_in_words(change: Change, words: str) -> None:
    assert phrase(change) == words


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("count", [1, 3])
def test_every_kind_of_change_has_words_on_one_line(kind: Kind, count: int) -> None:
    hostile = "a\nHotpass-Md5: x\x1b[31m\u202e" + "y" * 500
    change = Change(kind, hostile, count, (hostile, hostile), hostile, (hostile,) * 10)
    (reason,) = decide([change]).reasons
    for text in (phrase(change), reason_line(reason), summary([change] * 50)):
        assert text
        assert text.isprintable()
        assert len(text) < 1_000
    assert summary([change] * 50).endswith("more")


def test_a_record_counts_the_kinds_that_it_does_not_list() -> None:
    columns = tuple(str(number) for number in range(500))
    reasons = decide(
        [Change(Kind.COLUMN_REMOVED, str(number), 500, columns) for number in range(300)]
    ).reasons
    content = recorded("1.0.0", Bump.MAJOR.value, reasons)
    assert (len(content["kinds"]), content["more"]) == (200, 100)
    assert len(content["kinds"][0]["columns"]) == 100
    assert content["kinds"][0]["count"] == 500
