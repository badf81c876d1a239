"""Archives are unpacked with nothing outside of them, within limits, and refused where that cannot be."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from hotpass.tables import Limits
from hotpass.workflows.archives import Archive, find_archives, unpacked
from hotpass.workflows.errors import BadArchiveError, NothingToReplayError

CSV = b"Name,Phone\nHeron House,1\n"


def _zip(path: Path, files: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            book.writestr(info, content)
    return path


def _tar(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as book:
        for member in members:
            member.size = len(CSV) if member.isreg() else 0
            book.addfile(member, io.BytesIO(CSV))
    return path


def _member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _unpack(path: Path, scratch: Path, limits: Limits | None = None) -> dict[str, bytes]:
    scratch.mkdir()
    place = unpacked(Archive("2024-01-31", path), scratch, limits or Limits())
    return {
        file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()
    }


def test_archives_are_told_by_the_date_in_their_names_oldest_first(tmp_path: Path) -> None:
    for name in ("lists 2024-03-31.zip", "20240131.tar.gz", "b_2024.02.29.tgz"):
        _zip(tmp_path / name, {"a.csv": CSV})
    (tmp_path / "2023-12-31").mkdir()
    for name in ("notes.txt", "latest.zip", "2024-13-01.zip", ".2024-01-01.zip", "2024-01-15.docx"):
        (tmp_path / name).write_bytes(CSV)
    found = find_archives(tmp_path, "archives")
    assert [(archive.date, archive.path.name) for archive in found] == [
        ("2023-12-31", "2023-12-31"),
        ("2024-01-31", "20240131.tar.gz"),
        ("2024-02-29", "b_2024.02.29.tgz"),
        ("2024-03-31", "lists 2024-03-31.zip"),
    ]
    assert len(find_archives(tmp_path / "2023-12-31", "one")) == 1


@pytest.mark.parametrize("name", ["nowhere", "notes.txt", "empty"])
def test_a_place_without_archives_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToReplayError, match=name):
        find_archives(tmp_path / name, name)


def test_what_lies_in_one_folder_is_taken_out_of_it(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "a.zip",
        {"lists/may/a.csv": CSV, "lists/may/sub/b.csv": CSV, "__MACOSX/x": b"", ".DS_Store": b"1"},
    )
    assert _unpack(path, tmp_path / "out") == {"a.csv": CSV, "sub/b.csv": CSV}
    path = _tar(tmp_path / "a.tar.gz", _member("may", tarfile.DIRTYPE), _member("may/a.csv"))
    assert _unpack(path, tmp_path / "out2") == {"a.csv": CSV}


@pytest.mark.parametrize("name", ["../a.csv", "x/../../a.csv", "..\\a.csv", "C:\\a.csv"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    for number, path in enumerate(
        (_zip(tmp_path / "a.zip", {name: CSV}), _tar(tmp_path / "a.tar.gz", _member(name)))
    ):
        with pytest.raises(BadArchiveError, match="lies outside"):
            _unpack(path, tmp_path / f"out{number}")
    assert sorted(file.name for file in tmp_path.rglob("*.csv")) == []


def test_a_name_from_the_root_stays_inside(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"/etc/a.csv": CSV, "b.csv": CSV})
    assert _unpack(path, tmp_path / "out") == {"etc/a.csv": CSV, "b.csv": CSV}


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    bad = [
        _zip(tmp_path / "a.zip", {"a.csv": b"/etc/passwd"}, stat.S_IFLNK | 0o777),
        _tar(tmp_path / "b.tar.gz", _member("a.csv", tarfile.SYMTYPE, "/etc/passwd")),
        _tar(tmp_path / "c.tar.gz", _member("b.csv"), _member("a.csv", tarfile.LNKTYPE, "b.csv")),
        _tar(tmp_path / "d.tar.gz", _member("a.csv", tarfile.FIFOTYPE)),
    ]
    for number, path in enumerate(bad):
        with pytest.raises(BadArchiveError, match=r"'a\.csv' in it is a link or a device"):
            _unpack(path, tmp_path / f"out{number}")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {"a.csv": bytes(70 << 20)})
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(BadArchiveError, match="limit_ratio = 200 times"):
        _unpack(bomb, tmp_path / "out")
    with pytest.raises(BadArchiveError, match="limit_bytes = 100,000 allows"):
        _unpack(bomb, tmp_path / "out2", Limits(bytes=100_000))


def test_what_is_empty_broken_or_said_twice_is_refused(tmp_path: Path) -> None:
    whole = _zip(tmp_path / "whole.zip", {"a.csv": os.urandom(5000)}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:3000])
    (tmp_path / "text.tar.gz").write_text("no archive")
    (tmp_path / "folder").mkdir()
    _zip(tmp_path / "none.zip", {})
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as book:
        book.writestr("a.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate"):
            book.writestr("a.csv", CSV)
    for name in ("cut.zip", "text.tar.gz", "folder", "none.zip", "twice.zip"):
        with pytest.raises(BadArchiveError, match=name):
            _unpack(tmp_path / name, tmp_path / f"out-{name}")
