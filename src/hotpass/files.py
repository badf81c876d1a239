"""Writes that are whole or absent, digests, and paths that stay inside the repository."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hotpass import progress
from hotpass.errors import NoRoomError, ReadError, WriteError

CHUNK = 1 << 20
TEMP_PREFIX = ".hotpass-"
_TEMP_NAME = re.compile(r"\.hotpass-[0-9a-f]{12}-[0-9]+\.tmp")

if sys.platform == "darwin":
    import fcntl


@dataclass(frozen=True, slots=True)
class Signature:
    """What the file system says of a file without reading it: size in bytes, times in ns, inode."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        """Take the signature from a stat result."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def new_token() -> str:
    """A random name for one run, the middle part of all its temporary files."""
    return os.urandom(6).hex()


def umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def sync_file(descriptor: int) -> None:
    """Make a file's bytes durable; F_FULLFSYNC where fsync alone does not do it."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable; a file system that cannot is left as it is."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def sync_file_system(path: Path) -> bool:
    """Make all of a file system durable in one call; False where there is no such call (not Linux)."""
    if not sys.platform.startswith("linux"):
        return False
    # Loaded for directories of many files alone: it costs as much as asking git something.
    import ctypes

    descriptor = os.open(path, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))
    finally:
        os.close(descriptor)
    return True


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Turn what the operating system says about a write into a WriteError that names file and file system."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        place = str(mount_of(Path(path))) if full else ""
        raise WriteError(str(path), error.strerror or str(error), place) from error


def mount_of(path: Path) -> Path:
    """The mount point above a path, for messages about a full file system."""
    place = path if path.is_dir() else path.parent
    while place != place.parent and not os.path.ismount(place):
        place = place.parent
    return place


def check_room(place: Path, needed: int) -> None:
    """Raise NoRoomError where the file system of a path, which need not be there yet, has fewer free bytes.

    A file system that does not tell is believed to have room: a write that fails says so itself.
    """
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        facts = os.statvfs(place)
    except OSError:
        return
    free = (facts.f_bfree if os.geteuid() == 0 else facts.f_bavail) * facts.f_frsize
    if facts.f_blocks and needed > free:
        raise NoRoomError(str(place), needed, free, str(mount_of(place)))


def is_temp_name(name: str) -> bool:
    """Whether a file is one that :func:`create_temp` makes: of a run at work, or one that was killed."""
    return name.startswith(TEMP_PREFIX) and _TEMP_NAME.fullmatch(name) is not None


def create_temp(directory: Path, token: str, number: int = 0) -> tuple[int, Path]:
    """Open a new private file (0600, never through a link) beside the file it will become."""
    path = directory / f"{TEMP_PREFIX}{token}-{number}.tmp"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags, 0o600), path


def write_whole(path: Path, data: bytes, token: str, *, mode: int | None = None) -> None:
    """Write a file so that a reader, a crash or a power cut sees the old bytes or all of the new ones.

    Keeps the mode of a file that was there; a new one gets ``mode`` or 0666 less the umask. A symbolic link at
    the target is replaced, never followed. Raises WriteError, and then leaves nothing behind.
    """
    with replacing(path, token, mode=mode) as descriptor:
        write_all(descriptor, data)


@contextmanager
def replacing(path: Path, token: str, *, mode: int | None = None) -> Iterator[int]:
    """Give a descriptor to write to; what was written takes the file's place at the end, as in :func:`write_whole`.

    Where the block raises, the file stays as it was and nothing is left behind.
    """
    with writing(path):
        if mode is None:
            mode = existing_mode(path)
        descriptor, temp = create_temp(path.parent, token)
        try:
            try:
                yield descriptor
                os.fchmod(descriptor, mode)
                sync_file(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temp, path)
        except BaseException:
            remove_quietly(temp)
            raise
        sync_directory(path.parent)


def check_replaceable(path: Path) -> None:
    """Raise WriteError where a path that a user named leads to a directory, a device or a pipe: it would be gone."""
    with writing(path):
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return
    if not stat.S_ISREG(status.st_mode):
        raise WriteError(str(path), "not a regular file")


def existing_mode(path: Path) -> int:
    """The permission bits of a regular file, or those a new file would get."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return 0o666 & ~umask()
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else 0o666 & ~umask()


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte, however many calls that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def remove_quietly(path: Path) -> None:
    """Remove a file that may not be there."""
    with suppress(OSError):
        os.unlink(path)


def make_directories(path: Path, *, mode: int = 0o777, durable: bool = True) -> None:
    """Make a directory and its parents, each durable in the one above it unless the caller flushes later."""
    missing: list[Path] = []
    place = path
    while not place.is_dir():
        missing.append(place)
        place = place.parent
    for place in reversed(missing):
        with writing(place):
            try:
                os.mkdir(place, mode)
            except FileExistsError:
                if not place.is_dir():
                    raise
                continue
            if durable:
                sync_directory(place.parent)


def behind_link(path: Path) -> bool:
    """True where a folder above a path, itself without ``..``, is a symbolic link: the path is somewhere else then."""
    return os.path.realpath(path.parent) != str(path.parent)


def read_small(path: Path, limit: int, *, follow: bool = False) -> bytes | None:
    """Read a regular file of at most ``limit`` bytes; None where there is none.

    Raises ReadError for anything larger, for what is no regular file (a link, unless ``follow``), and for what
    cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise ReadError(str(path), "not a regular file")
    with open(descriptor, "rb") as file:
        if status.st_size > limit:
            raise ReadError(
                str(path), f"{status.st_size} bytes, more than the {limit} that such a file may have"
            )
        return file.read(limit + 1)


def md5_of(path: Path) -> str:
    """The md5 of a regular file, read in pieces; links are followed.

    Raises ReadError, also for a FIFO or a device, which would never end.
    """
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ReadError(str(path), "not a regular file")
            # A megabyte of memory for each of ten thousand small files would take longer than they do.
            buffer = bytearray(min(CHUNK, status.st_size + 1))
            view = memoryview(buffer)
            while count := file.readinto(buffer):
                digest.update(view[:count])
                progress.advance(count)
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error
    return digest.hexdigest()
