"""A remote that is a folder: a store of its own in DVC's layout, on this machine or mounted from another."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from hotpass import progress
from hotpass.errors import ReadError, WriteError
from hotpass.files import make_directories, md5_of, remove_quietly, write_whole, writing
from hotpass.versioning.errors import RemoteUnusableError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.remotes.errors import RemoteFullError, RemoteRefusedError
from hotpass.versioning.remotes.remote import Held, Remote, Transfer, in_order, object_name
from hotpass.versioning.store import ObjectState, Store

_REFUSING = frozenset([errno.EACCES, errno.EPERM, errno.EROFS])
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
# Few files are flushed one by one, many by one call for the whole file system.
_MANY = 16


class FolderRemote(Remote):
    """A local folder. ``token`` names this run's temporary files, ``shared`` is DVC's ``shared = group``."""

    reads_are_cheap = True

    def __init__(self, name: str, path: Path, token: str, *, shared: bool = False) -> None:
        super().__init__(name, str(path))
        self.path = path
        self.store = Store(path, token, shared)

    def exists(self) -> bool:
        """Whether the folder is there."""
        with self._translated():
            try:
                return Path(os.path.realpath(self.path, strict=True)).is_dir()
            except _NOT_THERE:
                return False

    def create(self) -> None:
        """Make the folder and those above it."""
        with self._translated():
            make_directories(self.path)

    def list_objects(self) -> dict[Md5, Held]:
        """Every regular file with an object's name."""
        held: dict[Md5, Held] = {}
        with self._translated():
            for folder in _entries(self.store.objects):
                if len(folder.name) == 2 and folder.is_dir():
                    for entry in _entries(Path(folder.path)):
                        md5 = object_name(folder.name, entry.name)
                        if md5 is not None and entry.is_file():
                            held[md5] = Held(entry.stat().st_size)
        return self._some(held)

    def ask(self, md5s: Iterable[Md5]) -> dict[Md5, Held]:
        """Look at each file."""
        held = {}
        with self._translated():
            for md5 in md5s:
                place = self.store.locate(md5)
                with suppress(*_NOT_THERE):
                    status = os.stat(place)
                    if place.is_file():
                        held[md5] = Held(status.st_size)
        return self._some(held)

    def send(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Copy into the folder: temporary file, digest, name; one flush at the end for many."""
        files, listings = in_order(md5s)
        sizes = {md5: found.size for md5 in (*files, *listings) if (found := store.signature(md5))}
        total = sum(sizes.values())
        transfer = Transfer()
        progress.begin("sending", total)
        try:
            with self._translated(lambda: total - transfer.size):
                # Refused before the first byte is written, where the file system says what it has.
                free = _free(self.path)
                if free is not None and total > free:
                    raise RemoteFullError(self.name, os.strerror(errno.ENOSPC), total, free)
                for group in (files, listings):
                    self._copy(store, self.store, group, transfer)
        finally:
            progress.end()
            with suppress(OSError):
                self.store.temp_directory().rmdir()
        return transfer

    def fetch(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Copy out of the folder, each file proved by the bytes that were written."""
        files, listings = in_order(md5s)
        transfer = Transfer()
        wanted = [*listings, *files]
        progress.begin("fetching", sum(held.size for held in self.ask(wanted).values()))
        try:
            self._copy(self.store, store, wanted, transfer)
        except ReadError as error:
            raise RemoteUnusableError(self.name, error.reason) from error
        finally:
            progress.end()
        return transfer

    def digests(self, held: Mapping[Md5, Held]) -> dict[Md5, str | None]:
        """Read every byte of each file."""
        found: dict[Md5, str | None] = {}
        progress.begin("reading", sum(each.size for each in held.values()))
        try:
            with self._translated():
                for md5 in held:
                    found[md5] = _digest(self.store.locate(md5))
        except ReadError as error:
            raise RemoteUnusableError(self.name, f"{error.reason}: {error.path}") from error
        finally:
            progress.end()
        return found

    def copy_out(self, md5: Md5, target: Path) -> None:
        """Copy the file as it is."""
        with self._translated(), open(self.store.locate(md5), "rb") as source, writing(target):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as sink:
                shutil.copyfileobj(source, sink)

    def remove(self, md5s: Iterable[Md5]) -> None:
        """Unlink each file."""
        with self._translated():
            for md5 in md5s:
                with suppress(*_NOT_THERE):
                    os.unlink(self.store.locate(md5))

    def read_note(self, name: str) -> bytes | None:
        """Read the file, at most a kilobyte of it."""
        with self._translated():
            try:
                with open(self.path / name, "rb") as file:
                    return file.read(1024)
            except _NOT_THERE:
                return None

    def write_note(self, name: str, data: bytes) -> None:
        """Write the file whole."""
        with self._translated():
            write_whole(self.path / name, data, self.store.token)

    def clear_temps(self, token: str) -> None:
        """Remove a killed run's files from the folder and its folder of temporary files."""
        if self.path.is_dir():
            self.store.clear_temps(token)
            for leftover in self.path.glob(f".hotpass-{token}-*"):
                remove_quietly(leftover)

    def _copy(self, source: Store, target: Store, md5s: list[Md5], transfer: Transfer) -> None:
        many = len(md5s) > _MANY
        done = []
        try:
            for md5 in md5s:
                state = target.bring(source.locate(md5), md5, durable=not many)
                if state is ObjectState.PRESENT:
                    done.append(md5)
                    signature = target.signature(md5)
                    transfer.size += signature.size if signature else 0
                else:
                    (transfer.missing if state is ObjectState.MISSING else transfer.damaged).append(md5)
            if many and done:
                target.flush(done)
        finally:
            transfer.done += done

    @contextmanager
    def _translated(self, needed: object = None) -> Iterator[None]:
        """Turn what the operating system says of the folder into an error of the remote."""
        try:
            yield
        except (OSError, WriteError) as error:
            if isinstance(error, WriteError) and not error.path.startswith(str(self.path)):
                raise
            raise self._translate(error, needed) from error

    def _translate(self, error: OSError | WriteError, needed: object) -> RemoteUnusableError:
        cause = error.__cause__ if isinstance(error, WriteError) else error
        number = cause.errno if isinstance(cause, OSError) else None
        reason = os.strerror(number) if number else str(error)
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) and callable(needed):
            return RemoteFullError(self.name, reason, needed(), _free(self.path))
        if number in _REFUSING:
            return RemoteRefusedError(self.name, f"{reason}: {self.address}")
        return RemoteUnusableError(self.name, f"{reason}: {self.address}")


def _digest(place: Path) -> str | None:
    try:
        return md5_of(place)
    except ReadError as error:
        if isinstance(error.__cause__, _NOT_THERE):
            return None
        raise


def _entries(path: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return list(found)
    except _NOT_THERE:
        return []


def _free(path: Path) -> int | None:
    try:
        facts = os.statvfs(path)
    except OSError:
        return None
    if not facts.f_blocks:
        return None
    return (facts.f_bfree if os.geteuid() == 0 else facts.f_bavail) * facts.f_frsize
