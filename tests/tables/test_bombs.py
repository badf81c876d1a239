"""FAULTS 44: a workbook that asks for too much is refused by a limit's name, in seconds; nothing in it is followed."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.books import number, opened, row, text, xlsx

from hotpass.tables import Limits
from hotpass.tables.errors import EncryptedBookError, LimitError, UnreadableTableError

HEADER = row(1, {"A": text("a")})
SECONDS = 10


@pytest.fixture(autouse=True)
def clock() -> object:
    """Every case is decided in time."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < SECONDS


def blown_up(path: Path) -> Path:
    """0.3 MB that unpack to 300 MB of XML."""
    with (
        zipfile.ZipFile(xlsx(path, HEADER), "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b"<row><c><v>1</v></c></row>" * 40_330)
    return path


def far_corner(path: Path) -> Path:
    return xlsx(path, HEADER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_sheets(path: Path) -> Path:
    return xlsx(path, {f"S{n}": "" for n in range(10_000)})


def nested(path: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * (100 << 20))
    return xlsx(path, HEADER, further={"xl/media/inner.zip": inner.getvalue()})


def wide_and_long(path: Path) -> Path:
    """2,000 rows of 2,000 cells of which two are there."""
    return xlsx(path, HEADER + '<row r="2000"><c r="BXX2000"><v>1</v></c></row>')


@pytest.mark.parametrize(
    ("make", "limits", "limit"),
    [
        (blown_up, Limits(), "ratio"),
        (blown_up, Limits(bytes=100 << 20), "bytes"),
        (far_corner, Limits(), "memory"),
        (many_sheets, Limits(), "sheets"),
        (wide_and_long, Limits(cells=1_000_000), "cells"),
        (wide_and_long, Limits(columns=1_000), "columns"),
        (wide_and_long, Limits(memory=150 << 20), "memory"),
        (wide_and_long, Limits(seconds=0), "seconds"),
    ],
)
def test_a_bomb_is_refused_by_the_limits_name(
    tmp_path: Path, make: Callable[[Path], Path], limits: Limits, limit: str
) -> None:
    path = make(tmp_path / "x.xlsx")
    with pytest.raises(LimitError) as caught, opened(path, limits=limits):
        pass
    assert (caught.value.limit, caught.value.allowed) == (limit, getattr(limits, limit))
    assert f"limit_{limit}" in caught.value.hint


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "x.xlsx", HEADER + row(2, {"A": number(1)}))
    data = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    declared = data.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", declared)
    with opened(path) as look:
        assert look.rows() == [("1",)]


def test_a_zip_inside_is_not_opened(tmp_path: Path) -> None:
    with opened(nested(tmp_path / "x.xlsx")) as look:
        assert look.names() == ["a"]


ENTITIES = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {x} "{f"&{y};" * 10}">' for y, x in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize("first", [text("a"), number(1)])
@pytest.mark.parametrize(
    ("head", "cell"),
    [
        (ENTITIES, "&i;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>', "&e;"),
    ],
)
def test_entities_are_not_followed(tmp_path: Path, first: str, head: str, cell: str) -> None:
    """Whichever way the sheet is read, no entity is replaced: the cell is refused or stands as it is."""
    path = xlsx(tmp_path / "x.xlsx", row(1, {"A": first}) + row(2, {"A": text(cell)}), head=head)
    try:
        with opened(path) as look:
            assert look.rows() in ([(None,)], [("",)], [(cell,)])
    except UnreadableTableError:
        pass


def test_huge_shared_strings_are_refused(tmp_path: Path) -> None:
    strings = ["x" * (1 << 20)] * 300
    path = xlsx(tmp_path / "x.xlsx", HEADER, strings=strings)
    with pytest.raises(LimitError) as caught, opened(path):
        pass
    assert caught.value.limit == "ratio"
    with pytest.raises(LimitError) as caught, opened(path, limits=Limits(ratio=10_000, memory=500 << 20)):
        pass
    assert caught.value.limit == "memory"


def test_sizes_that_lie_do_not_get_past_the_limit_on_memory(tmp_path: Path) -> None:
    path = blown_up(tmp_path / "x.xlsx")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    name = b"xl/worksheets/sheet2.xml"
    assert data[at + 46 : at + 46 + len(name)] == name
    struct.pack_into("<I", data, at + 24, 1000)
    path.write_bytes(data)
    with opened(path, limits=Limits(memory=1 << 30)) as look:
        assert look.names("S") == ["a"]


@pytest.mark.parametrize("entry", ["../../evil.txt", "/etc/evil.txt", "xl/../../evil.txt"])
def test_names_outside_the_archive_are_said_and_not_written(tmp_path: Path, entry: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    with opened(xlsx(tmp_path / "a" / "b" / "x.xlsx", HEADER, further={entry: b"x"})) as look:
        assert look.book.notes == ("x.xlsx: the archive names files outside itself, which are not looked at",)
    assert not list(tmp_path.rglob("evil.txt"))


def test_macros_and_links_are_said_and_not_followed(tmp_path: Path) -> None:
    further = {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    with opened(xlsx(tmp_path / "x.xlsm", HEADER, further=further)) as look:
        assert look.book.notes == (
            "x.xlsm: it holds macros, which are not run",
            "x.xlsm: it links to other files, which are not looked at; linked cells have their last values",
        )


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_truncated_workbook_is_damaged(tmp_path: Path, keep: float) -> None:
    path = xlsx(tmp_path / "x.xlsx", HEADER + "".join(row(n, {"A": number(n)}) for n in range(2, 2000)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(UnreadableTableError), opened(path):
        pass


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_damaged_part_is_said(tmp_path: Path, part: str) -> None:
    path = xlsx(tmp_path / "x.xlsx", HEADER)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, "<worksheet><sheetData><row r='1'><c r='A1'><v>1")
    with pytest.raises(UnreadableTableError), opened(path):
        pass


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><table></table></html>",
        b"a,b\n1,2\n",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
    ],
)
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_is_no_workbook_is_said(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(data)
    with pytest.raises(UnreadableTableError), opened(path):
        pass


def test_an_encrypted_workbook_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le")
    )
    with pytest.raises(EncryptedBookError), opened(path):
        pass
