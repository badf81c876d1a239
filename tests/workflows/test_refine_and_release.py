"""``hotpass refine`` from end to end, on made-up lists in real repositories."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from harness.lists import CONTACTS, NORTH, delimited, messy, workbook
from harness.picture import leftovers
from harness.repository import Repo, Result, Templates

BOOK = "dist/refined_data.xlsx"
SETTINGS = '[refine]\ncountry = "ZA"\n'
RELEASE = ("refine", "--bump", "auto", "--tag")
PEOPLE = (
    "Kestrel",
    "Plover",
    "Avocet",
    "Thandi",
    "Vole",
    "Langebaan",
    "5550101",
    "dunlin@",
    "turnstone.example",
)
"""What stands in cells of the lists and nowhere else."""


def small() -> dict[str, bytes]:
    """Few files, for what takes its time by the number of files."""
    files = messy()
    people = delimited(
        [["Organisation", "Contact person", "E-mail", "Contact phone", "Address"], *CONTACTS[2:]]
    )
    return {
        "north/register.xlsx": files["north/register.xlsx"].data,
        "people.csv": people,
        "west.csv": files["west.csv"].data,
    }


def change(repo: Repo, old: str, new: Any) -> None:
    """Write another value into the one cell of the register that says ``old``."""
    path = repo.path("data/north/register.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book["Schools"] for cell in row if str(cell.value) == old]
    assert len(cells) == 1
    cells[0].value = new
    book.save(path)


def data(repo: Repo, sheet: str = "Data") -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(repo.path(BOOK))[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def record(repo: Repo, path: str = BOOK) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(repo.read(f"{path}.version.json"))
    return found


def lineage(repo: Repo) -> dict[str, Any]:
    found: dict[str, Any] = record(repo)["metadata"]["lineage"]
    return found


def everything(repo: Repo) -> dict[str, Any]:
    """All that a run could change: files with their times, refs, the index. Locks and clocks of Hotpass's own aside."""
    top = repo.root.parent
    files = {
        str(path.relative_to(top)): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in top.rglob("*")
        if path.is_file() and ".git/" not in str(path)
    }
    return {"files": files, "refs": repo.git("for-each-ref").stdout, "status": repo.status()}


@pytest.fixture(scope="module")
def ready(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with settings and lists, nothing tracked; to be copied."""
    place = tmp_path_factory.mktemp("ready")
    repo = templates.copy("initialised", place)
    repo.write("hotpass.toml", SETTINGS)
    repo.commit("settings")
    repo.fill("data", small())
    return place


@dataclass
class Story:
    """Three releases, what each run said, and the output of each."""

    repo: Repo
    runs: dict[str, Result] = field(default_factory=dict)
    books: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def told(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """1.0.0; a correction, 1.0.1; another list, 1.1.0. Tests look at it and change nothing."""
    story = Story(copied(ready, tmp_path_factory.mktemp("story")))
    repo = story.repo

    def step(name: str, *args: str) -> None:
        story.runs[name] = repo.hotpass(*RELEASE, *args)
        story.books[name] = repo.read(BOOK)

    step("first", "--description", "the first lists")
    change(repo, "44 Dune Road", "46 Dune Road")
    step("correction")
    repo.write("data/south.csv", delimited([["Name", "Tel"], ["Lapwing Lodge", "051 555 0160"]]))
    step("rows")
    return story


@pytest.fixture(scope="module")
def once(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `ready`, released as 1.0.0; to be copied."""
    place = tmp_path_factory.mktemp("once")
    copied(ready, place).hotpass(*RELEASE)
    return place


def copied(place: Path, target: Path) -> Repo:
    shutil.copytree(place, target, symlinks=True, dirs_exist_ok=True)
    repo = Repo(target / "repo", target / "remote")
    repo.git("update-index", "-q", "--refresh", check=False)
    return repo


@pytest.fixture
def fresh(ready: Path, tmp_path: Path) -> Repo:
    """A repository of one's own with settings and lists."""
    return copied(ready, tmp_path)


@pytest.fixture
def released(once: Path, tmp_path: Path) -> Repo:
    """A repository of one's own, released as 1.0.0."""
    return copied(once, tmp_path)


# ------------------------------------------------------------------------------------------- releases


def test_a_run_without_a_version_writes_the_output_alone(fresh: Repo) -> None:
    fresh.fill("data", {name: file.data for name, file in messy().items()})
    before = fresh.git("for-each-ref").stdout
    result = fresh.hotpass("refine")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["read", "columns", "merged", "checked", "version", "next"]
    assert lines[0] == "read     19 rows of 5 files; 1 left out"
    assert lines[4] == f"version  none asked for; {BOOK} written"
    assert lines[5] == f"next     hotpass version --add {BOOK}"
    assert "left out: north/register.xlsx!Empty: it is blank" in result.stderr
    assert fresh.git("for-each-ref").stdout == before
    assert "dist/refined_data.xlsx" in fresh.status()
    assert ".dvc" not in fresh.status()
    assert len(data(fresh)) == 13
    assert fresh.hotpass("refine").stdout.splitlines()[4] == f"version  none asked for; {BOOK} unchanged"


def test_each_release_has_the_number_that_its_data_asks_for(told: Story) -> None:
    assert told.repo.tags() == sorted(
        [f"refined_data-v{version}" for version in ("1.0.0", "1.0.1", "1.1.0")]
        + [f"data-v{version}" for version in ("1.0.0", "1.0.1", "1.1.0")]
    )
    said = {name: run.stdout.splitlines() for name, run in told.runs.items()}
    assert said["first"][4] == "version  refined_data 1.0.0 released as refined_data-v1.0.0"
    assert said["first"][5] == "next     hotpass show refined_data@1.0.0"
    assert said["correction"][4].startswith(
        "version  refined_data 1.0.1 released as refined_data-v1.0.1 (patch: 1 cell changed in address of Data"
    )
    assert said["correction"][5] == "next     hotpass compare refined_data@1.0.0 refined_data@1.0.1"
    assert "(minor: 1 row added in Data" in said["rows"][4]
    # Everything a release commits is clean, and the user's settings are as they were.
    assert told.repo.status() == ""
    assert not leftovers(told.repo)


def test_unchanged_lists_write_nothing(once: Path, tmp_path: Path) -> None:
    """Issue D, 5: byte-identical output → "already 1.0.0", exit 0."""
    repo = copied(once, tmp_path)
    before = everything(repo)
    again = repo.hotpass(*RELEASE)
    assert again.code == 0
    assert "version  refined_data already 1.0.0: nothing changed" in again.stdout
    assert everything(repo) == before
    repo.path(BOOK).unlink()
    repo.fill(
        "data", small()
    )  # the same cells in files with other bytes: the output is the same to the last bit
    repo.hotpass("refine")
    assert repo.digest(BOOK) == record(repo)["md5"]
    assert repo.hotpass("restore", "refined_data@1.0.0").code == 0


def test_the_changes_of_a_correction_are_not_drowned(told: Story) -> None:
    """What a patch looks like: the cell, and what says how good the record is; no noise of the run."""
    found = told.repo.hotpass("compare", "refined_data@1.0.0", "refined_data@1.0.1", "--json").json
    changes = [(each["kind"], each["table"], each["columns"]) for each in found["reasons"]]
    assert changes == [("cells_changed", "Data", ["address"])], changes
    rows = told.repo.hotpass("compare", "refined_data@1.0.1", "refined_data@1.1.0", "--json").json
    kinds = {(each["kind"], each["table"]) for each in rows["reasons"]}
    assert kinds == {("rows_added", "Data"), ("rows_added", "Contacts"), ("cells_changed", "Summary")}
    assert rows["bump"] == "minor"


def test_trace_names_the_cell_of_a_list_that_changed(told: Story) -> None:
    known = {row["organization_name"]: row["organization_id"] for row in data(told.repo)}
    said = told.repo.hotpass("trace", "refined_data", known["Avocet House"], "--column", "address").stdout
    assert "address: 44 Dune Road → 46 Dune Road" in said
    assert "from north/register.xlsx!Schools!C7" in said


def test_a_merged_organisation_is_traced_and_explained_by_both_ids(released: Repo) -> None:
    before = {row["organization_name"]: row["organization_id"] for row in data(released)}
    change(released, "Plover Nursery (Pty) Ltd", "Avocet House")
    change(released, "3 Reed Street", "44 Dune Road")
    released.hotpass("refine")
    after = [row for row in data(released) if row["organization_name"] == "Avocet House"]
    assert before["Avocet House"] in {row["organization_id"] for row in after}
    said = released.hotpass("refine", "--explain", before["Avocet House"]).stdout
    assert said.startswith(before["Avocet House"])
    assert "north/register.xlsx!Schools!B7" in said
    assert "address: 44 Dune Road  from north/register.xlsx!Schools!C" in said


# --------------------------------------------------------------------------------------------- lineage


def test_the_record_says_where_a_version_comes_from(told: Story) -> None:
    """REFINE.md, Lineage."""
    repo = told.repo
    found = lineage(repo)
    files = {each["path"]: each for each in found["inputs"]}
    assert sorted(files) == sorted(repo.files("data"))
    for path, each in files.items():
        assert each["md5"] == repo.digest(f"data/{path}")
        assert each["size"] == repo.path(f"data/{path}").stat().st_size
    assert sum(each["rows"] for each in found["inputs"]) == found["rows"]["in"] == 17
    pointer = repo.read("data.dvc").decode()
    assert found["input_dataset"] == {
        "name": "data", "version": "1.1.0", "md5": re.search(r"md5: (\S+)", pointer)[1],  # type: ignore[index]
    }  # fmt: skip
    assert found["profile"]["name"] == "generic"
    assert re.fullmatch("[0-9a-f]{64}", found["profile"]["digest"])
    assert found["settings"] == {"country": "ZA"}
    # The commit in which it ran is the one before its inputs' release.
    assert found["code"] == {"commit": repo.rev("refined_data-v1.0.1^{commit}"), "dirty": False}
    assert re.fullmatch(r"\d+\.\d+.*", found["hotpass"])
    assert re.fullmatch(r"3\.\d+\.\d+\S*", found["python"])
    assert re.fullmatch("[0-9a-f-]{36}", found["run"])
    assert found["started"] <= found["finished"]
    assert found["rows"] == {"in": 17, "merged": 4, "quarantined": 1, "out": 12}
    assert found["previous"] == "1.0.1"
    assert found["output_md5"] == record(repo)["md5"] == repo.digest(BOOK)
    assert found["left_out"] == ["north/register.xlsx!Empty"]
    at_first = json.loads(repo.git("show", f"refined_data-v1.0.0:{BOOK}.version.json").stdout)
    assert at_first["metadata"]["lineage"]["run"] != found["run"]
    assert at_first["description"] == "the first lists"


def test_uncommitted_changes_to_code_are_told(released: Repo) -> None:
    released.write("hotpass.toml", SETTINGS + 'area_code = "011"\n')
    change(released, "44 Dune Road", "45 Dune Road")
    released.hotpass(*RELEASE)
    assert lineage(released)["code"]["dirty"] is True
    assert lineage(released)["settings"] == {"area_code": "011", "country": "ZA"}


def test_nothing_that_git_keeps_holds_a_cell(told: Story) -> None:
    """Case 53."""
    kept = (
        told.repo.git("log", "-p", "--all").stdout
        + told.repo.git("for-each-ref", "--format=%(contents)").stdout
    )
    assert "lineage" in kept
    assert "register.xlsx" in kept
    cells = " ".join(str(value) for row in data(told.repo) for value in row.values())
    for text in PEOPLE:
        assert text in cells or text in ("5550101", "Vole"), f"{text} is in no cell, so it proves nothing"
        assert text.lower() not in kept.lower()


def test_inputs_outside_the_repository_are_named_and_not_tracked(fresh: Repo, tmp_path: Path) -> None:
    fresh.path("data").rename(tmp_path / "lists")
    fresh.hotpass(*RELEASE, "--input-dir", str(tmp_path / "lists"))
    found = lineage(fresh)
    assert found["input_dataset"] is None
    assert len(found["inputs"]) == found["input_files"] == 3
    assert found["inputs_digest"]
    assert fresh.tags() == ["refined_data-v1.0.0"]
    assert not list(tmp_path.rglob("lists*.dvc"))
    assert str(tmp_path) not in fresh.git("log", "-p", "--all").stdout


def test_inputs_that_git_holds_are_named_and_not_tracked(fresh: Repo) -> None:
    """A folder that cannot be a dataset is no reason to refuse: its files are named by digest, and it is said why."""
    fresh.commit("lists, by plain git", "data")
    result = fresh.hotpass(*RELEASE)
    assert (
        "the inputs are no dataset, so the record names their digests alone: data is tracked by git"
        in result.stderr
    )
    assert lineage(fresh)["input_dataset"] is None
    assert {each["md5"] for each in lineage(fresh)["inputs"]} == {
        fresh.digest(f"data/{path}") for path in fresh.files("data")
    }
    assert fresh.tags() == ["refined_data-v1.0.0"]


def test_every_run_makes_a_draft_where_the_settings_say_so(fresh: Repo) -> None:
    fresh.write("hotpass.toml", SETTINGS + "[versioning]\nenabled = true\n")
    first = fresh.hotpass("refine").stdout.splitlines()
    assert first[4:] == [
        "version  refined_data 1.0.0 draft",
        "next     hotpass version --tag --dataset refined_data",
    ]
    assert fresh.tags() == []
    again = fresh.hotpass("refine").stdout.splitlines()
    assert again[4] == "version  refined_data is the draft already 1.0.0: nothing changed"
    assert fresh.hotpass("version", "--get", "data").stdout == "1.0.0\n"


# ----------------------------------------------------------------------------------------- looking only


def test_a_dry_run_writes_nothing_and_foresees_the_number(
    released: Repo, fresh: Repo, tmp_path: Path
) -> None:
    change(released, "44 Dune Road", "45 Dune Road")
    before = everything(released)
    said = released.hotpass(*RELEASE, "--dry-run").stdout.splitlines()
    assert said[4].startswith("version  refined_data 1.0.1 would be released as refined_data-v1.0.1 (patch: ")
    assert said[5] == "next     hotpass refine --bump auto --tag"
    plain = released.hotpass("refine", "--dry-run").stdout.splitlines()
    assert plain[4:] == [f"version  none asked for; {BOOK} would be written", "next     hotpass refine"]
    assert everything(released) == before
    made = released.hotpass(*RELEASE).stdout.splitlines()
    assert made[4].replace("released", "would be released") == said[4]


def test_a_dry_run_before_there_is_anything(fresh: Repo) -> None:
    before = everything(fresh)
    said = fresh.hotpass(*RELEASE, "--dry-run").stdout.splitlines()
    assert said[4] == "version  refined_data 1.0.0 would be released as refined_data-v1.0.0"
    assert everything(fresh) == before


def test_explain_says_which_rows_what_joins_them_and_which_value_won(told: Story) -> None:
    before = everything(told.repo)
    known = {row["organization_name"]: row["organization_id"] for row in data(told.repo)}
    said = told.repo.hotpass("refine", "--explain", known["Kestrel Primary School"]).stdout
    assert "2 rows:" in said
    assert "north/register.xlsx!Schools!B5" in said
    assert "people.csv!A2" in said
    assert re.search(r"north/register.xlsx!Schools!B5 and people.csv!A2: .*% sure", said) or re.search(
        r"people.csv!A2 and north/register.xlsx!Schools!B5: .*% sure", said
    )
    assert re.search(r"contact_role: Principal  from people.csv!B2  \(only", said)
    found = told.repo.hotpass("refine", "--explain", known["Kestrel Primary School"], "--json").json
    assert [each["address"] for each in found["rows"]] == ["north/register.xlsx!Schools!B5", "people.csv!A2"]
    assert everything(told.repo) == before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--explain", "org-nobody"), 3, "no organisation has the id 'org-nobody'"),
        (("--explain", "x", "--tag"), 2, "--tag would have no effect: --explain writes nothing"),
        (("--explain", "x", "--report", "r.html"), 2, "--report would have no effect"),
        (("--description", "words"), 2, "--description would have no effect: no version was asked for"),
        (("--output-path", "dist/x.doc"), 2, "its suffix says no format that refine writes"),
        (("--output-path", "data/x.xlsx"), 2, "it lies in the folder that is refined"),
        (("--output-path", "/x.xlsx", "--tag"), 2, "can have a version"),
        (("--input-dir", "nowhere"), 3, "nowhere"),
        (("--profile", "nobodys"), 3, "there is no profile 'nobodys'"),
        (
            ("--report", "data/north/register.xlsx", "--dry-run"),
            10,
            "will not write data/north/register.xlsx",
        ),
    ],
)
def test_what_is_refused_changes_nothing(told: Story, args: tuple[str, ...], code: int, said: str) -> None:
    """Each is told before anything is written, inputs and their version included."""
    repo = told.repo
    before = everything(repo)
    result = repo.hotpass("refine", *args, check=False)
    assert result.code == code, result
    assert said in result.stderr
    assert result.stderr.count("\n") <= 2
    assert "Traceback" not in result.stderr
    assert everything(repo) == before


def test_a_number_that_is_too_low_is_refused_before_anything_is_written(released: Repo) -> None:
    released.write("data/south.csv", delimited([["Name", "Tel"], ["Lapwing Lodge", "051 555 0160"]]))
    before = everything(released)
    result = released.hotpass("refine", "--bump", "patch", "--tag", check=False)
    assert result.code == 10
    assert (
        "refined_data 1.0.1 is too low: a patch after 1.0.0, and the data asks for a minor" in result.stderr
    )
    assert "hotpass refine --bump minor --tag" in result.stderr
    assert everything(released) == before


def test_an_output_that_git_holds_is_refused_before_the_inputs_are_released(fresh: Repo) -> None:
    fresh.hotpass("refine")
    fresh.git("add", "-f", BOOK)
    fresh.git("commit", "-qm", "by mistake")
    before = everything(fresh)
    result = fresh.hotpass(*RELEASE, check=False)
    assert result.code == 10
    assert f"{BOOK} is tracked by git already" in result.stderr
    assert everything(fresh) == before


def test_a_file_that_is_no_refined_dataset_is_not_written_over(fresh: Repo) -> None:
    fresh.write(BOOK, workbook({"Mine": NORTH}))
    before = everything(fresh)
    result = fresh.hotpass("refine", check=False)
    assert result.code == 10
    assert f"{BOOK} is no refined dataset" in result.stderr
    assert everything(fresh) == before


def test_an_output_that_was_edited_by_hand_is_not_lost(released: Repo) -> None:
    """Promise 1: refused until its bytes are kept; what refine wrote itself is written over."""
    book = openpyxl.load_workbook(released.path(BOOK))
    book["Data"]["B2"].value = "By hand"
    book.save(released.path(BOOK))
    before = everything(released)
    result = released.hotpass("refine", check=False)
    assert result.code == 10
    assert f"{BOOK} was saved by another program since it was refined" in result.stderr
    assert everything(released) == before
    edited = released.read(BOOK)
    released.hotpass("version", "--add", BOOK)
    released.hotpass("refine")
    assert released.object(hashlib.md5(edited).hexdigest()).read_bytes() == edited
    assert "By hand" not in {row["organization_name"] for row in data(released)}


def test_a_clone_without_its_history_gives_no_ids_anew(once: Path, tmp_path: Path) -> None:
    """Neither without the tags that say which ids there are (6), nor without the data that has them (9)."""
    released = copied(once, tmp_path)
    for option, code, said in (("--no-tags", 6, "git fetch --tags"), ("--tags", 9, "lost: no copy found")):
        clone = Repo(tmp_path / option, tmp_path / "nowhere")
        released.git("clone", "-q", option, str(released.root), str(clone.root))
        result = clone.hotpass("refine", "--input-dir", str(released.path("data")), check=False)
        assert result.code == code, result
        assert said in result.stderr
        assert not clone.path(BOOK).exists()


def test_the_report_is_one_page_with_the_changes(released: Repo, tmp_path: Path) -> None:
    change(released, "44 Dune Road", "45 Dune Road")
    page = tmp_path / "refined.html"
    released.hotpass("refine", "--dry-run", "--report", str(page))
    text = page.read_text()
    for part in ("organization_name: is empty", "45 Dune Road", "register.xlsx!Schools!A8"):
        assert part in text, part
    assert "<script src" not in text
    assert "http-equiv" in text


def test_the_result_as_json_is_one_document(told: Story) -> None:
    found = told.repo.hotpass("refine", "--dry-run", "--json").json
    assert found["format"] == 1
    assert {"output", "written", "outcome", "input_version", "next"} <= set(found)


# ------------------------------------------------------------------------------------------------ gate


def test_a_broken_rule_leaves_everything_as_it_was(released: Repo, tmp_path: Path) -> None:
    """REFINE 14: of the shipped generic profile, phones and e-mails below 85 in 100 and websites below 75 block."""
    rows = [["Name", "Phone"], *([f"Stilt House {number}", f"011 l{number:02} 4567"] for number in range(20))]
    released.write("data/stilts.csv", delimited(rows))
    before = everything(released)
    page = tmp_path / "refined.html"
    result = released.hotpass(*RELEASE, "--report", str(page), check=False)
    assert result.code == 11
    assert "the refined data breaks phones are valid; nothing was written" in result.stderr
    assert str(page) in result.stderr
    assert "stilts.csv!B2" in page.read_text()
    page.unlink()
    assert everything(released) == before
    seen = released.hotpass("refine", "--dry-run").stdout
    assert "1 rule broken" in seen
    assert "next     hotpass refine --dry-run --report refined.html" in seen


# ------------------------------------------------------------------------------------------- bad input


def test_bad_files_are_named_and_the_rest_is_refined(fresh: Repo) -> None:
    """Issue D, "Bad input"."""
    whole = fresh.read("data/north/register.xlsx")
    fresh.write("hotpass.toml", "limit_bytes = 2000000\n" + SETTINGS)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le")
    for name, content in {
        "nothing.xlsx": b"",
        "cut.xlsx": whole[: len(whole) // 2],
        "locked.xlsx": ole,
        "again.xlsx": whole,
        "~$people.xlsx": b"lock",
        ".DS_Store": b"junk",
        "photo.png": b"\x89PNG",
        "noise.csv": bytes(range(256)) * 4,
        "blank.csv": b"\n\n\n",
        "huge.csv": b"Name,Phone\n" + b"Heron Hall,1\n" * 200_000,
    }.items():
        fresh.write(f"data/{name}", content)
    result = fresh.hotpass(*RELEASE)
    assert "read     16 rows of 3 files; " in result.stdout
    for name, reason in {
        "nothing.xlsx": "it is empty",
        "cut.xlsx": "damaged",
        "locked.xlsx": "locked.xlsx is encrypted",
        # By path, the first of the two is the one that is read.
        "north/register.xlsx": "it has the same bytes as again.xlsx",
        "~$people.xlsx": "lock file",
        "photo.png": "suffix",
        "noise.csv": "",
        "blank.csv": "",
        "huge.csv": "more than limit_bytes = 2,000,000 allows",
    }.items():
        line = next((line for line in result.stderr.splitlines() if f"left out: {name}: " in line), "")
        assert line, (name, result.stderr)
        assert reason in line
    assert "Traceback" not in result.stderr
    assert len(data(fresh)) == 11
    assert "cut.xlsx" in lineage(fresh)["left_out"]


def test_what_is_named_and_not_there_leaves_no_trace(fresh: Repo) -> None:
    before = fresh.status()
    for args in (("--input-dir", "nowhere"), ("--profile", "nobodys"), ("--output-path", "far/away/x.doc")):
        assert fresh.hotpass("refine", *args, check=False).code in (2, 3)
    assert fresh.status() == before
    assert not fresh.path("dist").exists()
    assert not fresh.path("far").exists()


def test_a_folder_without_anything_to_refine_is_an_error(fresh: Repo) -> None:
    fresh.fill("data", {"x.xlsx": b"", "y.csv": b"a,b\n1,2\n"})
    before = everything(fresh)
    result = fresh.hotpass("refine", check=False)
    assert result.code == 3
    assert "nothing to refine in data" in result.stderr
    assert "x.xlsx: it is empty" in result.stderr
    assert everything(fresh) == before


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("profile: mine\nextends: generic\nheadrs: {}\n", 3, "headrs"),
        ("profile: mine\nextends: generic\nextras: 7\n", 3, "one of all, none"),
        (
            "profile: mine\nextends: generic\nrules:\n  - rule: beaks\n    field: beak\n    check: present\n",
            5,
            "beak",
        ),
        (
            "profile: mine\nextends: generic\nrules:\n  - rule: x\n    field: email\n    check: odd\n",
            6,
            "odd",
        ),
        ("profile: [mine\n", 2, "YAML"),
    ],
)
def test_a_wrong_profile_is_told_by_file_and_line(
    told: Story, text: str, line: int, expected: str, tmp_path: Path
) -> None:
    """Issue D, "Bad input"."""
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    result = told.repo.hotpass("refine", "--profile", str(path), check=False)
    assert result.code == 2
    assert f"mine.yaml, line {line}: expected " in result.stderr
    assert expected in result.stderr


# ---------------------------------------------------------------------------------------- other formats


def test_other_formats_hold_the_same_organisations(fresh: Repo) -> None:
    """On request, as the hint of a workbook that would be too large says."""
    change(fresh, "Widgeon Centre", "@Widgeon Centre")
    fresh.hotpass("refine")
    ids = [row["organization_id"] for row in data(fresh)]
    for suffix, name in ((".csv", "'@Widgeon Centre"), (".parquet", "@Widgeon Centre")):
        place = f"dist/flat{suffix}"
        result = fresh.hotpass("refine", "--output-path", place)
        path = fresh.path(place)
        frame = pl.read_csv(path, infer_schema=False) if suffix == ".csv" else pl.read_parquet(path)
        assert frame["organization_id"].to_list() == ids
        assert name in frame["organization_name"].to_list()
        assert "+27215550104" in frame["phone"].to_list()
        assert f"1 row(s) in quarantine are not in flat{suffix}" in result.stderr
        assert ("1 cell(s) of organization_name look like formulas" in result.stderr) is (suffix == ".csv")
        again = fresh.hotpass("refine", "--output-path", place).stdout
        assert f"none asked for; {place} unchanged" in again
