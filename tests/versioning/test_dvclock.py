"""DVC's read-write lock: read as DVC writes it, and whose claims still count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotpass.versioning.dvclock import Claim, check_claims, command_of, read_claims, rwlock_path
from hotpass.versioning.errors import DvcBusyError, DvcLockDamagedError

_HOLDER = """
import sys
from dvc.fs import localfs
from dvc.rwlock import rwlock
tmp, read, write = sys.argv[1:]
with rwlock(tmp, localfs, " ".join(sys.argv), [read] if read else [], [write] if write else [], False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)
    return tmp_path


@contextmanager
def _running(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            # The kernel lets the parent go on a moment before it shows the new program's words.
            deadline = time.monotonic() + 10
            while command[-1] not in command_of(process.pid) and time.monotonic() < deadline:
                time.sleep(0.001)
            yield process
        finally:
            process.kill()


@contextmanager
def _dvc_at_work(project: Path, read: str = "", write: str = "", name: str = "dvc") -> Iterator[int]:
    """A process that holds claims by DVC's own code; its program is called ``name``."""
    script = project / name
    script.write_text(_HOLDER)
    places = [str(project / path) if path else "" for path in (read, write)]
    with _running(sys.executable, str(script), str(project / ".dvc" / "tmp"), *places) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid


def _write(project: Path, content: object) -> None:
    rwlock_path(project).write_text(content if isinstance(content, str) else json.dumps(content))


def _claim(project: Path, path: str, pid: int, command: str = "dvc repro") -> None:
    _write(project, {"write": {str(project / path): {"pid": pid, "cmd": command}}, "read": {}})


def _dead_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_without_a_file_nothing_is_claimed(tmp_path: Path) -> None:
    assert read_claims(tmp_path) == []
    check_claims(tmp_path, "dist/a.csv")


@pytest.mark.slow
def test_claims_are_read_as_dvc_writes_them(project: Path) -> None:
    with _dvc_at_work(project, read="in", write="out") as pid:
        claims = read_claims(project)
        assert {(claim.path, claim.writes, claim.pid) for claim in claims} == {
            (str(project / "out"), True, pid),
            (str(project / "in"), False, pid),
        }
        assert all(claim.is_live for claim in claims)
        for path in ("out", "out/below.csv"):
            with pytest.raises(DvcBusyError) as caught:
                check_claims(project, path)
            assert str(pid) in str(caught.value)
            assert caught.value.exit_code == 8
        # What a running DVC only reads, and what is beside its paths, may be versioned.
        for path in ("in", "outside.csv", "ou"):
            check_claims(project, path)
    assert not any(claim.is_live for claim in read_claims(project))
    check_claims(project, "out")


@pytest.mark.slow
def test_a_program_that_uses_dvc_as_a_library_counts_too(project: Path) -> None:
    """Its command line need not say DVC: the claim says the same as the process."""
    with _dvc_at_work(project, write="out", name="pipeline.py"), pytest.raises(DvcBusyError):
        check_claims(project, "out")


def test_a_claim_above_the_path_counts(project: Path) -> None:
    with _running("sh", "-c", "echo held; read x # dvc", "dvc") as process:
        # Before the program itself speaks, the system may not yet know its command line.
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        _claim(project, "dist", process.pid, "dvc")
        with pytest.raises(DvcBusyError):
            check_claims(project, "dist/a.csv")
        check_claims(project, "dist2/a.csv")


def test_a_claim_of_a_process_that_is_gone_does_not_count(project: Path) -> None:
    _claim(project, "out", _dead_pid())
    assert [claim.is_live for claim in read_claims(project)] == [False]
    check_claims(project, "out")


@pytest.mark.parametrize(
    "words",
    [["sleep", "60"], ["sh", "-c", "read x # vim out.csv.dvc"], ["sh", "-c", "read x", "my-dvc-notes"]],
)
def test_another_program_that_got_the_number_since_does_not_count(project: Path, words: list[str]) -> None:
    """Numbers of processes are used again; "dvc" in the name of a file that is edited is no DVC."""
    with _running(*words) as process:
        _claim(project, "out", process.pid, "/usr/bin/dvc repro")
        assert [claim.is_live for claim in read_claims(project)] == [False]
        check_claims(project, "out")


@pytest.mark.parametrize("pid", [0, -1, 2**31, 2**70])
def test_a_number_that_no_process_can_have_does_not_count(project: Path, pid: int) -> None:
    """Above all: asking after process 0 or -1 means all processes, ours included."""
    _claim(project, "out", pid)
    assert [claim.is_live for claim in read_claims(project)] == [False]


def test_the_command_of_a_living_process_is_known() -> None:
    assert "python" in command_of(os.getpid())
    assert command_of(_dead_pid()) == ""


DAMAGED = {
    "truncated": '{"write": {"/a": {"pi',
    "empty": "",
    "a list": [],
    "a word": '"x"',
    "null": "null",
    "writes as a list": {"write": []},
    "no number": {"write": {"/a": {"cmd": "dvc"}}},
    "a number in words": {"write": {"/a": {"pid": "many", "cmd": "dvc"}}},
    "no command": {"write": {"/a": {"pid": 1}}},
    "readers that are no list": {"read": {"/a": 5}},
    "a reader that is a word": {"read": {"/a": ["x"]}},
    "endless nesting": "[" * 100_000,
    "not UTF-8": "\udcff",
    "an endless number": '{"write": {"/a": {"pid": 1e999, "cmd": "dvc"}}}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_a_conflict_that_is_explained(project: Path, content: object) -> None:
    data = (
        content.encode("utf-8", "surrogateescape")
        if isinstance(content, str)
        else json.dumps(content).encode()
    )
    rwlock_path(project).write_bytes(data)
    for ask in (lambda: read_claims(project), lambda: check_claims(project, "out")):
        with pytest.raises(DvcLockDamagedError) as caught:
            ask()
        assert caught.value.exit_code == 8
        assert "doctor --fix" in caught.value.hint


def test_a_file_of_another_kind_is_a_conflict_and_hangs_nobody(project: Path) -> None:
    os.mkfifo(rwlock_path(project))
    with pytest.raises(DvcLockDamagedError):
        read_claims(project)


def test_a_claim_is_a_plain_value() -> None:
    claim = Claim("/a", True, 1, "dvc repro")
    assert (claim.path, claim.writes, claim.pid, claim.command) == ("/a", True, 1, "dvc repro")
