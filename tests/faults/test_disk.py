"""A disk that is full or fails: nothing is lost, the error names the thing, and the same command again finishes."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.kill.sitecustomize import Failure
from harness.killing import Runner
from harness.picture import damaged_objects, leftovers, picture, tag_ids
from harness.repository import FILE, FOLDER, Repo, Result, Templates
from harness.scenarios import (
    NEW,
    check_nothing_lost,
    clean_run,
    prepared,
    scenario_named,
    version_number,
)
from harness.tracing import need_strace

BUMP = ("version", "--bump", "minor", "--dataset", "refined_data")

# ------------------------------------------------------------------ every change of the file system fails once


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("name", ["add-file", "set", "bump-tag", "restore-folder", "restore-unsaved"])
def test_an_error_at_any_change_is_reported_and_the_same_command_again_finishes(
    name: str, lasting: bool, runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    """Promise 1 and cases 1, 4, 18: no space, or an input or output error, at any write."""
    scenario = scenario_named(name)
    before = clean_run(runner, templates, scenario, tmp_path / "clean")
    counting = runner.run(
        prepared(templates, scenario, tmp_path / "count"), scenario.args, failure=Failure(0)
    )
    places = [
        at
        for at, event in enumerate(counting.events, 1)
        if not event.startswith(("git ", "spawned "))
        and (not lasting or event.startswith(("open ", "write ", "os.mkdir ", "fsync ")))
    ]
    # Twice the errors of a full disk would take twice the time; where it lasts, each third place will do, and where
    # another scenario takes the same steps, some.
    for turn, at in enumerate(places[:: (3 if lasting else 1) * scenario.every]):
        place = tmp_path / "failed"
        repo = prepared(templates, scenario, place)
        number = errno.ENOSPC if lasting or turn % 2 else errno.EIO
        run = runner.run(repo, scenario.args, at, failure=Failure(number, lasting))
        what = counting.events[at - 1]
        where = f"{os.strerror(number)} at event {at} ({what}): {run}"
        if run.code == 0:
            # Given up in silence: the index of what was seen, which is there to save time; the name in a lock
            # file; its clock; the folder in which tables are read; what is removed; a folder that is there already; and the flush after the journal's removal,
            # when the run is over.
            assert re.search(
                r"/seen|/clock|/hotpass-[a-z0-9_]{8}(/|$)|^os.utime|^os.truncate|^os.r|^(fsync|os.mkdir) .*/hotpass$",
                what,
            ), where
        else:
            assert run.code == 1, where
            assert "traceback" not in run.stderr, where
            assert "error: " in run.stderr, where
            if number == errno.ENOSPC:
                assert "file system of " in run.stderr, where
        check_nothing_lost(repo, scenario, before, run)
        if run.code == 0 and not name.startswith("restore"):
            assert version_number(run) == version_number(before.run), where
        else:
            again = runner.run(repo, scenario.args)
            assert again.code == 0, f"{where}\n\nagain: {again}"
            assert version_number(again) == version_number(before.run), f"{where}\n\nagain: {again}"
            assert not leftovers(repo), f"{where}\n\nagain: {again}"
        assert not damaged_objects(repo), where
        now = picture(repo, before.tags)
        assert now.work == before.clean.work, where
        assert (now.trees, now.tags, now.commits) == (
            before.clean.trees,
            before.clean.tags,
            before.clean.commits,
        ), where
        assert (now.status, now.staged, now.objects) == (
            before.clean.status,
            before.clean.staged,
            before.clean.objects,
        ), where
        shutil.rmtree(place)


# ------------------------------------------------------------------------------- the kernel's own errors


@pytest.mark.slow
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("suffix", [".dvc", ".version.json"])
def test_a_pointer_or_record_that_cannot_be_written_stays_as_it_was(
    drafted: Repo, tmp_path: Path, error: str, suffix: str, templates: Templates
) -> None:
    """Cases 1 and 4: the existing file is unchanged byte for byte, the error is clear, no version is made."""
    need_strace()
    trial = templates.copy("drafted", tmp_path / "trial")
    trial.write(FILE, NEW)
    trial.hotpass_process(
        *BUMP,
        prefix=("strace", "-qq", "-e", "signal=none", "-e", "trace=rename", "-o", str(tmp_path / "log")),
        env=_COUNTED,
    )
    renames = (tmp_path / "log").read_text().splitlines()
    (number,) = [at for at, text in enumerate(renames, 1) if f'{FILE}{suffix}")' in text]

    drafted.write(FILE, NEW)
    old = {path: drafted.read(path) for path in (f"{FILE}.dvc", f"{FILE}.version.json")}
    answer = drafted.hotpass_process(
        *BUMP, check=False, prefix=_failing(f"rename:error={error}:when={number}"), env=_COUNTED
    )
    assert answer.code == 1, answer
    assert f"{FILE}{suffix}" in answer.stderr
    assert {path: drafted.read(path) for path in old} == old
    assert drafted.hotpass("version", "--get", "refined_data").stdout == "1.0.0\n"
    assert not leftovers(drafted)
    assert drafted.hotpass(*BUMP, "--json").json["version"] == "1.1.0"


@pytest.mark.slow
@pytest.mark.parametrize("call", ["rename", "fsync"])
def test_a_system_call_that_fails_makes_no_half_version(
    call: str, templates: Templates, tmp_path: Path
) -> None:
    """Case 1: each rename or fsync of a release refused by the kernel, one after the other."""
    need_strace()
    trial = templates.copy("released", tmp_path / "trial")
    trial.write(FILE, NEW)
    trial.hotpass_process(
        *BUMP,
        "--tag",
        prefix=("strace", "-qq", "-e", "signal=none", "-e", f"trace={call}", "-o", str(tmp_path / "log")),
        env=_COUNTED,
    )
    calls = (tmp_path / "log").read_text().splitlines()
    assert len(calls) > 5
    for at, text in enumerate(calls, 1):
        repo = templates.copy("released", tmp_path / str(at))
        repo.write(FILE, NEW)
        tags, pointer = tag_ids(repo), repo.read(f"{FILE}.dvc")
        answer = repo.hotpass_process(
            *BUMP, "--tag", check=False, prefix=_failing(f"{call}:error=EIO:when={at}"), env=_COUNTED
        )
        where = f"{text}: {answer}"
        assert repo.read(FILE) == NEW, where
        assert tag_ids(repo) == {**tag_ids(repo), **tags}, where
        if answer.code == 0:
            assert "1.2.0" in answer.stdout, where
        else:
            assert answer.code == 1, where
            assert "Traceback" not in answer.stderr, where
            assert repo.read(f"{FILE}.dvc") == pointer or len(tag_ids(repo)) > len(tags), where
            assert repo.hotpass(*BUMP, "--tag", "--json").json["version"] == "1.2.0", where
        assert set(tag_ids(repo)) - set(tags) == {"refined_data-v1.2.0"}, where
        assert not leftovers(repo), where
        shutil.rmtree(repo.root)


# Python must not write byte code between the calls that are counted.
_COUNTED = {"PYTHONDONTWRITEBYTECODE": "1"}


def _failing(inject: str) -> tuple[str, ...]:
    # Not -f: Hotpass itself is meant; its git programs are test_crash.py's.
    return ("strace", "-qq", "-o", os.devnull, "-e", f"inject={inject}")


# ----------------------------------------------------------------------------------------- damaged pointers


@pytest.mark.parametrize("left", [0, 1, 40, -3], ids=["empty", "one-byte", "cut", "almost-whole"])
def test_a_damaged_pointer_is_named_and_made_anew_only_with_repair(released: Repo, left: int) -> None:
    """Case 2: another tool left a 0-byte or truncated pointer."""
    whole = released.read(f"{FILE}.dvc")
    released.write(f"{FILE}.dvc", whole[:left])
    released.write(FILE, NEW)

    for args in (("version", "--status"), (*BUMP, "--tag"), ("version", "--add", FILE)):
        answer = released.hotpass(*args, check=False)
        assert answer.code == 9, answer
        assert f"{FILE}.dvc" in answer.stdout + answer.stderr
        assert released.read(f"{FILE}.dvc") == whole[:left]
    other = released.hotpass("version", "--bump", "patch", "--dataset", "data", "--json").json
    assert other["version"] == "1.1.1", "the other datasets go on"

    mended = released.hotpass("version", "--add", FILE, "--repair")
    assert "made anew" in mended.stdout + mended.stderr
    blob = re.search(r"git cat-file blob (\w+)", mended.stdout + mended.stderr)
    assert blob is not None
    assert released.git("cat-file", "blob", blob[1]).stdout.encode() == whole[:left], "the old bytes are kept"
    assert released.digest(FILE) in released.read(f"{FILE}.dvc").decode()
    assert released.hotpass(*BUMP, "--tag", "--json").json["version"] == "1.2.0"
    released.dvc("status", "-q")


def test_repair_of_a_whole_pointer_changes_nothing_but_what_add_changes(released: Repo) -> None:
    """Case 2: --repair is no other add where nothing is damaged."""
    before = released.read(f"{FILE}.dvc")
    answer = released.hotpass("version", "--add", FILE, "--repair")
    assert "made anew" not in answer.stdout + answer.stderr
    assert released.read(f"{FILE}.dvc") == before


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": 1', b"[]"])
def test_a_damaged_record_is_named_and_made_anew_only_with_repair(released: Repo, text: bytes) -> None:
    """Case 4: never read as a default version; the pointer's facts are the new record's."""
    released.write(f"{FILE}.version.json", text)
    released.write(FILE, NEW)
    answer = released.hotpass(*BUMP, "--tag", check=False)
    assert answer.code == 9, answer
    assert f"{FILE}.version.json" in answer.stderr
    assert released.read(f"{FILE}.version.json") == text
    released.hotpass("version", "--add", FILE, "--repair")
    assert released.digest(FILE) in released.read(f"{FILE}.version.json").decode()
    assert released.hotpass(*BUMP, "--tag", "--json").json["version"] == "1.2.0"


# ------------------------------------------------------------------------------------ small file systems


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB at ``tmp_path/small``."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()[:80]}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _big(size: int = 3 << 20) -> bytes:
    return b"".join(b"%d,some name,some phone\n" % row for row in range(size // 25))


def _names_the_disk(answer: Result, place: Path) -> None:
    assert answer.code == 1, answer
    assert str(place) in answer.stderr
    assert "No space left" in answer.stderr or "full" in answer.stderr or "room" in answer.stderr, answer


def test_a_full_cache_refuses_an_add_and_leaves_source_and_cache_as_they_were(
    initialised: Repo, small: Path
) -> None:
    """Case 18."""
    initialised.dvc("cache", "dir", "--local", str(small / "cache"))
    data = _big()
    initialised.write(FILE, data)
    answer = initialised.hotpass("version", "--add", FILE, "--json", check=False)
    # The size is known: refused before a byte is written, temporary files included.
    assert (answer.code, answer.json["error"]["type"]) == (1, "NoRoomError"), answer
    assert list(small.iterdir()) == []
    _names_the_disk(initialised.hotpass("version", "--add", FILE, check=False), small)
    assert initialised.read(FILE) == data
    assert not initialised.path(f"{FILE}.dvc").exists()
    assert not [path for path in small.rglob("*") if path.is_file()]
    assert not leftovers(initialised)
    # Space is made: the same command is done.
    subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
    initialised.hotpass("version", "--add", FILE)
    assert initialised.path(f"{FILE}.dvc").exists()


def test_a_full_cache_refuses_an_add_of_many_files(initialised: Repo, small: Path) -> None:
    """Case 18: the temporary files of a directory go too, and no pointer is written."""
    initialised.dvc("cache", "dir", "--local", str(small / "cache"))
    files = {f"part-{number:03}.csv": b"%d\n" % number + b"x" * 20_000 for number in range(100)}
    initialised.fill(FOLDER, files)
    answer = initialised.hotpass("version", "--add", FOLDER, check=False)
    _names_the_disk(answer, small)
    assert initialised.files(FOLDER) == files
    assert not initialised.path(f"{FOLDER}.dvc").exists()
    assert not list(small.rglob(".hotpass-*"))
    assert not leftovers(initialised)


def _released_big(repo: Repo, small: Path) -> bytes:
    """A release of 3 MiB in a folder on the small file system, where a small file is now."""
    data = _big()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
    repo.write("small/table.csv", data)
    repo.hotpass("version", "--add", "small/table.csv", "--dataset", "table")
    repo.hotpass("version", "--set", "1.0.0", "--dataset", "table", "--tag")
    repo.write("small/table.csv", b"id,name\n1,one\n")
    repo.hotpass("version", "--set", "2.0.0", "--dataset", "table", "--tag")
    return data


@pytest.fixture
def small_inside(initialised: Repo) -> Iterator[Path]:
    """A file system of 1 MiB as a folder of the work tree."""
    place = initialised.root / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()[:80]}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_work_tree_refuses_a_restore_and_keeps_the_file_that_was_there(
    initialised: Repo, small_inside: Path
) -> None:
    """Case 18."""
    data = _released_big(initialised, small_inside)
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_inside)], check=True)
    answer = initialised.hotpass("restore", "table@1.0.0", check=False)
    _names_the_disk(answer, small_inside)
    assert initialised.read("small/table.csv") == b"id,name\n1,one\n"
    assert initialised.hotpass("version", "--get", "table").stdout == "2.0.0\n"
    assert not list(small_inside.rglob(".hotpass-*"))
    assert not leftovers(initialised)
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_inside)], check=True)
    initialised.hotpass("restore", "table@1.0.0")
    assert initialised.read("small/table.csv") == data


def test_a_full_work_tree_refuses_a_new_pointer_and_keeps_the_old_one(
    initialised: Repo, small_inside: Path
) -> None:
    """Case 1 on a real full disk: "Disk full while a pointer is written leaves a 0-byte .dvc" is DVC's way."""
    _released_big(initialised, small_inside)
    initialised.write("small/table.csv", b"id,name\n1,two\n")
    (small_inside / "filler").write_bytes(b"")
    with open(small_inside / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    pointer, tags = initialised.read("small/table.csv.dvc"), initialised.tags()
    answer = initialised.hotpass("version", "--bump", "patch", "--dataset", "table", "--tag", check=False)
    _names_the_disk(answer, small_inside)
    assert initialised.read("small/table.csv.dvc") == pointer
    assert initialised.tags() == tags
    assert not leftovers(initialised)
    (small_inside / "filler").unlink()
    again = initialised.hotpass("version", "--bump", "patch", "--dataset", "table", "--tag", "--json")
    assert again.json["version"] == "2.0.1"


def test_a_file_size_limit_is_a_full_disk(released: Repo) -> None:
    """Case 18 without a mount: ``ulimit -f`` stops the copy into the cache."""
    data = _big()
    released.write(FILE, data)
    limited = ("sh", "-c", 'trap "" XFSZ; ulimit -f 512; exec "$@"', "sh")
    answer = released.hotpass_process("version", "--add", FILE, check=False, prefix=limited)
    assert answer.code == 1, answer
    assert "File too large" in answer.stderr
    assert "file system of" in answer.stderr
    assert released.read(FILE) == data
    assert released.status() == ""
    assert not leftovers(released)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: a read-only folder is none for it")
def test_a_read_only_folder_is_named(released: Repo) -> None:
    released.write(FILE, NEW)
    released.path("dist").chmod(0o555)
    try:
        answer = released.hotpass(*BUMP, check=False)
    finally:
        released.path("dist").chmod(0o755)
    assert answer.code == 1
    assert "dist" in answer.stderr


def test_a_restore_of_many_files_onto_a_full_disk_changes_none(initialised: Repo, small_inside: Path) -> None:
    """Case 18: all new bytes lie ready before the first name changes."""
    many = {f"part-{number:03}.csv": b"%d\n" % number + b"x" * 20_000 for number in range(100)}
    few = {"part-000.csv": b"few\n"}
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_inside)], check=True)
    for version, files in (("1.0.0", many), ("2.0.0", few)):
        shutil.rmtree(small_inside / "all", ignore_errors=True)
        initialised.fill("small/all", files)
        if version == "1.0.0":
            initialised.hotpass("version", "--add", "small/all")
        initialised.hotpass("version", "--set", version, "--dataset", "all", "--tag")
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_inside)], check=True)
    answer = initialised.hotpass("restore", "all@1.0.0", check=False)
    _names_the_disk(answer, small_inside)
    assert initialised.files("small/all") == few
    assert not leftovers(initialised)
