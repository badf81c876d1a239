"""Delimited text: csv, tsv, txt and the like, as they are found in the wild.

Plain text (UTF-8, even lines) is read where it lies. All else is first written anew by :mod:`hotpass.tables.mending`;
whether text is plain is not guessed: the engine reads it strictly, and every byte of the file must be accounted for by
a cell, a delimiter, a quote or a line end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotpass.files import CHUNK
from hotpass.tables import dialect, mending, naming
from hotpass.tables.deciding import decide_types
from hotpass.tables.dialect import MalformedError, Record
from hotpass.tables.engine import Engine, literal
from hotpass.tables.errors import LimitError, QueryError, UndecidedTextError, UnevenLinesError
from hotpass.tables.source import ReadOptions
from hotpass.tables.table import Column, Table, Type

_USUAL = {"tsv": "\t", "tab": "\t", "psv": "|"}
_NAMES = {",": "comma", ";": "semicolon", "|": "bar", "\t": "tab"}
_DECIMAL_COMMA = r"-?(\d+|\d{1,3}([.  ]\d{3})+),\d+"
# The engine's own default; longer rows are met in strange files alone, which are mended first.
_LONGEST = 2_000_000


@dataclass
class _Text:
    """A delimited text on its way to a table: where its bytes are now, and what is known of them."""

    name: str
    path: Path
    delimiter: str = ","
    header: Record | None = None
    header_bytes: int = 0
    line_end: bytes = b"\n"
    notes: list[str] = field(default_factory=list)

    def path_ends(self, end: bytes) -> bool:
        """Whether the last line has a line end."""
        with self.path.open("rb") as file:
            file.seek(-min(len(end), os.path.getsize(self.path)), os.SEEK_END)
            return file.read() == end


def read_delimited(
    engine: Engine, path: Path, name: str, kind: str, options: ReadOptions
) -> tuple[Table, tuple[str, ...]] | None:
    """Read a file as one table; None for a ``txt`` that is prose. ``name`` is what addresses and notes call it.

    ``kind`` is the suffix (csv, tsv, txt …). Raises UndecidedTextError, LimitError, UnreadableTableError.
    """
    text = _Text(name, path)
    head = _beginning(path)
    if head.startswith(b"\x1f\x8b"):
        text.path = engine.new_path(".text")
        mending.unpack(path, text.path, name, engine.limits)
        head = _beginning(text.path)
    head = _to_utf8(engine, text, head, options)
    if not _find_delimiter(text, head, kind, options):
        return None
    table = _plain(engine, text, head, options)
    if table is None and _to_utf8_throughout(engine, text):
        # What was met beyond the beginning was another encoding: the rest may be plain.
        table = _plain(engine, text, _beginning(text.path), options)
    if table is None:
        table = _mended(engine, text)
    return _finished(engine, table, text)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(CHUNK)


def _to_utf8(engine: Engine, text: _Text, head: bytes, options: ReadOptions) -> bytes:
    """Bring the text to UTF-8 as far as its beginning tells; return the beginning in UTF-8."""
    mark = dialect.bom_of(head)
    encoding = options.encoding or (mark[0] if mark else dialect.guess_wide(head))
    if encoding is None and not dialect.is_utf8(head, cut=len(head) == CHUNK):
        _to_utf8_throughout(engine, text)
    elif encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        target = engine.new_path(".text")
        try:
            skip = mark[1] if mark and mark[0] == encoding else 0
            mending.recode(text.path, target, encoding, skip, text.name)
        except LookupError as error:
            raise UndecidedTextError(text.name, 0, f"there is no encoding {encoding!r}") from error
        text.notes.append(f"{text.name}: the encoding is {encoding}")
        text.path = target
    else:
        return head
    return _beginning(text.path)


def _to_utf8_throughout(engine: Engine, text: _Text) -> bool:
    """Bring a text whose lines are not all UTF-8 to UTF-8; False if they were."""
    target = engine.new_path(".text")
    utf8, foreign, count = mending.recode_lines(text.path, target)
    if not count:
        target.unlink()
        return False
    text.path = target
    named = ", ".join(map(str, foreign)) + (
        f" and {count - len(foreign):,} more" if count > len(foreign) else ""
    )
    if utf8:
        text.notes.append(
            f"{text.name}: mixed encodings: line {named} is not UTF-8 as others are; taken to be Windows-1252"
            if count == 1
            else f"{text.name}: mixed encodings: lines {named} are not UTF-8 as others are; taken to be Windows-1252"
        )
    else:
        text.notes.append(
            f"{text.name}: the encoding is not UTF-8; taken to be Windows-1252 (first at line {foreign[0]})"
        )
    return True


def _find_delimiter(text: _Text, head: bytes, kind: str, options: ReadOptions) -> bool:
    """Find the delimiter; False for prose."""
    usual = _USUAL.get(kind, ",")
    if options.delimiter is not None:
        text.delimiter = options.delimiter
        return True
    whole = head if len(head) < CHUNK else head[: head.rfind(b"\n") + 1]
    found, fits = dialect.sniff(whole.decode("utf-8", "replace"), usual)
    if kind == "txt" and not fits:
        return False
    text.delimiter = found or usual
    others = [_NAMES[other] for other in fits if other != found]
    if others:
        text.notes.append(
            f"{text.name}: the delimiter may be {_NAMES[text.delimiter]} or {others[0]}; read with the first"
        )
    elif text.delimiter != usual:
        text.notes.append(f"{text.name}: the delimiter is a {_NAMES[text.delimiter]}")
    return True


def _find_header(text: _Text, head: bytes) -> bool:
    """Read the header from the beginning; False if the text does not begin with a plain one."""
    skip = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    lines = [line + b"\n" for line in head[skip:].split(b"\n")[:2000]]
    used = 0

    def decoded() -> Iterator[str]:
        nonlocal used
        for line in dialect.physical_lines(lines):
            used += len(line)
            yield line.decode("utf-8", "replace")

    try:
        text.header = next(iter(dialect.records(decoded(), text.delimiter)), None)
    except MalformedError:
        text.header = None
    text.header_bytes = skip + used
    if (
        text.header is None
        or text.header.cells == [None]
        or text.header.spaced
        or text.header_bytes > len(head)
    ):
        return False
    text.line_end = next(
        (end for end in (b"\r\n", b"\n", b"\r") if head[: text.header_bytes].endswith(end)), b"\n"
    )
    return True


def _plain(engine: Engine, text: _Text, head: bytes, options: ReadOptions) -> Table | None:
    """Read the text where it lies, its types decided; None if it is not plain.

    Without ``careful`` large text is taken to be plain, and its types are left open.
    """
    if not _find_header(text, head) or text.header is None:
        return None
    headers = text.header.cells
    if len(headers) > engine.limits.columns:
        raise LimitError(text.name, "columns", engine.limits.columns, f"it has {len(headers):,} columns")
    relation = _view(engine, text.path, text.delimiter, len(headers), skip=1)
    engine.add_delimited(relation, text.name)
    columns = naming.columns_of(headers, [Type.UNDECIDED] * len(headers))
    table = Table("", text.name, columns, 2, relation)
    if not options.careful and len(head) == CHUNK:
        return table
    quotes = _Counting(text.path, text.header_bytes)
    cells = [f"c{n}" for n in range(1, len(headers) + 1)]
    measures = [f"sum({_BYTES.replace('@', cell)})" for cell in cells]
    try:
        table, (rows, *sums) = decide_types(engine.execute, table, ["count(*)", *measures])
    except (QueryError, UnevenLinesError):
        return None
    ends = rows if text.path_ends(text.line_end) else rows - 1
    cell_bytes = sum(int(number or 0) for number in sums)
    counted = cell_bytes + quotes.result() + rows * (len(headers) - 1) + ends * len(text.line_end)
    return table if text.header_bytes + (counted if rows else 0) == os.path.getsize(text.path) else None


# Bytes of a cell in the file, its quotes aside.
_BYTES = """CASE WHEN contains(@, '"') THEN strlen(replace(@, '"', '')) ELSE strlen(@) END"""


class _Counting(threading.Thread):
    """Count the quotes of a file behind its header while the engine reads it."""

    def __init__(self, path: Path, start: int) -> None:
        super().__init__(daemon=True)
        self._path, self._begin, self._count = path, start, 0
        self.start()

    def run(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._begin)
            while data := file.read(CHUNK):
                self._count += data.count(b'"')

    def result(self) -> int:
        self.join()
        return self._count


def _mended(engine: Engine, text: _Text) -> Table:
    target = engine.new_path(".text")
    mended = mending.mend(text.path, target, text.delimiter, text.name, engine.limits)
    text.notes += mending.notes_on(mended, text.name)
    width = max(mended.width, len(mended.header))
    if not width:
        text.notes.append(f"{text.name}: it is empty")
        return Table("", text.name, (), 1, engine.empty_relation())
    wide = _view(engine, target, ",", width + 1, skip=0, longest=mended.longest)
    relation = engine.new_name()
    cells = ", ".join(f"c{n}" for n in range(1, width + 1))
    engine.execute(f"CREATE VIEW {relation} AS SELECT {cells}, c{width + 1}::BIGINT AS r FROM {wide}")
    headers = mended.header + [None] * (width - len(mended.header))
    columns = naming.columns_of(headers, [Type.UNDECIDED] * width)
    return engine.decide_types(Table("", text.name, columns, mended.first_row, relation))


def _view(engine: Engine, path: Path, delimiter: str, width: int, *, skip: int, longest: int = 0) -> str:
    relation = engine.new_name()
    types = ", ".join(f"c{n}: 'VARCHAR'" for n in range(1, width + 1))
    # A row is measured in letters where it was mended, here in bytes.
    longest = max(_LONGEST, longest * 4)
    engine.execute(
        f"CREATE VIEW {relation} AS SELECT * FROM read_csv({engine.reach(path)}, auto_detect = false, header = false, "
        f"skip = {skip}, delim = {literal(delimiter)}, quote = '\"', escape = '\"', nullstr = '', "
        f"allow_quoted_nulls = false, strict_mode = true, max_line_size = {longest}, columns = {{{types}}})"
    )
    return relation


def _finished(engine: Engine, table: Table, text: _Text) -> tuple[Table, tuple[str, ...]]:
    """Leave out columns at the end that have neither header nor value, and say what is worth saying."""
    columns = list(table.columns)
    while columns and columns[-1].header == "" and columns[-1].type is Type.EMPTY:
        columns.pop()
    table = replace(table, columns=tuple(columns))
    commas = [
        column.name
        for column in columns
        if column.type is Type.TEXT and _has_decimal_comma(engine, table, column)
    ]
    if commas:
        names = ", ".join(map(repr, commas))
        text.notes.append(f"{text.name}: numbers with a decimal comma stay text: {names}")
    return table, (*text.notes, *naming.notes_on(columns, text.name))


def _has_decimal_comma(engine: Engine, table: Table, column: Column) -> bool:
    cell = f"c{column.position}"
    test = f"bool_and(regexp_full_match({cell}, {literal(_DECIMAL_COMMA)})) FILTER ({cell} <> '')"
    sample = f"(SELECT {cell} FROM {table.relation} LIMIT 1000)"
    first = engine.execute(f"SELECT {test} FROM {sample}")[0][0]
    return bool(first and engine.execute(f"SELECT {test} FROM {table.relation}")[0][0])
