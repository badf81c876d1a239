"""FAULTS, "Git state" and "Found by trying": detached heads, foreign tags, hostile environments, private values."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, Repo, revised


def test_the_tag_holds_the_current_bytes_and_their_record(released: Repo) -> None:
    """Case 24: data changed, pointer not committed, then a release in one command."""
    released.write(FILE, revised("Wren Court"))
    outcome = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json"
    ).json
    pointer = released.git("show", f"refs/tags/refined_data-v1.1.1:{FILE}.dvc").stdout
    record = released.git("show", f"refs/tags/refined_data-v1.1.1:{FILE}.version.json").stdout
    assert outcome["md5"] == released.digest(FILE)
    assert outcome["md5"] in pointer
    assert outcome["md5"] in record
    assert '"version": "1.1.1"' in record


def test_changed_data_is_not_tagged_with_the_old_number(released: Repo) -> None:
    """Case 24: `--tag` alone, where the data is not what the number was given to."""
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    released.write(FILE, revised("Wren Court"))
    refused = released.hotpass("version", "--tag", "--dataset", "refined_data", "--json", check=False)
    assert refused.json["error"]["type"] == "DataChangedError"
    assert refused.code == 10
    assert released.git("tag", "-l", "refined_data-v1.1.1").stdout == ""


def test_on_a_detached_head_all_but_a_release_commit_works(released: Repo) -> None:
    """Case 28: the next number comes from all tags; drafts and restores work; a commit is refused with the cure."""
    released.git("checkout", "-q", "refined_data-v1.0.0")
    released.hotpass("restore", "refined_data@1.0.0")
    refused = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", check=False
    )
    assert refused.code == 10
    assert "git switch -c NAME first" in refused.stderr
    draft = released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", "--json").json
    assert draft["version"] == "1.1.1"
    again = released.hotpass("version", "--get", "refined_data")
    assert again.stdout == "1.1.1\n"
    assert "draft" in again.stderr


def test_a_committed_draft_is_tagged_on_a_detached_head(released: Repo) -> None:
    """Case 28 and ARCHITECTURE: `--tag` alone needs no commit where HEAD holds all of it."""
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    released.git("add", f"{FILE}.dvc", f"{FILE}.version.json")
    released.git("commit", "-qm", "draft")
    head = released.git("rev-parse", "HEAD").stdout
    released.git("checkout", "-q", "--detach")
    released.hotpass("version", "--tag", "--dataset", "refined_data")
    assert released.git("rev-parse", "refs/tags/refined_data-v1.1.1^{commit}").stdout == head


def test_the_same_tag_again_is_no_error_and_no_release(released: Repo) -> None:
    """Case 33: same target."""
    before = released.git("rev-parse", "HEAD", "refs/tags/refined_data-v1.1.0").stdout
    outcome = released.hotpass("version", "--tag", "--dataset", "refined_data", "--json").json
    assert outcome["already"]
    assert released.git("rev-parse", "HEAD", "refs/tags/refined_data-v1.1.0").stdout == before


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (("tag", "refined_data-v1.1.1"), "TagExistsError"),
        (("tag", "refined_data-v1.1.1", "HEAD:.dvc/config"), "TagExistsError"),
        (("branch", "refined_data-v1.1.1"), "BranchNamedLikeTagError"),
    ],
    ids=["lightweight", "on-a-blob", "branch"],
)
def test_what_has_the_name_of_the_next_tag_is_a_conflict(
    released: Repo, make: tuple[str, ...], kind: str
) -> None:
    """Case 33: nothing is moved, and the cure is named."""
    released.git(*make)
    before = released.git("for-each-ref").stdout
    refused = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json", check=False
    )
    assert refused.code == 8
    assert refused.json["error"]["type"] == kind
    assert refused.json["error"]["hint"]
    assert released.git("for-each-ref").stdout == before


def test_another_dataset_and_a_pre_release_do_not_count(released: Repo) -> None:
    """Case 33: `refined_data-v2` has a v9.0.0; a release candidate by hand is below its release; 1.10 is above 1.9."""
    released.git("tag", "-a", "-m", "x", "refined_data-v2-v9.0.0")
    released.git("tag", "-a", "-m", "x", "refined_data-v1.10.0")
    released.git("tag", "-a", "-m", "x", "refined_data-v1.9.0")
    released.git("tag", "-a", "-m", "x", "refined_data-v3.0.0-rc.1")
    outcome = released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", "--json").json
    assert outcome["version"] == "1.10.1"


def test_a_hostile_environment_changes_nothing(released: Repo, tmp_path: Path) -> None:
    """Case 35: variables of a hook, another locale, a pager: Hotpass acts on the repository it stands in."""
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    env = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / "objects"),
        "LC_ALL": "de_DE.UTF-8",
        "LANGUAGE": "de",
        "PAGER": "false",
        "GIT_PAGER": "false",
    }
    released.write(FILE, revised("Wren Court"))
    done = released.hotpass_process(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json", env=env
    )
    assert done.json["version"] == "1.1.1"
    assert released.git("tag", "-l", "refined_data-v1.1.1").stdout
    assert not (other / "index").exists()


def test_no_identity_is_found_before_anything_is_written(released: Repo) -> None:
    """Case 35: git would have failed half-way."""
    released.git("config", "user.useConfigOnly", "true")
    released.write(FILE, revised("Wren Court"))
    pointer = released.read(f"{FILE}.dvc")
    env = {"GIT_CONFIG_GLOBAL": "/dev/null"}
    refused = released.hotpass_process(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", env=env, check=False
    )
    assert refused.code == 6
    assert "git config user.name" in refused.stderr
    assert released.read(f"{FILE}.dvc") == pointer


def test_a_signature_that_cannot_be_made_is_found_before_anything_is_written(released: Repo) -> None:
    """Case 35: `tag.gpgSign` without a key."""
    released.git("config", "tag.gpgSign", "true")
    released.git("config", "gpg.program", "false")
    released.write(FILE, revised("Wren Court"))
    pointer, before = released.read(f"{FILE}.dvc"), released.git("for-each-ref").stdout
    refused = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", check=False
    )
    assert refused.code == 6
    assert released.read(f"{FILE}.dvc") == pointer
    assert released.git("for-each-ref").stdout == before


def test_hooks_of_the_user_do_not_run_in_a_release(released: Repo, tmp_path: Path) -> None:
    """Case 35: `core.hooksPath`; the decision is in docs/decisions."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "commit-msg", "post-commit"):
        (hooks / name).write_text("#!/bin/sh\ntouch ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    released.git("config", "core.hooksPath", str(hooks))
    released.write(FILE, revised("Wren Court"))
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert not released.path("ran").exists()


def test_staged_work_stays_staged_and_the_next_commit_keeps_the_release(released: Repo) -> None:
    """Case 49."""
    released.write("other.txt", b"staged\n")
    released.git("add", "other.txt")
    released.write(FILE, revised("Wren Court"))
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert released.git("cat-file", "-e", "HEAD:other.txt", check=False).code != 0
    pointer = released.git("show", f"HEAD:{FILE}.dvc").stdout
    released.git("commit", "-qm", "mine")
    assert released.git("show", "HEAD:other.txt").stdout == "staged\n"
    assert released.git("show", f"HEAD:{FILE}.dvc").stdout == pointer
    assert released.git("status", "--porcelain").stdout == ""


def test_a_release_takes_along_the_dvc_files_that_head_lacks(repo: Repo, tmp_path: Path) -> None:
    """Case 50: `.dvc/config` was never committed; a fresh clone of the tag is a DVC project all the same."""
    repo.write(FILE, FILE_BYTES["1.0.0"])
    repo.hotpass("version", "--init", "--remote", str(repo.remote), "--no-input")
    repo.git("reset", "-q")
    repo.hotpass("version", "--add", FILE)
    repo.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "refined_data")
    repo.dvc("push", "-q")
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "-b", "refined_data-v1.0.0", str(repo.root), str(clone)], check=True
    )
    Repo(clone, repo.remote).dvc("pull", "-q")
    assert (clone / FILE).read_bytes() == FILE_BYTES["1.0.0"]


def test_no_tag_is_made_up_after_history_was_rewritten(released: Repo, tmp_path: Path) -> None:
    """Case 51: release commits without their tags, squashed, are only commits."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--no-tags", str(released.root), str(clone)], check=True)
    other = Repo(clone, released.remote)
    assert other.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    other.hotpass("version", "--status")
    assert other.git("tag", "-l").stdout == ""
    refused = other.hotpass("version", "--tag", "--dataset", "refined_data", check=False)
    assert refused.code == 6
    assert "git fetch --tags" in refused.stderr


def test_no_value_of_the_data_gets_into_git(released: Repo) -> None:
    """Case 53."""
    released.write(FILE, b"id,name\n1,Quetzal-Nine-Lane\n")
    released.hotpass(
        "version", "--bump", "major", "--tag", "--dataset", "refined_data", "--description", "More"
    )
    everything = (
        released.git("log", "-p", "--all").stdout
        + released.git("for-each-ref", "--format=%(contents)").stdout
    )
    assert "refined_data 2.0.0" in everything
    assert "Quetzal" not in everything


def test_datasets_released_in_another_order_than_added_leave_no_ignore_file_changed(
    initialised: Repo,
) -> None:
    """Promise 4: lines in another order would stay a difference that no release takes along."""
    for name in ("one", "two", "three"):
        initialised.write(f"sets/{name}.csv", name)
        initialised.hotpass("version", "--add", f"sets/{name}.csv")
    for name in ("three", "one", "two"):
        initialised.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", name)
    assert initialised.status() == ""
    assert initialised.git("show", "HEAD:sets/.gitignore").stdout.encode() == initialised.read(
        "sets/.gitignore"
    )
