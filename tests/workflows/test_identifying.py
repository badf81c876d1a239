"""identify: which release is a file, by its bytes, else by its content."""

from __future__ import annotations

from pathlib import Path

from harness.repository import Repo
from harness.story import BOOK, STORY, saved_again, workbook


def test_the_same_bytes_come_first(story: Repo) -> None:
    found = story.hotpass("identify", str(story.path(BOOK)), "--json").json
    assert found["by"] == "bytes"
    assert [match["version"] for match in found["matches"]] == ["2.0.0"]


def test_a_workbook_that_was_saved_again_finds_its_release(story: Repo, tmp_path: Path) -> None:
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(saved_again(story.read(BOOK)))
    assert copy.read_bytes() != story.read(BOOK)
    found = story.hotpass("identify", str(copy), "--json").json
    assert (found["by"], [match["version"] for match in found["matches"]]) == ("content", ["2.0.0"])
    assert found["content"]
    said = story.hotpass("identify", str(copy)).stdout
    assert "same content, other bytes" in said


def test_another_order_of_rows_is_the_same_content(story: Repo, tmp_path: Path) -> None:
    sheets = {name: [rows[0], *reversed(rows[1:])] for name, rows in STORY["1.1.0"].items()}
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(workbook(sheets, hidden={"Secret": [("a",), (1,)]}))
    found = story.hotpass("identify", str(copy), "--json").json
    assert [match["version"] for match in found["matches"]] == ["1.1.0", "1.1.1"]


def test_one_other_cell_is_no_release(story: Repo, tmp_path: Path) -> None:
    sheets = {**STORY["2.0.0"], "Visits": [*STORY["2.0.0"]["Visits"][:-1], ("ORG-1", "2024-05-02", "4")]}
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(workbook(sheets, hidden={"Secret": [("a",), (1,)]}))
    answer = story.hotpass("identify", str(copy), check=False)
    assert answer.code == 3
    assert "hotpass compare DATASET@latest FILE" in answer.stderr


def test_what_is_no_table_has_only_its_bytes(story: Repo, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(story.read(BOOK)[:-100])
    assert story.hotpass("identify", str(broken), check=False).code == 3
