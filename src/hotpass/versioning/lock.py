"""Who may write: one kernel lock for a repository and all its worktrees, and DVC's own while objects are written.

A kernel lock dies with its holder, and with the git programs the holder started, which inherit it: whoever gets
it knows that nothing of an earlier run is still at work.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hotpass.files import make_directories, writing
from hotpass.versioning.dvclock import check_claims
from hotpass.versioning.errors import DvcBusyError, LockedError, NoLocksError
from hotpass.versioning.git import require_git

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for another writer."""

_POLL = 0.02


@contextmanager
def repository_lock(common: Path, verb: str, timeout: float = DEFAULT_TIMEOUT) -> Iterator[int]:
    """Hold the one writer's place of a repository; yields the descriptor that git programs inherit.

    Raises LockedError when ``timeout`` seconds pass (naming the holder), NoLocksError on a file system without
    locks, ToolTooOldError where git cannot keep what a writer promises.
    """
    require_git()
    make_directories(common / "hotpass")
    path = common / "hotpass" / "lock"
    descriptor = _open(path)
    try:
        if not _take(descriptor, timeout):
            raise LockedError(holder_of(descriptor), timeout)
        _sign(descriptor, f"{socket.gethostname()} {os.getpid()} {int(time.time())} {verb}\n")
        yield descriptor
    finally:
        # Closing alone would leave the lock to a git program that still lives; it should not be one.
        os.close(descriptor)


@contextmanager
def dvc_lock(root: Path, timeout: float = DEFAULT_TIMEOUT, path: str | None = None) -> Iterator[None]:
    """Hold DVC's lock of a project, so that no ``dvc`` runs meanwhile.

    Raises DvcBusyError, also where a DVC that gave up its main lock (a running stage) still writes at ``path``,
    and DvcLockDamagedError.
    """
    make_directories(root / ".dvc" / "tmp")
    descriptor = _open(root / ".dvc" / "tmp" / "lock")
    try:
        if not _take(descriptor, timeout):
            raise DvcBusyError(holder_of(descriptor), timeout)
        # zc.lockfile, which DVC uses, writes the holder's pid in this form.
        _sign(descriptor, f" {os.getpid()}\n")
        if path is not None:
            check_claims(root, path)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def folder_lock(folder: Path, verb: str, timeout: float = DEFAULT_TIMEOUT) -> Iterator[None]:
    """Hold a folder against other runs of the same verb; nothing is written there. Raises LockedError, NoLocksError."""
    with writing(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not _take(descriptor, timeout):
            raise LockedError(f"another {verb}, which writes to {folder.name}", timeout)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    with writing(path):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)


def _sign(descriptor: int, text: str) -> None:
    """Say in a lock file who holds it; the lock is held without it, on a full disk say."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _take(descriptor: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                raise NoLocksError(error.strerror or str(error)) from error
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL)


def holder_of(descriptor: int) -> str:
    """What a lock file says of its holder."""
    words = os.pread(descriptor, 200, 0).decode("utf-8", "replace").split()
    if len(words) >= 4 and words[2].isdecimal():
        age = max(0, int(time.time()) - int(words[2]))
        return f"{' '.join(words[3:])} (process {words[1]} on {words[0]}, for {age} s)"
    return f"process {words[0]}" if words else "another process"
