"""Objects that were proved once are not hashed again, and a changed one is never believed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hotpass.files import Signature
from hotpass.versioning.pointer import Md5
from hotpass.versioning.proofs import WORTH, Proofs
from hotpass.versioning.store import ObjectState, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", "0123456789ab")


def _put(store: Store, tmp_path: Path, data: bytes) -> Md5:
    source = tmp_path / "source"
    source.write_bytes(data)
    return store.put(source, Signature.of(os.stat(source))).md5


def test_a_proved_object_is_remembered_until_it_changes(store: Store, tmp_path: Path) -> None:
    md5 = _put(store, tmp_path, b"x" * WORTH)
    time.sleep(0.02)
    assert Proofs.load(tmp_path, store).prove([md5, md5]) == {md5: ObjectState.PRESENT}
    known = Proofs.load(tmp_path, store).known
    assert list(known) == [md5]
    place = store.locate(md5)
    place.chmod(0o644)
    place.write_bytes(b"y" * WORTH)
    assert Proofs.load(tmp_path, store).prove([md5]) == {md5: ObjectState.DAMAGED}
    place.unlink()
    assert Proofs.load(tmp_path, store).prove([md5]) == {md5: ObjectState.MISSING}


def test_a_change_that_keeps_size_and_time_is_seen(store: Store, tmp_path: Path) -> None:
    md5 = _put(store, tmp_path, b"x" * WORTH)
    time.sleep(0.02)
    Proofs.load(tmp_path, store).prove([md5])
    place = store.locate(md5)
    status = place.stat()
    place.chmod(0o644)
    place.write_bytes(b"y" * WORTH)
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert Proofs.load(tmp_path, store).prove([md5]) == {md5: ObjectState.DAMAGED}


def test_small_objects_are_not_worth_remembering(store: Store, tmp_path: Path) -> None:
    md5 = _put(store, tmp_path, b"x")
    time.sleep(0.02)
    Proofs.load(tmp_path, store).prove([md5])
    assert not Proofs.load(tmp_path, store).known


@pytest.mark.parametrize("harm", ["cut", "garbage", "empty", "other"])
def test_a_damaged_index_counts_as_absent(store: Store, tmp_path: Path, harm: str) -> None:
    md5 = _put(store, tmp_path, b"x" * WORTH)
    time.sleep(0.02)
    Proofs.load(tmp_path, store).prove([md5])
    index = tmp_path / "proofs"
    data = index.read_bytes()
    index.write_bytes(
        {"cut": data[:-9], "garbage": b"\xff\x00", "empty": b"", "other": data.replace(b" 1\n", b" 2\n")}[
            harm
        ]
    )
    assert not Proofs.load(tmp_path, store).known
    assert Proofs.load(tmp_path, store).prove([md5]) == {md5: ObjectState.PRESENT}


def test_where_nothing_can_be_remembered_it_is_read_each_time(store: Store, tmp_path: Path) -> None:
    md5 = _put(store, tmp_path, b"x" * WORTH)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    assert Proofs.load(blocked / "x", store).prove([md5]) == {md5: ObjectState.PRESENT}
