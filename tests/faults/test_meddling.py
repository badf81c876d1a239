"""Case 13: other programs that write between the moment when everything was checked and the moment it moves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from harness.picture import leftovers
from harness.repository import FILE, Repo, revised

BUMP = ("version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json")
NEW = revised("Swift Mews")


def _meddled(folder: Path, verb: str, script: str, at: int = 1) -> dict[str, str]:
    """An environment in which the ``at``-th ``git VERB`` of Hotpass is preceded by a script, run with the real git."""
    git, wrapper, count = shutil.which("git"), folder / "git", folder / "count"
    folder.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" {verb} "*) echo >> {count}\n'
        f"if [ $(wc -l < {count}) -eq {at} ]; then\n"
        # By somebody at another terminal, who has none of Hotpass's variables.
        f"( unset GIT_INDEX_FILE GIT_LITERAL_PATHSPECS; PATH='{os.environ['PATH']}'\n{script}\n"
        f') >/dev/null 2>&1 </dev/null; fi;; esac\nexec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


# unpack-objects: all was checked, no object exists; update-ref: commit and tag exist, nothing moved.
MOMENTS = pytest.mark.parametrize("verb", ["unpack-objects", "update-ref"])


@pytest.fixture
def busy(released: Repo) -> Repo:
    """New data, and unrelated work: staged, and changed."""
    released.write(FILE, NEW)
    released.write("other.txt", "staged\n")
    released.git("add", "other.txt")
    released.write("notes.txt", "changed\n")
    return released


def _is_released(repo: Repo) -> None:
    """1.1.1 is on the branch with the data's pointer, in the index and in the work tree alike."""
    pointer = repo.git("show", f"refined_data-v1.1.1:{FILE}.dvc").stdout
    assert repo.digest(FILE) in pointer
    assert repo.read(f"{FILE}.dvc").decode() == pointer
    assert repo.git("diff", "--name-only", "HEAD", "--", f"{FILE}.dvc").stdout == ""
    assert repo.git("ls-tree", "--name-only", "refined_data-v1.1.1", "other.txt").stdout == ""
    assert repo.git("rev-list", "--objects", "--all", "--quiet").code == 0
    assert not leftovers(repo)


@MOMENTS
def test_a_commit_of_somebody_else_meanwhile_is_a_conflict_and_stays(
    busy: Repo, verb: str, tmp_path: Path
) -> None:
    env = _meddled(tmp_path / "bin", verb, "git commit -q -m theirs notes.txt")
    refused = busy.hotpass_process(*BUMP, env=env, check=False)
    assert (refused.code, refused.json["error"]["type"]) == (8, "RefsMovedError"), refused
    assert busy.git("log", "-1", "--format=%s").stdout == "theirs\n"
    assert "refined_data-v1.1.1" not in busy.tags()
    assert busy.git("diff", "--cached", "--name-only").stdout.split() == ["other.txt"]
    assert busy.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    assert not leftovers(busy)
    assert busy.hotpass(*BUMP).json["version"] == "1.1.1"
    _is_released(busy)
    assert busy.git("rev-parse", "HEAD^").stdout == busy.git("rev-parse", ":/theirs").stdout
    assert busy.git("diff", "--cached", "--name-only").stdout.split() == ["other.txt"]


@MOMENTS
def test_a_tag_of_that_name_meanwhile_is_a_conflict_and_nothing_moves(
    busy: Repo, verb: str, tmp_path: Path
) -> None:
    env = _meddled(tmp_path / "bin", verb, "git tag -a -m theirs refined_data-v1.1.1 HEAD~1")
    before = busy.rev("HEAD")
    refused = busy.hotpass_process(*BUMP, env=env, check=False)
    assert refused.code == 8, refused
    assert busy.rev("HEAD") == before
    assert busy.rev("refined_data-v1.1.1^{commit}") == busy.rev("HEAD~1")
    assert busy.hotpass(*BUMP).json["version"] == "1.1.2"
    assert not leftovers(busy)


@MOMENTS
def test_files_staged_meanwhile_are_neither_committed_nor_unstaged(
    busy: Repo, verb: str, tmp_path: Path
) -> None:
    script = "git add notes.txt; echo more > late.txt; git add late.txt; git rm -q --cached README.md"
    busy.hotpass_process(*BUMP, env=_meddled(tmp_path / "bin", verb, script))
    _is_released(busy)
    assert busy.git("diff", "--cached", "--name-status").stdout.split() == [
        *("D", "README.md"),
        *("A", "late.txt"),
        *("M", "notes.txt"),
        *("A", "other.txt"),
    ]
    changed = busy.git("show", "--name-only", "--format=", "HEAD").stdout.split()
    assert changed == [f"{FILE}.dvc", f"{FILE}.version.json"]


@MOMENTS
def test_ignore_rules_written_meanwhile_stay_the_users(busy: Repo, verb: str, tmp_path: Path) -> None:
    busy.hotpass_process(*BUMP, env=_meddled(tmp_path / "bin", verb, "echo '*.bak' >> dist/.gitignore"))
    _is_released(busy)
    assert busy.read("dist/.gitignore").endswith(b"*.bak\n")
    assert "*.bak" not in busy.git("show", "HEAD:dist/.gitignore").stdout
    assert busy.status().count("dist/.gitignore") == 1


def test_ignore_rules_written_while_a_dataset_is_added_are_not_overwritten(
    busy: Repo, tmp_path: Path
) -> None:
    """The new text was made from the old one and would undo the change."""
    busy.write("dist/sets/one.csv", NEW)
    add = ("version", "--add", "dist/sets", "--json")
    # git is asked a second time what is left out once the rules are worked out and the bytes are stored.
    env = _meddled(tmp_path / "bin", "ls-files -z --others", "echo '*.bak' >> dist/.gitignore", at=2)
    before = busy.read("dist/.gitignore")
    refused = busy.hotpass_process(*add, env=env, check=False)
    assert (refused.code, refused.json["error"]["type"]) == (8, "ChangedWhileReadingError"), refused
    assert busy.read("dist/.gitignore") == before + b"*.bak\n"
    assert not busy.path("dist/sets.dvc").exists()
    assert not leftovers(busy)
    busy.hotpass(*add)
    assert busy.git("check-ignore", "dist/sets/one.csv").code == 0
    assert busy.read("dist/.gitignore") == before + b"*.bak\n/sets\n"


def test_a_pointer_written_while_its_data_is_stored_is_not_overwritten(
    released: Repo, tmp_path: Path
) -> None:
    """By an editor or a `git checkout`: the number was worked out from the old one."""
    released.write("data/north.csv", b"a,b\n1,4\n")
    theirs = released.read("data.dvc") + b"# theirs\n"
    env = _meddled(tmp_path / "bin", "var -l", "echo '# theirs' >> data.dvc")
    args = ("version", "--bump", "patch", "--tag", "--dataset", "data", "--json")
    tags, head = released.tags(), released.rev("HEAD")
    refused = released.hotpass_process(*args, env=env, check=False)
    assert (refused.code, refused.json["error"]["type"]) == (8, "ChangedWhileReadingError"), refused
    assert released.read("data.dvc") == theirs
    assert (released.tags(), released.rev("HEAD")) == (tags, head)
    assert not leftovers(released)
    assert released.hotpass(*args).json["version"] == "1.1.1"
    assert b"# theirs" in released.read("data.dvc")
