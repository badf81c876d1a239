"""Git's objects as bytes: their ids, trees with some files replaced, and the stream that carries them. Pure.

The formats are those of gitformat-pack and of "Git Objects" in the git book; git itself reads and stores the stream.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Literal, NewType

from hotpass.values import frozen

Oid = NewType("Oid", str)
"""The id of a git object, in hex."""

Kind = Literal["commit", "tree", "blob", "tag"]

_TYPE = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_FILE, _FOLDER, _LINKED = b"100644", b"40000", b"160000"  # the last: another repository's commit


@frozen
class GitObject:
    """An object's kind, its bytes, and its id in a repository of a kind."""

    kind: Kind
    data: bytes
    oid: Oid


def git_object(kind: Kind, data: bytes, form: str = "sha1") -> GitObject:
    """The object of these bytes in a repository whose ids are of this form, ``sha1`` or ``sha256``."""
    digest = _digest(form, b"%s %d\0" % (kind.encode(), len(data)))
    digest.update(data)
    return GitObject(kind, data, Oid(digest.hexdigest()))


def pack(objects: Iterable[GitObject], form: str = "sha1") -> bytes:
    """Objects as one stream for ``git unpack-objects``."""
    found = list(objects)
    parts = [b"PACK", (2).to_bytes(4, "big"), len(found).to_bytes(4, "big")]
    for each in found:
        # Type and size: four bits, then seven a byte, lowest first, the top bit for "more".
        size = len(each.data)
        byte, size = _TYPE[each.kind] << 4 | size & 15, size >> 4
        head = bytearray()
        while size:
            head.append(byte | 128)
            byte, size = size & 127, size >> 7
        head.append(byte)
        parts += [bytes(head), zlib.compress(each.data, 1)]
    stream = b"".join(parts)
    return stream + _digest(form, stream).digest()


def folders_of(paths: Iterable[str]) -> list[str]:
    """The folders above these paths, the root (``""``) first, every one once."""
    found = {"": None}
    for path in paths:
        for folder in reversed(PurePosixPath(path).parents):
            found["" if str(folder) == "." else str(folder)] = None
    return list(found)


def in_the_way(trees: Mapping[str, bytes], paths: Iterable[str], form: str = "sha1") -> str | None:
    """The first of these paths, or of the folders above them, that a commit holds as the other of file and folder."""
    parsed = {folder: _entries(data, form) for folder, data in trees.items()}
    wanted = list(paths)
    for path, folder in [*((each, False) for each in wanted), *((each, True) for each in folders_of(wanted))]:
        parent, name = _split(path)
        entry = parsed.get(parent, {}).get(os.fsencode(name)) if path else None
        if entry is not None and _is_folder(entry[0]) is not folder:
            return path
    return None


def unread(
    trees: Mapping[str, bytes], folders: Iterable[str], files: Iterable[str], form: str = "sha1"
) -> str | None:
    """The first of these folders and files that a commit holds, by its trees, though it is not among the trees.

    ``files`` are those that were not read; the root counts as held. A tree made without them would lose what is there.
    """
    parsed = {folder: _entries(data, form) for folder, data in trees.items()}
    asked = [
        *((folder, True) for folder in folders if folder not in trees),
        *((file, False) for file in files),
    ]
    for path, folder in asked:
        parent, name = _split(path)
        entry = parsed.get(parent, {}).get(os.fsencode(name)) if path else None
        if not path or (entry is not None and _is_folder(entry[0]) is folder and entry[0] != _LINKED):
            return path
    return None


def replaced(trees: Mapping[str, bytes], files: Mapping[str, Oid], form: str = "sha1") -> list[GitObject]:
    """The trees of a commit with some files in it, the root last.

    ``trees`` are those of the commit before, by folder; of those above the files, each that is there.
    """
    parsed = {
        folder: _entries(trees[folder], form) if folder in trees else {} for folder in folders_of(files)
    }
    for path, oid in files.items():
        parent, name = _split(path)
        parsed[parent][os.fsencode(name)] = (_FILE, bytes.fromhex(oid))
    made = []
    for folder in sorted(parsed, key=lambda each: (each.count("/") + bool(each), each), reverse=True):
        tree = git_object("tree", _text(parsed[folder]), form)
        made.append(tree)
        if folder:
            parent, name = _split(folder)
            parsed[parent][os.fsencode(name)] = (_FOLDER, bytes.fromhex(tree.oid))
    return made


def _split(path: str) -> tuple[str, str]:
    parent, _, name = path.rpartition("/")
    return parent, name


def _is_folder(mode: bytes) -> bool:
    # Old programs wrote the number with a zero before it.
    return int(mode, 8) == int(_FOLDER, 8)


def _entries(data: bytes, form: str) -> dict[bytes, tuple[bytes, bytes]]:
    """A tree's entries by name: mode and raw id."""
    found, at, length = {}, 0, _digest(form).digest_size
    while at < len(data):
        end = data.index(b"\0", at)
        mode, name = data[at:end].split(b" ", 1)
        at = end + 1 + length
        found[name] = (mode, data[end + 1 : at])
    return found


def _text(entries: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    # A folder is sorted as if its name ended in a slash.
    order = sorted(entries.items(), key=lambda each: each[0] + (b"/" if _is_folder(each[1][0]) else b""))
    return b"".join(b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in order)


def _digest(form: str, data: bytes = b"") -> hashlib._Hash:
    return hashlib.sha1(data, usedforsecurity=False) if form == "sha1" else hashlib.sha256(data)
