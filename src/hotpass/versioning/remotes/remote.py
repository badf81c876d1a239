"""What every remote can be asked, whatever it is made of."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hotpass.versioning.errors import RemoteUnusableError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.store import Store

FEW = 16
"""Up to so many objects are asked for one by one; more are found in one listing of the remote."""

_FOLDER = re.compile(r"[0-9a-f]{2}")
_FILE = re.compile(r"[0-9a-f]{30}(\.dir)?")


@dataclass(frozen=True, slots=True)
class Held:
    """An object that a remote has: its size in bytes, and its md5 where the remote itself tells it."""

    size: int
    md5: str | None = None


@dataclass
class Transfer:
    """What became of objects that were to be moved.

    ``missing`` are those that the side they should come from does not have, ``damaged`` those whose bytes there are
    not those of their name; neither was moved.
    """

    done: list[Md5] = field(default_factory=list)
    missing: list[Md5] = field(default_factory=list)
    damaged: list[Md5] = field(default_factory=list)
    size: int = 0


class Remote(ABC):
    """A DVC remote of a project, open. ``address`` is for people, secrets masked.

    Every method raises RemoteUnusableError or one of its kind (7) where the remote cannot be asked, refuses or does
    not answer in time, so that what is said to be missing is missing; so does one whose own folder is gone where
    objects are looked for. Objects get their names only when whole. ``lists`` is False for a server without listings,
    ``reads_are_cheap`` True where reading a small file costs no more than looking at it.
    """

    lists = True
    reads_are_cheap = False

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address

    @abstractmethod
    def exists(self) -> bool:
        """Whether the remote's own folder (in a store of buckets: the bucket) is there."""

    @abstractmethod
    def create(self) -> None:
        """Make the remote's own folder."""

    @abstractmethod
    def list_objects(self) -> dict[Md5, Held]:
        """Every object, by one listing. What has no object's name is left out."""

    @abstractmethod
    def ask(self, md5s: Iterable[Md5]) -> dict[Md5, Held]:
        """Those of these objects that are there, each asked for by itself."""

    @abstractmethod
    def send(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Copy objects from the store; directories' listings after everything else. One that is there is replaced.

        Each is proved on the way: nothing is sent whose bytes are not those of its name. Raises RemoteFullError.
        """

    @abstractmethod
    def fetch(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Bring objects into the store, each proved before it gets its name. Raises WriteError for the store."""

    @abstractmethod
    def digests(self, held: Mapping[Md5, Held]) -> dict[Md5, str | None]:
        """The md5 of each object's bytes, all of them read; None where it is gone meanwhile."""

    @abstractmethod
    def copy_out(self, md5: Md5, target: Path) -> None:
        """Write an object's bytes to a file, whatever they are: evidence of damage. Raises WriteError."""

    @abstractmethod
    def remove(self, md5s: Iterable[Md5]) -> None:
        """Remove objects; those that are not there are passed over."""

    @abstractmethod
    def read_note(self, name: str) -> bytes | None:
        """A small file in the remote's own folder, beside the objects; None where there is none."""

    @abstractmethod
    def write_note(self, name: str, data: bytes) -> None:
        """Write such a file, whole or not at all."""

    @abstractmethod
    def clear_temps(self, token: str) -> None:
        """Remove the temporary files of a run that was killed, known by its token."""

    def look(self, md5s: Collection[Md5]) -> dict[Md5, Held]:
        """Those of these objects that are there: a few are asked for, for many there is one listing."""
        if len(md5s) <= FEW or not self.lists:
            return self.ask(md5s)
        held = self.list_objects()
        return {md5: held[md5] for md5 in md5s if md5 in held}

    def _some(self, held: dict[Md5, Held]) -> dict[Md5, Held]:
        """What was found; nothing at all is believed only of a remote that is there."""
        if not held and not self.exists():
            raise RemoteUnusableError(self.name, "its folder or bucket does not exist")
        return held


def object_name(folder: str, file: str) -> Md5 | None:
    """The object of a place below ``files/md5``, None for a file that is none."""
    if _FOLDER.fullmatch(folder) and _FILE.fullmatch(file):
        return Md5(folder + file)
    return None


def in_order(md5s: Iterable[Md5]) -> tuple[list[Md5], list[Md5]]:
    """Files first, then directories' listings: a listing promises that its members are there. Each named once."""
    unique = list(dict.fromkeys(md5s))
    return [m for m in unique if not m.endswith(".dir")], [m for m in unique if m.endswith(".dir")]
