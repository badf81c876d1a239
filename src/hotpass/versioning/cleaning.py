"""Find objects that no release and no work tree needs, and remove them where the user says so. It cannot eat a release.

What is needed follows from :mod:`hotpass.versioning.needs` and from the server's tags, which must all be here. Where
others may keep objects, too (a remote, a store outside the repository), only what a commit of this repository has
named is ever removed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import HotpassError, RefusedError, RemoteError
from hotpass.files import sync_directory, writing
from hotpass.versioning.content import listing
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.needs import listings, named_ever, named_now
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.recording import load_record
from hotpass.versioning.recovery import forget, recover
from hotpass.versioning.remotes import fetch_objects, open_remote
from hotpass.versioning.servertags import ask_servers, check_unmoved
from hotpass.versioning.store import Store

_FOLDER = re.compile(r"[0-9a-f]{2}")
_FILE = re.compile(r"[0-9a-f]{30}(\.dir)?")


class MissingTagsError(RefusedError):
    """The tags from which it follows what is needed are not all here."""

    where: str
    count: int
    first: str

    def __str__(self) -> str:
        more = f" and {self.count - 1} more" if self.count > 1 else ""
        return (
            f"{self.where} has the tag {self.first}{more}, which this clone lacks: what it needs is not known"
        )

    @property
    def hint(self) -> str:
        """How to have them."""
        return f"git fetch --tags {self.where}"


class ShallowCloneError(RefusedError):
    """A clone lacks the history from which it follows what is needed."""

    root: str

    def __str__(self) -> str:
        return f"{self.root} is a shallow clone: what its releases need is not known"

    @property
    def hint(self) -> str:
        """How to have the history."""
        return "git fetch --tags --unshallow"


class UnseenBranchError(RefusedError):
    """A branch on the server is not known here as it is there."""

    remote: str
    branch: str

    def __str__(self) -> str:
        return f"{self.remote} has news of the branch {self.branch}: what it needs is not known"

    @property
    def hint(self) -> str:
        """How to know it."""
        return f"git fetch {self.remote}"


class UnknownNeedsError(RefusedError):
    """What a directory needs cannot be told: its listing is neither in the store nor on the remote."""

    md5: str
    reason: str

    def __str__(self) -> str:
        return f"what {self.md5} needs cannot be told, so nothing is removed: {self.reason}"

    @property
    def hint(self) -> str:
        """Where to look."""
        return "hotpass verify says which release it belongs to"


@dataclass(frozen=True)
class Unneeded:
    """An object that nothing needs: its name, size in bytes, and when it was stored (seconds since 1970, if known)."""

    md5: str
    size: int
    stored: float | None = None


@dataclass(frozen=True)
class Cleaned:
    """What a look at a place found. ``needed`` objects stay, ``others`` may be another project's and stay, too."""

    place: str
    unneeded: tuple[Unneeded, ...]
    needed: int
    others: int
    removed: bool

    @property
    def size(self) -> int:
        """Bytes in all unneeded objects."""
        return sum(one.size for one in self.unneeded)


Announce = Callable[[Cleaned], None]


def clean_store(project: Project, announce: Announce, *, remove: bool = False) -> Cleaned:
    """Look for objects in the store that nothing needs, and with ``remove`` remove them.

    Raises ShallowCloneError, MissingTagsError where the server has tags that are not here, TagMovedError,
    GitServerError, UnseenWorktreeError, UnknownNeedsError, WriteError.
    """
    project.require_dvc()
    with repository_lock(project.git.common, "clean", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, {"action": "clean"}) is not None:
            forget(project)
        check_history(project)
        with dvc_lock(project.root, project.lock_timeout):
            needed, known = wanted_objects(project)
            present = dict(_stored(project.store))
            # A link may lead to a store that others use, wherever its name stands.
            place = Path(os.path.realpath(project.store.objects))
            shared = Path(os.path.realpath(project.root)) not in place.parents
            unneeded, others = sort_out(present, needed, known if shared else None)
            objects = tuple(Unneeded(md5, present[md5].st_size, present[md5].st_mtime) for md5 in unneeded)
            if remove:
                _remove(project.store, unneeded)
            kept = len(present) - len(unneeded) - others
            cleaned = Cleaned(str(project.store.cache), objects, kept, others, remove)
            announce(cleaned)
    return cleaned


def clean_remote(project: Project, announce: Announce, *, remove: bool = False) -> Cleaned:
    """Look for objects on the remote that nothing needs, and with ``remove`` remove them.

    Another project may keep objects there, and a colleague's clone may name some that were never committed here: only
    what a commit of this repository has named is ours to remove. Raises what :func:`clean_store` raises,
    UnseenBranchError where the server has a branch that is not here as it is there, RemoteUnusableError.
    """
    project.require_dvc()
    with repository_lock(project.git.common, "clean", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, {"action": "clean"}) is not None:
            forget(project)
        check_history(project, branches=True)
        needed, known = wanted_objects(project)
        remote = open_remote(project)
        held = remote.list_objects()
        unneeded, others = sort_out(held, needed, known)
        if remove and unneeded:
            # Somebody may have published meanwhile.
            check_history(project, branches=True)
            remote.remove([md5 for md5 in unneeded if md5.endswith(".dir")])
            remote.remove([md5 for md5 in unneeded if not md5.endswith(".dir")])
        objects = tuple(Unneeded(md5, held[md5].size) for md5 in unneeded)
        kept = len(held) - len(unneeded) - others
        cleaned = Cleaned(f"{remote.name} ({remote.address})", objects, kept, others, remove)
        announce(cleaned)
    return cleaned


def check_history(project: Project, *, branches: bool = False) -> None:
    """Raise ShallowCloneError, MissingTagsError or TagMovedError where what needs follow from is not all here.

    With ``branches`` also UnseenBranchError for a branch on a server that is not known here as it is there.
    """
    if project.git.is_shallow():
        raise ShallowCloneError(str(project.root))
    here = {tag.name: tag.object for tag in project.git.tags()}
    tips = set(project.git.ref_trees().values()) if branches else set()
    for server in ask_servers(project):
        there = {ref.removeprefix("refs/tags/") for ref in server.refs if ref.startswith("refs/tags/")}
        if missing := sorted(there - here.keys()):
            raise MissingTagsError(server.name, len(missing), missing[0])
        check_unmoved(here, server)
        for ref, oid in sorted(server.refs.items()) if branches else ():
            if ref.startswith("refs/heads/") and oid not in tips:
                raise UnseenBranchError(server.name, ref.removeprefix("refs/heads/"))
    for dataset in project.datasets():
        record, _ = load_record(project, dataset)
        if record is not None and record.tag and record.tag not in here:
            raise MissingTagsError("the record of " + dataset.name, 1, record.tag)


def wanted_objects(project: Project) -> tuple[set[Md5], set[Md5]]:
    """What is needed now, and what this repository has ever named, members of directories included.

    Raises UnknownNeedsError for a needed directory whose listing is nowhere to be had.
    """
    needed, ever = named_now(project), named_ever(project)
    missing = [md5 for md5 in sorted(listings(needed)) if project.store.signature(md5) is None]
    if missing:
        try:
            lost = fetch_objects(project, missing)
        except RemoteError:
            raise
        except HotpassError as error:
            raise UnknownNeedsError(missing[0], str(error)) from error
        if lost:
            raise UnknownNeedsError(lost[0], "its listing is neither in the store nor on the remote")
    for md5 in listings(needed):
        try:
            needed |= {member.md5 for member in listing(project, md5)}
        except HotpassError as error:
            raise UnknownNeedsError(md5, str(error)) from error
    for md5 in listings(ever):
        try:
            ever |= {member.md5 for member in listing(project, md5)}
        except HotpassError:
            # Its members are not known to be ours, then, and stay.
            continue
    return needed, ever | needed


def sort_out(present: Iterable[Md5], needed: set[Md5], known: set[Md5] | None) -> tuple[tuple[Md5, ...], int]:
    """The objects that may go, sorted, and how many stay because they may be somebody else's.

    ``known`` are those that are this project's; None: all are.
    """
    unneeded = sorted(set(present) - needed)
    ours = [md5 for md5 in unneeded if known is None or md5 in known]
    return tuple(ours), len(unneeded) - len(ours)


def _stored(store: Store) -> Iterable[tuple[Md5, os.stat_result]]:
    """Every object of the store, with what the file system says of it; other files are not ours to touch."""
    if not store.objects.is_dir():
        return
    for folder in os.scandir(store.objects):
        if _FOLDER.fullmatch(folder.name) is None or not folder.is_dir(follow_symlinks=False):
            continue
        for file in os.scandir(folder.path):
            status = file.stat(follow_symlinks=False)
            if _FILE.fullmatch(file.name) and stat.S_ISREG(status.st_mode):
                yield Md5(folder.name + file.name), status


def _remove(store: Store, md5s: Iterable[Md5]) -> None:
    """Remove objects: listings first, so that no directory is left that lacks members it speaks of."""
    folders: set[Path] = set()
    for md5 in sorted(md5s, key=lambda one: (not one.endswith(".dir"), one)):
        place = store.locate(md5)
        with writing(place):
            place.unlink(missing_ok=True)
        folders.add(place.parent)
    for folder in folders:
        with writing(folder):
            sync_directory(folder)
