"""What a dataset's bytes are: hashed where they lie, or copied into the store."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hotpass import progress
from hotpass.files import Signature, behind_link, check_room, md5_of
from hotpass.values import frozen
from hotpass.versioning.errors import ChangedWhileReadingError, UnsafeFileError
from hotpass.versioning.pointer import ListedFile, Md5, parse_listing, render_listing
from hotpass.versioning.project import Project
from hotpass.versioning.proofs import WORTH, Proofs
from hotpass.versioning.scan import Scan, scan
from hotpass.versioning.seen import Seen, SeenFile, clock
from hotpass.versioning.store import ObjectState, Stored

_MANY = 64


@frozen
class Content:
    """The bytes of a dataset: name, bytes in all, number of files (None for a single file)."""

    md5: Md5
    size: int
    files: int | None


def look(project: Project, path: str, leave_out: Sequence[str] = ()) -> Scan | None:
    """What lies at a dataset's path now, without what ``.dvcignore`` leaves out; None where nothing does.

    ``leave_out`` are patterns about to be written there.
    """
    place = project.root / path
    if behind_link(place):
        raise UnsafeFileError(path, "a folder above it is a link", "put the folder itself there")
    return scan(place, roots(project), excluded(project, path, leave_out))


def roots(project: Project) -> tuple[Path, Path]:
    """Where a link in a dataset may lead: the repository, and the store's objects (DVC can link files there).

    Not the store's whole folder: a cloned ``cache.dir`` may name any, a home folder say.
    """
    return project.root, project.store.objects


def excluded(project: Project, path: str, leave_out: Sequence[str] = ()) -> frozenset[str]:
    """The files of a directory that ``.dvcignore`` files and further patterns leave out, as paths in the directory."""
    if not (project.root / path).is_dir() or not (leave_out or _has_rules(project, path)):
        return frozenset()
    names = project.git.excluded_below(path, ".dvcignore", leave_out)
    return frozenset(name.removeprefix(path + "/") for name in names)


def identify(project: Project, found: Scan, written: Mapping[str, SeenFile] | None = None) -> Content:
    """Hash a dataset where it lies; what was seen before and did not change since is not read again.

    ``written`` are files, by path in the dataset, that were proved when they were put there.
    """
    return _Reading(project, found, written or {}).run(store=False)


def capture(project: Project, found: Scan, leave_out: Sequence[str] = ()) -> Content:
    """Copy a dataset into the store, durably, and look again that it did not change meanwhile.

    Raises ChangedWhileReadingError: then nothing of the new state is kept under a name.
    """
    content = _Reading(project, found).run(store=True)
    again = look(project, project.relative(found.path), leave_out)
    if again is None or again.is_directory != found.is_directory or again.files != found.files:
        raise ChangedWhileReadingError(project.relative(found.path))
    return content


def stored_already(project: Project, found: Scan) -> Content | None:
    """A dataset's content where the store is known to have all of it, as it is; None where something must be read."""
    return _Reading(project, found).known()


def digests(project: Project, found: Scan) -> tuple[dict[str, Md5], list[str]]:
    """The md5 of each file by its path in the dataset, and the paths of those whose bytes the store lacks."""
    reading = _Reading(project, found)
    reading.run(store=False)
    loose = [relpath for relpath, seen in reading.files.items() if not reading.proved(seen)]
    return {relpath: seen.md5 for relpath, seen in reading.files.items()}, loose


def is_stored(project: Project, md5: Md5) -> bool:
    """Whether the store has all objects of a dataset's content, by their names; no byte is hashed but a listing's."""
    if project.store.signature(md5) is None:
        return False
    members = listing(project, md5) if md5.endswith(".dir") else []
    return all(project.store.signature(member.md5) is not None for member in members)


def listing(project: Project, md5: Md5) -> list[ListedFile]:
    """The files of a directory object in the store, proved; raises IntegrityError."""
    return parse_listing(project.store.read(md5))


def listing_md5(files: list[ListedFile]) -> Md5:
    """The name of a directory with these files."""
    return Md5(hashlib.md5(render_listing(files), usedforsecurity=False).hexdigest() + ".dir")


class _Reading:
    """One pass over a dataset's files with the index of what was seen."""

    def __init__(self, project: Project, found: Scan, written: Mapping[str, SeenFile] | None = None) -> None:
        self.project, self.found, self.given = project, found, written or {}
        self.seen = Seen.load(project.state, project.relative(found.path))
        self.files: dict[str, SeenFile] = {}
        self.fresh = 0
        self.written: list[Stored] = []

    def run(self, *, store: bool) -> Content:
        self.project.state.mkdir(parents=True, exist_ok=True)
        begun = clock(self.project.state)
        kept = self.kept(store)
        if store:
            new = (file.signature.size for file in self.found.files if file.relpath not in kept)
            check_room(self.project.store.cache, sum(new))
        # A directory of many files is flushed in one call at the end, a few files one by one.
        many = store and len(self.found.files) > _MANY
        progress.begin("storing" if store else "hashing", self.found.size)
        for file in self.found.files:
            if (known := kept.get(file.relpath)) is not None:
                self.files[file.relpath] = known
                progress.advance(file.signature.size)
            elif (proved := self.given.get(file.relpath)) is not None and not store:
                self.fresh += 1
                self.files[file.relpath] = proved
            else:
                self.fresh += 1
                self.files[file.relpath] = self.read(file.relpath, file.signature, store, durable=not many)
        progress.end()
        content = self.content(store)
        if many and self.fresh:
            self.project.store.flush(seen.md5 for seen in self.files.values())
        if any(stored.object.size >= WORTH for stored in self.written):
            Proofs.load(self.project.git.common / "hotpass", self.project.store).note(self.written)
        if self.fresh or self.files.keys() != self.seen.files.keys():
            self.seen.save(self.files, begun)
        return content

    def known(self) -> Content | None:
        self.files = self.kept(store=True)
        if len(self.files) < len(self.found.files):
            return None
        content = self.content(store=False)
        # A single file's object is one of those that were found unchanged; a listing is small enough to be read.
        whole = not self.found.is_directory or self.project.store.check(content.md5) is ObjectState.PRESENT
        return content if whole else None

    def read(self, relpath: str, signature: Signature, store: bool, *, durable: bool) -> SeenFile:
        path = self.found.locate(relpath)
        if store:
            stored = self.project.store.put(path, signature, durable=durable)
            self.written.append(stored)
            return SeenFile(signature, stored.md5, stored.object)
        md5 = Md5(md5_of(path))
        if Signature.of(os.stat(path)) != signature:
            raise ChangedWhileReadingError(str(path))
        return SeenFile(signature, md5, None)

    def content(self, store: bool) -> Content:
        if not self.found.is_directory:
            return Content(self.files[""].md5, self.found.size, None)
        data = render_listing([ListedFile(relpath, seen.md5) for relpath, seen in self.files.items()])
        md5 = Md5(hashlib.md5(data, usedforsecurity=False).hexdigest() + ".dir")
        if store and (self.fresh or self.project.store.check(md5) is not ObjectState.PRESENT):
            self.project.store.put_bytes(data, ".dir")
        return Content(md5, self.found.size, len(self.files))

    def kept(self, store: bool) -> dict[str, SeenFile]:
        """The files that need not be read, by path: seen before, and with ``store`` still in the store."""
        kept = {}
        for file in self.found.files:
            known = self.seen.find(file.relpath, file.signature)
            if known is not None and (not store or self.stored_still(known)):
                kept[file.relpath] = known
        return kept

    def stored_still(self, seen: SeenFile) -> bool:
        return seen.stored is not None and seen.stored == self.project.store.signature(seen.md5)

    def proved(self, seen: SeenFile) -> bool:
        return self.stored_still(seen) or self.project.store.check(seen.md5) is ObjectState.PRESENT


def _has_rules(project: Project, path: str) -> bool:
    """Whether any ``.dvcignore`` that applies to a path says anything."""
    place = project.root / path
    while True:
        place = place.parent
        file = place / ".dvcignore"
        if file.is_file() and any(line.strip() and not line.startswith("#") for line in _lines(file)):
            return True
        if place == project.root:
            return False


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
