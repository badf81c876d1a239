"""FAULTS case 41: git and DVC that are absent, too old, crash, hang, print garbage, or lie."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.picture import leftovers
from harness.repository import FILE, Repo, revised
from harness.snapshots import snapshot

from hotpass.versioning import git as git_module

_RELEASE = ("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
_READINGS = (
    ("version", "--get", "refined_data"),
    ("version", "--status"),
    ("history", "refined_data"),
    ("restore", "refined_data@1.0.0"),
)
_EVERY = (_RELEASE, *_READINGS, ("version", "--add", FILE), ("doctor",), ("identify", FILE))
_NEW = revised("Swift Mews")


def _path(repo: Repo, script: str, tool: str = "git") -> dict[str, str]:
    """An environment whose PATH begins with a program of that name; ``GIT`` in the script is the real one."""
    folder = repo.root.parent / "tools"
    folder.mkdir(exist_ok=True)
    real = shutil.which("git")
    assert real is not None
    place = folder / tool
    place.write_text("#!/bin/sh\n" + script.replace("GIT", real) + "\n")
    place.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def _error(repo: Repo, args: tuple[str, ...], env: dict[str, str], code: int = 5) -> dict[str, str]:
    done = repo.hotpass_process(*args, "--json", env=env, check=False)
    assert done.code == code, done
    assert "Traceback" not in done.stderr
    error: dict[str, str] = done.json["error"]
    assert error["hint"]
    return error


# ------------------------------------------------------------------------------------------------------- git


def test_without_git_every_verb_says_so(released: Repo) -> None:
    (released.root.parent / "empty").mkdir()
    env = {"PATH": str(released.root.parent / "empty")}
    before = snapshot(released)
    for args in _EVERY:
        error = _error(released, args, env)
        assert error["message"] == "git not found on PATH"
        assert "install git" in error["hint"]
    assert snapshot(released) == before


def test_an_old_git_may_be_read_with_and_not_written_with(released: Repo) -> None:
    """It would take no word of what to make durable; the version found and the one needed are named."""
    env = _path(released, '[ "$1" = --version ] && echo git version 2.20.1 && exit 0; exec GIT "$@"')
    released.write(FILE, _NEW)
    before = snapshot(released)
    for args in (_RELEASE, ("version", "--add", FILE), ("restore", "refined_data@1.0.0", "--force")):
        error = _error(released, args, env)
        assert error["type"] == "ToolTooOldError"
        assert "2.20.1" in error["message"]
        assert "2.36" in error["message"]
    assert snapshot(released) == before
    assert released.hotpass_process("version", "--get", "refined_data", env=env).stdout == "1.1.0\n"
    doctor = released.hotpass_process("doctor", "--json", env=env, check=False)
    assert doctor.code == 6
    assert any(f["subject"] == "git" and f["state"] == "problem" for f in doctor.json["findings"])


@pytest.mark.parametrize("script", ["echo garbage", "exit 0", "kill -SEGV $$", "head -c 100000 /dev/urandom"])
def test_a_git_that_is_no_git_is_an_error_of_the_tool(
    released: Repo, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = _path(released, script)
    before = snapshot(released)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", env["PATH"])
        for args in (_RELEASE, *_READINGS):
            done = released.hotpass(*args, "--json", check=False)
            assert done.code == 5, done
            assert "git" in done.json["error"]["message"]
            assert done.json["error"]["hint"]
    assert snapshot(released) == before


def test_a_git_that_hangs_is_ended_in_its_time(released: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "_SECONDS", 0.3)
    monkeypatch.setenv("PATH", _path(released, "exec sleep 60")["PATH"])
    started = time.monotonic()
    done = released.hotpass("version", "--get", "refined_data", "--json", check=False)
    assert time.monotonic() - started < 5
    assert done.code == 5
    assert done.json["error"]["type"] == "ToolTimeoutError"
    assert "0.3 s" in done.json["error"]["message"]


_QUESTIONS = ("rev-parse", "symbolic-ref", "for-each-ref", "ls-files", "ls-tree", "cat-file", "var")
_DEEDS = ("unpack-objects", "update-index", "update-ref")
_LIES = (
    *((command, "exit 0") for command in (*_QUESTIONS, *_DEEDS)),
    *((command, "echo nonsense; exit 0") for command in ("rev-parse", "symbolic-ref", "cat-file", "var")),
    *((command, "kill -SEGV $$") for command in ("cat-file", *_DEEDS)),
)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "how"), _LIES)
def test_no_release_is_reported_that_is_not_there_whatever_git_says(
    released: Repo, command: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No false success: one of git's programs does nothing and ends well, talks nonsense, or crashes."""
    env = _path(released, f'case " $* " in *" {command} "*) {how};; esac\nexec GIT "$@"')
    released.write(FILE, _NEW)
    head = released.rev("HEAD")
    tags = released.tags()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", env["PATH"])
        done = released.hotpass(*_RELEASE, "--json", check=False)
    if done.code == 0:
        # It was not needed, or its answer is looked at twice: then everything is as it should be.
        assert done.json["version"] == "1.1.1"
    else:
        assert done.json["error"]["hint"]
        assert released.tags() == tags
        assert released.rev("HEAD") == head
        assert released.read(FILE) == _NEW
        # With a git that works, the same command makes the release.
        assert released.hotpass(*_RELEASE, "--json").json["version"] == "1.1.1"
    assert released.tags() == sorted([*tags, "refined_data-v1.1.1"])
    changed = released.git("diff", "--name-only", head, "refined_data-v1.1.1").stdout.split()
    assert changed == [f"{FILE}.dvc", f"{FILE}.version.json"]
    assert released.digest(FILE) in released.git("show", f"refined_data-v1.1.1:{FILE}.dvc").stdout
    assert released.rev("HEAD") == released.rev("refined_data-v1.1.1^{commit}")
    assert leftovers(released) == []
    assert released.read(FILE) == _NEW


# ------------------------------------------------------------------------------------------------------- DVC


def _dvc(folder: Path, version: str, **modules: str) -> dict[str, str]:
    """An environment in which another DVC is found first: its version and its modules' text."""
    (folder / "dvc").mkdir(parents=True)
    (folder / f"dvc-{version}.dist-info").mkdir()
    (folder / f"dvc-{version}.dist-info" / "METADATA").write_text(f"Name: dvc\nVersion: {version}\n")
    for name, text in {"__init__": "", **modules}.items():
        (folder / "dvc" / f"{name}.py").write_text(text)
    return {"PYTHONPATH": str(folder)}


def test_an_old_dvc_is_named_with_the_version_that_is_needed(repo: Repo, tmp_path: Path) -> None:
    before = snapshot(repo)
    error = _error(repo, ("version", "--init", "--no-input"), _dvc(tmp_path / "old", "2.58.2"))
    assert error["type"] == "ToolTooOldError"
    assert error["message"] == "dvc 2.58.2 is too old: 3.0 or newer is needed"
    assert snapshot(repo) == before


@pytest.mark.parametrize(
    "main", ["raise SystemExit(1)", "", "print('garbage')", "import os; os.abort()", "import no_such_module"]
)
def test_a_dvc_that_crashes_or_does_nothing_adds_no_remote(repo: Repo, tmp_path: Path, main: str) -> None:
    env = _dvc(tmp_path / "odd", "3.67.1", __main__=main)
    error = _error(repo, ("version", "--init", "--remote", "../remote"), env)
    assert "dvc remote add" in error["message"]
    # With a DVC that works, the same command does it.
    assert repo.hotpass("version", "--init", "--remote", "../remote", "--json").json["remote_added"] is True


_BROKEN = "raise RuntimeError('half of it is missing')"


def test_a_dvc_that_cannot_be_loaded_is_an_error_of_the_tool(released: Repo, tmp_path: Path) -> None:
    env = _dvc(tmp_path / "broken", "3.67.1", repo=_BROKEN, config=_BROKEN)
    shutil.rmtree(released.path(".dvc/cache"))
    before = snapshot(released)
    error = _error(released, ("restore", "refined_data@1.0.0", "--force"), env)
    assert "half of it is missing" in error["message"]
    assert released.read(FILE) == before["files"][FILE][2]  # type: ignore[index]
    released.write(".gitignore", "dist/\n")
    released.write("dist/more.csv", "x\n")
    assert "half of it is missing" in _error(released, ("version", "--add", "dist/more.csv"), env)["message"]
    assert not released.path("dist/more.csv.dvc").exists()


def test_only_the_interpreters_own_dvc_is_used(repo: Repo) -> None:
    """One on PATH may be of any age: it is not asked."""
    env = _path(repo, "echo not this one >&2; exit 9", tool="dvc")
    repo.hotpass_process("version", "--init", "--remote", "../remote", env=env)
    proof = subprocess.run(
        [sys.executable, "-m", "dvc", "remote", "list"], cwd=repo.root, capture_output=True, check=True
    )
    assert b"storage" in proof.stdout
