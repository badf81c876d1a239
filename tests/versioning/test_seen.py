"""The index of what was hashed: believed only where a change would have shown."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.files import Signature
from hotpass.versioning.pointer import Md5
from hotpass.versioning.seen import Seen, SeenFile, clock, settled

A = Md5("0cc175b9c0f1b6a831c399e269772661")
SECOND = 1_000_000_000
NAMES = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(0, 2**63)
SIGNATURES = st.builds(Signature, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
FILES = st.dictionaries(
    NAMES, st.builds(SeenFile, SIGNATURES, st.just(A), st.none() | SIGNATURES), max_size=5
)


def signature_of(file: Path) -> Signature:
    return Signature.of(os.stat(file))


def after(stamp: int, directory: Path) -> int:
    """Wait until the file system's clock has passed a moment."""
    deadline = time.monotonic() + 5
    while (now := clock(directory)) <= stamp:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return now


def seen_file(tmp_path: Path, data: bytes = b"first") -> tuple[Path, Signature]:
    """A file that was hashed when it had been quiet for long enough."""
    file = tmp_path / "x.csv"
    file.write_bytes(data)
    now = signature_of(file)
    begun = after(max(now.mtime, now.ctime), tmp_path)
    Seen.load(tmp_path, "x.csv").save({"": SeenFile(now, A, None)}, begun)
    return file, now


def test_what_did_not_change_is_found_again(tmp_path: Path) -> None:
    file, _ = seen_file(tmp_path)
    found = Seen.load(tmp_path, "x.csv").find("", signature_of(file))
    assert found is not None
    assert found.md5 == A


def test_an_unknown_file_must_be_read(tmp_path: Path) -> None:
    file, now = seen_file(tmp_path)
    assert Seen.load(tmp_path, "x.csv").find("other", now) is None
    assert Seen.load(tmp_path, "y.csv").find("", signature_of(file)) is None


def test_a_file_of_the_same_size_with_its_old_time_put_back_must_be_read(tmp_path: Path) -> None:
    """Promise 4: the change time, which no program can set, gives it away."""
    file, before = seen_file(tmp_path)
    file.write_bytes(b"secon")
    os.utime(file, ns=(before.mtime, before.mtime))
    now = signature_of(file)
    assert (now.size, now.mtime, now.inode) == (before.size, before.mtime, before.inode)
    assert Seen.load(tmp_path, "x.csv").find("", now) is None


def test_another_file_put_in_its_place_must_be_read(tmp_path: Path) -> None:
    file, before = seen_file(tmp_path)
    other = tmp_path / "other"
    other.write_bytes(b"secon")
    os.utime(other, ns=(before.mtime, before.mtime))
    os.replace(other, file)
    assert Seen.load(tmp_path, "x.csv").find("", signature_of(file)) is None


def test_a_file_written_in_the_tick_in_which_it_was_hashed_must_be_read_again(tmp_path: Path) -> None:
    """git's racy entries: a second write in the same tick would leave the same times."""
    file = tmp_path / "x.csv"
    begun = clock(tmp_path)
    file.write_bytes(b"first")
    now = signature_of(file)
    Seen.load(tmp_path, "x.csv").save({"": SeenFile(now, A, None)}, begun)
    assert Seen.load(tmp_path, "x.csv").find("", now) is None


@pytest.mark.parametrize(
    ("mtime", "ctime", "stamp", "answer"),
    [
        (5, 5, 6, True),
        (5, 5, 5, False),
        (6, 5, 6, False),
        (5, 6, 6, False),
        (7, 5, 6, False),  # a time in the future
        (5, 5, 0, False),  # no clock
        # A file system that counts whole seconds: its times say less.
        (5 * SECOND, 5 * SECOND, 5 * SECOND + 1, False),
        (5 * SECOND, 5 * SECOND, 7 * SECOND, False),
        (5 * SECOND, 5 * SECOND, 7 * SECOND + 1, True),
        (5 * SECOND, 5 * SECOND + 1, 5 * SECOND + 2, True),
    ],
)
def test_times_are_believed_when_a_later_write_would_show(
    mtime: int, ctime: int, stamp: int, answer: bool
) -> None:
    assert settled(Signature(1, mtime, ctime, 1), stamp) is answer


@given(FILES, st.integers(0, 2**63))
def test_an_index_is_read_back_as_it_was_saved(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, SeenFile], begun: int
) -> None:
    place = tmp_path_factory.getbasetemp() / "round-trip"
    Seen.load(place, "x").save(files, begun)
    again = Seen.load(place, "x")
    assert (again.files, again.stamp) == (files, begun)


def test_a_name_with_a_newline_is_left_out_and_spoils_nothing(tmp_path: Path) -> None:
    one = SeenFile(Signature(1, 2, 3, 4), A, None)
    Seen.load(tmp_path, "x").save({"a\nb": one, "c": one}, 9)
    assert set(Seen.load(tmp_path, "x").files) == {"c"}


def test_names_that_are_not_utf_8_are_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.csv")
    one = SeenFile(Signature(1, 2, 3, 4), A, Signature(5, 6, 7, 8))
    Seen.load(tmp_path, name).save({name: one}, 9)
    assert Seen.load(tmp_path, name).files == {name: one}


def test_a_damaged_index_counts_as_absent(tmp_path: Path) -> None:
    """Every single byte that rots is noticed."""
    file, _ = seen_file(tmp_path)
    index = Seen.load(tmp_path, "x.csv").path
    good = index.read_bytes()
    now = signature_of(file)
    for at in range(len(good)):
        for wrong in (good[at] ^ 1, good[at] ^ 0x80):
            index.write_bytes(good[:at] + bytes([wrong]) + good[at + 1 :])
            found = Seen.load(tmp_path, "x.csv").find("", now)
            assert found is None, (at, wrong)
    for length in range(len(good)):
        index.write_bytes(good[:length])
        assert Seen.load(tmp_path, "x.csv").files == {}


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"hotpass-seen 1\n5", b"\xff" * 200, b"\0" * 200, b"x\n00000000"]
)
def test_what_is_no_index_counts_as_absent(tmp_path: Path, data: bytes) -> None:
    index = Seen.load(tmp_path, "x").path
    index.parent.mkdir(parents=True)
    index.write_bytes(data)
    assert Seen.load(tmp_path, "x").files == {}


def test_an_index_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "seen").write_text("in the way")
    seen = Seen.load(tmp_path, "x")
    seen.save({"": SeenFile(Signature(1, 2, 3, 4), A, None)}, 9)
    assert Seen.load(tmp_path, "x").files == {}
    assert (tmp_path / "seen").read_text() == "in the way"


def test_saving_leaves_one_file(tmp_path: Path) -> None:
    one = SeenFile(Signature(1, 2, 3, 4), A, None)
    for number in range(3):
        Seen.load(tmp_path, "x").save({str(number): one}, 9)
    assert len(list((tmp_path / "seen").iterdir())) == 1


def test_the_clock_is_that_of_the_file_system(tmp_path: Path) -> None:
    before = clock(tmp_path)
    file = tmp_path / "x"
    file.write_bytes(b"")
    assert before <= os.stat(file).st_mtime_ns <= after(before, tmp_path)
    assert clock(tmp_path / "none such") == 0
