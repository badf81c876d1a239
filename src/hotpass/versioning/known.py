"""What is remembered of publishing, in the git common directory: remotes that were there, tags that were seen.

``known/releases.json`` holds, by tag, the tag's object when it was last seen, and where and when its data was found on
a remote; by remote, the id that a file on it carries. It may be deleted: then everything is looked at again.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotpass.files import Signature, is_temp_name, make_directories, read_small, remove_quietly, write_whole
from hotpass.versioning.errors import TagMovedError
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.project import Project

_LIMIT = 64 << 20
_FORMAT = 1


@dataclass(frozen=True)
class Sighting:
    """When a release was looked for on a remote, and whether all of it was there.

    ``remote`` is the id of the remote, ``name`` its name then; ``date`` is UTC, ISO 8601; ``pushed`` tells whether its
    tag was on the git server.
    """

    remote: str
    name: str
    date: str
    complete: bool
    pushed: bool = False


@dataclass
class Known:
    """Tags → object seen; tags → the last look at a remote; remotes' addresses → the id they carry."""

    tags: dict[str, Oid] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    remotes: dict[str, str] = field(default_factory=dict)

    def is_published(self, tag: str, object_id: Oid, remote: str) -> bool:
        """Whether a tag, as it stands, was published with its data on the remote of an id."""
        seen = self.sightings.get(tag)
        return (
            seen is not None
            and seen.complete
            and seen.pushed
            and seen.remote == remote
            and self.tags.get(tag) == object_id
        )


def read_known(common: Path) -> Known:
    """What is remembered, not to be changed; nothing where the file is gone or damaged."""
    place = _place(common)
    try:
        signature = Signature.of(os.stat(place))
    except OSError:
        return Known()
    return _read(place, signature)


@lru_cache(maxsize=1)
def _read(place: Path, _signature: Signature) -> Known:
    try:
        data = read_small(place, _LIMIT)
        return _parsed(json.loads(data)) if data is not None else Known()
    except Exception:  # noqa: BLE001  # a memory that cannot be read is none; everything is looked at again
        return Known()


def check_unmoved(project: Project, tag: str, object_id: Oid) -> None:
    """Raise TagMovedError where a tag is not the one that was seen before: nothing is taken from it."""
    seen = read_known(project.git.common).tags.get(tag)
    if seen is not None and seen != object_id:
        raise TagMovedError(tag, seen, object_id)


@contextmanager
def changing_known(project: Project) -> Iterator[Known]:
    """Read what is remembered, and write it back changed; others wait that long. Raises WriteError, LockedError."""
    place = _place(project.git.common)
    make_directories(place.parent)
    with folder_lock(place.parent, "publish", project.lock_timeout):
        clear_temps(place.parent)
        known = copy.deepcopy(read_known(project.git.common))
        before = _rendered(known)
        yield known
        after = _rendered(known)
        if after != before:
            write_whole(place, after, project.token)


def clear_temps(folder: Path) -> None:
    """Remove what killed runs left in a folder of which the lock is held: nobody else writes there."""
    for leftover in folder.iterdir():
        if is_temp_name(leftover.name):
            remove_quietly(leftover)


def address_key(address: str) -> str:
    """What a remote's address is remembered by; the address itself may hold a secret."""
    return hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def now() -> str:
    """The time as it is written down."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(common: Path) -> Path:
    return common / "hotpass" / "known" / "releases.json"


def _rendered(known: Known) -> bytes:
    content = {
        "format": _FORMAT,
        "tags": known.tags,
        "sightings": {tag: asdict(seen) for tag, seen in known.sightings.items()},
        "remotes": known.remotes,
    }
    return json.dumps(content, sort_keys=True, indent=0).encode()


def _parsed(content: Any) -> Known:
    if content["format"] != _FORMAT:
        raise ValueError("another format")
    return Known(
        {str(tag): Oid(str(oid)) for tag, oid in content["tags"].items()},
        {str(tag): Sighting(**seen) for tag, seen in content["sightings"].items()},
        {str(key): str(remote) for key, remote in content["remotes"].items()},
    )
