"""What pre-commit runs: no data in git, pointers and records that agree, profiles that can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.repository import FILE, FOLDER, Repo
from ruamel.yaml import YAML

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (FILE, "data of refined_data"),
        (f"{FOLDER}/north.csv", "data of data"),
        (f"{FOLDER}/notes.txt", "data of data"),
        ("raw/list.XLSX", "looks like data (.xlsx)"),
        ("raw/list.csv.gz", "looks like data (.csv)"),
        ("raw/table.parquet", "looks like data (.parquet)"),
        (FILE + ".dvc", ""),
        (FILE + ".version.json", ""),
        ("notes.txt", ""),
        ("src/csv.py", ""),
        ("a.csv.md", ""),
        ("decisions.csv", ""),
        ("dat/x.txt", ""),
    ],
)
def test_data_is_told_from_what_git_may_hold(released: Repo, path: str, reason: str) -> None:
    done = released.hotpass("hook", "raw-data", path, check=False)
    assert done.code == (10 if reason else 0)
    assert reason in done.stdout
    assert bool(done.stdout) == bool(reason)


def _data_changed(repo: Repo) -> None:
    text = repo.read(FILE + ".dvc").decode()
    md5 = next(line.split()[-1] for line in text.splitlines() if line.startswith("- md5"))
    repo.write(FILE + ".dvc", text.replace(f"- md5: {md5}", f"- md5: {'a' * 32}"))


def _number_changed(repo: Repo) -> None:
    repo.write(FILE + ".dvc", repo.read(FILE + ".dvc").replace(b"version: 1.1.0", b"version: 1.2.0"))


def _record_damaged(repo: Repo) -> None:
    repo.write(FILE + ".version.json", "{")


def _record_of_other_bytes(repo: Repo) -> None:
    old = repo.git("show", f"refined_data-v1.0.0:{FILE}.version.json").stdout
    repo.write(FILE + ".version.json", old.replace("1.0.0", "1.1.0"))


def _record_gone(repo: Repo) -> None:
    repo.path(FILE + ".version.json").unlink()


def _pointer_damaged(repo: Repo) -> None:
    repo.write(FILE + ".dvc", "outs:\n")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_data_changed, "was given to other bytes"),
        (_number_changed, "speaks of 1.1.0, the pointer of 1.2.0"),
        (_record_damaged, "version.json"),
        (_record_of_other_bytes, "describes other bytes"),
        (_record_gone, "its record is not staged"),
        (_pointer_damaged, "it is damaged"),
    ],
)
def test_what_is_staged_must_agree(released: Repo, change: Callable[[Repo], None], reason: str) -> None:
    assert released.hotpass("hook", "agreement").stdout == ""
    change(released)
    assert released.hotpass("hook", "agreement").stdout == "", "the work tree does not count"
    released.git("add", "-A")
    done = released.hotpass("hook", "agreement", check=False)
    assert done.code == 9
    assert reason in done.stdout
    assert FILE + ".dvc" in done.stdout
    assert released.hotpass("hook", "agreement", "--json", check=False).json["faults"]


def test_a_conflict_is_named(released: Repo) -> None:
    released.git("switch", "-q", "-c", "other")
    for branch, phone in (("other", b"098"), ("main", b"099")):
        released.git("switch", "-q", branch)
        released.write(FILE, released.read(FILE) + b"9,X," + phone + b"\n")
        released.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
        released.commit(branch, FILE + ".dvc", FILE + ".version.json")
        released.git("restore", "--source=HEAD", ".", check=False)
    released.git("merge", "other", check=False)
    done = released.hotpass("hook", "agreement", check=False)
    assert done.code == 9
    assert "merge conflict" in done.stdout


def test_profiles_are_read(tmp_path: Path, repo: Repo) -> None:
    good = repo.write("profiles/good.yaml", "profile: ours\nextends: generic\n")
    bad = repo.write("profiles/bad.yaml", "profile: theirs\nextends: generic\ncolumms: 1\n")
    assert repo.hotpass("hook", "profile", str(good)).stdout == ""
    done = repo.hotpass("hook", "profile", str(good), str(bad), check=False)
    assert done.code == 2
    assert "bad.yaml" in done.stdout


@pytest.mark.slow
def test_pre_commit_runs_them(released: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = YAML(typ="safe").load(HOOKS.read_text())
    local = [
        {key: value for key, value in hook.items() if key != "description"} | {"language": "system"}
        for hook in hooks
    ]
    with released.path(".pre-commit-config.yaml").open("w") as file:
        YAML().dump({"repos": [{"repo": "local", "hooks": local}]}, file)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def run() -> subprocess.CompletedProcess[str]:
        released.git("add", "-A")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=released.root,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 2, "no profile there: skipped"
    released.write("raw.csv", "a\n1\n")
    _number_changed(released)
    done = run()
    assert done.returncode == 1
    assert "raw.csv: it looks like data" in done.stdout
    assert "speaks of 1.1.0" in done.stdout
