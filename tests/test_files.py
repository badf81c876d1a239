"""Writes are whole or absent, reads are small and safe, directories durable."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass import files
from hotpass.errors import NoRoomError, ReadError, WriteError
from hotpass.files import (
    CHUNK,
    Signature,
    check_room,
    create_temp,
    existing_mode,
    make_directories,
    md5_of,
    mount_of,
    new_token,
    read_small,
    remove_quietly,
    write_all,
    write_whole,
    writing,
)

TOKEN = "0123456789ab"


@pytest.fixture
def mask_022() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- writing ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mask_022")
def test_a_new_file_gets_the_mode_of_the_umask(tmp_path: Path) -> None:
    write_whole(tmp_path / "x", b"data", TOKEN)
    assert ((tmp_path / "x").read_bytes(), mode(tmp_path / "x")) == (b"data", 0o644)
    os.umask(0)
    write_whole(tmp_path / "y", b"data", TOKEN)
    assert mode(tmp_path / "y") == 0o666
    write_whole(tmp_path / "z", b"data", TOKEN, mode=0o600)
    assert mode(tmp_path / "z") == 0o600


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o755, 0o444])
def test_a_file_that_was_there_keeps_its_mode(tmp_path: Path, bits: int) -> None:
    """Case 46."""
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "x").chmod(bits)
    write_whole(tmp_path / "x", b"new", TOKEN)
    assert ((tmp_path / "x").read_bytes(), mode(tmp_path / "x")) == (b"new", bits)


def test_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "x", b"data", TOKEN)
    assert names(tmp_path) == ["x"]


def test_a_link_at_the_target_is_replaced_and_never_followed(tmp_path: Path) -> None:
    """Promise 6."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "x").symlink_to(victim)
    write_whole(tmp_path / "x", b"data", TOKEN)
    assert not (tmp_path / "x").is_symlink()
    assert victim.read_bytes() == b"precious"


def test_a_hard_link_at_the_target_is_taken_apart(tmp_path: Path) -> None:
    """Case 21: never through a link."""
    (tmp_path / "object").write_bytes(b"precious")
    os.link(tmp_path / "object", tmp_path / "x")
    write_whole(tmp_path / "x", b"data", TOKEN)
    assert (tmp_path / "object").read_bytes() == b"precious"


def test_a_temporary_file_is_private_new_and_never_a_link(tmp_path: Path) -> None:
    """Case 46."""
    before = os.umask(0)
    try:
        descriptor, path = create_temp(tmp_path, TOKEN)
    finally:
        os.umask(before)
    os.close(descriptor)
    assert (path.parent, mode(path)) == (tmp_path, 0o600)
    with pytest.raises(FileExistsError):
        create_temp(tmp_path, TOKEN)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        create_temp(tmp_path, TOKEN)
    assert not (tmp_path / "elsewhere").exists()


def test_tokens_do_not_repeat() -> None:
    assert len({new_token() for _ in range(100)}) == 100


def test_a_reader_sees_the_old_bytes_or_all_of_the_new(tmp_path: Path) -> None:
    target = tmp_path / "x"
    texts = [bytes([letter]) * 200_000 for letter in b"ab"]
    target.write_bytes(texts[0])
    stop = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(target.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(30):
            write_whole(target, texts[number % 2], f"{number:012x}")
    finally:
        stop.set()
        reader.join()
    assert seen <= set(texts)


@pytest.mark.parametrize("kind", ["no folder", "a folder in its place", "the parent is a file"])
def test_a_write_that_fails_names_the_file_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "x"
    if kind == "no folder":
        target = tmp_path / "none" / "x"
    elif kind == "a folder in its place":
        target.mkdir()
    else:
        (tmp_path / "file").write_bytes(b"")
        target = tmp_path / "file" / "x"
    before = names(tmp_path)
    with pytest.raises(WriteError) as caught:
        write_whole(target, b"data", TOKEN)
    assert caught.value.path == str(target)
    assert caught.value.exit_code == 1
    assert names(tmp_path) == before


def test_a_full_disk_names_the_file_system() -> None:
    """Case 18."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(WriteError) as caught, writing("/dev/full"):
        descriptor = os.open("/dev/full", os.O_WRONLY)
        try:
            write_all(descriptor, b"data")
        finally:
            os.close(descriptor)
    assert caught.value.file_system == str(mount_of(Path("/dev/full")))
    assert f"file system of {caught.value.file_system}" in str(caught.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_kind_of_full_names_the_file_system(tmp_path: Path, number: int) -> None:
    with pytest.raises(WriteError) as caught, writing(tmp_path / "x"):
        raise OSError(number, os.strerror(number))
    assert os.path.ismount(caught.value.file_system)


def test_other_failures_name_no_file_system(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as caught, writing(tmp_path / "x"):
        raise OSError(errno.EIO, "Input/output error")
    assert str(caught.value) == f"cannot write {tmp_path / 'x'}: Input/output error"


def test_a_partial_write_is_gone_on_with(tmp_path: Path) -> None:
    """A pipe takes what it has room for."""
    reading, feeding = os.pipe()
    got: list[bytes] = []

    def drain() -> None:
        while data := os.read(reading, 1000):
            got.append(data)

    reader = threading.Thread(target=drain)
    reader.start()
    data = os.urandom(300_000)
    write_all(feeding, memoryview(data))
    os.close(feeding)
    reader.join()
    os.close(reading)
    assert b"".join(got) == data


@pytest.mark.usefixtures("mask_022")
def test_the_mode_of_what_is_no_file_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("folder")
    for name in ("folder", "link", "none"):
        assert existing_mode(tmp_path / name) == 0o644


def test_the_umask_is_read_and_stays(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert files.umask() == 0o027
        assert files.umask() == 0o027
    finally:
        os.umask(before)


# --- directories ---------------------------------------------------------------------------------------------


def test_directories_are_made_with_their_parents_and_twice_is_once(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    make_directories(deep)
    make_directories(deep)
    assert deep.is_dir()


def test_a_file_in_a_directorys_place_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    for deep in (tmp_path / "a", tmp_path / "a" / "b" / "c"):
        with pytest.raises(WriteError):
            make_directories(deep)
    assert (tmp_path / "a").read_bytes() == b""


def test_directories_may_be_made_by_several_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def make() -> None:
        try:
            for number in range(20):
                make_directories(tmp_path / str(number) / "a" / "b")
        except BaseException as error:  # noqa: BLE001  # shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_mount_is_found_above_any_path(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "deeper", Path("/")):
        assert os.path.ismount(mount_of(path))


# --- reading -------------------------------------------------------------------------------------------------


@given(st.binary(max_size=50))
def test_a_small_file_is_read_whole(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "small"
    file.write_bytes(data)
    assert read_small(file, 50) == data


def test_a_file_of_the_limit_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_small(tmp_path / "x", 5) == b"12345"
    with pytest.raises(ReadError, match="5 bytes, more than the 4"):
        read_small(tmp_path / "x", 4)


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    assert read_small(tmp_path / "none", 5) is None
    assert read_small(tmp_path / "x" / "below", 5) is None


@pytest.mark.parametrize("kind", ["a link", "a folder", "a fifo", "a device"])
def test_what_is_no_regular_file_is_refused_and_hangs_nobody(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "a link":
        (tmp_path / "y").write_bytes(b"y")
        path.symlink_to("y")
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a fifo":
        os.mkfifo(path)
    else:
        path = Path(os.devnull)
    begun = time.monotonic()
    with pytest.raises(ReadError) as caught:
        read_small(path, 100)
    assert time.monotonic() - begun < 1
    assert caught.value.path == str(path)


def test_a_link_is_followed_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "y").write_bytes(b"y")
    (tmp_path / "x").symlink_to("y")
    assert read_small(tmp_path / "x", 5, follow=True) == b"y"
    (tmp_path / "y").unlink()
    assert read_small(tmp_path / "x", 5, follow=True) is None


def test_the_md5_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5):
        data = os.urandom(size)
        (tmp_path / "x").write_bytes(data)
        assert md5_of(tmp_path / "x") == hashlib.md5(data).hexdigest()
    with pytest.raises(ReadError, match="none"):
        md5_of(tmp_path / "none")


def test_a_signature_changes_with_every_way_a_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"data")
    before = Signature.of(file.stat())
    assert Signature.of(file.stat()) == before
    time.sleep(0.02)
    os.utime(file, ns=(before.mtime, before.mtime))
    assert Signature.of(file.stat()) != before  # the time of the change itself cannot be put back
    other = tmp_path / "y"
    other.write_bytes(b"data")
    assert Signature.of(other.stat()).inode != before.inode


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_quietly(tmp_path / "none")
    (tmp_path / "x").write_bytes(b"")
    remove_quietly(tmp_path / "x")
    assert names(tmp_path) == []


def test_room_is_asked_of_the_file_system_above_what_is_not_there_yet(tmp_path: Path) -> None:
    """Case 18."""
    free = shutil.disk_usage(tmp_path).free
    check_room(tmp_path / "not" / "there" / "yet", 0)
    check_room(tmp_path / "not" / "there" / "yet", free // 2)
    with pytest.raises(NoRoomError) as caught:
        check_room(tmp_path / "not" / "there" / "yet", free * 2 + (1 << 40))
    assert caught.value.path == str(tmp_path)
    assert caught.value.file_system == str(mount_of(tmp_path))
    assert list(tmp_path.iterdir()) == []
