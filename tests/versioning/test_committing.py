"""A release's commit: exactly the released paths, and nobody's other work."""

from __future__ import annotations

import os

import pytest
from harness.repository import FILE, FOLDER, Repo

from hotpass.versioning.committing import DVC_FILES, CommitContent, commit_content, read_base
from hotpass.versioning.errors import UnmergedFileError
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.project import Project
from hotpass.versioning.scan import JUNK_PATTERNS

POINTER, RECORD = f"{FILE}.dvc", f"{FILE}.version.json"
TEXTS = {POINTER: "pointer\n", RECORD: "record\n"}


def content_of(repo: Repo, texts: dict[str, str] = TEXTS, name: str = "refined_data") -> CommitContent:
    project = Project.find(repo.root)
    head = repo.git("rev-parse", "-q", "--verify", "HEAD", check=False).stdout.strip()
    base = read_base(project, Oid(head) if head else None, project.dataset(name))
    return commit_content(project, base, texts)


def test_pointer_and_record_alone_where_all_else_is_committed(tracked: Repo) -> None:
    content = content_of(tracked)
    assert content.commit == {POINTER: b"pointer\n", RECORD: b"record\n"}
    assert content.index == content.commit
    assert content.left == ()


def test_what_head_holds_already_is_left_out(tracked: Repo) -> None:
    pointer = tracked.read(POINTER).decode()
    assert set(content_of(tracked, {POINTER: pointer, RECORD: "record\n"}).commit) == {RECORD}
    assert content_of(tracked, {POINTER: pointer}).commit == {}


def test_before_the_first_commit_it_holds_all_that_a_clone_needs(tracked: Repo) -> None:
    """Case 50, and ARCHITECTURE: the first release commit is the root commit."""
    tracked.git("update-ref", "-d", "HEAD")
    tracked.git("rm", "-rq", "--cached", ".")
    content = content_of(tracked)
    assert set(content.commit) == {POINTER, RECORD, "dist/.gitignore", *DVC_FILES}
    assert all(content.commit[path] == tracked.read(path) for path in (*DVC_FILES, "dist/.gitignore"))


@pytest.mark.parametrize("path", DVC_FILES)
def test_a_file_of_dvcs_that_head_lacks_comes_along(tracked: Repo, path: str) -> None:
    """Case 50."""
    tracked.git("rm", "-q", "--cached", path)
    tracked.git("commit", "-q", "-m", "without")
    assert content_of(tracked).commit[path] == tracked.read(path)


def test_uncommitted_changes_to_dvcs_files_are_named_and_left(tracked: Repo) -> None:
    tracked.write(".dvc/config", tracked.read(".dvc/config") + b"# mine\n")
    content = content_of(tracked)
    assert set(content.commit) == {POINTER, RECORD}
    assert content.left == (".dvc/config",)


def test_only_the_datasets_rules_of_an_ignore_file_are_committed(tracked: Repo) -> None:
    """Case 49: the user's own lines wait for the user's own commit."""
    tracked.git("rm", "-q", "--cached", "dist/.gitignore")
    tracked.git("commit", "-q", "-m", "without")
    own = tracked.read("dist/.gitignore")
    tracked.write("dist/.gitignore", b"*.tmp\n" + own + b"*.bak\n")
    content = content_of(tracked)
    assert content.commit["dist/.gitignore"] == own
    assert tracked.read("dist/.gitignore") == b"*.tmp\n" + own + b"*.bak\n"


def test_what_the_user_staged_of_an_ignore_file_stays_staged(tracked: Repo) -> None:
    """Case 49."""
    tracked.write("dist/.gitignore", b"# committed\n")
    tracked.commit("another text", "dist/.gitignore")
    tracked.write("dist/.gitignore", b"# committed\n# staged\n")
    tracked.git("add", "dist/.gitignore")
    tracked.write("dist/.gitignore", b"# committed\n# staged\n/refined_data.csv\n")
    content = content_of(tracked)
    assert content.commit["dist/.gitignore"] == b"# committed\n/refined_data.csv\n"
    assert content.index["dist/.gitignore"] == b"# committed\n# staged\n/refined_data.csv\n"


def test_an_ignore_file_without_rules_of_the_dataset_is_the_users(tracked: Repo) -> None:
    tracked.write(".gitignore", "*.tmp\n")
    tracked.write("dist/.gitignore", tracked.read("dist/.gitignore") + b"*.bak\n")
    assert set(content_of(tracked).commit) == {POINTER, RECORD}


def test_a_folders_patterns_for_lock_files_come_along(tracked: Repo) -> None:
    tracked.write(".dvcignore", "# mine\n")
    tracked.commit("without patterns", ".dvcignore")
    tracked.write(".dvcignore", "# mine\nprivate/\n" + "".join(f"{line}\n" for line in JUNK_PATTERNS))
    texts = {f"{FOLDER}.dvc": "pointer\n"}
    content = content_of(tracked, texts, "data")
    assert content.commit[".dvcignore"].decode().splitlines() == ["# mine", *JUNK_PATTERNS]
    # A single file needs no such patterns; the user's change is the user's.
    alone = content_of(tracked)
    assert ".dvcignore" not in alone.commit
    assert alone.left == (".dvcignore",)


def test_a_merge_conflict_of_a_file_it_would_change_is_not_settled(tracked: Repo) -> None:
    """Case 26."""
    tracked.git("checkout", "-q", "-b", "other")
    tracked.write("dist/.gitignore", "# theirs\n")
    tracked.commit()
    tracked.git("checkout", "-q", "main")
    tracked.write("dist/.gitignore", "# ours\n")
    tracked.commit()
    tracked.git("merge", "-q", "other", check=False)
    tracked.write("dist/.gitignore", "# ours\n# theirs\n/refined_data.csv\n")
    with pytest.raises(UnmergedFileError) as caught:
        content_of(tracked)
    assert caught.value.path == "dist/.gitignore"
    # Another dataset's release has nothing to do with it.
    assert set(content_of(tracked, {f"{FOLDER}.dvc": "pointer\n"}, "data").commit) == {f"{FOLDER}.dvc"}


def test_working_it_out_writes_nothing(tracked: Repo) -> None:
    before = tracked.status(), tracked.git("count-objects").stdout
    content_of(tracked)
    assert (tracked.status(), tracked.git("count-objects").stdout) == before


@pytest.mark.parametrize("name", ["HEAD^{tree}", "HEAD:dist", "HEAD:dist/.gitignore"])
def test_what_git_lost_of_the_last_commit_is_not_taken_for_nothing(tracked: Repo, name: str) -> None:
    """A release made without it would take the other files away."""
    tracked.write("dist/.gitignore", b"# mine\n" + tracked.read("dist/.gitignore"))
    tracked.git("add", "-f", "dist/.gitignore")
    tracked.git("commit", "-q", "-m", "mine")
    oid, head = tracked.rev(name), tracked.rev("HEAD")
    (tracked.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    done = tracked.hotpass("version", "--set", "1.0.0", "--dataset", "refined_data", "--tag", check=False)
    assert (done.code, tracked.rev("HEAD"), tracked.tags()) == (9, head, [])
    assert "git cannot read" in done.stderr


def test_a_folder_named_like_a_commit_is_a_folder(tracked: Repo) -> None:
    """To git, ``x-g`` and an id is a name of that commit, in a question about an index or a commit too."""
    folder = f"export-g{tracked.rev('HEAD')[:9]}"
    tracked.write(f"{folder}/kept.txt", "kept\n")
    tracked.write(f"{folder}/list.csv", "a,b\n1,2\n")
    tracked.hotpass("version", "--add", f"{folder}/list.csv")
    tracked.commit("track", folder)
    tracked.hotpass("version", "--set", "1.0.0", "--dataset", "list", "--tag")
    assert (
        tracked.git("ls-files", folder).stdout
        == tracked.git("ls-tree", "-r", "--name-only", "HEAD", "--", folder).stdout
    )
    assert f"{folder}/kept.txt" in tracked.git("ls-tree", "-r", "--name-only", "list-v1.0.0").stdout
    assert tracked.status() == ""


def test_a_file_written_in_the_tick_of_its_staging_stays_changed(tracked: Repo) -> None:
    """Git looks twice at entries that are as young as the index; a copy of the index must be as old as it."""
    tracked.git("config", "core.trustCtime", "false")
    place, index = tracked.write("notes.txt", "aaaa\n"), tracked.root / ".git" / "index"
    now = place.stat().st_mtime_ns
    tracked.git("add", "notes.txt")
    os.utime(index, ns=(now, now))
    place.write_text("bbbb\n")
    os.utime(place, ns=(now, now))
    tracked.hotpass("version", "--set", "1.0.0", "--dataset", "refined_data", "--tag")
    assert tracked.status() == "MM notes.txt\n"
