"""history, show and identify: releases as the tags tell them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import pytest
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, revised
from harness.snapshots import snapshot


def _error(repo: Repo, *args: str) -> tuple[int, dict[str, str]]:
    answer = repo.hotpass(*args, "--json", check=False)
    return answer.code, answer.json["error"]


# ------------------------------------------------------------------------------------------------ history


def test_history_lists_every_release_newest_first_with_its_facts(released: Repo) -> None:
    found = released.hotpass("history", "refined_data", "--json").json
    assert (found["format"], found["verb"], found["dataset"]) == (1, "history", "refined_data")
    newest, oldest = found["releases"]
    assert [newest["version"], oldest["version"]] == ["1.1.0", "1.0.0"]
    for entry in (newest, oldest):
        version = entry["version"]
        data = FILE_BYTES[version]
        assert entry["tag"] == f"refined_data-v{version}"
        assert entry["description"] == f"it is {version}"
        assert entry["author"] == "Test Person"
        assert entry["md5"] == hashlib.md5(data).hexdigest()
        assert (entry["size"], entry["files"], entry["rows"]) == (len(data), None, data.count(b"\n") - 1)
        assert entry["commit"] == released.rev(f"refined_data-v{version}^{{commit}}")
        assert entry["date"].startswith("20")


def test_history_of_a_directory_counts_its_files(released: Repo) -> None:
    newest = released.hotpass("history", "data", "--json").json["releases"][0]
    assert newest["files"] == 3
    assert newest["size"] == sum(map(len, FOLDER_BYTES["1.1.0"].values()))


def test_history_says_the_same_in_words(released: Repo) -> None:
    lines = released.hotpass("history", "refined_data").stdout.splitlines()
    words = " ".join(lines)
    assert words.index("1.1.0") < words.index("1.0.0")
    assert "it is 1.1.0" in words
    assert "Test Person" in words


def test_history_is_one_question_to_git_however_many_releases_there_are(released: Repo) -> None:
    """Issue: one `git for-each-ref` over tag trailers; no file, commit or object is looked at."""

    def questions() -> list[str]:
        said = released.hotpass_process("history", "refined_data", "-v").stderr
        return [line for line in said.splitlines() if line.startswith("+ git")]

    before = questions()
    commit = released.rev("HEAD")
    for number in range(200):
        released.git("tag", "-a", "-m", f"foreign {number}", f"refined_data-v2.0.{number}", commit)
    after = questions()
    assert len(before) == len(after) <= 2
    assert sum("for-each-ref" in line for line in after) == 1
    assert len(released.hotpass("history", "refined_data", "--json").json["releases"]) == 202


def test_order_is_that_of_versions_not_of_letters_or_dates(released: Repo) -> None:
    for version in ("1.10.0", "1.9.0", "10.0.0", "2.0.0"):
        released.git("tag", "-a", "-m", "x", f"refined_data-v{version}")
    found = released.hotpass("history", "refined_data", "--json").json["releases"]
    assert [entry["version"] for entry in found] == ["10.0.0", "2.0.0", "1.10.0", "1.9.0", "1.1.0", "1.0.0"]


def test_tags_that_are_no_releases_are_not_in_the_history(released: Repo) -> None:
    blob = released.git("hash-object", "-w", "notes.txt").stdout.strip()
    released.git("tag", "refined_data-v3.0.0")
    released.git("tag", "-a", "-m", "a blob", "refined_data-v3.1.0", blob)
    released.git("tag", "-a", "-m", "a candidate", "refined_data-v4.0.0-rc.1")
    released.git("tag", "-a", "-m", "no version", "refined_data-v4")
    released.git("tag", "-a", "-m", "another dataset", "refined_data-v2-v1.0.0")
    found = released.hotpass("history", "refined_data", "--json").json["releases"]
    assert [entry["version"] for entry in found] == ["1.1.0", "1.0.0"]


def test_a_message_of_somebody_elses_tag_is_its_description_and_no_fact(released: Repo) -> None:
    released.git("tag", "-a", "-m", "by hand\n\nMd5: zzz\nHotpass-Size: many", "refined_data-v5.0.0")
    entry = released.hotpass("history", "refined_data", "--json").json["releases"][0]
    assert (entry["version"], entry["md5"], entry["size"]) == ("5.0.0", None, None)
    assert "by hand" in released.hotpass("history", "refined_data").stdout


def test_a_description_of_several_paragraphs_comes_back_whole(released: Repo) -> None:
    text = "first line\n\nsecond paragraph: with a colon\n\nHotpass-like: no trailer"
    released.write(FILE, revised("more"))
    released.hotpass(
        "version", "--bump", "minor", "--tag", "--dataset", "refined_data", "--description", text
    )
    assert released.hotpass("history", "refined_data", "--json").json["releases"][0]["description"] == text


def test_a_tag_that_tries_to_paint_the_screen_is_shown_inert(released: Repo) -> None:
    released.git("tag", "-a", "-m", "\x1b[2J\x1b]0;title\x07bad \u202eetxt", "refined_data-v5.0.0")
    said = released.hotpass("history", "refined_data").stdout
    assert not set("\x1b\x07\u202e") & set(said)


def test_history_of_a_dataset_without_releases_is_empty_and_no_error(drafted: Repo) -> None:
    assert drafted.hotpass("history", "refined_data", "--json").json["releases"] == []
    assert drafted.hotpass("history", "refined_data").code == 0


def test_history_knows_releases_of_a_dataset_that_is_no_longer_tracked(released: Repo) -> None:
    released.git("rm", "-q", f"{FILE}.dvc")
    released.git("commit", "-qm", "gone")
    assert len(released.hotpass("history", "refined_data", "--json").json["releases"]) == 2


@pytest.mark.parametrize("verb", ["history", "show"])
def test_an_unknown_dataset_is_named_with_the_nearest(released: Repo, verb: str) -> None:
    """Case 40."""
    code, error = _error(released, verb, "refined_dat")
    assert code == 3
    assert error["message"] == "unknown dataset 'refined_dat', did you mean 'refined_data'?"
    assert "data" in error["hint"]


@pytest.mark.parametrize("name", ["a b", "../x", "-x", "", "a\nb", "x" * 300])
def test_what_can_be_no_dataset_is_refused(released: Repo, name: str) -> None:
    """Case 37."""
    answer = released.hotpass("history", "--json", "--", name, check=False)
    assert answer.code == 2
    assert answer.json["error"]["type"] == "BadDatasetNameError"


def test_reading_changes_nothing(released: Repo) -> None:
    before = snapshot(released)
    released.hotpass("history", "refined_data")
    released.hotpass("show", "refined_data@latest")
    released.hotpass("identify", FILE)
    assert snapshot(released) == before


# --------------------------------------------------------------------------------------------------- show


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("@1.0.0", "1.0.0"),
        ("@latest", "1.1.0"),
        ("@1", "1.1.0"),
        ("@~1.0.0", "1.0.0"),
        ("@^1.0", "1.1.0"),
        ("@1.0", "1.0.0"),
    ],
)
def test_show_gives_the_record_of_the_release_that_is_meant(released: Repo, name: str, version: str) -> None:
    found = released.hotpass("show", f"refined_data{name}", "--json").json
    committed = released.git("show", f"refined_data-v{version}:{FILE}.version.json").stdout
    assert found["record"] == json.loads(committed)
    assert (found["version"], found["tag"]) == (version, f"refined_data-v{version}")
    assert found["record"]["version"] == version
    assert found["author"] == "Test Person"


def test_show_of_a_dataset_alone_is_the_work_trees_record(drafted: Repo) -> None:
    found = drafted.hotpass("show", "refined_data", "--json").json
    assert found["record"] == json.loads(drafted.read(f"{FILE}.version.json"))
    assert (found["version"], found["tag"], found["commit"]) == ("1.0.0", None, None)


def test_show_says_the_same_in_words(released: Repo) -> None:
    said = released.hotpass("show", "refined_data@1.0.0").stdout
    for word in ("refined_data", "1.0.0", "it is 1.0.0", hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()):
        assert word in said


def test_show_keeps_what_the_caller_recorded(released: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    from hotpass.versioning import record_version_metadata

    monkeypatch.chdir(released.root)
    record_version_metadata(FILE, "1.1.0", {"run": "abc", "rows": 3, "nested": {"a": [1, None]}})
    found = released.hotpass("show", "refined_data", "--json").json
    assert found["record"]["metadata"] == {"run": "abc", "rows": 3, "nested": {"a": [1, None]}}


def test_a_version_that_is_none_is_an_error_with_those_there_are(released: Repo) -> None:
    code, error = _error(released, "show", "refined_data@9.9.9")
    assert (code, error["type"]) == (3, "UnknownVersionError")
    assert error["hint"] == "known versions: 1.0.0, 1.1.0"


def test_a_release_without_a_record_says_so(released: Repo) -> None:
    released.git("tag", "-a", "-m", "by hand", "refined_data-v5.0.0")
    code, error = _error(released, "show", "refined_data@5.0.0")
    assert (code, error["type"]) == (3, "NoRecordError")


def test_a_tracked_dataset_without_a_version_has_no_record(tracked: Repo) -> None:
    code, error = _error(tracked, "show", "refined_data")
    assert (code, error["type"]) == (3, "NoRecordError")


def test_a_damaged_record_is_not_shown(released: Repo) -> None:
    """Case 39."""
    released.write(f"{FILE}.version.json", '{"format": 1, "version": "1.')
    code, error = _error(released, "show", "refined_data")
    assert (code, error["type"]) == (9, "DamagedRecordError")
    # The release's own is in git and whole.
    assert released.hotpass("show", "refined_data@1.1.0", "--json").json["version"] == "1.1.0"


# ----------------------------------------------------------------------------------------------- identify


def _matches(repo: Repo, path: str) -> list[tuple[str, str, str | None]]:
    found = repo.hotpass("identify", path, "--json").json
    return [(match["dataset"], match["version"], match["member"]) for match in found["matches"]]


def test_a_file_is_identified_by_its_bytes_wherever_it_is_and_whatever_its_name(released: Repo) -> None:
    copy = released.root.parent / "from a mail.csv"
    copy.write_bytes(FILE_BYTES["1.0.0"])
    assert _matches(released, str(copy)) == [("refined_data", "1.0.0", None)]
    assert _matches(released, FILE) == [("refined_data", "1.1.0", None)]


def test_a_folder_is_identified_by_its_files(released: Repo) -> None:
    assert _matches(released, FOLDER) == [("data", "1.1.0", None)]
    copy = released.root.parent / "copy"
    shutil.copytree(released.path(FOLDER), copy)
    (copy / ".DS_Store").write_text("left by a system")
    assert _matches(released, str(copy)) == [("data", "1.1.0", None)]
    (copy / "more.csv").write_text("x")
    assert released.hotpass("identify", str(copy), check=False).code == 3


def test_one_file_of_a_released_folder_is_found_in_every_release_that_has_it(released: Repo) -> None:
    copy = released.root.parent / "east.csv"
    copy.write_bytes(FOLDER_BYTES["1.0.0"]["south/east.csv"])
    assert _matches(released, str(copy)) == [
        ("data", "1.0.0", "south/east.csv"),
        ("data", "1.1.0", "south/east.csv"),
    ]


def test_bytes_of_no_release_are_not_found_and_the_hint_says_why(released: Repo) -> None:
    """A draft, unsaved data or a file that was saved again: other bytes."""
    released.write(FILE, revised("not released"))
    code, error = _error(released, "identify", FILE)
    assert (code, error["type"]) == (3, "NoSuchContentError")
    assert hashlib.md5(revised("not released")).hexdigest() in error["message"]
    assert error["hint"]


def test_the_same_bytes_in_two_datasets_are_both_found(released: Repo) -> None:
    released.write("copies/again.csv", FILE_BYTES["1.0.0"])
    released.hotpass("version", "--add", "copies/again.csv")
    released.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "again")
    assert _matches(released, "copies/again.csv") == [
        ("again", "1.0.0", None),
        ("refined_data", "1.0.0", None),
    ]


def test_nothing_at_the_path_is_an_error(released: Repo) -> None:
    code, error = _error(released, "identify", "missing.csv")
    assert (code, error["type"]) == (3, "PathMissingError")


def test_a_fifo_is_refused_and_hangs_nobody(released: Repo) -> None:
    """Case 38 for reading."""
    os.mkfifo(released.path("pipe"))
    answer = released.hotpass_process("identify", "--json", "pipe", check=False, timeout=20)
    assert answer.code == 1, answer
    assert answer.json["error"]["message"] == "cannot read pipe: not a regular file"


def test_identify_works_without_the_data_in_the_store(released: Repo) -> None:
    """The tags name the bytes of whole datasets; only members of folders need their listing."""
    shutil.rmtree(released.path(".dvc/cache"))
    assert _matches(released, FILE) == [("refined_data", "1.1.0", None)]


# ------------------------------------------------------------------------------------- restore finds what moved


@pytest.mark.parametrize(
    ("dataset", "path", "new"), [("refined_data", FILE, "out/new_name.csv"), ("data", FOLDER, "inputs")]
)
def test_restore_finds_a_release_whose_path_has_moved_since(
    released: Repo, dataset: str, path: str, new: str
) -> None:
    """By DVC's own `dvc move`; the bytes come to where the dataset is now."""
    released.path(new).parent.mkdir(exist_ok=True)
    released.dvc("move", path, new)
    released.commit("moved")
    released.hotpass("restore", f"{dataset}@1.0.0")
    if dataset == "data":
        assert released.files(new) == FOLDER_BYTES["1.0.0"]
    else:
        assert released.read(new) == FILE_BYTES["1.0.0"]
    assert not released.path(path).exists()
    assert released.hotpass("version", "--get", dataset).stdout == "1.0.0\n"
    status = released.hotpass("version", "--status", "--dataset", dataset, "--json").json["datasets"][0]
    assert (status["data"], status["release"], status["path"]) == ("unchanged", "released", new)


@pytest.mark.parametrize("name", ["latest", "1", "^1.0.0", "~1", "1.1"])
def test_ranges_work_wherever_a_release_is_named(released: Repo, name: str) -> None:
    released.hotpass("restore", "refined_data@1.0.0")
    answer = released.hotpass("restore", f"refined_data@{name}", "--json").json
    assert answer["version"] == "1.1.0"
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
