"""doctor: what stands in the way, each finding with its cure, and what `--fix` may touch."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from harness.killing import Runner
from harness.repository import FILE, Repo, Templates, revised
from harness.snapshots import snapshot


def _doctor(repo: Repo, *args: str) -> tuple[int, dict[str, Any], dict[str, dict[str, str]]]:
    answer = repo.hotpass("doctor", "--json", *args, check=False)
    document = answer.json
    return answer.code, document, {finding["subject"]: finding for finding in document["findings"]}


def test_a_healthy_repository_has_no_problem(released: Repo) -> None:
    code, document, findings = _doctor(released)
    assert code == 0, document
    assert all(finding["state"] != "problem" for finding in findings.values())
    assert {"python", "git", "dvc", "branch", "identity", "remotes", "store", "datasets"} <= set(findings)
    assert findings["branch"]["detail"] == "main"
    assert findings["identity"]["detail"] == "Test Person"
    assert findings["datasets"]["detail"] == "2"
    assert document["mended"] == []


def test_doctor_says_the_same_in_words(released: Repo) -> None:
    said = released.hotpass("doctor").stdout
    for word in ("git", "dvc", "main", "Test Person", "lock_timeout", "storage"):
        assert word in said


def test_looking_changes_nothing(dirty: Repo) -> None:
    before = snapshot(dirty)
    dirty.hotpass("doctor")
    assert snapshot(dirty) == before


def test_fixing_what_is_whole_changes_nothing(dirty: Repo) -> None:
    before = snapshot(dirty)
    _, document, _ = _doctor(dirty, "--fix")
    assert document["mended"] == []
    assert snapshot(dirty) == before


def _detach(repo: Repo) -> None:
    repo.git("checkout", "-q", "--detach")


def _nobody(repo: Repo) -> None:
    repo.git("config", "user.useConfigOnly", "true")
    repo.git("config", "user.name", "")
    repo.git("config", "user.email", "")


def _no_remote(repo: Repo) -> None:
    repo.write(".dvc/config", "")


def _secret(repo: Repo) -> None:
    repo.dvc("remote", "add", "-q", "cloud", "s3://bucket/x")
    repo.dvc("remote", "modify", "-q", "cloud", "secret_access_key", "hunter2")


def _damaged_pointer(repo: Repo) -> None:
    repo.write(f"{FILE}.dvc", "outs:\n- md5: 1")


def _same_name(repo: Repo) -> None:
    repo.write("other/refined_data.csv", "x\n")
    pointer = repo.read(f"{FILE}.dvc").decode()
    repo.write("other/refined_data.csv.dvc", pointer)


def _index_lock(repo: Repo) -> None:
    repo.write(".git/index.lock", "")


def _no_project(repo: Repo) -> None:
    repo.path(".dvc/config").unlink()


STATES = {
    "HEAD is detached": (_detach, "branch", "note", "git switch -c NAME"),
    "no remote": (_no_remote, "remotes", "note", "dvc remote add -d storage <remote-url>"),
    "git knows no name": (_nobody, "identity", "problem", "user.name"),
    "a secret in a tracked file": (_secret, "secrets", "problem", "--local"),
    "a damaged pointer": (_damaged_pointer, "refined_data", "problem", f"--add {FILE} --repair"),
    "two datasets of one name": (_same_name, "refined_data", "problem", "--dataset OTHER-NAME"),
    "a stale lock of git": (_index_lock, "git index", "problem", "remove that file"),
    "no DVC project": (_no_project, "dvc project", "problem", "hotpass version --init"),
}


@pytest.mark.parametrize(("make", "subject", "state", "cure"), STATES.values(), ids=STATES.keys())
def test_what_stands_in_the_way_is_found_with_its_cure(
    released: Repo, make: Any, subject: str, state: str, cure: str
) -> None:
    make(released)
    code, document, findings = _doctor(released)
    assert code == (6 if state == "problem" else 0), document
    assert findings[subject]["state"] == state
    assert cure in findings[subject]["cure"]
    assert "hunter2" not in json.dumps(document)


def test_a_repository_without_commits_is_fine(templates: Templates, tmp_path: Path) -> None:
    repo = templates.copy("initialised", tmp_path)
    repo.git("checkout", "-q", "--orphan", "new")
    _, _, findings = _doctor(repo)
    assert findings["branch"]["detail"] == "new, no commit yet"


def test_outside_a_repository_doctor_is_not_ready(tmp_path: Path) -> None:
    answer = Repo(tmp_path, tmp_path).hotpass("doctor", "--json", check=False)
    assert answer.code == 6
    assert answer.json["error"]["type"] == "NoRepositoryError"


def test_a_shallow_clone_is_found(released: Repo, tmp_path: Path) -> None:
    """Case 29."""
    clone = Repo(tmp_path / "shallow", released.remote)
    released.git("clone", "-q", "--depth", "1", f"file://{released.root}", str(clone.root))
    code, _, findings = _doctor(clone)
    assert code == 6
    assert findings["history"]["cure"] == "git fetch --tags --unshallow"


def test_a_store_that_cannot_be_written_is_found(released: Repo, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser can write everywhere")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    released.write(".dvc/config", f"[cache]\n    dir = {locked}/cache\n")
    code, _, findings = _doctor(released)
    assert (code, findings["store"]["state"]) == (6, "problem")


# -------------------------------------------------------------------------------------------- locks and --fix


def _rwlock(repo: Repo, content: str) -> Path:
    return repo.write(".dvc/tmp/rwlock", content)


def _claim(repo: Repo, pid: int) -> str:
    return json.dumps({"write": {str(repo.path(FILE)): {"pid": pid, "cmd": "dvc repro"}}, "read": {}})


@pytest.mark.parametrize("content", ['{"write": {"/a": {"pi', "", "[]"])
def test_a_damaged_claims_file_is_found_and_fixed(released: Repo, content: str) -> None:
    """Case 10."""
    path = _rwlock(released, content)
    code, _, findings = _doctor(released)
    assert (code, findings["dvc claims"]["state"]) == (6, "problem")
    assert "hotpass doctor --fix" in findings["dvc claims"]["cure"]
    code, document, _ = _doctor(released, "--fix")
    assert code == 0
    assert [str(path) in line for line in document["mended"]] == [True]
    assert not path.exists()


def test_claims_of_processes_that_are_gone_are_found_and_fixed(released: Repo) -> None:
    """Case 10."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    path = _rwlock(released, _claim(released, process.pid))
    code, _, findings = _doctor(released)
    assert (code, findings["dvc claims"]["detail"]) == (6, "1 of processes that are gone")
    assert _doctor(released, "--fix")[0] == 0
    assert not path.exists()


def test_claims_of_a_living_dvc_are_never_cleared(released: Repo) -> None:
    """Case 10: not even where claims of the dead stand beside them."""
    with subprocess.Popen(["sh", "-c", "read x", "dvc"], stdin=subprocess.PIPE) as process:
        place = str(released.path(FILE))
        content = {
            "write": {place: {"pid": process.pid, "cmd": "dvc"}},
            "read": {place: [{"pid": 2**22 - 1, "cmd": "dvc"}]},
        }
        path = _rwlock(released, json.dumps(content))
        _, document, findings = _doctor(released, "--fix")
        assert document["mended"] == []
        assert json.loads(path.read_text()) == content
        assert findings
        process.kill()


def test_a_held_lock_is_shown_with_its_holder_and_left(released: Repo) -> None:
    lock = released.path(".git/hotpass/lock")
    with open(lock, "w+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("elsewhere 4711 1600000000 bump\n")
        file.flush()
        code, _, findings = _doctor(released)
        assert code == 0
        assert findings["hotpass lock"]["state"] == "note"
        assert "bump (process 4711 on elsewhere" in findings["hotpass lock"]["detail"]
        answer = released.hotpass("doctor", "--fix", "--json", "--lock-timeout", "0", check=False)
        assert answer.code == 8
        assert answer.json["error"]["type"] == "LockedError"


@pytest.mark.slow
def test_an_interrupted_release_is_found_and_finished(released: Repo, runner: Runner) -> None:
    released.write(FILE, revised("new"))
    _kill_when_ready(released, runner, "version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    code, _, findings = _doctor(released)
    assert (code, findings["half-done work"]["cure"]) == (6, "hotpass doctor --fix")
    code, document, _ = _doctor(released, "--fix")
    assert code == 0, document
    assert document["mended"] == ["finished the interrupted run: refined_data 1.1.1"]
    assert "refined_data-v1.1.1" in released.tags()
    assert released.status() == ""


@pytest.mark.slow
def test_an_interrupted_run_that_had_made_nothing_is_undone(released: Repo, runner: Runner) -> None:
    released.write(FILE, revised("new"))
    before = snapshot(released)
    args = ["version", "--bump", "patch", "--tag", "--dataset", "refined_data"]
    journal = released.path(".git/hotpass/pending.json")
    at = 1
    while not (runner.run(released, args, at).killed and journal.exists()):
        at += 1
        assert at < 60
    assert not json.loads(journal.read_text())["ready"]
    code, document, _ = _doctor(released, "--fix")
    assert code == 0
    assert "undid an interrupted run that had changed nothing yet" in document["mended"]
    assert snapshot(released) == before


def test_a_journal_that_was_never_whole_is_removed(released: Repo) -> None:
    """Killed while the first note was written: the same command would replace it, and so does doctor."""
    place = released.write(".git/hotpass/pending.json.tmp", '{"format": 1, "tok')
    released.hotpass("doctor", "--fix")
    assert not place.exists()


def test_temporary_files_of_runs_that_are_over_are_found_and_removed_and_others_are_not(
    released: Repo,
) -> None:
    ours = [
        released.write(f"{folder}/.hotpass-0123456789ab-0.tmp", "x")
        for folder in ("dist", "data", ".dvc/cache/hotpass-tmp")
    ]
    theirs = [
        released.write(f"dist/{name}", "x") for name in (".hotpass-notes", ".hotpass-mine.tmp", "x.tmp")
    ]
    code, _, findings = _doctor(released)
    assert (code, findings["leftovers"]["state"]) == (6, "problem")
    _doctor(released, "--fix")
    assert [path.exists() for path in ours] == [False] * 3
    assert [path.exists() for path in theirs] == [True] * 3
    assert _doctor(released)[0] == 0


def _kill_when_ready(repo: Repo, runner: Runner, *args: str) -> None:
    """Kill a run as soon as its journal holds everything that is needed to finish it."""
    journal = repo.path(".git/hotpass/pending.json")
    # Each second step: it stays ready for more than one.
    for at in range(2, 400, 2):
        run = runner.run(repo, args, at, number=signal.SIGKILL)
        assert run.killed, run
        if journal.exists() and json.loads(journal.read_text())["ready"]:
            return
    pytest.fail("the journal never was ready")
