"""A pointer in a merge conflict is a conflict everywhere, and nothing repairs it away."""

from __future__ import annotations

import pytest
from harness.repository import FILE, Repo, revised


@pytest.fixture
def conflicted(released: Repo) -> Repo:
    """Two branches gave ``refined_data`` other data each; the merge of them is not settled."""
    for branch in ("left", "right"):
        released.git("switch", "-q", "-c", branch, "main")
        released.write(FILE, revised(f"{branch}"))
        released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
        released.commit(branch, FILE + ".dvc", FILE + ".version.json")
    assert released.git("merge", "-q", "left", check=False).code == 1
    return released


@pytest.mark.parametrize(
    "command",
    [
        ["--add", FILE],
        ["--add", FILE, "--repair"],
        ["--get", "refined_data"],
        ["--tag", "--dataset", "refined_data"],
    ],
)
def test_a_conflict_is_refused_and_left_as_git_wrote_it(conflicted: Repo, command: list[str]) -> None:
    before = conflicted.read(FILE + ".dvc"), conflicted.read(FILE + ".version.json"), conflicted.status()
    done = conflicted.hotpass("version", *command, check=False)
    assert done.code == 8
    assert f"{FILE}.dvc is in a merge conflict" in done.stderr
    assert (
        conflicted.read(FILE + ".dvc"),
        conflicted.read(FILE + ".version.json"),
        conflicted.status(),
    ) == before


def test_status_names_the_conflict_and_still_tells_of_the_others(conflicted: Repo) -> None:
    done = conflicted.hotpass("version", "--status", "--json", check=False)
    assert done.code == 9
    standing = {entry["dataset"]: entry for entry in done.json["datasets"]}
    assert standing["refined_data"]["damage"].startswith("it is in a merge conflict: ours ")
    assert standing["data"]["version"] == "1.1.0"
    assert "changed since" not in conflicted.hotpass("version", "--status", check=False).stdout


def test_a_deleted_side_is_named(released: Repo) -> None:
    released.git("switch", "-q", "-c", "gone")
    released.git("rm", "-q", FILE + ".dvc")
    released.git("commit", "-q", "-m", "gone")
    released.git("switch", "-q", "main")
    released.write(FILE, revised("kept"))
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert released.git("merge", "-q", "gone", check=False).code == 1
    done = released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", check=False)
    assert done.code == 8
    assert "theirs deleted" in done.stderr


def test_status_tells_when_the_record_is_of_other_bytes(released: Repo) -> None:
    released.write(FILE, revised("added behind our back"))
    released.dvc("add", "-q", FILE)
    notes = released.hotpass("version", "--status", "--dataset", "refined_data").stdout
    assert f"{FILE}.version.json describes other bytes than the pointer names" in notes
