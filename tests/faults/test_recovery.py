"""What the next run does with the journal of a killed one (ARCHITECTURE, "A release, step by step", 2)."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from harness.killing import Runner, lock_is_free
from harness.picture import leftovers, object_names
from harness.repository import FILE, FILE_BYTES, FOLDER, Repo

NEW = b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,099\n3,Finch Row,013\n"
NEWER = b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,100\n3,Finch Row,013\n"
MINOR = ("version", "--bump", "minor", "--tag", "--dataset", "refined_data", "--json")


def _killed(runner: Runner, repo: Repo, args: tuple[str, ...], moment: str) -> None:
    """Run a command in a repository and kill it at a moment.

    ``ready``: every new byte lies ready and is noted so, nothing has changed its name; ``moved``: branch and tag
    are moved, index and files are not; ``early``: only the intent is noted; ``last``: all but the journal's end.
    """
    subprocess.run(["cp", "-a", str(repo.root.parent), str(repo.root.parent) + "-trial"], check=True)
    trial = Repo(Path(str(repo.root.parent) + "-trial") / "repo", repo.remote)
    events = runner.run(trial, args).events
    journals = [
        at
        for at, event in enumerate(events, 1)
        if event.startswith("os.rename") and event.endswith("pending.json")
    ]
    at = {
        "early": journals[0] + 1,
        "ready": journals[1] + 1,
        "moved": next(
            (n for n, e in enumerate(events, 1) if "update-ref" in e and e.startswith("spawned")), 0
        )
        + 1,
        "last": len(events),
    }[moment]
    run = runner.run(repo, args, at)
    assert run.killed, run
    assert lock_is_free(repo, patience=10)


@pytest.mark.parametrize("moment", ["early", "ready", "moved", "last"])
def test_the_same_request_again_is_the_same_version(released: Repo, runner: Runner, moment: str) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, moment)
    answer = released.hotpass(*MINOR).json
    assert answer["version"] == "1.2.0"
    assert answer["resumed"] is (moment != "early")
    assert [tag for tag in released.tags() if "refined" in tag][-1] == "refined_data-v1.2.0"
    assert released.hotpass(*MINOR, check=False).json["version"] == "1.3.0", (
        "a finished run is not found again"
    )


@pytest.mark.parametrize("moment", ["early", "ready", "moved", "last"])
def test_another_request_finishes_the_earlier_one_first(released: Repo, runner: Runner, moment: str) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, moment)
    other = released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "data", "--json").json
    assert (other["version"], other["resumed"]) == ("1.1.1", False)
    assert ("refined_data-v1.2.0" in released.tags()) is (moment != "early")
    assert not leftovers(released)
    if moment != "early":
        assert released.hotpass("version", "--get", "refined_data").stdout == "1.2.0\n"
        assert released.git("diff", "--cached", "--name-only").stdout == ""


def test_another_request_for_the_same_dataset_counts_on_from_the_finished_one(
    released: Repo, runner: Runner
) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "ready")
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert {"refined_data-v1.2.0", "refined_data-v1.2.1"} <= set(released.tags())


@pytest.mark.parametrize("moment", ["ready", "moved", "last"])
def test_data_edited_after_the_kill_gets_a_number_of_its_own(
    released: Repo, runner: Runner, moment: str
) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, moment)
    released.write(FILE, NEWER)
    answer = released.hotpass(*MINOR).json
    assert answer["version"] == "1.3.0"
    assert answer["resumed"] is False
    for version, data in (("1.2.0", NEW), ("1.3.0", NEWER)):
        released.hotpass("restore", f"refined_data@{version}")
        assert released.read(FILE) == data


def test_data_edited_before_anything_was_ready_has_the_one_number(released: Repo, runner: Runner) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "early")
    released.write(FILE, NEWER)
    assert released.hotpass(*MINOR).json["version"] == "1.2.0"
    assert released.git("show", f"refined_data-v1.2.0:{FILE}.dvc").stdout.count(released.digest(FILE)) == 2


def test_a_draft_is_journalled_like_a_release(tracked: Repo, runner: Runner) -> None:
    args = ("version", "--bump", "minor", "--dataset", "refined_data", "--json")
    tracked.hotpass("version", "--set", "1.0.0", "--dataset", "refined_data")
    tracked.write(FILE, NEW)
    _killed(runner, tracked, args, "ready")
    answer = tracked.hotpass(*args).json
    assert (answer["version"], answer["resumed"]) == ("1.1.0", True)


def test_a_restore_finishes_an_interrupted_release_before_it_begins(released: Repo, runner: Runner) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "moved")
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.0.0\n"
    assert not leftovers(released)


def test_another_restore_goes_on_from_one_that_was_killed(released: Repo, runner: Runner) -> None:
    _killed(runner, released, ("restore", "data@1.0.0"), "ready")
    released.hotpass("restore", "data@1.1.0")
    assert released.status() == ""
    assert not leftovers(released)


@pytest.mark.parametrize("moment", ["ready", "moved"])
def test_a_branch_that_moved_on_is_a_conflict_unless_the_release_is_in_it(
    released: Repo, runner: Runner, moment: str
) -> None:
    """Only refs at their old or new ids are acted on: else 8, nothing is changed, and the hint helps."""
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, moment)
    released.git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    head, tags, pointer = released.rev("HEAD"), released.tags(), released.read(f"{FILE}.dvc")
    answer = released.hotpass(*MINOR, check=False)
    assert answer.code == 8, answer
    assert answer.json["error"]["type"] == "PendingConflictError"
    assert "hotpass/pending.json" in answer.json["error"]["hint"]
    assert (released.rev("HEAD"), released.tags(), released.read(f"{FILE}.dvc")) == (head, tags, pointer)
    # The step the hint names.
    released.path(".git/hotpass/pending.json").unlink()
    assert released.hotpass(*MINOR).json["version"] == ("1.2.0" if moment == "ready" else "1.3.0")


def test_readers_answer_while_a_run_is_half_done(released: Repo, runner: Runner) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "moved")
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    assert released.hotpass("version", "--status", "--json").json["format"] == 1
    assert released.path(".git/hotpass/pending.json").exists(), "a reader finishes nothing"


def test_a_pointer_edited_after_the_kill_is_left_as_it_is_and_named(released: Repo, runner: Runner) -> None:
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "moved")
    edited = released.read(f"{FILE}.dvc") + b"# mine\n"
    released.write(f"{FILE}.dvc", edited)
    answer = released.hotpass(*MINOR).json
    assert answer["version"] == "1.2.0"
    assert released.read(f"{FILE}.dvc") == edited
    assert any(f"{FILE}.dvc" in note for note in answer["notes"])


def test_a_run_killed_in_one_worktree_is_finished_from_another(released: Repo, runner: Runner) -> None:
    place = released.root.parent / "linked"
    released.git("worktree", "add", "-q", "-b", "side", str(place))
    linked = Repo(place, released.remote)
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "moved")
    linked.write(FILE, NEWER)
    assert linked.hotpass(*MINOR).json["version"] == "1.3.0"
    assert {"refined_data-v1.2.0", "refined_data-v1.3.0"} <= set(released.tags())
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.2.0\n"
    assert released.status() == ""
    assert not leftovers(released)


def test_a_journal_of_a_worktree_that_is_gone_blocks_nobody(released: Repo, runner: Runner) -> None:
    place = released.root.parent / "linked"
    released.git("worktree", "add", "-q", "-b", "side", str(place))
    linked = Repo(place, released.remote)
    linked.write(FILE, NEW)
    run = runner.run(linked, ("version", "--set", "2.0.0", "--dataset", "refined_data"), 12)
    assert run.killed
    released.git("worktree", "remove", "--force", str(place))
    released.write(FILE, NEWER)
    assert released.hotpass(*MINOR).json["version"] == "1.2.0"


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": 1}', b'{"format": 2}', b"\xff\xfe", b"[]", b'"x"'])
def test_a_damaged_journal_is_named_and_nothing_is_done(released: Repo, text: bytes) -> None:
    released.write(".git/hotpass/pending.json", text)
    released.write(FILE, NEW)
    tags = released.tags()
    answer = released.hotpass(*MINOR, check=False)
    assert answer.code == 9, answer
    assert "pending.json" in answer.json["error"]["message"]
    assert released.tags() == tags
    released.path(".git/hotpass/pending.json").unlink()
    assert released.hotpass(*MINOR).json["version"] == "1.2.0"


def test_a_killed_holder_of_the_lock_holds_nobody_up(released: Repo) -> None:
    """Case 8: the lock dies with its holder; the next process just gets it."""
    released.write(FILE, NEW)
    holder = released.start("version", "--bump", "minor", "--tag", "--dataset", "refined_data")
    deadline = time.monotonic() + 20
    while not released.path(".git/hotpass/pending.json").exists() and holder.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    answer = json.loads(released.hotpass(*MINOR, "--lock-timeout", "10").stdout)
    assert answer["version"] in ("1.2.0", "1.3.0" if holder.returncode == 0 else "1.2.0")
    assert not leftovers(released)


@pytest.mark.parametrize("how", ["no-tags", "cherry-pick", "squash"])
def test_release_commits_without_tags_make_no_tag_up(released: Repo, how: str) -> None:
    """Case 51: only the journal of this repository is acted on, whatever commits look like releases."""
    top = released.root.parent / "other"
    if how == "no-tags":
        released.git("clone", "-q", "--no-tags", str(released.root), str(top))
        other = Repo(top, released.remote)
    else:
        other = Repo(top, released.remote)
        first = released.rev("HEAD~4")
        released.git("clone", "-q", "--no-tags", str(released.root), str(top))
        commits = released.git("rev-list", "--reverse", f"{first}..HEAD").stdout.split()
        other.git("reset", "-q", "--hard", first)
        if how == "cherry-pick":
            other.git("cherry-pick", *commits)
        else:
            other.git("cherry-pick", "-n", *commits)
            other.git("commit", "-q", "-m", "squashed")
    before = other.tags()
    assert before == []
    other.hotpass("version", "--status")
    assert other.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    refused = other.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data", check=False)
    assert refused.code == 6, refused
    assert "git fetch --tags" in refused.stderr
    assert other.tags() == before


def test_a_rebased_release_keeps_its_tag_and_gets_no_second_one(released: Repo) -> None:
    """Case 51: the tag stays on the commit it was made for."""
    tags = {tag: released.rev(tag) for tag in released.tags()}
    released.git("rebase", "-q", "--root", "-f", env={"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"})
    released.hotpass("version", "--status")
    released.write(FILE, NEW)
    released.hotpass(*MINOR)
    assert {tag: released.rev(tag) for tag in tags} == tags
    assert set(released.tags()) - set(tags) == {"refined_data-v1.2.0"}


def test_objects_of_an_undone_run_are_the_ones_the_rerun_names(released: Repo, runner: Runner) -> None:
    """Nothing of a run that was not ready is believed but bytes that hash to their names."""
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "early")
    released.hotpass(*MINOR)
    assert released.digest(FILE) in object_names(released)


@pytest.mark.slow
@pytest.mark.parametrize("path", [FILE, FOLDER])
@pytest.mark.parametrize("moment", ["ready", "moved"])
@pytest.mark.parametrize("same", [True, False], ids=["same-command", "another-command"])
def test_what_dvc_gc_took_between_the_kill_and_the_next_run_is_stored_again(
    released: Repo, runner: Runner, moment: str, same: bool, path: str
) -> None:
    """Case 52's neighbour, promises 1 and 5: a killed run holds no lock, and nothing names its objects yet."""
    name = Path(path).stem
    new = NEW if path == FILE else b"a,b\n1,4\n"
    released.write(path if path == FILE else f"{path}/north.csv", new)
    args = ("version", "--bump", "minor", "--tag", "--dataset", name, "--json")
    _killed(runner, released, args, moment)
    _collect(released)
    if same:
        assert released.hotpass(*args).json["version"] == "1.2.0"
    else:
        released.hotpass(
            "version", "--bump", "patch", "--dataset", "data" if path == FILE else "refined_data"
        )
    assert f"{name}-v1.2.0" in released.tags()
    released.path(path if path == FILE else f"{path}/north.csv").unlink()
    released.hotpass("restore", f"{name}@1.2.0")
    assert released.read(path if path == FILE else f"{path}/north.csv") == new
    assert not leftovers(released)


def test_a_number_whose_bytes_are_gone_before_it_was_given_is_taken_back(
    released: Repo, runner: Runner
) -> None:
    """Promise 4: killed before branch and tag moved, the bytes collected, the data edited."""
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "ready")
    released.object(hashlib.md5(NEW).hexdigest()).unlink()
    released.write(FILE, NEWER)
    assert released.hotpass(*MINOR).json["version"] == "1.2.0"
    released.path(FILE).unlink()
    released.hotpass("restore", "refined_data@1.2.0")
    assert released.read(FILE) == NEWER
    assert not leftovers(released)


def test_a_release_whose_bytes_are_gone_is_named_as_lost_once_and_blocks_nobody(
    released: Repo, runner: Runner
) -> None:
    """Promise 4: branch and tag had moved, so it cannot be taken back."""
    released.write(FILE, NEW)
    _killed(runner, released, MINOR, "moved")
    released.git("show-ref", "--verify", "refs/tags/refined_data-v1.2.0")
    released.object(hashlib.md5(NEW).hexdigest()).unlink()
    released.write(FILE, NEWER)
    answer = released.hotpass(*MINOR, check=False)
    assert (answer.code, answer.json["error"]["type"]) == (9, "LostError")
    assert "refined_data@1.2.0" in answer.json["error"]["message"]
    assert released.hotpass(*MINOR).json["version"] == "1.3.0"
    assert not leftovers(released)


def _collect(repo: Repo) -> None:
    """``dvc gc`` by a person who knows nothing of the run that was killed."""
    before = set(object_names(repo))
    repo.dvc("gc", "-q", "-f", "--workspace")
    assert set(object_names(repo)) < before
