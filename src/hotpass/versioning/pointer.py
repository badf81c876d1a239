"""DVC's pointer files and directory listings: text ↔ values. No input or output here.

Format: DVC 3 (``outs[0]`` with ``md5``, ``size``, ``nfiles``, ``hash: md5``, ``path``, ``desc``, ``meta``).
Hotpass keeps its part under ``outs[0].meta.hotpass``, which DVC leaves alone.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

from hotpass.values import frozen
from hotpass.versioning.errors import DamagedListingError, DamagedPointerError
from hotpass.versioning.version import DatasetVersion

Md5 = NewType("Md5", str)
"""The md5 of a file's bytes (32 hex digits), or of a listing's text followed by ``.dir``."""

POINTER_LIMIT = 64 * 1024
"""The largest pointer that is read, in bytes; a hostile one must not cost time or memory."""

# The same for its structure: levels of nested brackets, and fields, texts and headings in all.
_DEEPEST = 32
_MOST_EVENTS = 2_000
_MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
_LINE = re.compile(r"""(- | {2}| {6})([a-z0-9]+): ("(?:[^"\\]|\\.)*"|[A-Za-z0-9_][A-Za-z0-9_./+-]*)""")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_COUNT = re.compile(r"0|[1-9][0-9]*")
_HEX_NUMBER = re.compile(r"[0-9]+(e[0-9]+)?")
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_OUT_KEYS = frozenset(["md5", "size", "nfiles", "hash", "path", "desc"])
_STAMP_KEYS = frozenset(["dataset", "version", "timestamp", "of", "content"])


@frozen
class Stamp:
    """Hotpass's part of a pointer.

    ``of`` is the md5 that ``version`` was given to: where it differs from the pointer's, the data was changed
    by somebody else since. ``timestamp`` is UTC, ISO 8601, to the second. ``content`` is the content digest,
    or empty.
    """

    dataset: str
    version: DatasetVersion | None = None
    timestamp: str = ""
    of: Md5 | None = None
    content: str = ""


@frozen
class Pointer:
    """What a ``.dvc`` file says of its one output.

    ``path`` is as written there, relative to the pointer's folder; ``size`` is in bytes, summed over the files
    of a directory; ``files`` their number, None for a single file. ``legacy`` marks DVC 2's line-ending digest.
    """

    path: str
    md5: Md5
    size: int | None = None
    files: int | None = None
    description: str = ""
    stamp: Stamp | None = None
    legacy: bool = False

    @property
    def is_directory(self) -> bool:
        """True where the output is a directory."""
        return self.md5.endswith(".dir")

    @property
    def version(self) -> DatasetVersion | None:
        """The current version, None for a dataset without one."""
        return self.stamp.version if self.stamp else None


def parse_md5(text: object) -> Md5 | None:
    """An md5 as pointers write it, or None."""
    return Md5(text) if isinstance(text, str) and _MD5.fullmatch(text) else None


def parse_pointer(text: str) -> Pointer:
    """Read a pointer's text; raises DamagedPointerError (without a path: the caller knows it)."""
    out = _plain(text)
    return _pointer(out if out is not None else _loaded(text))


def render_pointer(pointer: Pointer, base: str | None = None) -> str:
    """Write a pointer's text, keeping comments and fields of others that stand in ``base``."""
    if base is None or _plain(base) is not None:
        return _rendered(pointer)
    return _updated(pointer, base)


def _plain(text: str) -> dict[str, Any] | None:
    """Read the exact form that DVC and Hotpass write themselves, without loading a YAML library.

    None for anything else, which then goes through the real parser.
    """
    first, *lines = text.split("\n")
    if first != "outs:" or not lines or lines.pop() != "":
        return None
    try:
        return _plain_out(lines)
    except ValueError:
        return None


def _plain_out(lines: list[str]) -> dict[str, Any]:
    """The fields of one out; raises ValueError for a line of any other form."""
    out: dict[str, Any] = {}
    stamp: dict[str, Any] = {}
    # Where the next field belongs: first the out's own, then, below the two headings, Hotpass's.
    headings = ["  meta:", "    hotpass:"]
    indent, place, known = "- ", out, _OUT_KEYS
    for line in lines:
        if line in headings:
            if line != headings.pop(0):
                raise ValueError(line)
            indent, place, known = "      ", stamp, _STAMP_KEYS
            continue
        found = _LINE.fullmatch(line)
        if found is None or found[1] != indent or found[2] in place or found[2] not in known:
            raise ValueError(line)
        if place is stamp and headings:
            raise ValueError(line)
        place[found[2]] = _plain_value(found[2], found[3])
        indent = "  " if place is out else indent
    if len(headings) == 1 or bool(stamp) == bool(headings):
        raise ValueError("a heading without fields")
    return {**out, "meta": {"hotpass": stamp}} if stamp else out


def _plain_value(key: str, text: str) -> str | int:
    if key in ("size", "nfiles"):
        if _COUNT.fullmatch(text) is None:
            raise ValueError(text)
        return int(text)
    value = str(json.loads(text)) if text.startswith('"') else text
    # Whatever YAML might read as a number, a date or another character is left to it.
    if _scalar(key, value) != text:
        raise ValueError(text)
    return value


def _loaded(text: str) -> Mapping[str, Any]:
    """Read any other YAML, safely, and return ``outs[0]``."""
    # Loaded here alone: the plain form needs no YAML library, and loading one costs as much as the whole verb.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent
    from ruamel.yaml.scanner import Scanner

    class ShallowScanner(Scanner):
        """Its time grows with more than the square of how deep brackets are nested."""

        def fetch_flow_collection_start(self, token: Any, to_push: str) -> None:
            if self.flow_level >= _DEEPEST:
                raise DamagedPointerError("", "it holds more than a pointer would")
            super().fetch_flow_collection_start(token, to_push)

    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = ShallowScanner
    try:
        # Looked at piece by piece first: what is hostile ends here, before it costs time or memory.
        for number, event in enumerate(yaml.parse(text)):
            if isinstance(event, AliasEvent):
                raise DamagedPointerError("", "it uses YAML aliases")
            if number > _MOST_EVENTS:
                raise DamagedPointerError("", "it holds more than a pointer would")
        content = yaml.load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        reason = str(getattr(error, "problem", None) or "").strip() or type(error).__name__
        raise DamagedPointerError("", f"it is no YAML that is safe to read ({reason})") from error
    outs = content.get("outs") if isinstance(content, Mapping) else None
    if not isinstance(outs, list) or not outs:
        raise DamagedPointerError("", "it has no outs")
    if len(outs) != 1 or not isinstance(outs[0], Mapping):
        raise DamagedPointerError("", f"it has {len(outs)} outs, a dataset has one")
    if content.get("wdir", ".") != ".":
        raise DamagedPointerError("", "it has a wdir, which Hotpass does not follow")
    return outs[0]


def _pointer(out: Mapping[str, Any]) -> Pointer:
    md5 = parse_md5(out.get("md5"))
    if md5 is None:
        raise DamagedPointerError("", "its md5 is missing or not an md5")
    path = out.get("path")
    if not isinstance(path, str) or not path:
        raise DamagedPointerError("", "its path is missing")
    if "://" in path or any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in path):
        raise DamagedPointerError("", f"its path {path!r} names no file")
    meta = out.get("meta")
    mine = meta.get("hotpass") if isinstance(meta, Mapping) else None
    description = out.get("desc")
    _check_text(description)
    return Pointer(
        path=path,
        md5=md5,
        size=_count(out.get("size"), "size"),
        files=_count(out.get("nfiles"), "nfiles"),
        description=description if isinstance(description, str) else "",
        stamp=None if mine is None else _stamp(mine),
        legacy=out.get("hash") != "md5",
    )


def _check_text(value: object) -> None:
    """Refuse what YAML can hold by an escape and a file cannot: half of a surrogate pair."""
    try:
        str(value).encode("utf-8")
    except UnicodeEncodeError:
        raise DamagedPointerError("", "it holds what is no Unicode text") from None


def _count(value: object, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise DamagedPointerError("", f"its {name} is not a number")
    return value


def _stamp(mine: object) -> Stamp:
    if not isinstance(mine, Mapping) or not isinstance(mine.get("dataset"), str):
        raise DamagedPointerError("", "its meta.hotpass names no dataset")
    version = None
    if mine.get("version") is not None:
        version = DatasetVersion.parse_semver(str(mine["version"]))
        if version is None or not version.is_release:
            raise DamagedPointerError("", "its meta.hotpass.version is not X.Y.Z")
    of = None
    if mine.get("of") is not None:
        of = parse_md5(mine["of"])
        if of is None:
            raise DamagedPointerError("", "its meta.hotpass.of is not an md5")
    for value in mine.values():
        _check_text(value)
    return Stamp(
        mine["dataset"], version, str(mine.get("timestamp") or ""), of, str(mine.get("content") or "")
    )


def _fields(pointer: Pointer) -> dict[str, Any]:
    out: dict[str, Any] = {"md5": pointer.md5}
    if pointer.size is not None:
        out["size"] = pointer.size
    if pointer.files is not None:
        out["nfiles"] = pointer.files
    # Without it DVC 3 looks in the cache of DVC 2.
    out["hash"] = "md5"
    out["path"] = pointer.path
    if pointer.description:
        out["desc"] = pointer.description
    return out


def _stamp_fields(stamp: Stamp) -> dict[str, str]:
    values = {
        "dataset": stamp.dataset,
        "version": str(stamp.version) if stamp.version else "",
        "timestamp": stamp.timestamp,
        "of": stamp.of or "",
        "content": stamp.content,
    }
    return {key: value for key, value in values.items() if value}


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS


def _scalar(key: str, value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if key in ("md5", "of"):
        # An md5 made of digits (and one e) would be read back as a number.
        plain = _HEX_NUMBER.fullmatch(value.removesuffix(".dir")) is None
    else:
        plain = key == "version" or _is_plain(value)
    if plain:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _rendered(pointer: Pointer) -> str:
    lines = ["outs:"]
    for key, value in _fields(pointer).items():
        lines.append(f"{'- ' if len(lines) == 1 else '  '}{key}: {_scalar(key, value)}")
    if pointer.stamp is not None:
        lines += ["  meta:", "    hotpass:"]
        lines += [
            f"      {key}: {_scalar(key, value)}" for key, value in _stamp_fields(pointer.stamp).items()
        ]
    return "\n".join(lines) + "\n"


def _updated(pointer: Pointer, base: str) -> str:
    from ruamel.yaml import YAML  # see _loaded
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    yaml = YAML()
    yaml.width = 1_000_000
    content = yaml.load(base)
    out = content["outs"][0]
    fields = _fields(pointer)
    for gone in {"size", "nfiles", "desc", "files"} - set(fields):
        out.pop(gone, None)
    for key, value in fields.items():
        # Left to choose, the library picks quotes in which some characters (U+0085) are not read back.
        out[key] = value if _scalar(key, value) == str(value) else DoubleQuotedScalarString(value)
    # A digest of the whole stage, which DVC 2 wrote, would now be wrong.
    content.pop("md5", None)
    if pointer.stamp is not None:
        meta = out.get("meta")
        if not isinstance(meta, dict):
            meta = out["meta"] = {}
        mine, stamp = meta.get("hotpass"), _stamp_fields(pointer.stamp)
        if isinstance(mine, dict):
            # In place: comments, a last line's included, and fields of a newer Hotpass stay.
            for key in _STAMP_KEYS - set(stamp):
                mine.pop(key, None)
            mine.update(stamp)
        else:
            meta["hotpass"] = stamp
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a directory listing: its path in the directory (``/`` between parts) and its md5."""

    relpath: str
    md5: Md5


def render_listing(files: list[ListedFile]) -> bytes:
    """The bytes of a ``.dir`` object, exactly as DVC writes them: sorted by path, ASCII JSON, no newline."""
    ordered = sorted(files, key=lambda file: file.relpath)
    return json.dumps(
        [{"md5": file.md5, "relpath": file.relpath} for file in ordered], sort_keys=True
    ).encode()


def parse_listing(data: bytes) -> list[ListedFile]:
    """Read a ``.dir`` object; raises DamagedListingError for anything that could lead out of its directory."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedListingError("", "it is no JSON") from error
    if not isinstance(content, list):
        raise DamagedListingError("", "it is no list")
    files: dict[str, ListedFile] = {}
    folders: set[str] = set()
    for entry in content:
        relpath = entry.get("relpath") if isinstance(entry, dict) else None
        md5 = parse_md5(entry.get("md5")) if isinstance(entry, dict) else None
        if not isinstance(relpath, str) or md5 is None or md5.endswith(".dir"):
            raise DamagedListingError("", "an entry has no path or no md5")
        parts = relpath.split("/")
        if any(part.lower() in ("", ".", "..", ".git", ".dvc") for part in parts):
            raise DamagedListingError("", f"it names {relpath!r}, which leads out of the directory")
        if "\0" in relpath or any(0xD800 <= ord(char) < 0xE000 for char in relpath):
            raise DamagedListingError("", f"it names {relpath!r}, which no file can be called")
        if relpath in files:
            raise DamagedListingError("", f"it names {relpath!r} twice")
        files[relpath] = ListedFile(relpath, md5)
        folders.update("/".join(parts[:end]) for end in range(1, len(parts)))
    for folder in folders & files.keys():
        raise DamagedListingError("", f"it names {folder!r} as a file and as a folder")
    return list(files.values())
