"""What a remote has of releases, what it lacks, and what is nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hotpass.versioning.catalogue import Release
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.released import Contents, Members
from hotpass.versioning.remotes import Held, Remote
from hotpass.versioning.store import ObjectState

SMALL = 1 << 20
"""An object up to this size in bytes is always read back where the remote does not tell its digest."""

_SAMPLE_BYTES = 256 << 20
_SAMPLE_SHARE = 10


@dataclass(frozen=True)
class Look:
    """One release against one remote: all its objects, those to be sent, those that are nowhere."""

    release: Release
    objects: tuple[Md5, ...]
    to_send: tuple[Md5, ...] = ()
    lost: tuple[Md5, ...] = ()
    fault: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether the release cannot be brought back as it is."""
        return bool(self.lost or self.fault)

    @property
    def sentence(self) -> str:
        """What is wrong with it, in words."""
        name = f"{self.release.dataset}@{self.release.version}"
        if self.fault:
            return f"{name}: {self.fault}"
        return f"{name}: {len(self.lost)} object(s), first {self.lost[0]}"


def look_at(
    project: Project, remote: Remote, contents: Sequence[Contents], members: Members, *, empty: bool
) -> list[Look]:
    """Compare releases with a remote by one look; ``empty`` says that there is nothing yet.

    Listings of directories that the store lacks are fetched, for they say what to look for.
    """
    if not empty:
        fetch_listings(project, remote, contents, members)
    needed = {content.release.tag: objects_of(content, members) for content in contents}
    every = list(dict.fromkeys(md5 for objects in needed.values() for md5 in objects or ()))
    held = {} if empty else remote.look(every)
    sizes = {c.pointer.md5: c.pointer.size for c in contents if c.pointer and not c.pointer.is_directory}
    right = {md5: each for md5, each in held.items() if has_right_size(project, md5, each, sizes.get(md5))}
    right = {md5: right[md5] for md5 in right.keys() - set(misread(remote, right))}
    stored = {md5 for md5 in every if md5 not in right and project.store.signature(md5) is not None}
    looks = []
    for content in contents:
        objects = needed[content.release.tag]
        if objects is None:
            fault = content.fault or f"the listing of its files, {content.md5}"
            looks.append(Look(content.release, (), fault=fault))
            continue
        missing = [md5 for md5 in objects if md5 not in right]
        to_send = tuple(md5 for md5 in missing if md5 in stored)
        lost = tuple(md5 for md5 in missing if md5 not in stored)
        looks.append(Look(content.release, objects, to_send, lost, content.fault))
    return looks


def objects_of(content: Contents, members: Members) -> tuple[Md5, ...] | None:
    """Everything a release needs; None where its pointer or listing cannot be read."""
    return members.of(content.pointer.md5) if content.pointer is not None else None


def fetch_listings(project: Project, remote: Remote, contents: Iterable[Contents], members: Members) -> None:
    """Bring the listings that the store lacks or holds damaged."""
    wanted = {
        content.pointer.md5
        for content in contents
        if content.pointer is not None and members.of(content.pointer.md5) is None
    }
    if wanted:
        remote.fetch(project.store, sorted(wanted))
        members.forget(wanted)


def has_right_size(project: Project, md5: Md5, held: Held, told: int | None = None) -> bool:
    """Whether an object on a remote is as long as the one in the store; as ``told`` where that is none, or damaged."""
    signature = project.store.signature(md5)
    if signature is not None:
        if held.size == signature.size:
            return True
        # Which of the two is wrong is seen in their bytes: a good remote is not to be called lost.
        if project.store.check(md5) is ObjectState.PRESENT:
            return False
    return told is None or held.size == told


def misread(remote: Remote, held: Mapping[Md5, Held], *, deep: bool = False) -> list[Md5]:
    """Those of these objects whose bytes on the remote are not those of their names.

    Read are all small ones whose digest the remote does not tell, and a sample of large ones; with ``deep`` all. A
    digest that is not the name's is of encrypted bytes where the remote tells only such; elsewhere the object is read.
    """
    doubtful = {md5: each for md5, each in held.items() if deep or each.md5 != md5.removesuffix(".dir")}
    meant = len(doubtful) < len(held)
    chosen = {
        md5: each
        for md5, each in doubtful.items()
        if deep or each.size <= SMALL or (meant and each.md5 is not None)
    }
    large = sorted(doubtful.keys() - chosen.keys())
    room = _SAMPLE_BYTES
    for md5 in secrets.SystemRandom().sample(large, -(-len(large) // _SAMPLE_SHARE)):
        if doubtful[md5].size <= room:
            chosen[md5] = doubtful[md5]
            room -= doubtful[md5].size
    digests = remote.digests(chosen) if chosen else {}
    return [md5 for md5, digest in digests.items() if digest != md5.removesuffix(".dir")]
