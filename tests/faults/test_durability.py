"""FAULTS, "Crash" and "Storage", from outside: order of system calls, signals, limits, other programs' locks."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, Repo, revised
from harness.tracing import need_strace, traced

from hotpass.versioning.lock import dvc_lock

_WATCH = ("strace", "-f", "-y", "-qq", "-e", "signal=none", "-s", "4096")


def _calls(repo: Repo, log: Path, *args: str) -> list[tuple[str, tuple[str, ...]]]:
    """The flushes and renames of a command: the call's name, and whole paths (of the descriptor, or old and new)."""
    need_strace()
    watch = (*_WATCH, "-e", "trace=fsync,syncfs,rename,renameat,renameat2", "-o", str(log))
    repo.hotpass_process(*args, prefix=watch)
    found = []
    for call in traced(log):
        words = (
            re.findall(r'"([^"]+)"', call.text) if "rename" in call.name else re.findall("<(.+?)>", call.text)
        )
        # git, which works at the root, may name its files from there.
        found.append((call.name.rstrip("at2"), tuple(str(repo.root / word) for word in words)))
    return found


def _named(calls: list[tuple[str, tuple[str, ...]]], name: str) -> tuple[int, str, str]:
    """Where in the calls a file got this name, from which, and its whole path."""
    for at, (call, paths) in enumerate(calls):
        if call.startswith("renam") and paths[-1].endswith(name):
            return at, paths[0], paths[-1]
    raise AssertionError(f"nothing was renamed to {name}")


@pytest.mark.slow
@pytest.mark.parametrize("tag", [[], ["--tag"]], ids=["draft", "release"])
def test_bytes_are_durable_before_their_name_and_the_name_after(
    released: Repo, tmp_path: Path, tag: list[str]
) -> None:
    """Case 5: for object, pointer, record, journal and ref: fsync(file), rename, fsync(folder)."""
    released.write(FILE, revised("Wren Court"))
    args = ("version", "--bump", "patch", "--dataset", "refined_data", *tag)
    calls = _calls(released, tmp_path / "calls", *args)
    md5 = released.digest(FILE)
    names = [f"/{md5[:2]}/{md5[2:]}", f"{FILE}.dvc", f"{FILE}.version.json", "hotpass/pending.json"]
    if tag:
        names += ["refs/heads/main", "refs/tags/refined_data-v1.1.1"]
    for name in names:
        at, source, target = _named(calls, name)
        assert ("fsync", (source,)) in calls[:at], name
        assert ("fsync", (str(Path(target).parent),)) in calls[at:], name
    order = [_named(calls, name)[0] for name in (names[0], *names[4:], names[2], names[1])]
    assert order == sorted(order), "object, then branch and tag, then record, pointer last"


@pytest.mark.slow
def test_a_folder_of_many_files_is_durable_before_its_pointer_has_its_name(
    initialised: Repo, tmp_path: Path
) -> None:
    """Case 5: one syncfs after the last object and before the pointer; the listing is an object like any other."""
    files = {f"part-{number:03}.csv": b"%d\n" % number for number in range(80)}
    initialised.fill("many", files)
    calls = _calls(initialised, tmp_path / "calls", "version", "--add", "many")
    pointer = _named(calls, "/many.dvc")[0]
    objects = [at for at, (_, paths) in enumerate(calls) if "/files/md5/" in paths[-1] and len(paths) == 2]
    flushes = [at for at, (call, _) in enumerate(calls) if call == "syncfs"]
    assert len(objects) == len(files) + 1
    assert max(objects) < max(flushes) < pointer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_an_interrupted_run_leaves_all_as_it_was(initialised: Repo, number: int, code: int) -> None:
    """Case 6: while a large file is stored."""
    size = 400_000_000
    with open(initialised.path("large.bin"), "wb") as file:
        file.truncate(size)
    before = initialised.git("status", "--porcelain").stdout
    started = initialised.start("version", "--add", "large.bin")
    deadline = time.monotonic() + 20
    while not list(initialised.path(".dvc").glob("cache/hotpass-tmp/*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    started.send_signal(number)
    _, err = started.communicate(timeout=30)
    assert started.returncode == code, err
    assert "Traceback" not in err
    assert initialised.git("status", "--porcelain").stdout == before
    assert initialised.path("large.bin").stat().st_size == size
    assert not initialised.path(".git/hotpass/pending.json").exists()
    assert not list(initialised.path(".dvc").glob("cache/hotpass-tmp/*"))
    initialised.hotpass("version", "--add", "large.bin", "--lock-timeout", "0")


def test_a_full_disk_while_storing_changes_nothing(tracked: Repo) -> None:
    """Cases 1 and 18: a write that fails is an error (1) that names the place; everything is as it was."""
    tracked.write(FILE, b"x" * 2_000_000)
    pointer = tracked.read(f"{FILE}.dvc")
    limit = ("bash", "-c", 'ulimit -f 1000; exec "$@"', "limited")
    refused = tracked.hotpass_process("version", "--add", FILE, prefix=limit, check=False)
    assert refused.code == 1
    assert "file system of" in refused.stderr
    assert tracked.read(f"{FILE}.dvc") == pointer
    assert tracked.read(FILE) == b"x" * 2_000_000
    assert not list(tracked.path(".dvc").glob("cache/hotpass-tmp/*"))
    tracked.hotpass("version", "--add", FILE)


def test_a_full_disk_while_restoring_leaves_the_old_data(released: Repo) -> None:
    """Case 18: the target keeps its bytes, temporary files are gone."""
    released.write(FILE, b"y" * 2_000_000)
    released.hotpass("version", "--bump", "major", "--tag", "--dataset", "refined_data")
    released.hotpass("restore", "refined_data@1.0.0")
    limit = ("bash", "-c", 'ulimit -f 1000; exec "$@"', "limited")
    refused = released.hotpass_process("restore", "refined_data@2.0.0", prefix=limit, check=False)
    assert refused.code == 1
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    assert not list(released.path(FILE).parent.glob(".hotpass-*"))
    released.hotpass("restore", "refined_data@2.0.0")
    assert released.read(FILE) == b"y" * 2_000_000


def test_a_branch_that_does_not_move_makes_no_release(released: Repo) -> None:
    """Case 13: somebody keeps branch and tag from moving after everything was checked; staged work stays staged."""
    hook = released.path(".git/hooks/reference-transaction")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\n[ "$1" = prepared ] && exit 1\nexit 0\n')
    hook.chmod(0o755)
    released.write("other.txt", b"staged\n")
    released.git("add", "other.txt")
    released.write(FILE, revised("Wren Court"))
    before = released.git("for-each-ref").stdout, released.read(f"{FILE}.dvc")
    refused = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", check=False
    )
    assert refused.code == 8
    assert (released.git("for-each-ref").stdout, released.read(f"{FILE}.dvc")) == before
    assert released.git("diff", "--cached", "--name-only").stdout.split() == ["other.txt"]
    hook.unlink()
    outcome = released.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json"
    ).json
    assert outcome["version"] == "1.1.1"
    assert released.git("diff", "--cached", "--name-only").stdout.split() == ["other.txt"]


def test_dvc_and_hotpass_keep_each_other_out(tracked: Repo) -> None:
    """Case 52: no `dvc gc` between store and pointer, no Hotpass while DVC is at work."""
    with dvc_lock(tracked.root):
        assert tracked.dvc("gc", "-w", "-f", check=False).code != 0
        tracked.write(FILE, FILE_BYTES["1.1.0"])
        refused = tracked.hotpass("version", "--add", FILE, "--lock-timeout", "0", check=False)
        assert refused.code == 8
        assert "DVC is at work" in refused.stderr
    tracked.hotpass("version", "--add", FILE)
