"""Copy and hash in one pass: the digest is that of the bytes that were written."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hotpass.errors import ReadError
from hotpass.files import CHUNK
from hotpass.versioning import copying
from hotpass.versioning.copying import copy_and_hash

SMALL = copying._SMALL
STRIDE = copying._STRIDE
FLUSH = copying._FLUSH


def made(path: Path, size: int) -> bytes:
    data = random.Random(size).randbytes(size)
    path.write_bytes(data)
    return data


def copy(source: Path, target: Path, size: int, *, durable: bool = True) -> str:
    """Copy with the size that was seen before."""
    reading = os.open(source, os.O_RDONLY)
    writing = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        return copy_and_hash(reading, writing, size, str(source), durable=durable)
    finally:
        os.close(reading)
        os.close(writing)


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, SMALL - 1, SMALL, SMALL + 1, STRIDE, STRIDE + 1, 2 * STRIDE + 7]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("durable", [True, False])
def test_copy_and_digest_are_exact_around_every_threshold(tmp_path: Path, size: int, durable: bool) -> None:
    data = made(tmp_path / "source", size)
    digest = copy(tmp_path / "source", tmp_path / "target", size, durable=durable)
    assert digest == hashlib.md5(data).hexdigest()
    assert (tmp_path / "target").read_bytes() == data


@pytest.mark.slow
@pytest.mark.parametrize("size", [FLUSH - 1, FLUSH + STRIDE + 1])
def test_a_file_that_is_flushed_on_the_way_is_exact(tmp_path: Path, size: int) -> None:
    data = made(tmp_path / "source", size)
    assert copy(tmp_path / "source", tmp_path / "target", size) == hashlib.md5(data).hexdigest()
    assert (tmp_path / "target").read_bytes() == data


@pytest.mark.slow
@pytest.mark.parametrize("claimed", [0, 10, SMALL, SMALL + 1, 10 * STRIDE])
@pytest.mark.parametrize("size", [0, 10, SMALL + 10])
def test_a_wrong_size_only_decides_how_and_never_what(tmp_path: Path, claimed: int, size: int) -> None:
    data = made(tmp_path / "source", size)
    assert copy(tmp_path / "source", tmp_path / "target", claimed) == hashlib.md5(data).hexdigest()
    assert (tmp_path / "target").read_bytes() == data


@pytest.mark.parametrize("size", [SMALL + 1, 2 * STRIDE + 7])
def test_the_copy_through_memory_is_exact_too(tmp_path: Path, size: int) -> None:
    """Between two file systems the kernel may refuse to copy: here a pipe stands for the other one."""
    data = made(tmp_path / "source", size)
    reading, feeding = os.pipe()

    def feed() -> None:
        with open(feeding, "wb") as file:
            file.write(data)

    feeder = threading.Thread(target=feed)
    feeder.start()
    writing = os.open(tmp_path / "target", os.O_RDWR | os.O_CREAT)
    try:
        digest = copy_and_hash(reading, writing, size, "a pipe", durable=True)
    finally:
        feeder.join()
        os.close(reading)
        os.close(writing)
    assert digest == hashlib.md5(data).hexdigest()
    assert (tmp_path / "target").read_bytes() == data


@pytest.mark.slow
@pytest.mark.parametrize("size", [10, SMALL + 1])
@pytest.mark.parametrize(
    "change",
    [
        lambda file: os.truncate(file, 5),
        lambda file: os.truncate(file, 3 * SMALL),
        lambda file: file.write_bytes(b"x" * 100),
    ],
)
def test_the_digest_is_that_of_the_copy_whatever_became_of_the_source(
    tmp_path: Path, size: int, change: Callable[[Path], None]
) -> None:
    """Promise 2."""
    made(tmp_path / "source", size)
    change(tmp_path / "source")
    digest = copy(tmp_path / "source", tmp_path / "target", size)
    assert digest == hashlib.md5((tmp_path / "target").read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_digest_is_that_of_the_copy_while_the_source_changes(tmp_path: Path) -> None:
    """Promise 2: a program writes into the file all the while."""
    source = tmp_path / "source"
    made(source, SMALL * 3)
    stop = threading.Event()

    def scribble() -> None:
        number = 0
        with open(source, "r+b", buffering=0) as file:
            while not stop.is_set():
                number += 1
                file.seek((number * 7919 * 4096) % (SMALL * 3))
                file.write(number.to_bytes(8, "big"))

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        for turn in range(8):
            target = tmp_path / f"target{turn}"
            digest = copy(source, target, SMALL * 3, durable=False)
            assert digest == hashlib.md5(target.read_bytes()).hexdigest()
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("size", [10, SMALL + 1])
def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, size: int) -> None:
    made(tmp_path / "source", size)
    reading = os.open(tmp_path, os.O_RDONLY)  # a directory: EISDIR
    writing = os.open(tmp_path / "target", os.O_RDWR | os.O_CREAT)
    try:
        with pytest.raises((ReadError, OSError)) as caught:
            copy_and_hash(reading, writing, size, "the source", durable=True)
    finally:
        os.close(reading)
        os.close(writing)
    if isinstance(caught.value, ReadError):
        assert caught.value.path == "the source"
    else:
        assert isinstance(caught.value, OSError)
        assert caught.value.errno == errno.EISDIR


@pytest.mark.parametrize("size", [10, SMALL + 1])
def test_a_full_disk_is_an_error_and_no_digest(tmp_path: Path, size: int) -> None:
    """Case 18, by a device that is always full."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    made(tmp_path / "source", size)
    reading, writing = os.open(tmp_path / "source", os.O_RDONLY), os.open("/dev/full", os.O_RDWR)
    try:
        with pytest.raises(OSError) as caught:
            copy_and_hash(reading, writing, size, "x", durable=False)
        assert caught.value.errno == errno.ENOSPC
    finally:
        os.close(reading)
        os.close(writing)


def test_no_thread_is_left_after_an_error(tmp_path: Path) -> None:
    made(tmp_path / "source", SMALL + 1)
    before = threading.active_count()
    reading = os.open(tmp_path / "source", os.O_RDONLY)
    writing = os.open(tmp_path / "target", os.O_WRONLY | os.O_CREAT)  # cannot be read back
    try:
        with pytest.raises(OSError):
            copy_and_hash(reading, writing, SMALL + 1, "x", durable=False)
    finally:
        os.close(reading)
        os.close(writing)
    assert threading.active_count() == before
