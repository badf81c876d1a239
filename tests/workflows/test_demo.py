"""The demonstration, played once: what it says, what it leaves behind, and that its lists are as messy as they claim."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from harness.repository import Repo

from hotpass.refine.findings import Findings
from hotpass.refine.inputs import read_inputs
from hotpass.refine.pipeline import refine
from hotpass.refine.profiles import load_profile
from hotpass.workflows.demo import DemoResult, NotEmptyError, data, lists, run_demo

VERSIONS = ["1.0.0", "1.1.0", "1.1.1"]


@pytest.fixture(scope="module")
def played(guard: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoResult, str]:
    """What the demonstration left, and what it showed."""
    del guard
    lines: list[str] = []
    result = run_demo(tmp_path_factory.mktemp("demo"), lines.append)
    return result, "\n".join(lines)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What refining finds in both deliveries."""
    folder = tmp_path_factory.mktemp("lists")
    for name, content in {**lists.spring(), **lists.summer()}.items():
        (folder / name).write_bytes(content)
    profile = folder.parent / "kites.yaml"
    profile.write_text(lists.PROFILE)
    return refine(read_inputs(folder), load_profile(str(profile))).findings


@pytest.mark.slow
def test_the_story_is_told_to_its_end(played: tuple[DemoResult, str]) -> None:
    result, said = played
    assert list(result.digests) == VERSIONS
    assert len(set(result.digests.values())) == 3
    for words in (
        "refined_data 1.0.0 released as",
        "released as refined_data-v1.1.0 (minor: ",
        "released as refined_data-v1.1.1 (patch: ",
        "refined_data already 1.1.1: nothing changed",
        "contact_phone: +441914980000 → +4419149",
        "from northern_register.xlsx!Register!D17",
        "they say the same",
        "1 pair to review",
        f"md5 of clone/dist/refined_data.xlsx is {result.digests['1.0.0']}: the bytes of 1.0.0",
    ):
        assert words in said
    assert "Contacts!" not in said, "a table that lacks the column is traced"
    assert max(map(len, said.splitlines())) < 300
    shown = re.findall(r"^   \$ (.*)$", said, re.MULTILINE)
    assert tuple(shown) == result.commands


@pytest.mark.slow
def test_what_it_left_behind_is_whole(played: tuple[DemoResult, str]) -> None:
    result, _ = played
    repo = Repo(Path(result.project), Path(result.storage))
    names = ("data", "refined_data")
    assert repo.tags() == sorted(f"{name}-v{version}" for name in names for version in VERSIONS)
    assert repo.status() == ""
    assert repo.digest("dist/refined_data.xlsx") == result.digests["1.1.1"]
    assert "up to date" in repo.dvc("status").stdout
    for name in ("refined", "compare"):
        assert (Path(result.pages) / f"{name}.html").read_text("utf-8").startswith("<!doctype html>")
    pulled = Path(result.clone) / "data" / lists.REGISTER
    assert pulled.read_bytes() == lists.spring()[lists.REGISTER]


@pytest.mark.slow
def test_each_release_names_the_version_of_its_inputs(played: tuple[DemoResult, str]) -> None:
    result, _ = played
    for version in VERSIONS:
        tag = f"refined_data-v{version}:dist/refined_data.xlsx.version.json"
        done = subprocess.run(
            ["git", "-C", result.project, "show", tag], capture_output=True, text=True, check=True
        )
        lineage = json.loads(done.stdout)["metadata"]["lineage"]
        assert (lineage["input_dataset"]["name"], lineage["input_dataset"]["version"]) == ("data", version)
        assert lineage["output_md5"] == result.digests[version]
        assert lineage["code"]["dirty"] is False


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(NotEmptyError):
        run_demo(tmp_path, print)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_lists_are_messy_in_the_ways_that_lists_are(findings: Findings) -> None:
    skipped = {(skip.address, skip.rows, skip.reason) for skip in findings.skipped}
    assert skipped >= {
        ("northern_register.xlsx!Register!A1", 2, "title"),
        ("northern_register.xlsx!Register!A4", 2, "header"),
        ("northern_register.xlsx!Codes!A1", 3, "sheet left out"),
        ("islands.xlsx!Isles!G2", 1, "header"),
    }
    how = {column.address: (column.field, column.how) for column in findings.columns}
    assert how["islands.xlsx!Members!A1"] == ("organization_name", "place"), "a list without a header"
    assert how["islands.xlsx!Isles!E2"][0] == "", "a column without a heading"
    assert how["islands.xlsx!Isles!G2"][0] == "organization_name", "the second of two lists side by side"
    assert how["northern_register.xlsx!Register!D5"][0] == "contact_phone", "a group above its names"


def test_every_workshop_is_found_once_but_for_the_one_that_people_must_judge(findings: Findings) -> None:
    assert findings.rows_in == 112
    assert findings.rows_out == len(data.workshops()) + 1
    assert findings.doubts == 1
    assert findings.passed


def test_the_same_lists_every_time_and_no_slip_after_the_correction() -> None:
    assert lists.spring() == lists.spring()
    assert lists.summer() == lists.summer()
    before, after = lists.spring()[lists.REGISTER], lists.correction()[lists.REGISTER]
    for slip in data.SLIPS.values():
        assert str(slip.wrong).encode() in before.replace(b"</v>", b"")
        assert str(slip.wrong).encode() not in after
