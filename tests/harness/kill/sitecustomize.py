"""Ends the process at a chosen moment: put this folder on PYTHONPATH, or call :func:`arm` in a forked child.

An event is the moment just before a change of the file system below one folder, in the words of Python's audit
events; so a run killed at event N has carried out exactly the N-1 changes before it. Two kinds are added that the
audit events do not know: ``write`` (half of the bytes are written first) and ``spawned`` (a git program that writes
has started and has been told nothing yet).

HOTPASS_KILL_UNDER  the folder
HOTPASS_KILL_AT     the number of the event; 0 or absent: only count
HOTPASS_KILL_WITH   the signal's number, SIGKILL where absent
HOTPASS_KILL_LOG    a file that gets one line an event

Instead of a signal, the event can fail with an error of the operating system, once or from then on (:class:`Failure`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

# Events with the number of leading arguments that name a path.
_PATHS = {
    "os.rename": 2,
    "os.link": 2,
    "os.symlink": 2,
    "os.remove": 1,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.chmod": 1,
    "os.truncate": 1,
    "os.utime": 1,
    "shutil.copyfile": 2,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_GIT_WRITES = frozenset(
    [
        "add",
        "commit-tree",
        "unpack-objects",
        "tag",
        "update-index",
        "update-ref",
    ]
)


@dataclass(frozen=True)
class Failure:
    """An error number for the chosen event; ``lasting``: for every later one too that needs room on the disk."""

    number: int
    lasting: bool = False

    def hits(self, count: int, at: int, kind: str) -> bool:
        """Whether this event fails; a program cannot be kept from starting by a full disk."""
        if kind in ("git", "spawned"):
            return False
        return count == at or (
            self.lasting and 0 < at < count and kind in ("open", "write", "os.mkdir", "fsync")
        )


class _Trap:
    """Counts events and springs at one."""

    def __init__(self, under: str, at: int, number: int, log: str, failure: Failure | None) -> None:
        self.under, self.at, self.number = os.path.realpath(under), at, number
        self.failure = failure
        self.count = 0
        self.busy = False
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else -1
        self.write = os.write

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self.busy:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & _WRITING and self.inside(path):
                self.event(event, path)
        elif event in _PATHS:
            named = args[: _PATHS[event]]
            if any(self.inside(path) for path in named):
                self.event(event, *named)
        elif event == "subprocess.Popen" and git_writes(args[1]):
            self.event("git", *args[1])

    def inside(self, path: object) -> bool:
        if isinstance(path, int):
            try:
                path = os.readlink(f"/proc/self/fd/{path}")
            except OSError:
                return False
            if not str(path).startswith(os.sep):  # a pipe or a socket
                return False
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        return os.path.abspath(os.fsdecode(path)).startswith(self.under + os.sep)

    def event(self, *words: object) -> None:
        """Count; at the chosen event, end the process."""
        self.busy = True
        try:
            self.count += 1
            if self.log >= 0:
                self.write(
                    self.log, (" ".join(str(word) for word in words) + "\n").encode("utf-8", "replace")
                )
        finally:
            self.busy = False
        if self.failure is not None:
            if self.failure.hits(self.count, self.at, str(words[0])):
                raise OSError(self.failure.number, os.strerror(self.failure.number), str(words[-1]))
        elif self.count == self.at:
            os.kill(os.getpid(), self.number)

    def next_is_it(self) -> bool:
        """Whether the coming event is the chosen one, for a caller that has something to do before it."""
        return self.count + 1 == self.at


def git_writes(argv: object) -> bool:
    """Whether these are the words of a git command that changes something."""
    if not isinstance(argv, list | tuple) or not argv or os.path.basename(str(argv[0])) != "git":
        return False
    return any(str(word) in _GIT_WRITES for word in argv[1:12])


def arm(  # the whole interface of the trap
    under: str,
    at: int,
    number: int = signal.SIGKILL,
    log: str = "",
    *,
    with_git: bool = False,
    failure: Failure | None = None,
) -> None:
    """Set the trap in this process; it cannot be taken away again.

    ``with_git``: the process also dies when one of its git programs was killed, as when the machine goes down.
    """
    trap = _Trap(under, at, number, log, failure)
    write, communicate, sync = os.write, subprocess.Popen.communicate, os.fsync

    def half_written(descriptor: int, data: Any) -> int:
        if trap.inside(descriptor):
            if trap.next_is_it():
                write(descriptor, memoryview(data)[: len(data) // 2])
                os.lseek(descriptor, -(len(data) // 2), os.SEEK_CUR)  # for a signal that lets the run go on
            trap.event("write", os.readlink(f"/proc/self/fd/{descriptor}"))
        return write(descriptor, data)

    def told_nothing(self: subprocess.Popen[bytes], *args: Any, **options: Any) -> Any:
        if git_writes(self.args) and self.returncode is None:
            trap.event("spawned", *self.args)  # type: ignore[misc]  # a list of words, as git_writes found
        said = communicate(self, *args, **options)
        if with_git and self.returncode == -signal.SIGKILL:
            os.kill(os.getpid(), signal.SIGKILL)
        return said

    def failing_sync(descriptor: Any) -> None:
        trap.event("fsync", os.readlink(f"/proc/self/fd/{descriptor}"))
        sync(descriptor)

    os.write = half_written
    if failure is not None:
        os.fsync = failing_sync  # type: ignore[assignment]
    subprocess.Popen.communicate = told_nothing  # type: ignore[assignment,method-assign]
    sys.addaudithook(trap.hook)


if os.environ.get("HOTPASS_KILL_UNDER"):
    arm(
        os.environ["HOTPASS_KILL_UNDER"],
        int(os.environ.get("HOTPASS_KILL_AT") or 0),
        int(os.environ.get("HOTPASS_KILL_WITH") or signal.SIGKILL),
        os.environ.get("HOTPASS_KILL_LOG", ""),
    )
