"""Copy a file and hash the bytes that were written, in one pass on two cores."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from threading import Condition, Thread

from hotpass import progress
from hotpass.errors import ReadError
from hotpass.files import CHUNK, write_all

_LINUX = sys.platform.startswith("linux")
_SMALL = 4 * CHUNK
_STRIDE = 8 * CHUNK
_FLUSH = 64 * CHUNK
# Where a file system cannot copy in the kernel, the copy goes through memory.
_NO_KERNEL_COPY = (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM, errno.EBADF)


def copy_and_hash(source: int, target: int, size: int, name: str, *, durable: bool) -> str:
    """Copy an open file into an empty one and return the md5 of what the target then holds.

    ``size`` is the expected number of bytes and only decides how; ``name`` is for messages. With ``durable``
    the bytes are pushed to the disk while the rest is still copied (the caller still flushes at the end).
    Raises ReadError for the source and OSError for the target.
    """
    if size <= _SMALL:
        digest = hashlib.md5(usedforsecurity=False)
        # No megabyte of memory for each of ten thousand small files.
        while data := _read(source, name, min(CHUNK, size + 1)):
            write_all(target, data)
            digest.update(data)
            progress.advance(len(data))
        return digest.hexdigest()
    return _Pipeline(source, target, name, durable).run()


def _read(source: int, name: str, count: int = CHUNK) -> bytes:
    try:
        return os.read(source, count)
    except OSError as error:
        raise ReadError(name, error.strerror or str(error)) from error


class _Pipeline:
    """One thread copies, the caller's hashes what the copy wrote, reading it back from the page cache."""

    def __init__(self, source: int, target: int, name: str, durable: bool) -> None:
        self.source, self.target, self.name, self.durable = source, target, name, durable
        self.written = 0
        self.finished = False
        self.stopped = False
        self.failure: BaseException | None = None
        self.changed = Condition()

    def run(self) -> str:
        worker = Thread(target=self._copy, daemon=True)
        worker.start()
        digest = hashlib.md5(usedforsecurity=False)
        buffer = bytearray(CHUNK)
        view = memoryview(buffer)
        offset = 0
        try:
            while (limit := self._wait(offset)) > offset:
                while offset < limit:
                    count = os.preadv(self.target, [view[: min(CHUNK, limit - offset)]], offset)
                    if count == 0:
                        raise OSError(errno.EIO, "the copy is shorter than what was written")
                    digest.update(view[:count])
                    offset += count
                    progress.advance(count)
        finally:
            self.stopped = True
            worker.join()
        if self.failure is not None:
            raise self.failure
        return digest.hexdigest()

    def _wait(self, offset: int) -> int:
        with self.changed:
            while self.written <= offset and not self.finished:
                self.changed.wait()
            return self.written

    def _copy(self) -> None:
        flushed = 0
        try:
            for count in self._pieces():
                with self.changed:
                    self.written += count
                    self.changed.notify()
                if self.durable and _LINUX and self.written - flushed >= _FLUSH:
                    os.fdatasync(self.target)
                    flushed = self.written
                if self.stopped:
                    return
        except BaseException as error:  # noqa: BLE001  # carried to the caller's thread, which raises it
            self.failure = error
        finally:
            with self.changed:
                self.finished = True
                self.changed.notify()

    def _pieces(self) -> Iterator[int]:
        if _LINUX:
            try:
                while count := os.copy_file_range(self.source, self.target, _STRIDE):
                    yield count
                return
            except OSError as error:
                if error.errno not in _NO_KERNEL_COPY or self.written:
                    raise
        while data := _read(self.source, self.name):
            write_all(self.target, data)
            yield len(data)
