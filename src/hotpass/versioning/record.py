"""The version record: ``PATH.version.json``, what a reader without git or DVC wants to know of a version."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from hotpass.errors import hide_passwords
from hotpass.values import frozen
from hotpass.versioning.errors import BadMetadataError, DamagedRecordError
from hotpass.versioning.pointer import Md5, parse_md5
from hotpass.versioning.version import DatasetVersion

RECORD_FORMAT = 1
RECORD_LIMIT = 4 << 20
"""The largest record that is read, in bytes."""

METADATA_LIMIT = 1 << 20
"""The most metadata that is written, in bytes of JSON: a record must be readable again."""

_SECRET_KEY = re.compile(
    r"(?:^|[_-])(?:password|passwd|passphrase|secret|token|sas|api_?key|(?:access|account|private)_key|connection_string)$",
    re.IGNORECASE,
)
# How a column comes out of json.dumps, with its fields one below the other.
_COLUMN = re.compile(
    r"""\{\n +("name": "(?:[^"\\]|\\.)*"),\n +("type": "[a-z]+"),\n +("blanks": \d+)(?:,\n +("empty_texts": \d+))?\n +\}"""
)
_FIELDS = [
    "format",
    "dataset",
    "version",
    "description",
    "path",
    "md5",
    "size",
    "files",
    "timestamp",
    "tag",
    "previous",
    "rows",
    "content",
    "tables",
    "changes",
    "metadata",
]


FACTS_LIMIT = 1 << 20
"""The most that a record says of tables, in bytes of JSON: of ten thousand sheets it counts the rows alone."""


@frozen
class Facts:
    """What a record says of a version's data: counts, names of tables and columns, addresses; never a cell's value.

    ``rows`` are those of all tables together, None where there is no table. ``content`` is the content digest, or
    empty. ``tables`` has an entry a table (``name``, ``rows``, ``columns``, ``key``, ``content``) and ``changes`` says
    what changed since which release, None for the first; both in the form in which the record holds them.
    """

    rows: int | None = None
    content: str = ""
    tables: Sequence[Mapping[str, Any]] = ()
    changes: Mapping[str, Any] | None = None

    @property
    def known(self) -> bool:
        """Whether anybody has looked into the data."""
        return self.rows is not None or bool(self.content or self.tables or self.changes)


@frozen
class VersionRecord:
    """One version in words and numbers.

    ``size`` in bytes; ``files`` is None for a single file; ``timestamp`` UTC, ISO 8601; ``tag`` is the release's
    tag where the version was made as one; ``previous`` the newest release before it; ``metadata`` the caller's.
    ``facts`` is what was found in the data. ``others`` are fields that a newer Hotpass wrote: kept as they are.
    """

    dataset: str
    version: DatasetVersion | None
    path: str
    md5: Md5
    size: int
    files: int | None = None
    description: str = ""
    timestamp: str = ""
    tag: str | None = None
    previous: str | None = None
    facts: Facts = Facts()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)


def render_record(record: VersionRecord) -> str:
    """The record as JSON text, one field a line so that ``git diff`` reads well."""
    content: dict[str, Any] = {
        "format": RECORD_FORMAT,
        "dataset": record.dataset,
        "version": str(record.version) if record.version else None,
        "description": record.description,
        "path": record.path,
        "md5": record.md5,
        "size": record.size,
        "files": record.files,
        "timestamp": record.timestamp,
        "tag": record.tag,
        "previous": record.previous,
        **_facts_fields(record.facts),
        "metadata": dict(record.metadata),
        **record.others,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    # A column is a line, so that a changed one is a line of the difference, too.
    return _COLUMN.sub(lambda found: "{" + ", ".join(filter(None, found.groups())) + "}", text) + "\n"


def parse_record(data: bytes, path: str) -> VersionRecord:
    """Read a record; raises DamagedRecordError naming ``path`` and the reason. Never guesses a version."""
    content = _document(data, path)
    version = content.get("version")
    parsed = DatasetVersion.parse_semver(version) if isinstance(version, str) else None
    md5 = parse_md5(content.get("md5"))
    if version is not None and (parsed is None or not parsed.is_release):
        raise DamagedRecordError(path, "its version is not X.Y.Z")
    if md5 is None:
        raise DamagedRecordError(path, "its md5 is missing or not an md5")
    size, files = content.get("size"), content.get("files")
    if not isinstance(size, int) or not _is_count(size) or not (files is None or _is_count(files)):
        raise DamagedRecordError(path, "its size or files is not a number")
    texts = {name: content.get(name) for name in ("dataset", "description", "path", "timestamp")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise DamagedRecordError(path, "a text field is missing or no text")
    options = {name: content.get(name) for name in ("tag", "previous")}
    if not all(value is None or isinstance(value, str) for value in options.values()):
        raise DamagedRecordError(path, "its tag or previous is no text")
    metadata = content.get("metadata", {})
    if not isinstance(metadata, dict):
        raise DamagedRecordError(path, "its metadata is no object")
    facts = _facts(content)
    if facts is None:
        raise DamagedRecordError(path, "what it says of the data cannot be read")
    others = {name: value for name, value in content.items() if name not in _FIELDS}
    return VersionRecord(
        **{name: str(text) for name, text in texts.items()},
        version=parsed,
        md5=md5,
        size=size,
        files=files,
        tag=options["tag"],
        previous=options["previous"],
        facts=facts,
        metadata=metadata,
        others=others,
    )


def _facts_fields(facts: Facts) -> dict[str, Any]:
    """The fields for a version's data; none where nobody has looked into it.

    Where the tables have so many columns that the record would be too large to be read, it does not list them.
    """
    if not facts.known:
        return {}
    tables: list[Mapping[str, Any]] = list(facts.tables)
    if _is_large(tables):
        tables = [{**table, "columns": None} for table in tables]
    if _is_large(tables):
        tables = []
    return {
        "rows": facts.rows,
        "content": facts.content or None,
        "tables": tables,
        "changes": None if facts.changes is None else dict(facts.changes),
    }


def _is_large(tables: list[Mapping[str, Any]]) -> bool:
    return len(json.dumps(tables, indent=2, ensure_ascii=False).encode("utf-8", "replace")) > FACTS_LIMIT


def _facts(content: Mapping[str, Any]) -> Facts | None:
    """What a record says of the data, None where that is of no known form."""
    rows, digest, changes = content.get("rows"), content.get("content"), content.get("changes")
    tables = [] if content.get("tables") is None else content["tables"]
    good = (
        (rows is None or _is_count(rows))
        and (digest is None or isinstance(digest, str))
        and isinstance(tables, list)
        and all(isinstance(table, dict) for table in tables)
        and (changes is None or isinstance(changes, dict))
    )
    return Facts(rows, digest or "", tuple(tables), changes) if good else None


def check_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's metadata as plain JSON values; raises BadMetadataError for what JSON cannot hold.

    Nothing is turned into something else on the way but tuples into lists, and secrets (texts under keys such as
    ``api_token``, passwords in addresses) into ``***``: git would keep them for everybody.
    """
    try:
        text = json.dumps(dict(metadata), indent=2, ensure_ascii=False, allow_nan=False)
        size = len(text.encode("utf-8"))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadMetadataError(str(error)) from error
    if size > METADATA_LIMIT:
        raise BadMetadataError(f"it has more than {METADATA_LIMIT} bytes")
    if not _has_text_keys(metadata):
        raise BadMetadataError("keys must be texts")
    plain: dict[str, Any] = _masked(json.loads(text))
    return plain


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "***" if isinstance(item, str) and item and _SECRET_KEY.search(key) else _masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return hide_passwords(value) if isinstance(value, str) else value


def _has_text_keys(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _has_text_keys(item) for key, item in value.items())
    return not isinstance(value, list | tuple) or all(_has_text_keys(item) for item in value)


def _document(data: bytes, path: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            raise DamagedRecordError(path, "it names a field twice")
        return content

    def number(text: str) -> Any:
        raise DamagedRecordError(path, f"it holds {text}, which is no JSON")

    if len(data) > RECORD_LIMIT:
        raise DamagedRecordError(path, f"it has more than {RECORD_LIMIT} bytes")
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=number)
    except (ValueError, RecursionError) as error:
        raise DamagedRecordError(path, "it is no JSON in UTF-8") from error
    if not isinstance(content, dict) or not _is_count(content.get("format")) or content["format"] < 1:
        raise DamagedRecordError(path, "it is no version record")
    try:
        # JSON can name half of a surrogate pair; then the record could not be written again.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DamagedRecordError(path, "it holds what is no Unicode text") from error
    return content


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
