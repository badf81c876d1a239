"""The store: a name is its content, whatever happens to source or object."""

from __future__ import annotations

import hashlib
import os
import random
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from hotpass.errors import ReadError, WriteError
from hotpass.files import Signature
from hotpass.versioning.copying import _SMALL
from hotpass.versioning.errors import ChangedWhileReadingError, DamagedObjectError, MissingObjectError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.store import ObjectState, Store

ABSENT = Md5("0" * 32)


def md5(data: bytes) -> Md5:
    return Md5(hashlib.md5(data).hexdigest())


def signature_of(path: Path) -> Signature:
    return Signature.of(os.stat(path))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that does not exist yet."""
    return Store(tmp_path / "project" / ".dvc" / "cache", "token")


def put(store: Store, path: Path, data: bytes, *, durable: bool = True) -> Md5:
    path.write_bytes(data)
    return store.put(path, signature_of(path), durable=durable).md5


def objects(store: Store) -> dict[str, bytes]:
    """Every file in the store by its path, temporary files included."""
    return {
        file.relative_to(store.cache).as_posix(): file.read_bytes()
        for file in store.cache.rglob("*")
        if file.is_file()
    }


def rot(path: Path, data: bytes = b"rotten") -> None:
    """Damage an object and leave its mode as DVC trusts it."""
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)


# --- putting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 1 << 20, _SMALL, _SMALL + 1, 2 * _SMALL + 3])
def test_a_file_is_stored_in_dvcs_place_under_its_md5(store: Store, tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    name = put(store, tmp_path / "x", data)
    assert name == md5(data)
    place = store.cache / "files" / "md5" / name[:2] / name[2:]
    assert store.locate(name) == place
    assert place.read_bytes() == data
    assert stat.S_IMODE(place.stat().st_mode) == 0o444
    assert store.check(name) is ObjectState.PRESENT
    assert (tmp_path / "x").read_bytes() == data


def test_dvc_finds_what_was_put(store: Store, tmp_path: Path) -> None:
    from dvc_data.hashfile.db.local import LocalHashFileDB
    from dvc_objects.fs.local import LocalFileSystem

    name = put(store, tmp_path / "x", b"data")
    theirs = LocalHashFileDB(LocalFileSystem(), str(store.cache / "files" / "md5"))
    assert theirs.exists(name)
    theirs.check(name, check_hash=True)
    assert list(theirs.all()) == [name]


def test_a_put_leaves_the_source_as_it_was(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "x"
    source.write_bytes(b"data")
    source.chmod(0o600)
    before = signature_of(source)
    stored = store.put(source, before)
    assert signature_of(source) == before == stored.source
    assert stat.S_IMODE(source.stat().st_mode) == 0o600
    assert not os.path.samefile(source, store.locate(stored.md5))


def test_the_signature_that_is_returned_is_the_objects(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"data")
    stored = store.put(tmp_path / "x", signature_of(tmp_path / "x"))
    assert stored.object == store.signature(stored.md5) == signature_of(store.locate(stored.md5))


def test_nothing_but_the_object_is_left(store: Store, tmp_path: Path) -> None:
    name = put(store, tmp_path / "x", b"data")
    assert set(objects(store)) == {f"files/md5/{name[:2]}/{name[2:]}"}
    store.clear_temps("token")
    assert not store.temp_directory().exists()


def test_putting_twice_is_putting_once(store: Store, tmp_path: Path) -> None:
    first = put(store, tmp_path / "x", b"data")
    assert put(store, tmp_path / "y", b"data") == first
    assert len(objects(store)) == 1


def test_a_rotten_object_is_replaced_by_the_next_put(store: Store, tmp_path: Path) -> None:
    """Promise 2: DVC would believe the old one."""
    name = put(store, tmp_path / "x", b"data")
    rot(store.locate(name))
    assert store.check(name) is ObjectState.DAMAGED
    assert put(store, tmp_path / "x", b"data") == name
    assert store.check(name) is ObjectState.PRESENT
    assert stat.S_IMODE(store.locate(name).stat().st_mode) == 0o444


def test_a_work_file_that_is_a_link_to_its_object_stays_one(store: Store, tmp_path: Path) -> None:
    """``cache.type = hardlink``."""
    name = put(store, tmp_path / "x", b"data")
    work = tmp_path / "work"
    os.link(store.locate(name), work)
    before = signature_of(work)
    stored = store.put(work, before)
    assert stored.md5 == name
    assert os.path.samefile(work, store.locate(name))
    assert signature_of(work) == before
    assert len(objects(store)) == 1


def test_a_work_file_edited_through_its_link_is_stored_under_its_new_name(
    store: Store, tmp_path: Path
) -> None:
    """Case 21."""
    name = put(store, tmp_path / "x", b"data")
    work = tmp_path / "work"
    os.link(store.locate(name), work)
    rot(work, b"edited")
    assert store.put(work, signature_of(work)).md5 == md5(b"edited")
    assert store.check(md5(b"edited")) is ObjectState.PRESENT
    assert store.check(name) is ObjectState.DAMAGED


def test_a_shared_store_is_open_to_the_group(tmp_path: Path) -> None:
    """What DVC does for ``cache.shared = group``."""
    store = Store(tmp_path / "cache", "token", shared=True)
    store.cache.mkdir()
    name = put(store, tmp_path / "x", b"data")
    assert stat.S_IMODE(store.locate(name).parent.stat().st_mode) == 0o2775


# --- a source that changes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, _SMALL + 1])
def test_a_file_that_is_another_than_was_looked_at_is_not_stored(
    store: Store, tmp_path: Path, size: int
) -> None:
    source = tmp_path / "x"
    source.write_bytes(b"x" * size)
    before = signature_of(source)
    source.write_bytes(b"y" * size)
    with pytest.raises(ChangedWhileReadingError) as caught:
        store.put(source, before)
    assert caught.value.exit_code == 8
    assert objects(store) == {} if store.cache.exists() else True


def test_a_file_that_grows_while_it_is_stored_is_never_under_a_wrong_name(
    store: Store, tmp_path: Path
) -> None:
    """Promise 2; DVC-FACTS: ``dvc add`` stores it under a hash that is not its own."""
    source = tmp_path / "x"
    source.write_bytes(os.urandom(2 * _SMALL))
    stop = threading.Event()

    def append() -> None:
        with open(source, "ab", buffering=0) as file:
            while not stop.wait(0.0005):
                file.write(b"more")

    writer = threading.Thread(target=append)
    writer.start()
    refused = 0
    try:
        for _ in range(12):
            try:
                store.put(source, signature_of(source), durable=False)
            except ChangedWhileReadingError:
                refused += 1
    finally:
        stop.set()
        writer.join()
    assert refused, "the file never changed while it was read: the test proves nothing"
    for path, data in objects(store).items():
        assert path.replace("/", "").endswith(md5(data)), path
    store.put(source, signature_of(source))
    assert store.check(md5(source.read_bytes())) is ObjectState.PRESENT


def test_a_file_that_is_replaced_while_it_is_stored_is_refused(store: Store, tmp_path: Path) -> None:
    """A program that saves by rename: the open file stays as it was, the name means another one."""
    source, other = tmp_path / "x", tmp_path / "y"
    source.write_bytes(os.urandom(2 * _SMALL))
    expected = signature_of(source)
    stop = threading.Event()

    def replace() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            other.write_bytes(b"new %d" % number)
            os.replace(other, source)

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        with pytest.raises(ChangedWhileReadingError):
            while True:
                store.put(source, expected, durable=False)
    finally:
        stop.set()
        writer.join()
    assert all(path.replace("/", "").endswith(md5(data)) for path, data in objects(store).items())


def test_a_file_that_is_gone_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="none"):
        store.put(tmp_path / "none", Signature(0, 0, 0, 0))


def test_a_fifo_in_the_files_place_hangs_nobody(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(ChangedWhileReadingError):
        store.put(tmp_path / "x", Signature(5, 0, 0, 0))


# --- a store that does not take it --------------------------------------------------------------------------------


def test_a_store_that_is_no_folder_is_a_write_error(store: Store, tmp_path: Path) -> None:
    store.cache.parent.mkdir(parents=True)
    store.cache.write_text("in the way")
    with pytest.raises(WriteError) as caught:
        put(store, tmp_path / "x", b"data")
    assert str(store.cache) in str(caught.value)
    assert (tmp_path / "x").read_bytes() == b"data"


def test_a_link_in_the_temporary_files_place_is_not_followed(store: Store, tmp_path: Path) -> None:
    """Case 46: a name that was foreseen, and a link put there."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    store.temp_directory().mkdir(parents=True)
    for number in range(5):
        (store.temp_directory() / f".hotpass-token-{number}.tmp").symlink_to(victim)
    with pytest.raises(WriteError):
        put(store, tmp_path / "x", b"data")
    assert victim.read_bytes() == b"precious"


def test_an_object_in_the_making_is_private(store: Store, tmp_path: Path) -> None:
    """Case 46."""
    modes: set[int] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for file in store.temp_directory().glob(".hotpass-*"):
                try:
                    modes.add(stat.S_IMODE(file.stat().st_mode))
                except FileNotFoundError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = os.umask(0)
    try:
        put(store, tmp_path / "x", os.urandom(6 * _SMALL), durable=False)
    finally:
        os.umask(before)
        stop.set()
        watcher.join()
    assert modes <= {0o600, 0o444}
    assert 0o600 in modes


def test_only_the_own_runs_leftovers_are_cleared(store: Store) -> None:
    store.prepared_temps()
    mine, others = (store.temp_directory() / f".hotpass-{token}-1.tmp" for token in ("token", "other"))
    mine.write_bytes(b"x")
    others.write_bytes(b"x")
    store.clear_temps("token")
    assert not mine.exists()
    assert others.exists()


# --- looking and reading back --------------------------------------------------------------------------------------


def test_missing_and_damaged_are_told_apart(store: Store, tmp_path: Path) -> None:
    assert store.check(ABSENT) is ObjectState.MISSING
    assert store.signature(ABSENT) is None
    with pytest.raises(MissingObjectError):
        store.read(ABSENT)
    name = put(store, tmp_path / "x", b"data")
    for data in (b"rotten", b"", b"data\n", b"dat"):
        rot(store.locate(name), data)
        assert store.check(name) is ObjectState.DAMAGED
        with pytest.raises(DamagedObjectError):
            store.read(name)


def test_what_is_no_file_in_an_objects_place_is_damaged_and_hangs_nobody(
    store: Store, tmp_path: Path
) -> None:
    name = put(store, tmp_path / "x", b"")
    place = store.locate(name)
    place.unlink()
    place.mkdir()
    assert store.check(name) is ObjectState.DAMAGED
    with pytest.raises(DamagedObjectError):
        store.read(name)
    place.rmdir()
    os.mkfifo(place)
    found: list[ObjectState] = []
    looking = threading.Thread(target=lambda: found.append(store.check(name)), daemon=True)
    looking.start()
    looking.join(1.0)
    assert found == [ObjectState.DAMAGED]
    with pytest.raises(DamagedObjectError):
        store.read(name)
    assert store.signature(name) is None


def test_an_object_of_right_bytes_is_believed_whatever_its_mode(store: Store, tmp_path: Path) -> None:
    """DVC-FACTS: to DVC a mode of 0444 means good, and 0644 means gone."""
    name = put(store, tmp_path / "x", b"data")
    for mode in (0o644, 0o400, 0o777, 0o444):
        store.locate(name).chmod(mode)
        assert store.check(name) is ObjectState.PRESENT
        assert store.read(name) == b"data"


def test_an_object_is_copied_out_and_proved(store: Store, tmp_path: Path) -> None:
    for size in (10, _SMALL + 1):
        data = os.urandom(size)
        name = put(store, tmp_path / "x", data)
        with open(tmp_path / "out", "w+b") as out:
            store.copy_out(name, out.fileno(), durable=True)
        assert (tmp_path / "out").read_bytes() == data
        rot(store.locate(name), data[:-1] + bytes([data[-1] ^ 1]))
        with open(tmp_path / "out", "w+b") as out, pytest.raises(DamagedObjectError):
            store.copy_out(name, out.fileno(), durable=True)
    with open(tmp_path / "out", "w+b") as out, pytest.raises(MissingObjectError):
        store.copy_out(ABSENT, out.fileno(), durable=True)


def test_a_listing_is_stored_under_its_text_and_suffix(store: Store) -> None:
    name = store.put_bytes(b"[]", ".dir")
    assert name == md5(b"[]") + ".dir"
    assert store.locate(name).name.endswith(".dir")
    assert store.read(name) == b"[]"
    assert store.check(name) is ObjectState.PRESENT
    assert stat.S_IMODE(store.locate(name).stat().st_mode) == 0o444


def test_bytes_from_elsewhere_are_taken_only_under_their_own_name(store: Store) -> None:
    """Promise 2: what a remote sends is not believed."""
    for data, state in ((b"data", ObjectState.PRESENT), (b"other", ObjectState.DAMAGED)):
        temp = store.prepared_temps() / "came.tmp"
        temp.write_bytes(data)
        assert store.adopt(temp, md5(b"data")) is state
        assert temp.exists() is (state is ObjectState.DAMAGED)
    assert store.read(md5(b"data")) == b"data"
    assert stat.S_IMODE(store.locate(md5(b"data")).stat().st_mode) == 0o444


def test_objects_put_without_a_flush_are_there_after_it(store: Store, tmp_path: Path) -> None:
    names = [put(store, tmp_path / "x", bytes([number]) * 10, durable=False) for number in range(5)]
    store.flush(names)
    assert all(store.check(name) is ObjectState.PRESENT for name in names)


# --- any sequence of these ------------------------------------------------------------------------------------------


class StoreMachine(RuleBasedStateMachine):
    """Put, rot, remove, check and read in any order, beside a dictionary that knows what must be there."""

    names: Bundle[Md5] = Bundle("names")
    base: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = self.base / os.urandom(6).hex()
        self.folder.mkdir()
        self.store = Store(self.folder / "cache", "token")
        self.bytes: dict[Md5, bytes] = {}
        self.state: dict[Md5, ObjectState] = {}

    @rule(target=names, data=st.binary(max_size=3), durable=st.booleans())
    def put(self, data: bytes, durable: bool) -> Md5:
        name = put(self.store, self.folder / "x", data, durable=durable)
        self.bytes[name], self.state[name] = data, ObjectState.PRESENT
        return name

    @rule(target=names, data=st.binary(max_size=3))
    def put_listing(self, data: bytes) -> Md5:
        name = self.store.put_bytes(data, ".dir")
        self.bytes[name], self.state[name] = data, ObjectState.PRESENT
        return name

    @rule(name=names, data=st.binary(max_size=4))
    def rot(self, name: Md5, data: bytes) -> None:
        if self.state[name] is not ObjectState.MISSING:
            rot(self.store.locate(name), data)
            self.state[name] = ObjectState.PRESENT if data == self.bytes[name] else ObjectState.DAMAGED

    @rule(name=names)
    def remove(self, name: Md5) -> None:
        self.store.locate(name).unlink(missing_ok=True)
        self.state[name] = ObjectState.MISSING

    @rule(name=names, data=st.binary(max_size=3))
    def bring(self, name: Md5, data: bytes) -> None:
        temp = self.store.prepared_temps() / "came.tmp"
        temp.write_bytes(data)
        if self.store.adopt(temp, name) is ObjectState.PRESENT:
            assert data == self.bytes[name]
            self.state[name] = ObjectState.PRESENT
        else:
            assert data != self.bytes[name]

    @rule(name=names)
    def check(self, name: Md5) -> None:
        assert self.store.check(name) is self.state[name]
        assert (self.store.signature(name) is None) is (self.state[name] is ObjectState.MISSING)

    @rule(name=names)
    def read(self, name: Md5) -> None:
        expected = {ObjectState.MISSING: MissingObjectError, ObjectState.DAMAGED: DamagedObjectError}
        if self.state[name] is ObjectState.PRESENT:
            assert self.store.read(name) == self.bytes[name]
        else:
            with pytest.raises(expected[self.state[name]]):
                self.store.read(name)

    @rule()
    def clear(self) -> None:
        self.store.clear_temps("token")

    @invariant()
    def no_leftovers(self) -> None:
        assert not list(self.folder.rglob(".hotpass-*"))


@pytest.fixture
def machine_folder(tmp_path: Path) -> Iterator[None]:
    StoreMachine.base = tmp_path
    yield


@pytest.mark.slow
@pytest.mark.usefixtures("machine_folder")
def test_any_sequence_of_acts_keeps_names_and_contents_together() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        StoreMachine, settings=settings(max_examples=30, stateful_step_count=25, deadline=None)
    )
