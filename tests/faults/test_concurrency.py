"""Many writers and readers: FAULTS cases 7 to 12, 26 and 27."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.killing import Runner, lock_is_free
from harness.picture import broken_releases, damaged_objects, leftovers
from harness.repository import FILE, FILE_BYTES, FOLDER_BYTES, Repo, TwoClones, revised
from harness.snapshots import snapshot

_BUMP = ("version", "--bump", "patch", "--dataset", "refined_data")
_NEW = revised("Swift Mews")


def _lock_file(repo: Repo) -> Path:
    return repo.path(".git/hotpass/lock")


@contextmanager
def _caught(repo: Repo, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A writer that was stopped while it holds the lock; it goes on, or is killed, when the caller says so."""
    path = _lock_file(repo)
    before = path.read_text() if path.exists() else ""
    process = repo.start(*args)
    try:
        deadline = time.monotonic() + 30
        while lock_is_free(repo) or path.read_text() in (before, ""):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        yield process
    finally:
        process.kill()
        process.communicate()


def _large(repo: Repo) -> None:
    """Data whose `--add` is at work for long enough to be caught at it."""
    repo.write("big/large.bin", os.urandom(1 << 20) * 48)


def _run_all(commands: Sequence[Sequence[str]], cwd: Path, timeout: float = 300) -> list[str]:
    """Run programs at once; each must succeed; their standard outputs."""
    started = [
        subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    said = [process.communicate(timeout=timeout) for process in started]
    for process, (out, err) in zip(started, said, strict=True):
        assert process.returncode == 0, out + err
    return [out for out, _ in said]


# -------------------------------------------------------------------------------------- case 7: two `--add`s


def test_a_writer_that_will_not_wait_is_told_who_holds_the_place(tracked: Repo) -> None:
    """Case 7: a conflict that names pid, host, verb and age, and nothing of DVC."""
    _large(tracked)
    tracked.write("small.csv", "x\n")
    with _caught(tracked, "version", "--add", "big/large.bin") as holder:
        started = time.monotonic()
        answer = tracked.hotpass(
            "version", "--add", "small.csv", "--lock-timeout", "0", "--json", check=False
        )
        assert time.monotonic() - started < 2
        assert answer.code == 8, answer
        error = answer.json["error"]
        assert error["type"] == "LockedError"
        for word in (f"process {holder.pid}", socket.gethostname(), "add", " s)"):
            assert word in error["message"], error
        assert error["hint"]
        assert not tracked.path("small.csv.dvc").exists()


@pytest.mark.slow
def test_a_writer_waits_for_another_and_then_both_have_succeeded(tracked: Repo) -> None:
    """Case 7."""
    _large(tracked)
    tracked.write("small.csv", "x\n")
    with _caught(tracked, "version", "--add", "big/large.bin") as holder:
        waiting = tracked.start("version", "--add", "small.csv")
        time.sleep(0.5)
        assert waiting.poll() is None
        holder.send_signal(signal.SIGCONT)
        for process in (holder, waiting):
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, out + err
    names = {entry["dataset"] for entry in tracked.hotpass("version", "--status", "--json").json["datasets"]}
    assert names == {"data", "large", "refined_data", "small"}
    assert leftovers(tracked) == []
    assert damaged_objects(tracked) == []


@pytest.mark.slow
def test_the_wait_ends_when_its_time_is_over(tracked: Repo) -> None:
    """Case 7."""
    _large(tracked)
    with _caught(tracked, "version", "--add", "big/large.bin"):
        started = time.monotonic()
        answer = tracked.hotpass(*_BUMP, "--lock-timeout", "0.5", check=False)
        assert 0.5 <= time.monotonic() - started < 3
        assert answer.code == 8


def test_readers_do_not_wait_for_a_writer(tracked: Repo) -> None:
    """Promise 3: readers never block."""
    _large(tracked)
    with _caught(tracked, "version", "--add", "big/large.bin"):
        for args in (
            ["version", "--status"],
            ["version", "--get", "refined_data"],
            ["history", "refined_data"],
            ["identify", FILE],
            ["doctor"],
            [*_BUMP, "--dry-run"],
        ):
            started = time.monotonic()
            answer = tracked.hotpass(*args, "--json", check=False)
            assert time.monotonic() - started < 2, args
            assert answer.code in (0, 3), (args, answer)


# ----------------------------------------------------------------------------------- case 8: a killed holder


def test_after_a_killed_holder_the_next_writer_just_gets_the_lock(tracked: Repo) -> None:
    """Case 8: the name of the dead holder stays in the file and means nothing."""
    _large(tracked)
    with _caught(tracked, "version", "--add", "big/large.bin") as holder:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
        assert str(holder.pid) in _lock_file(tracked).read_text()
        tracked.write("small.csv", "x\n")
        tracked.hotpass("version", "--add", "small.csv", "--lock-timeout", "5")
    tracked.hotpass("version", "--add", "big/large.bin")
    assert leftovers(tracked) == []
    assert damaged_objects(tracked) == []


@pytest.mark.slow
def test_the_next_writer_finishes_what_the_journal_of_a_killed_one_holds(
    released: Repo, runner: Runner
) -> None:
    """Case 8: another request for another dataset; both end as clean runs."""
    released.write(FILE, _NEW)
    journal = released.path(".git/hotpass/pending.json")
    for at in range(1, 400):
        run = runner.run(released, [*_BUMP, "--tag"], at)
        assert run.killed, run
        if journal.exists() and json.loads(journal.read_text())["ready"]:
            break
    released.write("data/north.csv", "a,b\n1,9\n")
    released.hotpass("version", "--bump", "minor", "--tag", "--dataset", "data")
    assert {"refined_data-v1.1.1", "data-v1.2.0"} <= set(released.tags())
    assert broken_releases(released) == []
    assert leftovers(released) == []
    assert released.status() == ""


# ------------------------------------------------------------------- case 9: a file system without working locks


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed, and nothing else makes flock fail")
    probe = [found, "-f", "-o", os.devnull, "-e", "inject=flock:error=ENOLCK", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", ["ENOLCK", "EOPNOTSUPP", "ENOSYS"])
@pytest.mark.parametrize(
    "args",
    [[*_BUMP, "--tag"], ["version", "--add", "small.csv"], ["restore", "refined_data@1.0.0"]],
    ids=["bump", "add", "restore"],
)
def test_without_working_locks_writing_is_refused_with_the_reason(
    released: Repo, args: list[str], number: str
) -> None:
    """Case 9: never two writers."""
    strace = _strace()
    released.write("small.csv", "x\n")
    before = snapshot(released)
    prefix = (strace, "-f", "-o", os.devnull, "-e", "trace=flock", "-e", f"inject=flock:error={number}")
    answer = released.hotpass_process(*args, "--json", prefix=prefix, check=False)
    assert answer.code == 6, answer
    error = answer.json["error"]
    assert error["type"] == "NoLocksError"
    assert error["hint"]
    assert snapshot(released) == before


@pytest.mark.slow
def test_without_working_locks_reading_works(released: Repo) -> None:
    """Case 9."""
    prefix = (_strace(), "-f", "-o", os.devnull, "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK")
    assert released.hotpass_process("version", "--get", "refined_data", prefix=prefix).stdout == "1.1.0\n"


# --------------------------------------------------------------------------------------- case 10: DVC's locks


def _claims(repo: Repo, pid: int) -> str:
    return json.dumps({"write": {str(repo.path(FILE)): {"pid": pid, "cmd": "dvc repro"}}, "read": {}})


def test_a_truncated_claims_file_is_an_explained_conflict_until_doctor_clears_it(released: Repo) -> None:
    """Case 10."""
    released.write(FILE, _NEW)
    released.write(".dvc/tmp/rwlock", '{"write": {"/a": {"pi')
    before = snapshot(released)
    answer = released.hotpass(*_BUMP, "--tag", "--json", check=False)
    assert answer.code == 8, answer
    assert answer.json["error"]["type"] == "DvcLockDamagedError"
    assert "hotpass doctor --fix" in answer.json["error"]["hint"]
    assert snapshot(released) == before
    released.hotpass("doctor", "--fix")
    assert released.hotpass(*_BUMP, "--tag", "--json").json["version"] == "1.1.1"


def test_a_claim_whose_number_belongs_to_another_program_now_stops_nobody(released: Repo) -> None:
    """Case 10: a live foreign pid."""
    released.write(FILE, _NEW)
    with subprocess.Popen(["sleep", "60"]) as other:
        path = released.write(".dvc/tmp/rwlock", _claims(released, other.pid))
        assert released.hotpass(*_BUMP, "--tag", "--json").json["version"] == "1.1.1"
        released.hotpass("doctor", "--fix")
        assert not path.exists()
        assert other.poll() is None
        other.kill()


@pytest.mark.slow
def test_a_dvc_that_is_at_work_is_an_explained_conflict(released: Repo) -> None:
    """Case 10: a real `dvc add`, which hangs on a FIFO for ever and holds DVC's lock meanwhile."""
    released.path("endless").mkdir()
    os.mkfifo(released.path("endless/pipe"))
    released.write(FILE, _NEW)
    command = [sys.executable, "-m", "dvc", "add", "-q", "endless"]
    with subprocess.Popen(command, cwd=released.root, stderr=subprocess.DEVNULL) as dvc:
        try:
            lock = released.path(".dvc/tmp/lock")
            deadline = time.monotonic() + 60
            while not (lock.exists() and lock.read_text().strip() == str(dvc.pid)):
                assert dvc.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            before = snapshot(released)
            answer = released.hotpass(*_BUMP, "--tag", "--lock-timeout", "0.2", "--json", check=False)
            assert answer.code == 8, answer
            error = answer.json["error"]
            assert error["type"] == "DvcBusyError"
            assert str(dvc.pid) in error["message"]
            assert snapshot(released) == before
            assert released.hotpass("doctor", "--fix", "--lock-timeout", "0.2", check=False).code == 8
        finally:
            dvc.kill()
    assert released.hotpass(*_BUMP, "--tag", "--json").json["version"] == "1.1.1"


@pytest.mark.slow
def test_dvc_waits_or_gives_up_while_hotpass_writes(tracked: Repo) -> None:
    """Case 52 from the other side: no `dvc gc` between the store and the pointer."""
    _large(tracked)
    with _caught(tracked, "version", "--add", "big/large.bin") as holder:
        # Let it go on until it holds DVC's lock too.
        lock = tracked.path(".dvc/tmp/lock")
        deadline = time.monotonic() + 30
        while not (lock.exists() and lock.read_text().strip() == str(holder.pid)):
            assert time.monotonic() < deadline
            holder.send_signal(signal.SIGCONT)
            time.sleep(0.002)
            holder.send_signal(signal.SIGSTOP)
        answer = tracked.dvc("gc", "-w", "-f", check=False)
        assert answer.code != 0
        assert "lock" in answer.stderr
        holder.send_signal(signal.SIGCONT)
        out, err = holder.communicate(timeout=60)
        assert holder.returncode == 0, out + err
    assert damaged_objects(tracked) == []


# ------------------------------------------------------------------------------- case 11: readers in a loop

_READER = """
import io, json, sys, time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from hotpass.cli import main

stop, longest, seen = Path(sys.argv[1]), 0.0, []
while not stop.exists():
    for args in (["--get", "refined_data"], ["--status", "--json", "--dataset", "refined_data"]):
        out, err = io.StringIO(), io.StringIO()
        started = time.monotonic()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["version", *args])
        longest = max(longest, time.monotonic() - started)
        if code != 0:
            sys.exit(f"{args}: exit {code}: {out.getvalue()}{err.getvalue()}")
        if args[0] == "--get":
            seen.append(out.getvalue())
        else:
            entry = json.loads(out.getvalue())["datasets"][0]
            if entry["damage"]:
                sys.exit(f"half a change was seen: {entry}")
            seen.append(entry["version"] + "\\n")
print(json.dumps({"longest": longest, "seen": seen}))
"""


def _readers_during(repo: Repo, bumps: int, *, tag: bool) -> None:
    stop = repo.root.parent / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(stop)],
            cwd=repo.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for number in range(bumps):
            repo.write(FILE, revised(f"{number}"))
            repo.hotpass(*_BUMP, *(["--tag"] if tag else []))
    finally:
        stop.touch()
        said = [reader.communicate(timeout=60) for reader in readers]
    for reader, (out, err) in zip(readers, said, strict=True):
        assert reader.returncode == 0, err
        answer = json.loads(out)
        numbers = [tuple(map(int, text.split("."))) for text in answer["seen"]]
        assert all(
            text == ".".join(map(str, n)) + "\n" for text, n in zip(answer["seen"], numbers, strict=True)
        )
        assert len(numbers) > 4, f"only {len(numbers)} answers: the machine is too busy to tell"
        assert numbers == sorted(numbers), "a version went backwards"
        assert numbers[-1] <= (1, 1, bumps)
        assert answer["longest"] < 5.0, f"a reader waited {answer['longest']:.1f} s"


@pytest.mark.slow
def test_readers_see_whole_versions_that_never_go_backwards(released: Repo) -> None:
    """Case 11."""
    _readers_during(released, 10, tag=True)


@pytest.mark.slow
def test_readers_see_whole_versions_during_two_hundred_bumps(released: Repo) -> None:
    """Case 11, at its full size."""
    _readers_during(released, 200, tag=False)
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.1.200\n"


# ------------------------------------------------------------------------------------ case 12: two worktrees


@pytest.mark.slow
def test_two_worktrees_that_bump_at_once_get_numbers_of_their_own(released: Repo) -> None:
    """Case 12: one cache for both; unique, gap-free, every release whole."""
    cache = released.root.parent / "cache"
    shutil.move(released.path(".dvc/cache"), cache)
    released.dvc("cache", "dir", "../cache")
    released.dvc("config", "cache.type", "copy")
    released.commit("one cache")
    side = Repo(released.root.parent / "side", released.remote)
    released.git("worktree", "add", "-q", "-b", "side", str(side.root))
    side.hotpass("restore", "refined_data@1.1.0")
    program = (
        "import sys; from pathlib import Path; from hotpass.versioning import DVCManager\n"
        "root = sys.argv[1]; manager = DVCManager(root)\n"
        "for number in range(6):\n"
        f"    (Path(root) / '{FILE}').write_bytes({revised('NAME')!r}.replace(b'NAME', f'{{root}} {{number}}'.encode()))\n"
        "    print(manager.bump('patch', 'refined_data', tag=True).version)\n"
    )
    places = (released.root, side.root)
    said = _run_all([[sys.executable, "-c", program, str(root)] for root in places], released.root)
    numbers = [line for out in said for line in out.split()]
    assert sorted(numbers, key=lambda text: int(text.split(".")[2])) == [f"1.1.{n}" for n in range(1, 13)]
    for out, root in zip(said, places, strict=True):
        for number, version in enumerate(out.split()):
            released.hotpass("restore", f"refined_data@{version}", "--to", f"../{version}.csv")
            assert (released.root.parent / f"{version}.csv").read_bytes() == revised(f"{root} {number}")
    for place in (released, side):
        assert place.status() == ""
        assert place.hotpass("version", "--status", "--check").code == 0


def test_the_lock_is_one_for_all_worktrees(released: Repo) -> None:
    """Case 12."""
    side = Repo(released.root.parent / "side", released.remote)
    released.git("worktree", "add", "-q", "-b", "side", str(side.root))
    _large(released)
    with _caught(released, "version", "--add", "big/large.bin") as holder:
        answer = side.hotpass(*_BUMP, "--lock-timeout", "0", "--json", check=False)
        assert answer.code == 8
        assert str(holder.pid) in answer.json["error"]["message"]


# ------------------------------------------------------------------------------- case 26: a conflict elsewhere


def _branches(repo: Repo, dataset_path: str, ours: bytes, theirs: bytes, *args: str) -> None:
    """Two branches, ``main`` and ``side``, that each gave their data a version with ``args``, committed."""
    repo.git("switch", "-q", "-c", "side")
    repo.write(dataset_path, theirs)
    repo.hotpass(*args)
    repo.commit("theirs")
    repo.git("switch", "-q", "main")
    repo.write(dataset_path, ours)
    repo.hotpass(*args)
    repo.commit("ours")


def test_a_conflict_in_one_pointer_leaves_the_other_datasets_working(released: Repo) -> None:
    """Case 26: everything works on data; refined_data is a conflict that names both digests."""
    repo = released
    _branches(repo, FILE, revised("ours"), revised("theirs"), *_BUMP)
    assert repo.git("merge", "-q", "side", check=False).code != 0
    conflicted = repo.read(f"{FILE}.dvc")
    repo.write("data/north.csv", "a,b\n1,9\n")
    # Readings of the other dataset, and writings that need no commit.
    assert repo.hotpass("version", "--get", "data").stdout == "1.1.0\n"
    assert (
        repo.hotpass("version", "--status", "--dataset", "data", "--json").json["datasets"][0]["data"]
        == "changed"
    )
    assert (
        repo.hotpass("version", "--bump", "minor", "--dataset", "data", "--json").json["version"] == "1.2.0"
    )
    repo.hotpass("version", "--tag", "--dataset", "data")
    assert "data-v1.2.0" in repo.tags()
    assert repo.git("show", "data-v1.2.0:data.dvc").stdout.encode() == repo.read("data.dvc")
    repo.hotpass("restore", "data@1.0.0")
    assert repo.files("data") == FOLDER_BYTES["1.0.0"]
    repo.write("more.csv", "x\n")
    repo.hotpass("version", "--add", "more.csv")
    # The conflict is named, by both digests, and the way out offered; nothing is chosen.
    from hashlib import md5

    digests = [md5(data).hexdigest() for data in (revised("ours"), revised("theirs"))]
    for args in (
        _BUMP,
        (*_BUMP, "--tag"),
        ("version", "--get", "refined_data"),
        ("version", "--tag", "--dataset", "refined_data"),
    ):
        answer = repo.hotpass(*args, "--json", check=False)
        assert answer.code == 8, (args, answer)
        error = answer.json["error"]
        assert error["type"] == "UnmergedError"
        assert all(digest in error["message"] for digest in digests)
        assert "git checkout --ours" in error["hint"]
    assert repo.read(f"{FILE}.dvc") == conflicted
    assert repo.git("rev-parse", "-q", "--verify", "MERGE_HEAD").code == 0


def test_a_side_that_a_person_chose_is_the_version(released: Repo) -> None:
    """Case 26."""
    repo = released
    _branches(repo, FILE, revised("ours"), revised("theirs"), *_BUMP)
    repo.git("merge", "-q", "side", check=False)
    for path in (f"{FILE}.dvc", f"{FILE}.version.json"):
        repo.git("checkout", "--theirs", "--", path)
        repo.git("add", "--", path)
    repo.git("commit", "-qm", "theirs it is")
    repo.dvc("checkout", "-q", "-f")
    assert repo.read(FILE) == revised("theirs")
    repo.hotpass("version", "--tag", "--dataset", "refined_data")
    assert broken_releases(repo) == []


# ------------------------------------------------------------------------------- case 27: one number made twice


def test_a_draft_whose_number_was_released_elsewhere_meanwhile_is_a_conflict(released: Repo) -> None:
    """Case 27: a branch's draft 1.1.1, while main released other bytes as 1.1.1. No silent winner."""
    repo = released
    repo.git("switch", "-q", "-c", "side")
    repo.write(FILE, revised("theirs"))
    repo.hotpass(*_BUMP)
    repo.commit("a draft")
    repo.git("switch", "-q", "main")
    repo.hotpass("restore", "refined_data@1.1.0", "--force")
    repo.write(FILE, revised("ours"))
    repo.hotpass(*_BUMP, "--tag")
    repo.git("switch", "-q", "side")
    repo.dvc("checkout", "-q", "-f")
    tag = repo.rev("refined_data-v1.1.1")
    standing = repo.hotpass("version", "--status", "--dataset", "refined_data", "--json").json["datasets"][0]
    assert standing["release"] == "draft"
    assert "the tag refined_data-v1.1.1 names other bytes" in standing["notes"]
    answer = repo.hotpass("version", "--tag", "--dataset", "refined_data", "--json", check=False)
    assert answer.code == 8, answer
    assert answer.json["error"]["type"] == "VersionTakenError"
    assert "--bump" in answer.json["error"]["hint"]
    assert repo.rev("refined_data-v1.1.1") == tag
    # The number of the release is the released bytes, and the way out gives the draft a number of its own.
    repo.hotpass("restore", "refined_data@1.1.1", "--to", "../released.csv")
    assert (repo.root.parent / "released.csv").read_bytes() == revised("ours")
    assert repo.hotpass(*_BUMP, "--tag", "--json").json["version"] == "1.1.2"
    assert repo.read(FILE) == revised("theirs")


def test_two_drafts_of_one_number_that_are_merged_are_a_conflict_with_both_digests(released: Repo) -> None:
    """Case 27."""
    _branches(released, FILE, revised("ours"), revised("theirs"), *_BUMP)
    assert released.git("merge", "-q", "side", check=False).code != 0
    answer = released.hotpass("version", "--status", "--json", check=False)
    assert answer.code == 9
    damage = {entry["dataset"]: entry["damage"] for entry in answer.json["datasets"]}
    assert "merge conflict" in damage["refined_data"]
    assert damage["data"] == ""


@pytest.mark.slow
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_one_number_released_in_two_clones_and_merged_is_never_two_things(
    two_clones: TwoClones, side: str
) -> None:
    """Case 27: git keeps each clone's own tag; whichever pointer is merged, number and bytes cannot part silently."""
    first, second = two_clones.first, two_clones.second
    for clone, data in ((first, revised("first")), (second, revised("second"))):
        clone.write(FILE, data)
        clone.hotpass(*_BUMP, "--tag")
    first.git("push", "-q", "--atomic", "origin", "main", "refined_data-v1.1.1")
    assert second.git("fetch", "-q", "--tags", check=False).code != 0
    second.git("fetch", "-q", "--no-tags", "origin")
    second.git("merge", "-q", "-X", side, "-m", "merged", "origin/main")
    status = second.hotpass("version", "--status", "--dataset", "refined_data", "--json", check=False)
    standing = status.json["datasets"][0]
    if side == "ours":
        assert (standing["release"], standing["data"]) == ("released", "unchanged")
    else:
        assert standing["release"] == "draft"
        assert "the tag refined_data-v1.1.1 names other bytes" in standing["notes"]
        assert standing["data"] == "changed"
    # By its number, the release of this clone is this clone's bytes; its tag has not moved.
    second.hotpass("restore", "refined_data@1.1.1", "--to", "../released.csv")
    assert (second.root.parent / "released.csv").read_bytes() == revised("second")
    if side == "theirs":
        answer = second.hotpass("version", "--tag", "--dataset", "refined_data", check=False)
        assert answer.code in (8, 10), answer


def test_a_conflict_that_was_committed_with_its_markers_is_damage(released: Repo) -> None:
    """Case 27: conflict markers. Nothing is read out of either half."""
    _branches(released, FILE, revised("ours"), revised("theirs"), *_BUMP)
    released.git("merge", "-q", "side", check=False)
    released.commit("with markers")
    assert b"<<<<<<<" in released.read(f"{FILE}.dvc")
    for args in (_BUMP, ("version", "--get", "refined_data"), ("version", "--status")):
        answer = released.hotpass(*args, check=False)
        assert answer.code == 9, (args, answer)


# ------------------------------------------------------------------------------------------- done when

_MANY_BUMPS = """
import os, sys
from pathlib import Path
from hotpass.versioning import DVCManager
manager = DVCManager(".", lock_timeout=600)
for number in range(int(sys.argv[2])):
    print(manager.bump("patch", "refined_data", tag=True, description=f"by {sys.argv[1]}, {number}").version)
"""

_MANY_DATASETS = """
import sys
from hotpass.versioning import DVCManager
manager = DVCManager(".", lock_timeout=600)
for number in range(int(sys.argv[1]), int(sys.argv[3]), int(sys.argv[2])):
    manager.add(f"sets/set{number}.csv")
    print(number, manager.set_version("1.0.0", f"set{number}", tag=True).version)
"""


def _gap_free(repo: Repo, processes: int, bumps: int) -> None:
    commits = repo.commits()
    repo.write(FILE, _NEW)
    commands = [[sys.executable, "-c", _MANY_BUMPS, str(who), str(bumps)] for who in range(processes)]
    said = [list(map(int, out.replace("1.1.", "").split())) for out in _run_all(commands, repo.root)]
    total = processes * bumps
    # Everyone saw its own numbers rise, all numbers are there once, each is a release of the very bytes.
    assert all(numbers == sorted(numbers) and len(numbers) == bumps for numbers in said)
    assert sorted(number for numbers in said for number in numbers) == list(range(1, total + 1))
    history = repo.hotpass("history", "refined_data", "--json").json["releases"]
    assert [entry["version"] for entry in history] == [
        *(f"1.1.{number}" for number in range(total, 0, -1)), "1.1.0", "1.0.0",
    ]  # fmt: skip
    for who, numbers in enumerate(said):
        for count, number in enumerate(numbers):
            assert history[total - number]["description"] == f"by {who}, {count}"
    assert repo.commits() == commits + total
    assert broken_releases(repo) == []
    assert leftovers(repo) == []
    assert repo.status() == ""
    assert repo.read(FILE) == _NEW


def _all_datasets(repo: Repo, processes: int, datasets: int) -> None:
    commits = repo.commits()
    for number in range(datasets):
        repo.write(f"sets/set{number}.csv", f"id\n{number}\n")
    commands = [
        [sys.executable, "-c", _MANY_DATASETS, str(who), str(processes), str(datasets)]
        for who in range(processes)
    ]
    said = _run_all(commands, repo.root)
    assert sorted(line for out in said for line in out.splitlines()) == sorted(
        f"{n} 1.0.0" for n in range(datasets)
    )
    assert {f"set{number}-v1.0.0" for number in range(datasets)} <= set(repo.tags())
    assert repo.commits() == commits + datasets
    standing = repo.hotpass("version", "--status", "--check", "--json").json["datasets"]
    assert sum(entry["dataset"].startswith("set") for entry in standing) == datasets
    assert broken_releases(repo) == []
    assert damaged_objects(repo) == []
    assert leftovers(repo) == []
    assert repo.status() == ""


@pytest.mark.slow
def test_bumps_of_several_processes_are_unique_and_gap_free(released: Repo) -> None:
    _gap_free(released, processes=4, bumps=3)


@pytest.mark.slow
def test_datasets_of_several_processes_are_all_there(initialised: Repo) -> None:
    _all_datasets(initialised, processes=4, datasets=8)


@pytest.mark.slow
def test_two_hundred_bumps_of_eight_processes_are_unique_and_gap_free(released: Repo) -> None:
    """Issue B, "Done when"."""
    _gap_free(released, processes=8, bumps=25)


@pytest.mark.slow
def test_a_hundred_datasets_of_eight_processes_are_all_there(initialised: Repo) -> None:
    """Issue B, "Done when"."""
    _all_datasets(initialised, processes=8, datasets=100)


def test_an_old_release_is_still_there_and_whole_after_many(released: Repo) -> None:
    """Promise 5, beside the others here: what many writers make leaves what there was."""
    before = {tag: released.rev(tag) for tag in released.tags()}
    for number in range(3):
        released.write(FILE, revised(f"{number}"))
        released.hotpass(*_BUMP, "--tag")
    assert {tag: released.rev(tag) for tag in before} == before
    released.hotpass("restore", "refined_data@1.0.0", "--to", "../old.csv")
    assert (released.root.parent / "old.csv").read_bytes() == FILE_BYTES["1.0.0"]
