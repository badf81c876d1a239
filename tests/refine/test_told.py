"""Whoever watches is told of all the work, and that it is over; errors of a spreadsheet are told, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.lists import Cells, File, messy, workbook

from hotpass import progress
from hotpass.refine import Refined, load_profile, read_inputs, refine

PROFILE = load_profile("generic").with_settings(country="ZA")


class Watcher:
    """Remembers each piece of work: what it is, how much it is, how much was done of it, whether it is over."""

    def __init__(self) -> None:
        self.works: list[list[object]] = []

    def begin(self, what: str, total: int, unit: str) -> None:
        assert all(work[-1] for work in self.works), "one line at a time"
        self.works.append([what, total, unit, 0, False])

    def advance(self, amount: int) -> None:
        if self.works and not self.works[-1][-1]:
            self.works[-1][3] += amount  # type: ignore[operator]

    def end(self) -> None:
        if self.works:
            self.works[-1][-1] = True


def refined(folder: Path, files: dict[str, File]) -> Refined:
    for name, file in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(file.data)
    return refine(read_inputs(folder), PROFILE)


def test_reading_and_refining_are_told_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Watcher()
    monkeypatch.setattr(progress, "watchers", [watcher])
    files = messy()
    refined(tmp_path, files)
    size = sum(len(file.data) for file in files.values())
    assert watcher.works == [["reading", size, "bytes", size, True], ["refining", 5, "steps", 5, True]]


def test_an_error_of_the_spreadsheet_is_told_with_its_cell(tmp_path: Path) -> None:
    """``#N/A`` instead of a value is no blank: it is flagged, and stands in the quarantine as it is shown."""
    rows: list[list[Any]] = [
        ["Name", "Phone", "E-mail"],
        ["Heron Place", "#N/A", "jo@heron.example.org"],
        ["Egret Hall", "011 555 0101", None],
        ["#NAME?", "011 555 0102", None],
        ["Ibis & Co", "011 555 0103", "#REF!"],
    ]
    files = {"a.xlsx": File(workbook({"First": [["Name"], ["Crane Hall"]], "A & B": rows}))}
    found = refined(tmp_path, files)
    flags = {row["organization_name"]: row["quality_flags"] for row in found.data.to_dicts()}
    assert flags == {
        "Crane Hall": None,
        "Egret Hall": None,
        "Heron Place": "phone: error of the spreadsheet",
        "Ibis & Co": "email: error of the spreadsheet",
    }
    (aside,) = found.quarantine.to_dicts()
    assert aside["organization_name"] == "#NAME?"
    assert aside["organization_name__source"] == "a.xlsx!A & B!A4"
    assert Cells(tmp_path, files).at("a.xlsx!A & B!B2") == "#N/A"
    phones = next(each for each in found.validation.results if each.rule.field == "phone")
    assert [(each.address, each.value) for each in phones.worst] == [("a.xlsx!A & B!B2", "#N/A")]


def test_a_text_that_looks_like_an_error_is_told_too(tmp_path: Path) -> None:
    """A list that was exported has no error cells any more, and the same hole."""
    found = refined(
        tmp_path, {"a.csv": File(b"Name,Phone\nHeron Place,#REF!\nEgret Hall,#1 555 0101\nIbis,n/a\n")}
    )
    flags = {row["organization_name"]: row["quality_flags"] or "" for row in found.data.to_dicts()}
    assert flags["Heron Place"] == "phone: error of the spreadsheet"
    assert "spreadsheet" not in flags["Egret Hall"] + flags["Ibis"]
