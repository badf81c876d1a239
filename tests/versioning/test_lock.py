"""Who may write: one at a time, and nobody who is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from hotpass.errors import WriteError
from hotpass.versioning.errors import DvcBusyError, LockedError
from hotpass.versioning.lock import dvc_lock, repository_lock

Lock = Callable[[Path, float], AbstractContextManager[Any]]


def ours(place: Path, timeout: float) -> AbstractContextManager[int]:
    return repository_lock(place, "bump", timeout)


def dvcs(place: Path, timeout: float) -> AbstractContextManager[None]:
    return dvc_lock(place, timeout)


BOTH = pytest.mark.parametrize(("lock", "error"), [(ours, LockedError), (dvcs, DvcBusyError)])

HOLD = """
import sys, time
from pathlib import Path
from hotpass.versioning.lock import dvc_lock, repository_lock
place = Path(sys.argv[1])
with (repository_lock(place, "add") if sys.argv[2] == "ours" else dvc_lock(place)):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Callable[[Lock], subprocess.Popen[str]]]:
    """Starts another process that holds a lock and does not let go."""
    started = []

    def start(lock: Lock) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path), lock.__name__], stdout=subprocess.PIPE, text=True
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


@BOTH
def test_a_lock_is_held_by_one_and_free_again_afterwards(
    tmp_path: Path, lock: Lock, error: type[Exception]
) -> None:
    with lock(tmp_path, 0), pytest.raises(error), lock(tmp_path, 0):
        pytest.fail("two hold it")
    with lock(tmp_path, 0):
        pass


@BOTH
def test_a_failure_inside_frees_the_lock(tmp_path: Path, lock: Lock, error: type[Exception]) -> None:
    del error
    with pytest.raises(ZeroDivisionError), lock(tmp_path, 0):
        raise ZeroDivisionError
    with lock(tmp_path, 0):
        pass


@BOTH
def test_who_waits_gets_it_when_it_is_free(tmp_path: Path, lock: Lock, error: type[Exception]) -> None:
    """Case 7."""
    del error
    order = []
    held = threading.Event()

    def first() -> None:
        with lock(tmp_path, 0):
            held.set()
            time.sleep(0.2)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    with lock(tmp_path, 10):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.slow
def test_who_waited_in_vain_is_told_the_holder(
    tmp_path: Path, holder: Callable[[Lock], subprocess.Popen[str]]
) -> None:
    """Case 7."""
    child = holder(ours)
    begun = time.monotonic()
    with pytest.raises(LockedError) as caught, repository_lock(tmp_path, "bump", 0.3):
        pytest.fail("two hold it")
    assert 0.3 <= time.monotonic() - begun < 5
    assert f"add (process {child.pid} on {os.uname().nodename}, for " in str(caught.value)
    assert caught.value.exit_code == 8
    busy = holder(dvcs)
    with pytest.raises(DvcBusyError, match=f"process {busy.pid}"), dvc_lock(tmp_path, 0):
        pytest.fail("two hold it")


@pytest.mark.slow
@BOTH
def test_a_killed_holder_holds_nothing(
    tmp_path: Path, lock: Lock, error: type[Exception], holder: Callable[[Lock], subprocess.Popen[str]]
) -> None:
    """Case 8."""
    child = holder(lock)
    with pytest.raises(error), lock(tmp_path, 0):
        pytest.fail("two hold it")
    child.send_signal(signal.SIGKILL)
    child.wait()
    with lock(tmp_path, 1):
        pass


def test_a_program_that_inherits_the_lock_keeps_it(tmp_path: Path) -> None:
    """A git that outlives a killed Hotpass is still at work: nobody else may begin."""
    with repository_lock(tmp_path, "bump", 0) as descriptor:
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            pass_fds=[descriptor],
            stdin=subprocess.PIPE,
        )
    with pytest.raises(LockedError), repository_lock(tmp_path, "bump", 0.05):
        pytest.fail("two hold it")
    child.communicate()
    with repository_lock(tmp_path, "bump", 1):
        pass


@pytest.mark.slow
def test_dvc_itself_waits_for_our_lock_and_we_for_dvcs(tmp_path: Path) -> None:
    """Case 52: the same kernel lock, whoever holds it."""
    code = (
        "import sys\n"
        "from dvc.lock import Lock, LockError\n"
        "try:\n"
        "    with Lock(sys.argv[1], hardlink_lock=False):\n"
        "        print('held', flush=True); sys.stdin.read()\n"
        "except LockError: print('busy', flush=True)\n"
    )
    file = tmp_path / ".dvc" / "tmp" / "lock"

    def theirs() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, str(file)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with dvc_lock(tmp_path, 0):
        assert theirs().communicate()[0] == "busy\n"
    child = theirs()
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(DvcBusyError), dvc_lock(tmp_path, 0):
        pytest.fail("two hold it")
    child.communicate()


@BOTH
@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe", b"x" * 10_000, b"a b c d\n", b" \n", b"h 1 99999999999999999999 v\n"]
)
def test_what_stands_in_a_lock_file_decides_nothing(
    tmp_path: Path, lock: Lock, error: type[Exception], text: bytes
) -> None:
    """Left by a run that died, or by something else."""
    del error
    with lock(tmp_path, 0):
        pass
    (file,) = [path for path in tmp_path.rglob("lock") if path.is_file()]
    file.write_bytes(text)
    with lock(tmp_path, 0):
        assert str(os.getpid()) in file.read_text()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "hotpass").mkdir()
    (tmp_path / "hotpass" / "lock").symlink_to(tmp_path / "victim")
    with pytest.raises(WriteError), repository_lock(tmp_path, "bump", 0):
        pytest.fail("held")
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.slow
def test_of_many_only_one_at_a_time_is_inside(tmp_path: Path) -> None:
    """Promise 3."""
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(5):
            with repository_lock(tmp_path, "bump", 30):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.002)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 30
    assert max(most) == 1
