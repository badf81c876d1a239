"""Carry out a journal that is ready: refs, index, files, in that order, each step skipped where it is done."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotpass.errors import ToolError
from hotpass.files import (
    TEMP_PREFIX,
    Signature,
    create_temp,
    existing_mode,
    make_directories,
    read_small,
    remove_quietly,
    sync_directory,
    sync_file,
    write_all,
    write_whole,
    writing,
)
from hotpass.values import frozen
from hotpass.versioning.errors import IndexLockedError, PendingConflictError
from hotpass.versioning.git import Git, RefChange
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.journal import FileChange, Journal, journal_path
from hotpass.versioning.project import Project

SMALL_FILE = 64 << 20
"""The most bytes a pointer, record or ignore file may have here."""

_STALE_AFTER = 2.0


_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back SIGINT and SIGTERM until the block is done: its steps are short and belong together."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interrupted() -> bool:
    """Whether a signal is held back that will end the run."""
    return bool(signal.sigpending() & _INTERRUPTS)


@frozen
class Prepared:
    """A new index that lies beside the user's: made from the one with this signature (None: there was none)."""

    made_from: Signature | None


def stage(project: Project, journal: Journal) -> Prepared | None:
    """Write every file of a journal beside its place, the index too, so that later only names change; raises WriteError."""
    for number, change in enumerate(journal.files):
        folder = (project.root / change.path).parent
        make_directories(folder)
        with writing(project.root / change.path):
            mode = existing_mode(project.root / change.path)
            descriptor, _ = create_temp(folder, journal.token, number)
            try:
                write_all(descriptor, _bytes(change.new))
                os.fchmod(descriptor, mode)
                sync_file(descriptor)
            finally:
                os.close(descriptor)
    return _prepare_index(project, dict(journal.index), journal.token) if journal.index else None


def apply(
    project: Project, journal: Journal, *, prepared: Prepared | None = None, recovering: bool = False
) -> list[str]:
    """Carry out a ready journal; returns the files left as they are because somebody changed them meanwhile.

    ``prepared`` is what :func:`stage` gave. Raises RefsMovedError, and PendingConflictError when ``recovering``, before anything has moved where a ref is
    at neither its old nor its new id; IndexLockedError; WriteError.
    """
    if recovering:
        for change in journal.refs:
            _clear_stale_lock(project.git, change, journal_path(project.git.common))
    pending = _pending(project, journal) if recovering else journal.refs
    try:
        project.git.move_refs(
            pending, f"hotpass: {journal.outcome.get('dataset')} {journal.outcome.get('version')}"
        )
    except ToolError:
        # That git was killed, and could not take its locks along.
        for change in pending:
            _clear_stale_lock(project.git, change, journal_path(project.git.common))
        raise
    update_index(project, dict(journal.index), journal.token, prepared)
    return [
        change.path
        for number, change in enumerate(journal.files)
        if not _place(project, journal, number, change)
    ]


def _pending(project: Project, journal: Journal) -> list[RefChange]:
    """The refs that are still at their old ids; raises PendingConflictError where one is at neither."""
    now = {change.name: project.git.ref(change.name) for change in journal.refs}
    for change in journal.refs:
        if now[change.name] not in (change.old, change.new):
            raise PendingConflictError(change.name, change.new)
    return [change for change in journal.refs if now[change.name] != change.new]


def undo(project: Project, journal: Journal) -> bool:
    """Put back the files of an act that failed; False, and nothing is done, where branch or tag are the act's own.

    Where somebody else moved them, the act has moved neither: there is nothing of it to finish.
    """
    if any(project.git.ref(change.name) == change.new for change in journal.refs):
        return False
    for change in journal.files:
        path = project.root / change.path
        if read_small(path, SMALL_FILE) == _bytes(change.new) and change.old != change.new:
            if change.old is None:
                with writing(path):
                    path.unlink()
            else:
                # By the journal's token, so that a kill here leaves nothing that is not swept.
                remove_quietly(path.parent / f"{TEMP_PREFIX}{journal.token}-0.tmp")
                write_whole(path, _bytes(change.old), journal.token)
    return True


def _place(project: Project, journal: Journal, number: int, change: FileChange) -> bool:
    """Give a staged file its name; False where the file there is neither the old nor the new one."""
    path = project.root / change.path
    now = read_small(path, SMALL_FILE)
    if now == _bytes(change.new):
        return True
    if now != (None if change.old is None else _bytes(change.old)):
        return False
    staged = path.parent / f"{TEMP_PREFIX}{journal.token}-{number}.tmp"
    with writing(path):
        if _is_whole(staged, _bytes(change.new)):
            os.replace(staged, path)
            sync_directory(path.parent)
        else:
            remove_quietly(staged)
            make_directories(path.parent)
            write_whole(path, _bytes(change.new), journal.token)
    return True


def _is_whole(staged: Path, data: bytes) -> bool:
    return staged.is_file() and read_small(staged, SMALL_FILE) == data


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def update_index(
    project: Project, entries: dict[str, Oid], token: str, prepared: Prepared | None = None
) -> None:
    """Set the released paths in the user's index, every other entry as it was.

    The new index is made beside the old one and takes git's own lock as a hard link, so that a killed run's lock
    is known by its inode and never mistaken for that of a living git. Raises IndexLockedError.
    """
    index = project.git.index_path()
    if not entries:
        return
    lock, temp = index.with_name("index.lock"), _index_temp(project, token)
    deadline = time.monotonic() + project.lock_timeout
    with writing(index):
        _drop_own_lock(temp, lock)
        while True:
            if prepared is None or prepared.made_from != _signature(index):
                prepared = _prepare_index(project, entries, token)
            if _locked(temp, lock):
                if _signature(index) == prepared.made_from:
                    break
                remove_quietly(lock)
            elif time.monotonic() >= deadline:
                remove_quietly(temp)
                raise IndexLockedError(str(lock))
            else:
                time.sleep(0.05)
        os.replace(lock, index)
        remove_quietly(temp)


def _prepare_index(project: Project, entries: dict[str, Oid], token: str) -> Prepared:
    index, temp = project.git.index_path(), _index_temp(project, token)
    make_directories(project.state)
    with writing(temp):
        remove_quietly(temp)
        before = _signature(index)
        if before is not None:
            shutil.copyfile(index, temp)
            shutil.copymode(index, temp)
            # By its own time git tells which entries were written in the same tick as their files, and looks twice.
            os.utime(temp, ns=(before.mtime, before.mtime))
    project.git.set_index(temp, entries)
    return Prepared(before)


def _index_temp(project: Project, token: str) -> Path:
    return project.state / f"index-{token}"


def drop_index_leftovers(project: Project, token: str) -> None:
    """Remove what a killed run left of its private index and of the lock made from it."""
    temp = _index_temp(project, token)
    _drop_own_lock(temp, project.git.index_path().with_name("index.lock"))
    for leftover in project.state.glob(f"index-{token}*"):
        remove_quietly(leftover)


def _locked(temp: Path, lock: Path) -> bool:
    try:
        os.link(temp, lock)
    except FileExistsError:
        return False
    return True


def _drop_own_lock(temp: Path, lock: Path) -> None:
    if temp.exists() and lock.exists() and os.path.samefile(temp, lock):
        remove_quietly(lock)


def _signature(path: Path) -> Signature | None:
    try:
        return Signature.of(os.stat(path))
    except FileNotFoundError:
        return None


def _clear_stale_lock(git: Git, change: RefChange, journal: Path) -> None:
    """Remove the lock files that a git of the killed run left on a ref, and no others.

    Whoever holds the repository's lock knows that no git of ours lives any more. A lock that holds our new id is
    ours; an empty one is taken to be when it is younger than the journal and nobody has touched it for a while.
    """
    locks = [git.common / f"{change.name}.lock"]
    if change.name.startswith("refs/heads/"):
        locks.append(git.directory / "HEAD.lock")
    for lock in locks:
        deadline = time.monotonic() + _STALE_AFTER
        before = _signature(lock)
        while before is not None:
            content = read_small(lock, 4096)
            if content is not None and content.strip().decode("ascii", "replace") == change.new:
                remove_quietly(lock)
            elif time.monotonic() >= deadline:
                if content == b"" and before.mtime >= os.stat(journal).st_mtime_ns - 1_000_000_000:
                    remove_quietly(lock)
                break
            else:
                time.sleep(0.1)
            now = _signature(lock)
            if now != before:
                break
