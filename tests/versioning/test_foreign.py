"""The data of another repository, by its address: whole or absent, proved, and nothing of it is ever run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE_BYTES, FOLDER_BYTES, Repo, Result, TwoClones
from harness.servers import silent_server


@pytest.fixture
def outside(tmp_path: Path) -> Repo:
    """A folder that is in no repository."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return Repo(folder, tmp_path / "remote")


def fetch(outside: Repo, source: object, release: str, *args: str, check: bool = True) -> Result:
    return outside.hotpass("fetch", release, "--from", str(source), "--to", "got.csv", *args, check=check)


@pytest.mark.parametrize("source", ["path", "bare", "url"])
def test_a_release_comes_from_a_folder_a_bare_repository_and_an_address(
    two_clones: TwoClones, outside: Repo, source: str
) -> None:
    shutil.rmtree(two_clones.first.path(".dvc/cache"))
    places = {
        "path": two_clones.first.root,
        "bare": two_clones.origin,
        "url": f"file://{two_clones.origin}",
    }
    done = fetch(outside, places[source], "refined_data@^1")
    assert "refined_data 1.1.0" in done.stdout
    assert outside.read("got.csv") == FILE_BYTES["1.1.0"]
    assert os.listdir(outside.root) == ["got.csv"], "nothing else is left"


def test_a_server_whose_head_nobody_pushed_tells_its_remote_by_the_newest_release(
    two_clones: TwoClones, outside: Repo
) -> None:
    shutil.rmtree(two_clones.first.path(".dvc/cache"))
    (two_clones.origin / "HEAD").write_text("ref: refs/heads/never-pushed\n")
    assert "refined_data 1.1.0" in fetch(outside, two_clones.origin, "refined_data@^1").stdout
    assert outside.read("got.csv") == FILE_BYTES["1.1.0"]


def test_an_exact_version_a_folder_and_the_newest(two_clones: TwoClones, outside: Repo) -> None:
    fetch(outside, two_clones.origin, "refined_data@1.0.0")
    assert outside.read("got.csv") == FILE_BYTES["1.0.0"]
    done = outside.hotpass("fetch", "data", "--from", str(two_clones.origin), "--to", "in/data", "--json")
    assert done.json["version"] == "1.1.0"
    assert outside.files("in/data") == FOLDER_BYTES["1.1.0"]
    again = outside.hotpass("fetch", "data", "--from", str(two_clones.origin), "--to", "in/data")
    assert "was there already" in again.stdout


def test_what_was_never_published_comes_from_the_folders_own_store(released: Repo, outside: Repo) -> None:
    fetch(outside, released.root, "refined_data@1.0.0")
    assert outside.read("got.csv") == FILE_BYTES["1.0.0"]


def test_a_withdrawn_release_is_passed_by(two_clones: TwoClones, outside: Repo) -> None:
    clone = two_clones.first
    clone.hotpass("withdraw", "refined_data@1.1.0", "--reason", "wrong")
    clone.commit("withdraw")
    clone.git("push", "-q")
    done = fetch(outside, two_clones.origin, "refined_data@latest", "--json")
    assert done.json["version"] == "1.0.0"


def test_nothing_of_a_hostile_repository_runs(released: Repo, outside: Repo, tmp_path: Path) -> None:
    """Promise 7: hooks, filters, attributes, fsmonitor and commands of the other repository."""
    mark = tmp_path / "ran"
    script = released.write("evil.sh", f"#!/bin/sh\ntouch '{mark}'\n")
    script.chmod(0o755)
    for hook in ("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc"):
        shutil.copy(script, released.write(f".git/hooks/{hook}", ""))
    released.write(".gitattributes", "* filter=evil diff=evil\n")
    released.write(
        ".dvc/config",
        "[core]\n    remote = storage\n['remote \"storage\"']\n    url = webdav://127.0.0.1:1/x\n"
        f"    bearer_token_command = {script}\n",
    )
    released.commit("evil", "-f", ".gitattributes", ".dvc/config", "evil.sh")
    for name, value in {
        "filter.evil.smudge": str(script),
        "core.fsmonitor": str(script),
        "core.sshCommand": str(script),
        "uploadpack.packObjectsHook": str(script),
    }.items():
        released.git("config", name, value)
    mark.unlink(missing_ok=True)
    done = fetch(outside, released.root, "refined_data@1.0.0", check=False)
    assert done.code == 10
    assert "can run programs by bearer_token_command" in done.stderr
    assert not mark.exists()
    assert os.listdir(outside.root) == []


@pytest.mark.parametrize(
    ("source", "release", "code"),
    [
        ("-u./evil", "refined_data", 2),
        ("ext::sh -c touch% ran", "refined_data", 2),
        ("", "refined_data", 2),
        ("no/such/folder", "refined_data", 7),
        ("http://127.0.0.1:9/x.git", "refined_data", 7),
        ("https://user:hush@127.0.0.1:9/x.git?token=hush", "refined_data", 7),
        (None, "refined_dta", 3),
        (None, "refined_data@9", 3),
    ],
)
def test_what_cannot_be_fetched_leaves_nothing(
    two_clones: TwoClones, outside: Repo, source: str | None, release: str, code: int
) -> None:
    done = fetch(outside, two_clones.origin if source is None else source, release, check=False)
    assert done.code == code, str(done)
    assert "hush" not in done.stderr
    assert os.listdir(outside.root) == []


@pytest.mark.parametrize("damage", ["gone", "rotten"])
def test_bytes_that_are_gone_or_wrong_never_arrive(two_clones: TwoClones, outside: Repo, damage: str) -> None:
    """Promises 2 and 4."""
    for path in (two_clones.remote / "files" / "md5").rglob("*"):
        if path.is_file() and path.read_bytes() == FILE_BYTES["1.0.0"]:
            path.chmod(0o644)
            path.unlink() if damage == "gone" else path.write_bytes(b"rotten")
    done = fetch(outside, two_clones.origin, "refined_data@1.0.0", check=False)
    assert done.code == 9, str(done)
    assert os.listdir(outside.root) == []


def test_a_remote_that_is_not_there_is_no_lost_data(two_clones: TwoClones, outside: Repo) -> None:
    shutil.rmtree(two_clones.remote)
    done = fetch(outside, two_clones.origin, "refined_data@1.0.0", check=False)
    assert done.code == 7, str(done)
    assert not two_clones.remote.exists(), "case 15: it is not made anew"


def test_something_else_at_the_target_stays(two_clones: TwoClones, outside: Repo) -> None:
    outside.write("got.csv", "mine\n")
    done = fetch(outside, two_clones.origin, "refined_data@1.0.0", check=False)
    assert done.code == 10
    assert outside.read("got.csv") == b"mine\n"
    assert os.listdir(outside.root) == ["got.csv"]


def test_a_scratch_folder_that_somebody_else_made_is_not_used(two_clones: TwoClones, outside: Repo) -> None:
    outside.path(".got.csv.hotpass-fetch").symlink_to(two_clones.remote)
    done = fetch(outside, two_clones.origin, "refined_data@1.0.0", check=False)
    assert done.code == 2
    assert two_clones.remote.is_dir()


@pytest.mark.slow
def test_killed_anywhere_the_same_command_ends_as_a_clean_run(
    two_clones: TwoClones, outside: Repo, runner: Runner
) -> None:
    command = ["fetch", "refined_data@1.0.0", "--from", str(two_clones.origin), "--to", "got.csv"]
    events = len(runner.run(outside, command).events)
    assert outside.read("got.csv") == FILE_BYTES["1.0.0"]
    for number in range(1, events + 1, max(1, events // 6)):
        outside.path("got.csv").unlink()
        assert runner.run(outside, command, at=number).killed
        if outside.path("got.csv").exists():
            assert outside.read("got.csv") == FILE_BYTES["1.0.0"]
        done = runner.run(outside, command)
        assert done.code == 0, f"{number}: {done}"
        assert outside.read("got.csv") == FILE_BYTES["1.0.0"]
        assert os.listdir(outside.root) == ["got.csv"], number


def test_a_large_history_is_not_brought_along(two_clones: TwoClones, outside: Repo) -> None:
    subprocess.run(
        ["git", "-C", str(two_clones.origin), "config", "uploadpack.allowFilter", "true"], check=True
    )
    fetch(outside, f"file://{two_clones.origin}", "refined_data@1.0.0")
    assert outside.read("got.csv") == FILE_BYTES["1.0.0"]


@pytest.mark.slow
def test_a_server_that_says_nothing_is_left_in_time(
    two_clones: TwoClones, outside: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 19."""
    monkeypatch.setenv("HOTPASS_REMOTE_TIMEOUT", "1")
    with silent_server() as port:
        begun = time.monotonic()
        done = fetch(outside, f"http://127.0.0.1:{port}/x.git", "refined_data", check=False)
        assert time.monotonic() - begun < 10
    assert done.code == 7
    assert "no answer within 1 s" in done.stderr
    assert os.listdir(outside.root) == []


def test_another_remote_of_the_other_repository(two_clones: TwoClones, outside: Repo, tmp_path: Path) -> None:
    shutil.copytree(two_clones.remote, tmp_path / "second-remote")
    clone = two_clones.first
    clone.dvc("remote", "add", "second", str(tmp_path / "second-remote"))
    clone.commit("second remote", ".dvc/config")
    clone.git("push", "-q")
    shutil.rmtree(two_clones.remote)
    fetch(outside, two_clones.origin, "refined_data@1.0.0", "--remote-name", "second")
    assert outside.read("got.csv") == FILE_BYTES["1.0.0"]
    unknown = fetch(outside, two_clones.origin, "data", "--remote-name", "third", check=False)
    assert unknown.code == 3
    assert "second, storage" in unknown.stderr


def test_ended_while_it_waits_it_leaves_nothing(outside: Repo) -> None:
    """Case 6."""
    with silent_server() as port:
        child = outside.start("fetch", "data", "--from", f"http://127.0.0.1:{port}/x.git", "--to", "got")
        deadline = time.monotonic() + 20
        while not os.listdir(outside.root) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert os.listdir(outside.root) == [".got.hotpass-fetch"]
        child.terminate()
        assert child.wait(20) == 143
    assert os.listdir(outside.root) == []
