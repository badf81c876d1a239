"""What was hashed once is not read again: an index of digests by size, times and inode, one per dataset.

It may be deleted at any time, and a damaged one counts as absent. An entry is believed only while neither the
work file nor the stored object has changed its signature, and never where a file's time is not older than the
moment the run that hashed it began (git's rule for racy entries: the same clock tick could hold another write).
"""

from __future__ import annotations

import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from hotpass.files import Signature, remove_quietly
from hotpass.versioning.pointer import Md5

_HEADER = "hotpass-seen 1"
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A work file's signature, its md5, and the signature of the stored object that was proved to hold it."""

    work: Signature
    md5: Md5
    stored: Signature | None


@dataclass
class Seen:
    """The index of one dataset: path in the dataset ("" for a single file) → what was seen."""

    path: Path
    stamp: int
    files: dict[str, SeenFile]

    @classmethod
    def load(cls, directory: Path, dataset_path: str) -> Seen:
        """Read the index of the dataset at a path; an empty one where there is none or it is damaged."""
        path = directory / "seen" / hashlib.sha256(os.fsencode(dataset_path)).hexdigest()[:24]
        try:
            header, stamp, body = _checked(path.read_bytes())
            if header != _HEADER:
                raise ValueError(header)
            files = {}
            for line in body:
                relpath, *facts = line.split("\0")
                md5, *numbers = facts
                values = [int(number) for number in numbers]
                stored = Signature(*values[4:8]) if len(values) == 8 else None
                files[relpath] = SeenFile(Signature(*values[:4]), Md5(md5), stored)
        except (OSError, ValueError, TypeError, IndexError):
            return cls(path, 0, {})
        return cls(path, stamp, files)

    def find(self, relpath: str, work: Signature) -> SeenFile | None:
        """What is known of a file that now has this signature, or None: then it must be read."""
        known = self.files.get(relpath)
        if known is None or known.work != work or not settled(work, self.stamp):
            return None
        return known

    def save(self, files: dict[str, SeenFile], begun: int) -> None:
        """Replace the index; a failure only costs the next run time, so it is passed over.

        ``begun`` is the time, by :func:`clock`, before the first of these files was read.
        """
        kept = {relpath: seen for relpath, seen in files.items() if "\n" not in relpath}
        temp = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # What a killed run left; from a living one it takes no more than this save.
            for leftover in self.path.parent.glob(f"{self.path.name}.*"):
                remove_quietly(leftover)
            temp.write_bytes(_rendered(begun, kept))
            os.replace(temp, self.path)
        except OSError:
            remove_quietly(temp)
            return
        self.stamp, self.files = begun, kept


def clock(directory: Path) -> int:
    """The file system's own time in ns, as it would stamp a write now; 0 (believe nothing) where it cannot tell."""
    try:
        # One file that stays: a name for each run would be left behind by a run that is killed.
        descriptor = os.open(
            directory / "clock", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666
        )
        try:
            os.utime(descriptor)
            return os.fstat(descriptor).st_mtime_ns
        finally:
            os.close(descriptor)
    except OSError:
        return 0


def settled(signature: Signature, stamp: int) -> bool:
    """True where a later write to the file would surely show in its times."""
    latest = max(signature.mtime, signature.ctime)
    return latest < stamp - tick(signature.mtime, signature.ctime)


def tick(*times: int) -> int:
    """How far apart two writes may be and yet have the same time, by times of a file: FAT counts in two seconds."""
    return 0 if any(time % _SECOND for time in times) else 2 * _SECOND


def _rendered(stamp: int, files: dict[str, SeenFile]) -> bytes:
    lines = [_HEADER, str(stamp)]
    for relpath, seen in files.items():
        work, stored = seen.work, seen.stored
        facts = [relpath, seen.md5, str(work.size), str(work.mtime), str(work.ctime), str(work.inode)]
        if stored is not None:
            facts += [str(stored.size), str(stored.mtime), str(stored.ctime), str(stored.inode)]
        lines.append("\0".join(facts))
    body = "\n".join(lines).encode("utf-8", "surrogateescape")
    return body + b"\n%08x" % zlib.crc32(body)


def _checked(data: bytes) -> tuple[str, int, list[str]]:
    body, _, check = data.rpartition(b"\n")
    if int(check, 16) != zlib.crc32(body):
        raise ValueError("checksum")
    header, stamp, *lines = body.decode("utf-8", "surrogateescape").split("\n")
    return header, int(stamp), lines
