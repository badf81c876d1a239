"""The journal: what a run is about to do, written before it does it, so that a killed run is finished or undone.

One file in the common git directory. It is first written as an intent (nothing but temporary files can exist
then) and once more when every new byte lies ready; from then on the run can only be finished.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from hotpass.files import (
    make_directories,
    read_small,
    remove_quietly,
    sync_directory,
    sync_file,
    write_all,
    writing,
)
from hotpass.values import frozen
from hotpass.versioning.errors import DamagedJournalError
from hotpass.versioning.git import RefChange
from hotpass.versioning.gitobjects import Oid

_LIMIT = 64 << 20


@frozen
class FileChange:
    """One small file's move from an old text (None: absent) to a new one."""

    path: str
    old: str | None
    new: str


@frozen
class Journal:
    """One run's plan. Paths are relative to ``worktree``, the root the run works in.

    ``request`` is what was asked for, to recognise the same command; ``outcome`` what will be reported;
    ``folders`` where temporary files of the run may lie.
    """

    token: str
    worktree: str
    request: Mapping[str, Any]
    folders: tuple[str, ...] = ()
    ready: bool = False
    outcome: Mapping[str, Any] = field(default_factory=dict)
    refs: tuple[RefChange, ...] = ()
    index: Mapping[str, Oid] = field(default_factory=dict)
    files: tuple[FileChange, ...] = ()


def journal_path(common: Path) -> Path:
    """Where the journal of a repository is."""
    return common / "hotpass" / "pending.json"


def pending(common: Path) -> bool:
    """Whether a run was left half-done."""
    return journal_path(common).exists()


def write_journal(common: Path, journal: Journal) -> None:
    """Write the journal durably, whole or not at all."""
    path = journal_path(common)
    make_directories(path.parent)
    temp = path.with_name("pending.json.tmp")
    with writing(path):
        # The name is fixed and the folder private to the lock's holder: what a killed run left is replaced.
        descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            write_all(descriptor, json.dumps({"format": 1, **asdict(journal)}).encode())
            sync_file(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temp, path)
        sync_directory(path.parent)


def read_journal(common: Path) -> Journal | None:
    """The journal that an earlier run left, None where there is none; raises DamagedJournalError."""
    path = journal_path(common)
    data = read_small(path, _LIMIT)
    if data is None:
        return None
    try:
        content = json.loads(data)
        if content.pop("format") != 1:
            raise DamagedJournalError(str(path), "another version of Hotpass wrote it")
        return Journal(
            **{
                **content,
                "folders": tuple(content["folders"]),
                "refs": tuple(RefChange(**change) for change in content["refs"]),
                "files": tuple(FileChange(**change) for change in content["files"]),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedJournalError(str(path), "it cannot be read") from error


def drop_unfinished(common: Path) -> None:
    """Remove the draft of a journal that a run was killed over; only for the lock's holder."""
    remove_quietly(journal_path(common).with_name("pending.json.tmp"))


def clear_journal(common: Path) -> None:
    """Remove the journal, the last act of a run."""
    path = journal_path(common)
    with writing(path):
        remove_quietly(path.with_name("pending.json.tmp"))
        path.unlink(missing_ok=True)
    # The run is over and its number reported: an error now would only make the user run it a second time. A
    # journal that comes back after a power cut is found to be done.
    with suppress(OSError):
        sync_directory(path.parent)
