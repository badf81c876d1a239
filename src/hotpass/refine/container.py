"""Rows → the bytes of a workbook that follow from the rows alone.

The writer is exact and fast, and puts the time into one part of the archive. That part is replaced; all others are
copied as they are, compressed as they stand.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

CREATED = "1980-01-01T00:00:00Z"
"""When every workbook was created: the same moment that its archive gives for its parts."""

_PART = "docProps/core.xml"
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:creator>Hotpass</dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>"
    f'<dcterms:created xsi:type="dcterms:W3CDTF">{CREATED}</dcterms:created>'
    f'<dcterms:modified xsi:type="dcterms:W3CDTF">{CREATED}</dcterms:modified>'
    "</cp:coreProperties>"
).encode()
# Local header, entry of the directory, end of it; as in APPNOTE 4.3.7, 4.3.12 and 4.3.16.
_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


def with_fixed_dates(book: bytes) -> bytes:
    """A workbook with its dates of creation and change replaced.

    :raises ValueError: the archive is not laid out as the writer lays it out.
    """
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts, directory = archive.infolist(), archive.start_dir
    view = memoryview(book)
    pieces: list[bytes | memoryview] = []
    entries: list[bytes | memoryview] = []
    at, place = 0, directory
    for part, following in zip(parts, [*(part.header_offset for part in parts[1:]), directory], strict=True):
        fields = _ENTRY.unpack_from(view, place)
        size = _ENTRY.size + fields[10] + fields[11] + fields[12]
        if fields[0] != b"PK\x01\x02" or fields[16] != part.header_offset or following <= part.header_offset:
            raise ValueError("the workbook's archive is not in order")
        if part.filename == _PART:
            local, entry = _stored(at)
            pieces.append(local)
            entries.append(entry)
            at += len(local)
        else:
            pieces.append(view[part.header_offset : following])
            entries += [_ENTRY.pack(*fields[:16], at), view[place + _ENTRY.size : place + size]]
            at += following - part.header_offset
        place += size
    length = sum(map(len, entries))
    if at + length > 0xFFFFFFFE:
        raise ValueError("the workbook's archive is larger than 4 GiB")
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), length, at, 0)
    return b"".join([*pieces, *entries, end])


def is_as_written(book: Path) -> bool:
    """Whether a workbook is as :func:`with_fixed_dates` left it: any program that saves it again puts its own dates in."""
    try:
        with zipfile.ZipFile(book) as archive:
            return archive.read(_PART) == _CORE
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error):
        return False


def _stored(offset: int) -> tuple[bytes, bytes]:
    """The replaced part, not compressed, so that no library has a say in its bytes: its header with it, and its entry."""
    name, size = _PART.encode(), len(_CORE)
    # Version 2.0, no flags, stored, midnight of 1980-01-01, checksum and sizes, length of the name, no extra field.
    shared = (20, 0, 0, 0, 0x21, zlib.crc32(_CORE), size, size, len(name), 0)
    local = _LOCAL.pack(b"PK\x03\x04", *shared) + name + _CORE
    # Made on Unix; no comment, first disk, no attributes inside, a regular file anyone may read.
    entry = _ENTRY.pack(b"PK\x01\x02", 3 << 8 | 20, *shared, 0, 0, 0, 0o100644 << 16, offset) + name
    return local, entry
