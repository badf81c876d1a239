"""Which bump a dataset's data asks for: its tables beside those of the release that it follows.

The judge of :mod:`hotpass.versioning.judging`, made of tables and their comparison. What cannot be read as tables is
judged as a file, and what is no longer to be had by what its record says: a release never fails of either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from hotpass.compare import CompareOptions, Comparison, compare_books
from hotpass.compare.changes import Change, Kind
from hotpass.compare.policy import decide
from hotpass.errors import HotpassError
from hotpass.tables import (
    Book,
    BookSource,
    Engine,
    Limits,
    ReadOptions,
    open_engine,
    profile_book,
    read_books,
)
from hotpass.versioning.judging import Question, Verdict
from hotpass.versioning.project import Project
from hotpass.versioning.record import Facts
from hotpass.versioning.version import Bump
from hotpass.workflows.refined import asides_of
from hotpass.workflows.sides import release_source
from hotpass.workflows.wording import reason_line, recorded, short, summary

_REASONS_IN_TAG = 20
# Where what is seen can be equal while formulas or hidden sheets are not.
_WITH_FORMULAS = frozenset(["xlsx", "xlsm", "xls", "xlsb", "ods", "folder"])


@dataclass(frozen=True)
class _Seen:
    """What was found: every change (None: it could not be compared), the facts, and what to tell the user."""

    changes: tuple[Change, ...] | None
    facts: Facts
    notes: tuple[str, ...] = ()
    asides: frozenset[str] = frozenset()


def judge(project: Project, question: Question) -> Verdict:
    """Compare data with the release that it follows, and say which bump that asks for and why.

    Nothing of it fails: what could not be read or fetched is said in the notes.
    """
    new = _source(question)
    old, notes = _released(project, question)
    with open_engine(limits=Limits.of(project.preferences.__getitem__)) as engine:
        seen = _looked_at(engine, question, old, new)
    return _verdict(question, seen, (*notes, *seen.notes))


def _verdict(question: Question, seen: _Seen, notes: tuple[str, ...]) -> Verdict:
    since = question.since
    if since is None:
        return Verdict(facts=seen.facts, notes=notes)
    if seen.changes is None:
        return Verdict(compared=False, facts=seen.facts, notes=(*notes, f"not compared with {since.version}"))
    rules = {Kind(kind): Bump(bump) for kind, bump in question.settings.rules.items()}
    decision = decide(seen.changes, rules, seen.asides)
    asked = decision.bump
    facts = Facts(
        seen.facts.rows,
        seen.facts.content,
        seen.facts.tables,
        recorded(str(since.version), asked.value if asked else None, decision.reasons),
    )
    lines = tuple(reason_line(reason) for reason in decision.reasons[:_REASONS_IN_TAG])
    if len(decision.reasons) > _REASONS_IN_TAG:
        lines += (f"and {len(decision.reasons) - _REASONS_IN_TAG} more",)
    changes = summary([reason.change for reason in decision.reasons])
    return Verdict(asked, True, lines, changes, facts, notes)


def _looked_at(engine: Engine, question: Question, old: BookSource | None, new: BookSource) -> _Seen:
    """Read what there is of both sides and compare it."""
    sources = [new] if old is None else [old, new]
    books, notes = _read(engine, sources, ReadOptions())
    book, before = books[-1], books[0] if old is not None else None
    facts, more = _facts(engine, book, question.settings.key)
    notes = (*notes, *more)
    if question.since is None:
        return _Seen((), facts, notes)
    if old is None:
        return _by_record(question, facts, book, notes)
    if book is None or before is None:
        return _Seen(_as_files(old.name, new.name), facts, notes)
    try:
        comparison = _compared(engine, question, before, book)
        changes, same = comparison.all_changes, comparison.is_same
        if book.format in _WITH_FORMULAS and (same or _has_hidden(before, book)):
            again, _ = _read(engine, sources, ReadOptions(hidden=True, formulas=same))
            if again[0] is not None and again[-1] is not None:
                whole = _compared(engine, question, again[0], again[-1])
                comparison, changes = (
                    (whole, whole.all_changes) if same else (comparison, _more(comparison, whole))
                )
    except HotpassError as error:
        return _Seen(_as_files(old.name, new.name), facts, (*notes, f"compared as a file: {error}"))
    notes = (*notes, *comparison.notes)
    return _Seen(changes, _with_keys(facts, comparison), notes, asides_of(comparison))


def _has_hidden(*books: Book) -> bool:
    """Whether sheets were left out because they are hidden: what changed there asks, too."""
    return any("hidden sheets are left out" in note for book in books for note in book.notes)


def _more(seen: Comparison, whole: Comparison) -> tuple[Change, ...]:
    """What was seen, and what changed in tables that were hidden on both sides or are on one alone."""
    tables, known = {table.name for table in seen.tables}, seen.all_changes
    return (*known, *(one for one in whole.all_changes if one.table not in tables and one not in known))


def _compared(engine: Engine, question: Question, old: Book, new: Book) -> Comparison:
    key = question.settings.key
    options = CompareOptions(key=key or None, key_origin="configured" if key else "given", sample=0)
    comparison = compare_books(engine, old, new, options)
    tables = (*old.tables, *new.tables)
    if key and not any(set(key) <= {column.name for column in table.columns} for table in tables):
        said = f"no table has the key that the settings name: {', '.join(key)}"
        return replace(comparison, notes=(said, *comparison.notes))
    return comparison


def _read(
    engine: Engine, sources: Sequence[BookSource], options: ReadOptions
) -> tuple[list[Book | None], tuple[str, ...]]:
    """Each source as a book, None where it cannot be read as one; and why."""
    try:
        books: list[Book | None] = list(read_books(engine, sources, options))
    except HotpassError:
        return _read_apart(engine, sources, options)
    return books, ()


def _read_apart(
    engine: Engine, sources: Sequence[BookSource], options: ReadOptions
) -> tuple[list[Book | None], tuple[str, ...]]:
    books: list[Book | None] = []
    notes: list[str] = []
    for source in sources:
        try:
            books += read_books(engine, [source], options)
        except HotpassError as error:
            books.append(None)
            notes.append(f"taken as a file, not as tables: {error}")
    return books, tuple(notes)


def _facts(engine: Engine, book: Book | None, key: Sequence[str]) -> tuple[Facts, tuple[str, ...]]:
    """A book in figures, as a record holds them; ``key`` is the one that the dataset is configured with."""
    if book is None or not book.tables:
        return Facts(), ()
    try:
        profile = profile_book(engine, book)
    except HotpassError as error:
        return Facts(), (f"the record does not say what is in the data: {error}",)
    tables = tuple(
        {
            "name": table.name,
            "rows": table.rows,
            "columns": [
                {"name": short(column.name), "type": column.type.value, "blanks": column.blanks}
                | ({"empty_texts": column.empty_texts} if column.empty_texts else {})
                for column in table.columns
            ],
            "key": list(key) if key and set(key) <= {column.name for column in table.columns} else None,
            "content": table.digest,
        }
        for table in profile.tables
    )
    return Facts(sum(table.rows for table in profile.tables), profile.digest, tables), ()


def _with_keys(facts: Facts, comparison: Comparison) -> Facts:
    """The facts with the columns by which the rows of each table were told apart."""
    keys = {table.name: list(table.key.columns) or None for table in comparison.tables}
    tables = tuple({**table, "key": keys.get(table["name"]) or table["key"]} for table in facts.tables)
    return Facts(facts.rows, facts.content, tables, facts.changes)


def _as_files(old: str, new: str) -> tuple[Change, ...]:
    """Two states of what is no table: other bytes, for they were found to differ before anybody was asked."""
    before, after = (PurePosixPath(name).suffix.lower() for name in (old, new))
    if before != after:
        return (Change(Kind.FORMAT_CHANGED, detail=f"{before or 'no suffix'} → {after or 'no suffix'}"),)
    return (Change(Kind.FILE_CHANGED),)


def _source(question: Question) -> BookSource:
    name = PurePosixPath(question.path).name
    if question.content.files is None:
        return BookSource(name, question.files[0][1])
    return BookSource(name, None, question.files)


def _released(project: Project, question: Question) -> tuple[BookSource | None, tuple[str, ...]]:
    """Where the release before is, fetched where the store lacks it; None and why where it cannot be had."""
    if question.since is None:
        return None, ()
    try:
        return release_source(project, question.since), ()
    except HotpassError as error:
        return None, (str(error),)


def _by_record(question: Question, facts: Facts, book: Book | None, notes: tuple[str, ...]) -> _Seen:
    """Compare with what the record of the release says; None where it says nothing of its tables."""
    before = question.record.facts if question.record else Facts()
    since, path = question.since, question.record.path if question.record else question.path
    if book is None and question.record is not None and not before.tables:
        return _Seen(_as_files(path, question.path), facts, notes)
    if not before.tables or not facts.tables:
        return _Seen(None, facts, notes)
    if PurePosixPath(path).suffix.lower() != PurePosixPath(question.path).suffix.lower():
        changes = _as_files(path, question.path)
    else:
        changes = tuple(_record_changes(before, facts))
    said = (
        f"compared with what the record of {since.version if since else ''} says: counts, columns and digests"
    )
    return _Seen(changes, facts, (*notes, said))


def _record_changes(old: Facts, new: Facts) -> list[Change]:
    """What two records tell of the changes between them: less exactly than the data would, never nothing."""
    if old.content == new.content:
        return []
    before, after = ({str(table.get("name")): table for table in facts.tables} for facts in (old, new))
    changes = [Change(Kind.TABLE_REMOVED, name) for name in before if name not in after]
    changes += [Change(Kind.TABLE_ADDED, name) for name in after if name not in before]
    for name in before:
        if name in after and before[name].get("content") != after[name].get("content"):
            changes += _table_changes(name, before[name], after[name])
    return changes or [Change(Kind.FILE_CHANGED)]


def _table_changes(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    before, after = _column_types(old), _column_types(new)
    changes = [
        Change(Kind.COLUMN_REMOVED, name, columns=(column,)) for column in before if column not in after
    ]
    changes += [
        Change(Kind.COLUMN_ADDED, name, columns=(column,)) for column in after if column not in before
    ]
    shared = [column for column in before if column in after]
    changes += [
        Change(Kind.COLUMN_RETYPED, name, columns=(column,), detail=f"{before[column]} → {after[column]}")
        for column in shared
        if before[column] != after[column] and "empty" not in (before[column], after[column])
    ]
    if shared != [column for column in after if column in before]:
        changes.append(Change(Kind.COLUMNS_REORDERED, name))
    more = int(new.get("rows") or 0) - int(old.get("rows") or 0)
    if more:
        changes.append(Change(Kind.ROWS_ADDED if more > 0 else Kind.ROWS_REMOVED, name, abs(more)))
    return changes or [Change(Kind.CELLS_CHANGED, name, detail="how many is not known")]


def _column_types(table: Mapping[str, Any]) -> dict[str, str]:
    columns = table.get("columns")
    found = columns if isinstance(columns, list) else []
    return {str(column.get("name")): str(column.get("type")) for column in found if isinstance(column, dict)}
