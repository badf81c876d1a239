"""compare between releases, the work tree and plain files: what each side is, and what is read for it."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, FOLDER, Repo, Result, TwoClones
from harness.story import BOOK, saved_again

import hotpass
from hotpass.compare.changes import Kind
from hotpass.errors import NotFoundError, NotReadyError
from hotpass.versioning import Project
from hotpass.workflows import open_side


def _kinds(answer: Result) -> set[str]:
    document = answer.json
    return {change["kind"] for change in document["changes"]} | {
        change["kind"] for table in document["tables"] for change in table["changes"]
    }


# -------------------------------------------------------------------------------------------------- sides


def test_a_side_is_a_release_the_work_tree_or_a_path(released: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(released.root)
    project = Project.find(released.root)
    assert open_side(project, "refined_data@1.0.0").release is not None
    assert open_side(project, "refined_data@^1").text == "refined_data@1.1.0"
    tracked = open_side(project, "refined_data").tracked
    assert tracked is not None
    assert tracked.path == FILE
    assert open_side(project, FILE).place == Path(FILE)
    # The folder data/ is the dataset data, too: the dataset comes first, ./data is the folder.
    assert open_side(project, "data").dataset == "data"
    assert open_side(project, "./data").place == Path("data")
    for text in ("nothing", "refined_dat", "refined_data@9", "no/such/file.csv", "a b", ""):
        with pytest.raises(NotFoundError):
            open_side(project, text)


def test_a_file_may_be_named_like_a_release(released: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(released.root)
    project = Project.find(released.root)
    released.write("list@home.csv", "a\n1\n")
    assert open_side(project, "list@home.csv").place is not None
    released.write("refined_data@1.0.0", "a\n1\n")
    assert open_side(project, "refined_data@1.0.0").release is not None
    assert open_side(project, "./refined_data@1.0.0").place is not None


def test_the_second_side_is_the_work_tree(dirty: Repo) -> None:
    found = dirty.hotpass("compare", "refined_data@latest", "--json").json
    assert (found["old"], found["new"]) == ("refined_data@1.1.0", "refined_data")
    assert dirty.hotpass("compare", "refined_data@latest", "--exit-code", "-q", check=False).code == 4
    said = dirty.hotpass("compare", "refined_data", check=False)
    assert said.code == 2
    assert "compare refined_data with what?" in said.stderr
    assert "hotpass compare refined_data@latest" in said.stderr
    assert dirty.hotpass("compare", FILE, check=False, cwd=dirty.root).code == 2


def test_the_same_bytes_need_no_engine(released: Repo) -> None:
    script = (
        "import sys; from hotpass.cli import main; code = main(['compare', 'refined_data@1.1.0', '--exit-code', '-q']);"
        " print(code, sorted({'duckdb', 'polars', 'fastexcel'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=released.root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "0 []\n"


def test_nothing_is_written_and_nothing_checked_out(dirty: Repo) -> None:
    before = (dirty.status(), dirty.files("dist"), dirty.rev("HEAD"))
    dirty.hotpass("compare", "refined_data@1.0.0", "refined_data@1.1.0")
    dirty.hotpass("compare", "data@1.0.0", "data")
    assert (dirty.status(), dirty.files("dist"), dirty.rev("HEAD")) == before


def test_a_release_that_the_store_lacks_or_holds_damaged_is_fetched(two_clones: TwoClones) -> None:
    released = two_clones.first
    md5 = json.loads(released.git("show", f"refined_data-v1.0.0:{FILE}.version.json").stdout)["md5"]
    stored = released.object(md5)
    good = FILE_BYTES["1.0.0"]
    assert not stored.exists()
    assert _kinds(released.hotpass("compare", "refined_data@1.0.0", "--json")) == {"rows_added"}
    assert stored.read_bytes() == good
    stored.chmod(0o644)
    stored.write_bytes(b"id,name,phone\n1,Rotten,1\n")
    assert _kinds(released.hotpass("compare", "refined_data@1.0.0", "--json")) == {"rows_added"}
    assert stored.read_bytes() == good
    stored.unlink()
    shutil.rmtree(released.remote / "files")
    answer = released.hotpass("compare", "refined_data@1.0.0", "--json", check=False)
    assert (answer.code, answer.json["error"]["type"]) == (9, "LostError")


def test_a_folder_is_compared_file_by_file_from_the_store(released: Repo) -> None:
    found = released.hotpass("compare", f"{FOLDER}@1.0.0", f"{FOLDER}@1.1.0", "--json")
    assert {"table_added", "table_removed"} <= _kinds(found)
    assert "north.csv" in found.stdout


# ------------------------------------------------------------------------------------------- plain files


def test_plain_files_need_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.csv").write_text("id,n\n1,1.50\n2,2\n")
    (tmp_path / "new.csv").write_text("id,n\n1,1.5\n2,3\n")
    comparison = hotpass.compare("old.csv", "new.csv")
    assert [change.kind for change in comparison.all_changes] == [Kind.CELLS_CHANGED]
    with pytest.raises(NotReadyError):
        hotpass.compare("old.csv", "refined_data@1.0.0")
    with pytest.raises(NotFoundError):
        hotpass.compare("old.csv", "gone.csv")


def test_a_release_is_compared_with_a_download_in_another_format(story: Repo, tmp_path: Path) -> None:
    download = tmp_path / "download.xlsx"
    download.write_bytes(saved_again(story.read(BOOK)))
    said = story.hotpass("compare", "refined_data@2.0.0", str(download), "--exit-code", "--json")
    assert not _kinds(said)
    assert not said.json["same_bytes"]


# ------------------------------------------------------------------------------------------- the library


def test_a_comparison_of_the_library_can_be_read_to_its_end_later(
    story: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(story.root)
    comparison = hotpass.compare("refined_data@1.0.0", "refined_data@1.0.1", key="organization_id")
    sites = next(table for table in comparison.tables if table.name == "Sites")
    log = sites.log
    assert log is not None
    del comparison, sites
    gc.collect()
    assert [(cell.column, cell.old, cell.new) for cell in log.cells() if cell.column == "phone"] == [
        ("phone", "+27 1", "+27 99")
    ]
    room = log.room.folder if hasattr(log, "room") and hasattr(log.room, "folder") else None
    del log
    gc.collect()
    assert room is None or not room.exists()


def test_compare_is_a_verb_and_a_package_whatever_was_imported_first() -> None:
    for first in (
        "import hotpass.compare.changes",
        "from hotpass.compare import policy",
        "from hotpass import compare",
    ):
        script = (
            f"{first}\nimport sys, hotpass\nfrom hotpass import compare\n"
            "assert callable(hotpass.compare) and hotpass.compare is compare and compare.Kind\n"
            "assert callable(hotpass.open)\n"
            "assert not {'duckdb', 'polars'} & set(sys.modules)\n"
        )
        subprocess.run([sys.executable, "-c", script], check=True)


def test_reports_are_whole_and_never_over_data(dirty: Repo, tmp_path: Path) -> None:
    page, lines = tmp_path / "changes.html", tmp_path / "changes.csv"
    dirty.hotpass("compare", "refined_data@1.0.0", "--html", str(page), "--csv", str(lines))
    assert page.read_bytes().startswith(b"<!")
    assert b"rows_removed" in lines.read_bytes()
    data = dirty.read(FILE)
    for target in (FILE, "data/new.csv", "data", f"{FILE}.dvc", ".git/HEAD"):
        for option in ("--html", "--csv"):
            answer = dirty.hotpass(
                "compare", "refined_data@1.0.0", option, str(dirty.path(target)), check=False
            )
            assert answer.code == 10, target
    link = tmp_path / "link.csv"
    link.symlink_to(dirty.path(FILE))
    assert dirty.hotpass("compare", "refined_data@1.0.0", "--csv", str(link), check=False).code == 10
    assert dirty.read(FILE) == data


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--tolerance", "-1"], "not a number from 0 on"),
        (["--tolerance", "nan"], "not a number from 0 on"),
        (["--key", ""], "does not name different columns"),
        (["--key", 'id,"na'], "--key"),
        (["--key", "id", "--key", "name"], "--key is given twice"),
    ],
)
def test_senseless_options_are_said(released: Repo, args: list[str], words: str) -> None:
    answer = released.hotpass("compare", "refined_data@1.0.0", *args, "--json", check=False)
    assert answer.code == 2
    error = answer.json["error"]
    assert words in error["message"] + error["hint"]
