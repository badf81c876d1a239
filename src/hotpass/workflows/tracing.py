"""Where a record comes from: every release in which it, or one cell of it, appeared, changed or vanished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotpass import progress
from hotpass.compare.changes import KeyChoice
from hotpass.errors import nearest
from hotpass.tables import Book, Engine, ReadOptions
from hotpass.versioning.catalogue import Release
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.judging import read_record
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.reading import released_md5
from hotpass.workflows.errors import NoReleaseError, NoSuchColumnError, NoSuchRecordError
from hotpass.workflows.keys import find_key, key_values_of, known_key
from hotpass.workflows.lineage import is_lineage, origin_of
from hotpass.workflows.readers import Readers, read_all
from hotpass.workflows.records import RecordRow, read_rows
from hotpass.workflows.rowdigests import RowDigests, TableDigests, digest_book, key_digest
from hotpass.workflows.sides import release_source


@dataclass(frozen=True, slots=True)
class TracedCell:
    """One cell of the record, before and after. None is blank, and what is not there.

    ``at`` is its address in the release's own file (in the older one's where the record vanished); ``origin`` is where
    the data says that it comes from, as ``file!sheet!cell``, empty where it does not say.
    """

    column: str
    old: str | None
    new: str | None
    at: str = ""
    origin: str = ""


@dataclass(frozen=True)
class TraceEvent:
    """A release in which something happened to the record: ``kind`` is appeared, changed or vanished.

    ``at`` are the addresses of its rows in that release's own file, ``before`` those in the release before it;
    ``rows`` is how many rows have the key, more than one where the key does not tell rows apart; then ``cells`` is
    empty. ``origin`` is where the data says that the record comes from.
    """

    kind: str
    version: str
    tag: str
    date: str
    author: str
    description: str
    table: str
    at: tuple[str, ...]
    before: tuple[str, ...]
    rows: int
    cells: tuple[TracedCell, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Traced:
    """The story of one record, oldest version first.

    ``releases`` were looked at; ``same`` of them have the content of an older one, ``known`` were remembered, and
    ``read`` were read in this run.
    """

    dataset: str
    key: KeyChoice
    values: tuple[str, ...]
    column: str | None
    events: tuple[TraceEvent, ...]
    releases: int
    same: int
    known: int
    read: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TraceRequest:
    """Which record: ``values`` of the key, one for each of its columns; one text may hold several, with commas."""

    dataset: str
    values: tuple[str, ...]
    column: str | None = None
    key: tuple[str, ...] | None = None
    hidden: bool = False


@dataclass(frozen=True)
class _State:
    """The record in one table of one release: which columns the table has, and the digests of its rows."""

    schema: str
    rows: tuple[bytes, ...]


_ABSENT = _State("", ())


@dataclass
class _Walk:
    """One walk through the releases, oldest version first; it counts what it does."""

    readers: Readers
    releases: Sequence[Release]
    key: KeyChoice
    values: tuple[str, ...]
    same: int = 0
    known: int = 0
    read: int = 0

    def states(self) -> list[dict[str, _State]]:
        """The record in every release, by table."""
        project, readers = self.readers.project, self.readers
        engine = f"{readers.engine.execute('SELECT version()')[0][0]} {readers.options.hidden}"
        memory = RowDigests(project.git.common / "hotpass" / "trace", self.key.columns, engine)
        memory.tidy()
        wanted = key_digest(readers.engine, self.values)

        def state(tables: Sequence[TableDigests]) -> dict[str, _State]:
            return {table.name: _State(table.schema, table.rows(wanted)) for table in tables if table.keyed}

        md5s = self._md5s()
        progress.begin("tracing", len(md5s), "releases")
        # Each is let go of as soon as the record was looked for in it.
        found = {md5: state(tables) for md5, tables in self._digests(memory, md5s)}
        progress.end()
        return [found[md5] for md5 in md5s]

    def _md5s(self) -> list[Md5]:
        """The name of the bytes that stand for each release: those before it, where their content is the same."""
        project, md5s = self.readers.project, list[Md5]()
        for before, release in zip([None, *self.releases], self.releases, strict=False):
            same = before is not None and _same_content(before, release)
            md5s.append(md5s[-1] if same else released_md5(project, release))
        return md5s

    def _digests(
        self, memory: RowDigests, md5s: Sequence[Md5]
    ) -> Iterator[tuple[Md5, Sequence[TableDigests]]]:
        """The digests of each release's rows, remembered or read; those of the same content once."""
        wanted = dict(zip(reversed(md5s), reversed(self.releases), strict=True))
        self.same = len(md5s) - len(wanted)
        progress.advance(self.same)
        unknown = {}
        for md5, release in wanted.items():
            if (tables := memory.load(md5)) is None:
                unknown[md5] = release
                continue
            self.known += 1
            progress.advance(1)
            yield md5, tables
        self.read = len(unknown)
        sources = ((md5, release_source(self.readers.project, release)) for md5, release in unknown.items())
        for md5, tables in read_all(
            self.readers, sources, lambda engine, book: digest_book(engine, book, self.key.columns)
        ):
            memory.save(md5, tables)
            progress.advance(1)
            yield md5, tables

    def rows(self, release: Release, names: Sequence[str]) -> dict[str, list[RecordRow]]:
        """The record's rows in some tables of a release."""

        def look(engine: Engine, book: Book) -> dict[str, list[RecordRow]]:
            tables = [table for table in book.tables if table.name in names]
            return {table.name: read_rows(engine, table, self.key.columns, self.values) for table in tables}

        return self.readers.ask(release, look)

    def changes(self, states: Sequence[Mapping[str, _State]]) -> Iterator[tuple[Release, str, _Pair]]:
        """Each release and table in which the record is not as before, with its rows before and after."""
        before: Mapping[str, _State] = {}
        last: dict[str, list[RecordRow]] = {}
        for release, state in zip(self.releases, states, strict=True):
            names = [name for name in dict.fromkeys([*state, *before]) if _differs(name, before, state)]
            present = [name for name in names if state.get(name, _ABSENT).rows]
            found = self.rows(release, present) if present else {}
            for name in names:
                old, new = last.get(name, []), found.get(name, [])
                last[name] = new
                yield release, name, (old, new)
            before = state


_Pair = tuple[list[RecordRow], list[RecordRow]]


def trace(project: Project, request: TraceRequest) -> Traced:
    """Follow a record through all releases of a dataset, each read once at most and then remembered.

    Raises UnknownDatasetError, NoReleaseError, BadKeyError, NoSuchRecordError where no release has the record,
    NoSuchColumnError, and what reading a release raises.
    """
    releases = open_catalogue(project, request.dataset).releases
    if not releases:
        raise NoReleaseError(request.dataset)
    readers = Readers(project, options=ReadOptions(hidden=request.hidden, careful=False))
    with readers.closing():
        key = _key(readers, request, releases[-1])
        walk = _Walk(readers, releases, key, key_values_of(key, request.values))
        events: list[TraceEvent] = []
        columns: dict[str, None] = {}
        states = walk.states()
        if not any(states):
            raise readers.ask(releases[-1], lambda _, book: _missing(key, book))
        for release, table, (old, new) in walk.changes(states):
            columns |= dict.fromkeys(name for row in new for name in row.values)
            event = _event(release, table, old, new, request.column)
            if event is not None:
                events.append(event)
    if not columns:
        raise NoSuchRecordError(request.dataset, key.columns, walk.values, key.origin)
    if request.column is not None and request.column not in columns:
        raise NoSuchColumnError(request.column, nearest(request.column, columns), tuple(columns))
    return Traced(
        dataset=request.dataset,
        key=key,
        values=walk.values,
        column=request.column,
        events=tuple(events),
        releases=len(releases),
        same=walk.same,
        known=walk.known,
        read=walk.read,
    )


def _key(readers: Readers, request: TraceRequest, newest: Release) -> KeyChoice:
    record = None if request.key else read_record(readers.project, newest, newest.path or "")
    key = known_key(request.key, readers.project.preferences, request.dataset, record)
    return key or readers.ask(newest, find_key)


def _missing(key: KeyChoice, book: Book) -> NoSuchColumnError:
    """The error for a key that no table of any release has, with the columns of the newest one."""
    known = tuple(dict.fromkeys(column.name for table in book.tables for column in table.columns))
    name = next((name for name in key.columns if name not in known), ", ".join(key.columns))
    return NoSuchColumnError(name, nearest(name, known), known)


def _same_content(old: Release, new: Release) -> bool:
    """Whether two releases have the same rows by the digest of their content, as their tags say."""
    content = new.facts.get("Content")
    return bool(content) and content == old.facts.get("Content")


def _differs(name: str, before: Mapping[str, _State], now: Mapping[str, _State]) -> bool:
    old, new = before.get(name, _ABSENT), now.get(name, _ABSENT)
    return bool(old.rows or new.rows) and old != new


def _event(
    release: Release, table: str, old: list[RecordRow], new: list[RecordRow], column: str | None
) -> TraceEvent | None:
    """What happened to the record in a release, None where its cells, or the one that is asked for, are as before.

    None, too, for a table that has no such column: another one has it.
    """
    if column is not None and not any(column in row.values for row in (*old, *new)):
        return None
    kind = "appeared" if not old else "vanished" if not new else "changed"
    single = len(old) <= 1 and len(new) <= 1
    cells = tuple(_cells(old[0] if old else None, new[0] if new else None, column)) if single else ()
    if kind == "changed" and ((single and not cells) or (not single and _same_rows(old, new, column))):
        return None
    rows = new or old
    return TraceEvent(
        kind=kind,
        version=str(release.version),
        tag=release.tag,
        date=release.date,
        author=release.author,
        description=release.description,
        table=table,
        at=tuple(_place(row, column) for row in new),
        before=tuple(_place(row, column) for row in old),
        rows=len(rows),
        cells=cells,
        origin=origin_of(rows[0].values, column) if len(rows) == 1 else "",
    )


def _cells(old: RecordRow | None, new: RecordRow | None, column: str | None) -> Iterator[TracedCell]:
    rows = [row for row in (new, old) if row is not None]
    names = dict.fromkeys(name for row in rows for name in row.values)
    for name in names if column is None else [column]:
        if column is None and is_lineage(name, names):
            continue
        before, after = (row.values.get(name) if row else None for row in (old, new))
        kinds = [row.kinds.get(name) for row in (old, new) if row]
        retyped = len(kinds) == 2 and None not in kinds and kinds[0] != kinds[1]
        if before != after or retyped:
            row = rows[0]
            yield TracedCell(name, before, after, row.places.get(name, ""), origin_of(row.values, name))


def _same_rows(old: list[RecordRow], new: list[RecordRow], column: str | None) -> bool:
    def shown(row: RecordRow) -> list[tuple[str, str, str]]:
        names = sorted(row.values) if column is None else [column]
        return [(name, row.kinds.get(name, ""), repr(row.values.get(name))) for name in names]

    return sorted(map(shown, old)) == sorted(map(shown, new))


def _place(row: RecordRow, column: str | None) -> str:
    return row.at if column is None else row.places.get(column, row.at)
