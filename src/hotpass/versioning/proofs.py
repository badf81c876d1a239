"""Which objects of the store were proved already: object → its file's signature when its bytes were read.

An object of a hundred megabytes need not be hashed each time it is read. The index may be deleted at any time, a
damaged one counts as absent, and an entry is believed only while the object's file has the same signature and was
at rest when it was read (git's rule for racy entries, as in :mod:`hotpass.versioning.seen`).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hotpass.files import Signature, remove_quietly
from hotpass.versioning.pointer import Md5, parse_md5
from hotpass.versioning.seen import clock, settled
from hotpass.versioning.store import ObjectState, Store, Stored

_HEADER = "hotpass-proofs 1"
WORTH = 1 << 18
"""The least size in bytes of an object that is remembered: a smaller one is read as quickly as looked up."""


@dataclass
class Proofs:
    """The index of one repository, in ``path``; loaded when first asked."""

    path: Path
    store: Store
    known: dict[Md5, Signature] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path, store: Store) -> Proofs:
        """Read the index in a folder; an empty one where there is none or it is damaged."""
        path = directory / "proofs"
        try:
            return cls(path, store, _parsed(path.read_bytes()))
        except (OSError, ValueError, IndexError):
            return cls(path, store)

    def prove(self, md5s: Iterable[Md5]) -> dict[Md5, ObjectState]:
        """The state of each object, its bytes read where they were not before."""
        states: dict[Md5, ObjectState] = {}
        fresh: dict[Md5, Signature] = {}
        begun: int | None = None
        for md5 in md5s:
            if md5 in states:
                continue
            signature = self.store.signature(md5)
            if signature is not None and self.known.get(md5) == signature:
                states[md5] = ObjectState.PRESENT
                continue
            if begun is None:
                begun = self._clock()
            states[md5] = self.store.check(md5)
            if states[md5] is not ObjectState.PRESENT or signature is None or signature.size < WORTH:
                continue
            if settled(signature, begun) and signature == self.store.signature(md5):
                fresh[md5] = signature
        if fresh:
            self._save(fresh)
        return states

    def note(self, written: Iterable[Stored]) -> None:
        """Remember objects that were written just now, their bytes hashed on the way."""
        fresh = {stored.md5: stored.object for stored in written if stored.object.size >= WORTH}
        if any(self.known.get(md5) != signature for md5, signature in fresh.items()):
            self._save(fresh)

    def _clock(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return 0
        return clock(self.path.parent)

    def _save(self, fresh: dict[Md5, Signature]) -> None:
        """Add to the index; a failure only costs the next run time, so it is passed over."""
        kept = {md5: seen for md5, seen in self.known.items() if self.store.signature(md5) == seen}
        self.known = {**kept, **fresh}
        temp = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            for leftover in self.path.parent.glob(f"{self.path.name}.*"):
                remove_quietly(leftover)
            temp.write_bytes(_rendered(self.known))
            os.replace(temp, self.path)
        except OSError:
            remove_quietly(temp)


def _rendered(known: dict[Md5, Signature]) -> bytes:
    lines = [_HEADER]
    lines += [f"{md5} {at.size} {at.mtime} {at.ctime} {at.inode}" for md5, at in sorted(known.items())]
    body = "\n".join(lines).encode()
    return body + b"\n%08x" % zlib.crc32(body)


def _parsed(data: bytes) -> dict[Md5, Signature]:
    body, _, check = data.rpartition(b"\n")
    header, *lines = body.decode("ascii").split("\n")
    if header != _HEADER or int(check, 16) != zlib.crc32(body):
        raise ValueError("no index of proofs")
    known = {}
    for line in lines:
        name, *numbers = line.split(" ")
        md5 = parse_md5(name)
        if md5 is None:
            raise ValueError(line)
        size, mtime, ctime, inode = (int(number) for number in numbers)
        known[md5] = Signature(size, mtime, ctime, inode)
    return known
