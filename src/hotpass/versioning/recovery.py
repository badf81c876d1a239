"""Finish or undo what a killed run left, before anything new begins."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from hotpass.errors import IntegrityError, RefusedError
from hotpass.files import read_small, remove_quietly
from hotpass.values import frozen
from hotpass.versioning.changes import (
    SMALL_FILE,
    apply,
    drop_index_leftovers,
    interrupted,
    stage,
    undo,
    uninterrupted,
)
from hotpass.versioning.content import capture, identify, is_stored, look
from hotpass.versioning.errors import ChangedWhileReadingError, LostError
from hotpass.versioning.git import Git
from hotpass.versioning.journal import (
    FileChange,
    Journal,
    clear_journal,
    drop_unfinished,
    read_journal,
    write_journal,
)
from hotpass.versioning.lock import dvc_lock
from hotpass.versioning.pointer import parse_md5
from hotpass.versioning.project import Project


@frozen
class Recovered:
    """A run that was finished now. ``same`` tells whether it was the very request of the present run."""

    outcome: Mapping[str, Any]
    same: bool
    left: tuple[str, ...]


def recover(project: Project, request: Mapping[str, Any]) -> Recovered | None:
    """Finish a run whose new bytes lay ready, undo any other; None where nothing was to be finished.

    The journal of a finished run stays until :func:`forget`, so that its number is reported first. Raises
    PendingConflictError where branch or tag have gone elsewhere since: the journal is kept for a person to see.
    Raises LostError where the bytes of a release that is already tagged were removed meanwhile.
    """
    journal = read_journal(project.git.common)
    if journal is None:
        drop_unfinished(project.git.common)
        return None
    home = _home(project, journal)
    if home is None or not journal.ready:
        if home is not None:
            sweep(home, journal)
        clear_journal(project.git.common)
        return None
    drop_index_leftovers(home, journal.token)
    with _dvc_kept_out(home, journal):
        stocked = _restock(home, journal)
        unmoved = all(home.git.ref(change.name) == change.old for change in journal.refs)
        if not stocked and unmoved and undo(home, journal):
            # Nobody has seen the number yet, and a release without its bytes must not come to be.
            sweep(home, journal)
            clear_journal(project.git.common)
            return None
        with uninterrupted():
            left = apply(home, journal, recovering=True)
    sweep(home, journal)
    if not stocked:
        clear_journal(project.git.common)
        facts = journal.outcome
        raise LostError(str(facts["dataset"]), str(facts.get("version")), 1, str(facts["md5"]))
    here = home.root == project.root
    return Recovered(journal.outcome, here and dict(journal.request) == dict(request), tuple(left))


def _restock(project: Project, journal: Journal) -> bool:
    """Have the store hold what the killed run stored; False where neither it nor the work tree has the bytes.

    Between the kill and now nothing named the new objects, so a ``dvc gc`` may have removed them.
    """
    path, md5 = journal.outcome.get("path"), parse_md5(journal.outcome.get("md5"))
    if path is None or md5 is None:
        return True
    project.store.clear_temps(journal.token)
    try:
        if is_stored(project, md5):
            return True
        found = look(project, path)
        if found is None or identify(project, found).md5 != md5:
            return False
        return capture(project, found).md5 == md5
    except (IntegrityError, RefusedError):
        return False


def _dvc_kept_out(project: Project, journal: Journal) -> AbstractContextManager[None]:
    """DVC's lock, for an act that names objects, where there still is a DVC project."""
    path = journal.outcome.get("path")
    if path is None or not (project.root / ".dvc" / "config").is_file():
        return nullcontext()
    return dvc_lock(project.root, project.lock_timeout, str(path))


def forget(project: Project) -> None:
    """Remove the journal after its outcome was reported."""
    clear_journal(project.git.common)


def sweep(project: Project, journal: Journal) -> None:
    """Remove a run's temporary files wherever it may have made them."""
    drop_index_leftovers(project, journal.token)
    project.store.clear_temps(journal.token)
    for folder in journal.folders:
        # A folder outside the repository is named by its whole path, which the root before it leaves as it is.
        for leftover in (project.root / folder).glob(f".hotpass-{journal.token}-*.tmp"):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                remove_quietly(leftover)
    for leftover in (project.git.common / "hotpass").glob(f"*-{journal.token}*"):
        if leftover.is_file():
            remove_quietly(leftover)


@contextmanager
def carrying_out(project: Project, request: Mapping[str, Any], folders: tuple[str, ...]) -> Iterator[Journal]:
    """Hold a journal open around an act, and clear it when the act is done.

    An act that fails is undone, unless it has moved branch or tag: then the journal stays, for the next run to
    finish. The act itself replaces the journal by one that is ready (:func:`carry_out`). An interrupt that had to
    wait until the act was done takes nothing back: the journal stays, so that the same command again reports the
    same number.
    """
    intent = Journal(project.token, str(project.root), request, folders)
    write_journal(project.git.common, intent)
    try:
        yield intent
    except BaseException as error:
        with uninterrupted():
            journal = read_journal(project.git.common) or intent
            if journal.ready and not isinstance(error, Exception):
                sweep(project, journal)
            elif undo(project, journal):
                sweep(project, journal)
                clear_journal(project.git.common)
        raise
    with uninterrupted():
        sweep(project, intent)
        if not interrupted():
            clear_journal(project.git.common)


def file_changes(
    project: Project, texts: Mapping[str, str], before: Mapping[str, str] | None = None
) -> list[FileChange]:
    """The changes that bring these texts to these paths, in this order; what is already so is left out.

    ``before`` are the texts, empty where there was no file, from which some of the new ones were made. Raises
    ChangedWhileReadingError where somebody has written to one since: the change would be undone.
    """
    changes = []
    for path, text in texts.items():
        data = read_small(project.root / path, SMALL_FILE)
        old = None if data is None else data.decode("utf-8", "surrogateescape")
        if before is not None and path in before and (old or "") != before[path]:
            raise ChangedWhileReadingError(path)
        if old != text:
            changes.append(FileChange(path, old, text))
    return changes


def carry_out(project: Project, journal: Journal) -> list[str]:
    """Stage, note as ready, and carry out an act in one uninterrupted go; see :func:`apply` for the result."""
    with uninterrupted():
        prepared = stage(project, journal)
        write_journal(project.git.common, replace(journal, ready=True))
        return apply(project, journal, prepared=prepared)


def _home(project: Project, journal: Journal) -> Project | None:
    """The project of the worktree in which the run was, None where that worktree is gone."""
    root = Path(journal.worktree)
    if root == project.root:
        return Project(project.git, project.lock_timeout, journal.token)
    if not root.is_dir():
        return None
    git = Git.find(root)
    if git.common != project.git.common:
        return None
    return Project(git.holding(*project.git.keep), project.lock_timeout, journal.token)
