"""Give an old version back: every byte proved before it gets its name, nothing unsaved overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from hotpass.errors import HotpassError
from hotpass.files import Signature, make_directories, md5_of
from hotpass.values import frozen
from hotpass.versioning.catalogue import Release
from hotpass.versioning.changes import uninterrupted
from hotpass.versioning.content import digests, identify, listing, listing_md5, look
from hotpass.versioning.errors import (
    BadTargetError,
    TargetExistsError,
    UnsavedError,
)
from hotpass.versioning.git import NO_OBJECT
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.pointer import ListedFile, Md5, Pointer, render_pointer
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.reading import fetch, released_dataset
from hotpass.versioning.recovery import carry_out, carrying_out, file_changes, forget, recover
from hotpass.versioning.scan import Scan
from hotpass.versioning.seen import clock
from hotpass.versioning.store import ObjectState
from hotpass.versioning.swapping import (
    arrived,
    carry_over,
    check_untouched,
    prepare,
    write_directory,
    write_file,
)
from hotpass.versioning.version import ZERO, release_ref
from hotpass.versioning.wanted import Wanted


@frozen
class Restored:
    """What a restore put where. ``kept`` names the unsaved data that was stored first (``--force``)."""

    dataset: str
    version: str
    path: str
    md5: str
    size: int | None
    files: int | None
    already: bool = False
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@frozen
class _Source:
    """A release's pointer and record as its commit holds them."""

    release: Release
    dataset: Dataset
    record: str | None
    notes: tuple[str, ...] = ()


Announce = Callable[[Restored], None]


def restore(
    project: Project, name: str, wanted: Wanted, announce: Announce, *, force: bool = False
) -> Restored:
    """Put data, pointer and record of a release into the work tree; index and HEAD stay.

    Raises UnknownVersionError, UnsavedError where the data there is nowhere in the store (``force`` stores it
    first), LostError and RemoteUnusableError where bytes cannot be had, UnsafeFileError, WriteError. The data is
    as it was before or as it was released, file by file.
    """
    project.require_dvc()
    project.store.check_private()
    request: dict[str, Any] = {"action": "restore", "dataset": name, "version": str(wanted)}
    with repository_lock(project.git.common, "restore", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, request) is not None:
            forget(project)
        source = _source(project, name, wanted)
        path = source.dataset.path
        notes = (*source.notes, *_draft_note(project, source))
        found = look(project, path)
        loose = digests(project, found)[1] if found is not None else []
        if loose and not force:
            raise UnsavedError(path, tuple(loose))
        folders = (str(PurePosixPath(path).parent), path)
        with (
            dvc_lock(project.root, project.lock_timeout, path),
            carrying_out(project, request, folders) as journal,
        ):
            kept = _keep(project, found, loose) if found is not None else ()
            members = _members(project, source)
            swap = prepare(project, path, found, members, directory=source.dataset.whole.is_directory)
            texts = {source.dataset.pointer_path: source.dataset.text}
            if source.record is not None:
                texts = {source.dataset.record_path: source.record, **texts}
            changes = tuple(file_changes(project, texts))
            already = not swap.changes and not changes
            restored = _restored(source, path, kept, notes, already=already)
            facts = {"dataset": name, "version": restored.version}
            with uninterrupted():
                check_untouched(project, path, found, swap.here)
                renamed = clock(project.state)
                carry_over(project, path, swap)
                carry_out(project, replace(journal, files=changes, outcome=facts))
                announce(restored)
        # It is restored, and said; what somebody does to the data from now on is for the next run to find.
        with suppress(HotpassError):
            if (done := look(project, path)) is not None:
                identify(project, done, arrived(swap, done, renamed))
    return restored


def restore_to(
    project: Project,
    name: str,
    wanted: Wanted | None,
    target: Path,
    announce: Announce,
    *,
    force: bool = False,
) -> Restored:
    """Write a release's data to a path of the user's choice; the work tree's dataset stays as it is.

    Without ``wanted`` it is the data of the version in the work tree's pointer, which may be a draft.

    An existing file there is overwritten only with ``force``, and stored first; an existing directory that is
    not empty is refused with TargetExistsError. Where exactly the release's data is there, nothing is to be done.
    """
    project.require_dvc()
    project.store.check_private()
    target = Path(os.path.abspath(target))
    if {".git", ".dvc"} & set(target.parts):
        raise BadTargetError(str(target))
    request: dict[str, Any] = {
        "action": "restore",
        "dataset": name,
        "version": str(wanted or ""),
        "to": str(target),
    }
    with repository_lock(project.git.common, "restore", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, request) is not None:
            forget(project)
        source = _source(project, name, wanted) if wanted is not None else _drafted(project, name)
        if _holds(target, source.dataset.whole):
            restored = _restored(source, str(target), (), source.notes, already=True)
            announce(restored)
            return restored
        directory = source.dataset.whole.is_directory
        _check_target(target, directory=directory, force=force)
        with carrying_out(project, request, (str(target.parent),)):
            members = _members(project, source)
            kept = _keep_target(project, target)
            make_directories(target.parent)
            if directory:
                write_directory(project, target, members)
            else:
                write_file(project, target, members[0].md5)
            restored = _restored(source, str(target), kept, source.notes)
            announce(restored)
    return restored


def _holds(target: Path, pointer: Pointer) -> bool:
    """Whether exactly the release's data is at a path: a run that was killed after its last step had put it there."""
    if not pointer.is_directory:
        same = target.is_file() and not target.is_symlink() and target.stat().st_size == pointer.size
        return same and md5_of(target) == pointer.md5
    if not target.is_dir() or target.is_symlink():
        return False
    found = list(target.rglob("*"))
    files = [path for path in found if path.is_file() and not path.is_symlink()]
    folders = [path for path in found if path.is_dir() and not path.is_symlink()]
    if len(files) + len(folders) != len(found) or len(files) != pointer.files:
        return False
    listed = [ListedFile(path.relative_to(target).as_posix(), Md5(md5_of(path))) for path in files]
    return listing_md5(listed) == pointer.md5


def _check_target(target: Path, *, directory: bool, force: bool) -> None:
    """Raise TargetExistsError where something is there that may not be overwritten."""
    if not os.path.lexists(target):
        return
    if target.is_dir() and not target.is_symlink():
        if not directory or any(target.iterdir()):
            raise TargetExistsError(str(target), "a directory")
    elif directory or not force or target.is_symlink() or not target.is_file():
        raise TargetExistsError(str(target), "a file")


def _keep_target(project: Project, target: Path) -> tuple[str, ...]:
    """Store a file of the user's before it is overwritten, and say under which name."""
    if not target.is_file():
        return ()
    stored = project.store.put(target, Signature.of(os.stat(target)))
    return (f"{target} was {project.store.locate(stored.md5)}",)


def _restored(
    source: _Source, path: str, kept: tuple[str, ...], notes: tuple[str, ...], *, already: bool = False
) -> Restored:
    pointer = source.dataset.whole
    version = str(source.release.version)
    return Restored(
        source.release.dataset, version, path, pointer.md5, pointer.size, pointer.files, already, kept, notes
    )


def _source(project: Project, name: str, wanted: Wanted) -> _Source:
    """Find a release's pointer in its commit; raises TagDisagreesError where tag and pointer do not agree."""
    catalogue = open_catalogue(project, name)
    release = catalogue.pick(wanted)
    why = catalogue.why_withdrawn(release)
    notes = (f"{name} {release.version} is withdrawn: {why}",) if why else ()
    dataset = released_dataset(project, release)
    pointer = dataset.whole
    record = project.git.blob(release.commit, dataset.record_path)
    text = None if record is None else record.decode("utf-8", "surrogateescape")
    here = next((d for d in project.datasets() if d.name == name and d.pointer is not None), None)
    if here is not None and here.pointer_path != dataset.pointer_path:
        # The dataset has moved since: its data goes where it is now.
        moved = replace(pointer, path=here.whole.path)
        dataset = Dataset(name, here.pointer_path, render_pointer(moved), moved)
    return _Source(release, dataset, text, notes)


def _drafted(project: Project, name: str) -> _Source:
    """What the work tree's pointer names, as if it were a release."""
    dataset = project.dataset(name)
    version = dataset.whole.version or ZERO
    return _Source(Release(name, version, "", NO_OBJECT, NO_OBJECT, "", "", ""), dataset, None)


def _members(project: Project, source: _Source) -> list[ListedFile]:
    """The files of a release; the objects that the store does not have are fetched. Raises LostError."""
    pointer = source.dataset.whole
    if not pointer.is_directory:
        members = [ListedFile("", pointer.md5)]
    else:
        if project.store.check(pointer.md5) is not ObjectState.PRESENT:
            fetch(project, source.release, [pointer.md5])
        members = listing(project, pointer.md5)
    missing = {member.md5 for member in members if project.store.signature(member.md5) is None}
    if missing:
        fetch(project, source.release, sorted(missing))
    return members


def _draft_note(project: Project, source: _Source) -> tuple[str, ...]:
    """Say what the pointer names now, where nothing else does: a draft that was not released."""
    here = project.load(source.dataset.pointer_path).pointer
    if here is None or here.version is None or here.version == source.release.version:
        return ()
    if project.git.ref(release_ref(source.release.dataset, here.version)) != NO_OBJECT:
        return ()
    return (f"the draft {here.version} that stood here has the bytes {here.md5}; they stay in the store",)


def _keep(project: Project, found: Scan, loose: list[str]) -> tuple[str, ...]:
    """Store unsaved files before they are overwritten, and say under which name."""
    signatures = {file.relpath: file.signature for file in found.files}
    kept = []
    for relpath in loose:
        stored = project.store.put(found.locate(relpath), signatures[relpath])
        kept.append(f"{project.relative(found.locate(relpath))} was {project.store.locate(stored.md5)}")
    return tuple(kept)
