"""Which objects anything in a repository still names: every ref, every work tree, every index. Too many, never too few.

Pointers and DVC's lock files are searched for whatever looks like an md5, so that a form that is not understood here
(several outs, a newer DVC) keeps its objects, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hotpass.errors import ReadError, RefusedError
from hotpass.files import read_small
from hotpass.versioning.catalogue import parse_message
from hotpass.versioning.errors import DamagedPointerError
from hotpass.versioning.git import Git
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.pointer import Md5, parse_md5, parse_pointer
from hotpass.versioning.project import Project
from hotpass.versioning.store import Store

_NAMED = re.compile(rb"(?<![0-9a-f])([0-9a-f]{32})(\.dir)?(?![0-9a-f])")
_ENDS = (".dvc", "dvc.lock", "dvc.yaml")
_LIMIT = 64 << 20
_OURS = frozenset([".git", ".dvc"])


class UnseenWorktreeError(RefusedError):
    """A work tree of the repository cannot be looked at."""

    path: str

    def __str__(self) -> str:
        return f"the work tree {self.path} cannot be looked at, so what it needs is not known"

    @property
    def hint(self) -> str:
        """What to do about it."""
        return "mount it, or if it is gone for good: git worktree prune"


def named_now(project: Project) -> set[Md5]:
    """Every object that a ref, a work tree or an index names; members of directories are not among them.

    Raises UnseenWorktreeError, DamagedPointerError for a pointer in a work tree that names nothing (what it named is
    not known), ReadError.
    """
    found: set[Md5] = set()
    blobs: set[Oid] = set()
    trees = set(project.git.ref_trees().values()) | project.git.stashed()
    for place, head in project.git.worktrees():
        if not (place / ".git").exists():
            raise UnseenWorktreeError(str(place))
        found |= _on_disk(place, project.store)
        git = project.git if place == project.root else Git.find(place)
        blobs |= {oid for path, _, oid in git.index_files() if _names_objects(path)}
        trees |= {head} if head else set()
    for tree in trees:
        blobs |= {oid for path, oid in project.git.tree_files(tree).items() if _names_objects(path)}
    found |= _in_blobs(project.git, blobs)
    for tag in project.git.tags():
        md5 = parse_message(tag.message)[1].get("Md5", "")
        found |= set(md5s_in(md5.encode()))
    return found


def named_ever(project: Project) -> set[Md5]:
    """Every object that any commit has named; members of directories are not among them."""
    blobs = {oid for oid, path in project.git.history_blobs().items() if _names_objects(path)}
    return _in_blobs(project.git, blobs)


def md5s_in(data: bytes) -> Iterator[Md5]:
    """Whatever in a file looks like the name of an object."""
    for digits, suffix in _NAMED.findall(data):
        yield Md5((digits + suffix).decode())
    try:
        # A md5 may be written in a way that only YAML understands.
        yield parse_pointer(data.decode("utf-8")).md5
    except (DamagedPointerError, UnicodeDecodeError):
        return


def _in_blobs(git: Git, oids: set[Oid]) -> set[Md5]:
    found: set[Md5] = set()
    names = sorted(oids)
    for name, data in zip(names, git.blobs(names), strict=True):
        if data is None:
            raise ReadError(name, "git has no such blob")
        found |= set(md5s_in(data))
    return found


def listings(md5s: Iterable[Md5]) -> set[Md5]:
    """Those of these objects that are listings of directories."""
    return {md5 for md5 in md5s if md5.endswith(".dir")}


def _names_objects(path: str) -> bool:
    return path.endswith(_ENDS)


def _on_disk(top: Path, store: Store) -> set[Md5]:
    """What the pointers in a work tree name, ignored ones, nested projects and experiments at work included.

    A file that is a link into the store needs its object, whatever its pointer says: it has no bytes of its own.
    """
    found: set[Md5] = set()
    for start in (top, top / ".dvc" / "tmp" / "exps"):
        for folder, folders, names in os.walk(start):
            folders[:] = [name for name in folders if name not in _OURS]
            for name in names:
                place = Path(folder, name)
                if place.is_symlink():
                    found |= _linked(place, store)
                if _names_objects(name):
                    found |= _in_file(top, place)
    return found


def _in_file(top: Path, place: Path) -> set[Md5]:
    data = read_small(place, _LIMIT, follow=True) or b""
    here = set(md5s_in(data))
    if place.name.endswith(".dvc") and not here and b"deps:" not in data:
        raise DamagedPointerError(str(place.relative_to(top)), "it names no data")
    return here


def _linked(place: Path, store: Store) -> set[Md5]:
    target = Path(os.path.realpath(place))
    if target.parent.parent != Path(os.path.realpath(store.objects)):
        return set()
    md5 = parse_md5(target.parent.name + target.name)
    return {md5} if md5 else set()
