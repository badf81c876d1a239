"""Objects in DVC's layout (``<cache>/files/md5/ab/cdef…``): put, check, and read back by the name that is their content.

An object is written to a temporary file beside the store, the written bytes are hashed, and only then it gets
the name of its content. Nothing here trusts a file mode or an exit code.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path

from hotpass.errors import ReadError
from hotpass.files import (
    CHUNK,
    Signature,
    create_temp,
    make_directories,
    remove_quietly,
    sync_directory,
    sync_file,
    sync_file_system,
    write_all,
    writing,
)
from hotpass.versioning.copying import copy_and_hash
from hotpass.versioning.errors import (
    ChangedWhileReadingError,
    DamagedObjectError,
    MissingObjectError,
    OpenStoreError,
)
from hotpass.versioning.pointer import Md5

_OBJECT_MODE = 0o444
_TEMPS = "hotpass-tmp"


class ObjectState(Enum):
    """What the store has under a name."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that was just written or proved: its name, and the signatures of source and object."""

    md5: Md5
    source: Signature
    object: Signature


@dataclass
class Store:
    """DVC's cache of one project.

    ``token`` names this run's temporary files; ``shared`` is ``cache.shared = group``; ``private``: folders that
    are made are for their owner alone.
    """

    cache: Path
    token: str
    shared: bool = False
    private: bool = False
    _number: int = field(default=0, repr=False)

    @cached_property
    def objects(self) -> Path:
        """The folder of all objects."""
        return self.cache / "files" / "md5"

    def check_private(self) -> None:
        """Raise OpenStoreError where a private store is asked for and others can enter the one there is."""
        if not self.private or not self.cache.is_dir():
            return
        mode = stat.S_IMODE(os.stat(self.cache).st_mode)
        if mode & 0o077:
            raise OpenStoreError(str(self.cache), f"{mode:04o}")

    def locate(self, md5: Md5) -> Path:
        """Where an object of this name is or would be."""
        return Path(self._named(md5))

    def _named(self, md5: Md5) -> str:
        # Asked for each of many thousands of files: as text, for a Path would cost as much as the question to the disk.
        return f"{self._top}/{md5[:2]}/{md5[2:]}"

    @cached_property
    def _top(self) -> str:
        return os.fspath(self.objects)

    def signature(self, md5: Md5) -> Signature | None:
        """The signature of an object's file, None where there is no such regular file."""
        try:
            status = os.lstat(self._named(md5))
        except OSError:
            return None
        return Signature.of(status) if stat.S_ISREG(status.st_mode) else None

    def check(self, md5: Md5) -> ObjectState:
        """Read an object and compare its bytes with its name."""
        try:
            with open(self.locate(md5), "rb", buffering=0, opener=_regular) as file:
                digest = _digest(file.fileno())
        except FileNotFoundError:
            return ObjectState.MISSING
        except OSError:
            return ObjectState.DAMAGED
        return ObjectState.PRESENT if digest == md5.removesuffix(".dir") else ObjectState.DAMAGED

    def put(self, source: Path, expected: Signature, *, durable: bool = True) -> Stored:
        """Copy a file into the store under the md5 of the bytes that were written.

        Raises ChangedWhileReadingError, and keeps nothing, where the file is not the one of ``expected`` before
        and after; ReadError; WriteError. ``durable=False`` leaves the flush to :meth:`flush`.
        """
        try:
            descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise ReadError(str(source), error.strerror or str(error)) from error
        try:
            if Signature.of(os.fstat(descriptor)) != expected:
                raise ChangedWhileReadingError(str(source))
            stored = self._put(source, descriptor, expected, durable)
        finally:
            os.close(descriptor)
        return stored

    def _put(self, source: Path, descriptor: int, expected: Signature, durable: bool) -> Stored:
        with writing(self.cache):
            target, temp = self._temp()
            try:
                try:
                    md5 = Md5(copy_and_hash(descriptor, target, expected.size, str(source), durable=durable))
                    if os.fstat(target).st_size != expected.size or not _same(source, descriptor, expected):
                        raise ChangedWhileReadingError(str(source))
                    os.fchmod(target, _OBJECT_MODE)
                    if durable:
                        sync_file(target)
                finally:
                    os.close(target)
                if _is_file(source, self._named(md5)):
                    # A work file that is a link to its object: it was just proved, and a new object would take
                    # the link apart (and change the work file's ctime under our eyes).
                    signature = self._keep(temp, descriptor, md5, durable)
                else:
                    signature = self._name(temp, md5, durable)
            except BaseException:
                remove_quietly(temp)
                raise
        return Stored(md5, expected, signature)

    def _keep(self, temp: Path, descriptor: int, md5: Md5, durable: bool) -> Signature:
        """Stay with the object that is there, open as ``descriptor``."""
        remove_quietly(temp)
        if durable:
            sync_file(descriptor)
            sync_directory(self.locate(md5).parent)
        return Signature.of(os.lstat(self.locate(md5)))

    def put_bytes(self, data: bytes, suffix: str = "", *, durable: bool = True) -> Md5:
        """Store bytes held in memory (a listing, with suffix ``.dir``)."""
        md5 = Md5(hashlib.md5(data, usedforsecurity=False).hexdigest() + suffix)
        with writing(self.cache):
            target, temp = self._temp()
            try:
                try:
                    write_all(target, data)
                    os.fchmod(target, _OBJECT_MODE)
                    if durable:
                        sync_file(target)
                finally:
                    os.close(target)
                self._name(temp, md5, durable)
            except BaseException:
                remove_quietly(temp)
                raise
        return md5

    def flush(self, md5s: Iterable[Md5]) -> None:
        """Make objects durable that were put with ``durable=False``: one call on Linux, file by file elsewhere."""
        with writing(self.cache):
            if sync_file_system(self.cache):
                return
            folders = set()
            for md5 in md5s:
                path = self.locate(md5)
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    sync_file(descriptor)
                finally:
                    os.close(descriptor)
                folders.add(path.parent)
            for folder in (*folders, self.objects, self.objects.parent, self.cache):
                sync_directory(folder)

    def read(self, md5: Md5, limit: int = 1 << 30) -> bytes:
        """An object's bytes, proved; for listings. Raises MissingObjectError and DamagedObjectError."""
        try:
            with open(self.locate(md5), "rb", opener=_regular) as file:
                data = file.read(limit)
        except FileNotFoundError as error:
            raise MissingObjectError(md5) from error
        except OSError as error:
            raise DamagedObjectError(md5, error.strerror or str(error)) from error
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5.removesuffix(".dir"):
            raise DamagedObjectError(md5, "its bytes are not those of its name")
        return data

    def copy_out(self, md5: Md5, target: int, *, durable: bool) -> Signature:
        """Copy an object into an open file, prove what was written, and return the object's signature.

        Raises MissingObjectError and DamagedObjectError; then the file holds bytes nobody may believe.
        """
        path = self.locate(md5)
        try:
            source = _regular(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise MissingObjectError(md5) from error
        except OSError as error:
            raise DamagedObjectError(md5, error.strerror or str(error)) from error
        try:
            signature = Signature.of(os.fstat(source))
            digest = copy_and_hash(source, target, signature.size, str(path), durable=durable)
        finally:
            os.close(source)
        if digest != md5:
            raise DamagedObjectError(md5, "its bytes are not those of its name")
        return signature

    def bring(self, source: Path, md5: Md5, *, durable: bool = True) -> ObjectState:
        """Copy a file from elsewhere in under a name, if the bytes that were written are those of the name.

        MISSING where the file is not there, DAMAGED where it is no regular file or holds other bytes: then nothing
        is kept. Raises ReadError for the source, WriteError. ``durable=False`` leaves the flush to :meth:`flush`.
        """
        try:
            descriptor = _regular(source, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return ObjectState.MISSING
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENXIO):
                return ObjectState.DAMAGED
            raise ReadError(str(source), error.strerror or str(error)) from error
        try:
            with writing(self.cache):
                return self._bring(source, descriptor, md5, durable=durable)
        finally:
            os.close(descriptor)

    def _bring(self, source: Path, descriptor: int, md5: Md5, *, durable: bool) -> ObjectState:
        target, temp = self._temp()
        try:
            try:
                size = os.fstat(descriptor).st_size
                digest = copy_and_hash(descriptor, target, size, str(source), durable=durable)
                if digest != md5.removesuffix(".dir"):
                    remove_quietly(temp)
                    return ObjectState.DAMAGED
                os.fchmod(target, _OBJECT_MODE)
                if durable:
                    sync_file(target)
            finally:
                os.close(target)
            self._name(temp, md5, durable)
        except BaseException:
            remove_quietly(temp)
            raise
        return ObjectState.PRESENT

    def prepared_temps(self) -> Path:
        """The folder of temporary files, made if need be: for whoever brings objects from elsewhere."""
        self._directory(self.temp_directory())
        return self.temp_directory()

    def adopt(self, temp: Path, md5: Md5, *, durable: bool = True) -> ObjectState:
        """Take a file that came from elsewhere as an object, if its bytes are those of the name; else leave it."""
        with writing(temp):
            descriptor = os.open(temp, os.O_RDWR | os.O_NOFOLLOW)
            try:
                if _digest(descriptor) != md5.removesuffix(".dir"):
                    return ObjectState.DAMAGED
                os.fchmod(descriptor, _OBJECT_MODE)
                if durable:
                    sync_file(descriptor)
            finally:
                os.close(descriptor)
            self._name(temp, md5, durable)
        return ObjectState.PRESENT

    def temp_directory(self) -> Path:
        """The folder of temporary files on the store's file system."""
        return self._temps

    @cached_property
    def _temps(self) -> Path:
        return self.cache / _TEMPS

    def clear_temps(self, token: str) -> None:
        """Remove what a run left behind, and the folder when it is empty."""
        folder = self.temp_directory()
        for leftover in folder.glob(f".hotpass-{token}-*"):
            remove_quietly(leftover)
        with suppress(OSError):
            folder.rmdir()

    def _temp(self) -> tuple[int, Path]:
        self._number += 1
        folder = self._temps
        try:
            return create_temp(folder, self.token, self._number)
        except FileNotFoundError:
            self._directory(folder)
            return create_temp(folder, self.token, self._number)

    def _directory(self, path: Path, *, durable: bool = True) -> None:
        make_directories(path, mode=0o700 if self.private else 0o777, durable=durable)
        if self.shared and not self.private:
            os.chmod(path, 0o2775)  # noqa: S103  # what DVC does for cache.shared = group

    def _name(self, temp: Path, md5: Md5, durable: bool) -> Signature:
        """Give a finished temporary file its name; one that was there is replaced, for it may be rotten."""
        name = self._named(md5)
        try:
            os.replace(temp, name)
        except FileNotFoundError:
            self._directory(self.locate(md5).parent, durable=durable)
            os.replace(temp, name)
        if durable:
            sync_directory(self.locate(md5).parent)
        return Signature.of(os.lstat(name))


def _same(source: Path, descriptor: int, expected: Signature) -> bool:
    """Whether the open file, and whatever now has its name, are still the file that was looked at before."""
    try:
        return Signature.of(os.fstat(descriptor)) == expected == Signature.of(os.stat(source))
    except OSError:
        return False


def _regular(path: str | Path, flags: int) -> int:
    """Open a regular file; what would hang or has no bytes of its own in an object's place is an OSError."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return descriptor


def _is_file(source: Path, stored: str) -> bool:
    try:
        return os.path.samefile(source, stored)
    except OSError:
        return False


def _digest(descriptor: int) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    buffer = bytearray(min(CHUNK, os.fstat(descriptor).st_size + 1))
    view = memoryview(buffer)
    while count := os.readv(descriptor, [buffer]):
        digest.update(view[:count])
    return digest.hexdigest()
