"""Two states of a dataset → what changed: its format, its tables, its files, and what is in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hotpass.compare.changes import Change, Comparison, KeyChoice, Kind, TableComparison
from hotpass.compare.diff import CompareOptions, compare_tables
from hotpass.compare.errors import UnknownKeyError
from hotpass.compare.log import EmptyLog
from hotpass.tables import Book, Engine, Table

_USUAL = CompareOptions()
_NO_KEY = KeyChoice((), "none")
_RENAME_TRIES = 20


def compare_books(engine: Engine, old: Book, new: Book, options: CompareOptions = _USUAL) -> Comparison:
    """Compare all that two states of a dataset hold.

    Raises UnknownKeyError where the key was given and no table has it, and what reading may raise.
    """
    _check_key(old, new, options)
    changes = _format_changes(old, new)
    before, after = {t.name: t for t in old.tables}, {t.name: t for t in new.tables}
    pairs = {name: name for name in after if name in before}
    compared = {name: compare_tables(engine, before[name], after[name], options) for name in pairs}
    gone, came = [n for n in before if n not in pairs], [n for n in after if n not in pairs]
    for was, now in _same_tables(engine, old, new, gone, came, options):
        compared[now.name] = now
        gone.remove(was)
        came.remove(now.name)
        if old.format == new.format:
            changes.append(Change(Kind.TABLE_RENAMED, now.name, detail=f"{was} → {now.name}"))
    changes += [Change(Kind.TABLE_REMOVED, name) for name in gone]
    changes += [Change(Kind.TABLE_ADDED, name) for name in came]
    changes += _file_changes(old, new)
    tables = [compared.get(name) or _one_sided(engine, after[name], is_new=True) for name in after]
    tables += [_one_sided(engine, before[name], is_new=False) for name in gone]
    return Comparison(old.name, new.name, False, tuple(tables), tuple(changes), _notes(old, new))


def _check_key(old: Book, new: Book, options: CompareOptions) -> None:
    """A key that somebody typed has to be there; one that was configured for another table does no harm."""
    tables = (*old.tables, *new.tables)
    if not options.key or options.key_origin != "given" or not tables:
        return
    if not any(set(options.key) <= {column.name for column in table.columns} for table in tables):
        known = dict.fromkeys(column.name for table in tables for column in table.columns)
        raise UnknownKeyError(options.key, tuple(known))


def _format_changes(old: Book, new: Book) -> list[Change]:
    if old.format == new.format:
        return []
    return [Change(Kind.FORMAT_CHANGED, detail=f"{old.format} → {new.format}")]


def _same_tables(
    engine: Engine, old: Book, new: Book, gone: Sequence[str], came: Sequence[str], options: CompareOptions
) -> list[tuple[str, TableComparison]]:
    """The tables that have another name and are one and the same, by old name.

    Those are the only table of either side, whatever happened to it, and tables whose content is the same.
    """
    before, after = {t.name: t for t in old.tables}, {t.name: t for t in new.tables}
    if len(old.tables) == len(new.tables) == len(gone) == len(came) == 1:
        return [(gone[0], compare_tables(engine, before[gone[0]], after[came[0]], options))]
    found: list[tuple[str, TableComparison]] = []
    likely = [(was, now) for was in gone for now in came if _look_alike(before[was], after[now])]
    for was, now in likely[:_RENAME_TRIES]:
        if any(was == name or now == table.name for name, table in found):
            continue
        table = compare_tables(engine, before[was], after[now], options)
        if not table.changes:
            found.append((was, table))
    return found


def _look_alike(old: Table, new: Table) -> bool:
    return bool(old.columns) and [c.name for c in old.columns] == [c.name for c in new.columns]


def _one_sided(engine: Engine, table: Table, *, is_new: bool) -> TableComparison:
    count = engine.execute(f"SELECT count(*) FROM {table.relation}")[0][0]
    return TableComparison(
        table.name, (None, count) if is_new else (count, None), _NO_KEY, (), log=EmptyLog()
    )


def _file_changes(old: Book, new: Book) -> list[Change]:
    """Files that are no tables: by path, then moved ones by their bytes."""
    changes = [
        Change(Kind.FILE_CHANGED, path)
        for path in old.files
        if path in new.files and old.files[path] != new.files[path]
    ]
    came = [path for path in new.files if path not in old.files]
    for path in (path for path in old.files if path not in new.files):
        moved = next((name for name in came if new.files[name] == old.files[path]), None)
        if moved is None:
            changes.append(Change(Kind.FILE_REMOVED, path))
        else:
            came.remove(moved)
            changes.append(Change(Kind.FILE_RENAMED, moved, detail=f"{path} → {moved}"))
    return changes + [Change(Kind.FILE_ADDED, path) for path in came]


def _notes(*books: Book) -> tuple[str, ...]:
    notes: Iterable[str] = (note for book in books for note in book.notes)
    return tuple(dict.fromkeys(notes))
