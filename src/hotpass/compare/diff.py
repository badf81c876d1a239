"""Two states of one table → what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hotpass.compare import keys, settling
from hotpass.compare.careful import KIND, pair_carefully
from hotpass.compare.changes import Change, KeyChoice, Kind, TableComparison
from hotpass.compare.finding import Finder, Rows
from hotpass.compare.formulas import formula_changes
from hotpass.compare.joining import Join, KeyTexts, join_rows
from hotpass.compare.listing import list_changes
from hotpass.compare.log import Log
from hotpass.compare.matching import Shared, left_over, match_columns
from hotpass.compare.order import is_resorted
from hotpass.compare.renames import same_values
from hotpass.compare.settling import Retype
from hotpass.compare.sides import Sides
from hotpass.tables import Engine, Table, Type
from hotpass.tables.table import Column


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How to compare.

    ``key`` are names of columns that tell rows apart, and ``key_origin`` says who named them (``given``, ``configured``
    or ``profile``); without one a key is looked for. ``old_key`` is the key that the old side was recorded with: another
    one is a change of its own. ``tolerance`` is the distance up to which numbers count as equal. ``sample`` is how many
    cells and rows a result holds itself. ``addresses``: say where things are.
    """

    key: tuple[str, ...] | None = None
    key_origin: str = "given"
    tolerance: float | None = None
    sample: int = 100
    addresses: bool = True
    old_key: tuple[str, ...] | None = None


_USUAL = CompareOptions()


@dataclass(frozen=True, slots=True)
class _Paired:
    """Rows paired one way or the other. ``pairs`` has the numbers of all rows, for their order."""

    rows: Rows
    key: KeyChoice
    retypes: tuple[Retype, ...]
    pairs: str
    sides: Sides


def compare_tables(
    engine: Engine, old: Table, new: Table, options: CompareOptions = _USUAL
) -> TableComparison:
    """Compare two states of a table exactly; the tables stay as they are.

    Raises what the engine does where a file cannot be read to its end (LimitError, UnevenLinesError).
    """
    sides = _match(engine, old, new, options)
    paired = _pair(sides, options)
    finder = Finder(paired.rows)
    formulas = formula_changes(paired.rows, paired.pairs, addresses=options.addresses)
    listing = list_changes(paired.rows, finder, formulas, options.sample, addresses=options.addresses)
    changes = [*_schema_changes(paired, options), *_key_changes(paired, options), *listing.changes]
    return TableComparison(
        name=new.name,
        rows=paired.rows.totals,
        key=paired.key,
        changes=tuple(replace(change, table=new.name) for change in changes),
        cells=listing.cells,
        rows_changed=listing.rows,
        resorted=is_resorted(paired.rows, paired.pairs, nothing_else=not listing.changes),
        log=Log(paired.rows, finder, formulas, options.addresses),
    )


def _match(engine: Engine, old: Table, new: Table, options: CompareOptions) -> Sides:
    """Match the columns; ask their values only where there may be a rename."""
    undecided = {column.type for column in (*old.columns, *new.columns)} == {Type.UNDECIDED}
    sides = Sides(engine, old, new, match_columns(old.columns, new.columns), raw=undecided)
    if not undecided:
        sides = sides.typed()
    if all(left_over(old.columns, new.columns)):
        by_name = tuple(pair for pair in sides.matching.shared if pair not in sides.matching.renamed)
        named = replace(sides, matching=replace(sides.matching, shared=by_name))
        evidence = same_values(named, options.key)
        sides = replace(sides, matching=match_columns(old.columns, new.columns, evidence))
    return sides


def _pair(sides: Sides, options: CompareOptions) -> _Paired:
    missing = ""
    if options.key:
        key = keys.wanted_key(sides, options.key)
        if key:
            return _pair_by(sides, key, KeyChoice(_names(sides, key), options.key_origin), options)
        missing = f"{', '.join(options.key)} is not on both sides; "
    for key in keys.found_keys(sides):
        choice = KeyChoice(_names(sides, key), "found")
        if found := _fast(sides, key, choice, options):
            return replace(found, key=replace(found.key, detail=missing + found.key.detail))
    if keys.has_blank_rows(sides):
        for key in keys.found_keys(sides, past_blank_rows=True):
            found = _pair_by(sides, key, KeyChoice(_names(sides, key), "found"), options)
            return replace(found, key=replace(found.key, detail=missing + found.key.detail))
    return _without_key(sides, missing)


def _pair_by(sides: Sides, key: tuple[Shared, ...], choice: KeyChoice, options: CompareOptions) -> _Paired:
    """Pair by a key that was asked for, whatever it turns out to be."""
    if found := _fast(sides, key, choice, options):
        return found
    typed = sides.typed()
    texts = keys.key_texts(typed, key) or KeyTexts()  # there always are, where types are known
    careful = pair_carefully(typed, key, texts)
    said = [
        f"{careful.repeated:,} of its values are there more than once" if careful.repeated else "",
        f"{careful.blank:,} rows have it blank" if careful.blank else "",
    ]
    detail = " and ".join(part for part in said if part) + ": those rows are compared as a multiset within it"
    rows = Rows(typed, key, careful.relation, texts, True, careful.rows)
    if options.tolerance is not None:
        settling.drop_within(typed, careful.relation, options.tolerance)
        typed.engine.execute(f"DELETE FROM {careful.relation} WHERE cells IS NULL")
    return _Paired(rows, replace(choice, detail=detail), settling.retyped(typed), careful.pairs, typed)


def _fast(
    sides: Sides, key: tuple[Shared, ...], choice: KeyChoice, options: CompareOptions
) -> _Paired | None:
    texts = keys.key_texts(sides, key)
    join = join_rows(sides, key, texts) if texts else None
    if join is None and texts and any(texts.whole):
        texts = keys.key_texts(sides, key, decided=True)
        join = join_rows(sides, key, texts) if texts else None
    if texts is None:
        return _fast(sides.typed(), key, choice, options)
    if join is None:
        return None
    retypes = settling.settle(sides, join, options.tolerance)
    relation = sides.engine.new_name("changes")
    sides.engine.execute(
        f"CREATE VIEW {relation} AS SELECT {KIND} AS kind, ra, rb, k, 1::BIGINT AS n, cells FROM {join.relation} "
        "WHERE cells IS NOT NULL"
    )
    if choice.origin == "found":
        choice = keys.describe(choice, join.rows, _on_both(sides, join))
    return _Paired(
        Rows(sides, key, relation, texts, join.true_numbers, join.rows), choice, retypes, join.relation, sides
    )


def _on_both(sides: Sides, join: Join) -> int:
    count = sides.engine.execute(
        f"SELECT count(*) FROM {join.relation} WHERE ra IS NOT NULL AND rb IS NOT NULL"
    )
    return int(count[0][0])


def _without_key(sides: Sides, missing: str) -> _Paired:
    typed = sides.typed()
    careful = pair_carefully(typed, (), KeyTexts())
    detail = (
        f"{missing}no column and no pair of columns is unique and without blanks on both sides: name a key"
    )
    rows = Rows(typed, (), careful.relation, KeyTexts(), True, careful.rows)
    return _Paired(rows, KeyChoice((), "none", detail), settling.retyped(typed), careful.pairs, typed)


def _names(sides: Sides, key: Iterable[Shared]) -> tuple[str, ...]:
    return tuple(sides.columns(pair)[1].name for pair in key)


def _schema_changes(paired: _Paired, options: CompareOptions) -> list[Change]:
    sides, where = paired.sides, options.addresses
    matching = sides.matching
    removed = [sides.old.columns[number - 1] for number in matching.removed]
    added = [sides.new.columns[number - 1] for number in matching.added]
    changes = [
        *(
            _column_change(Kind.COLUMN_REMOVED, sides.old, (column.name,), column, where)
            for column in removed
        ),
        *(_column_change(Kind.COLUMN_ADDED, sides.new, (column.name,), column, where) for column in added),
    ]
    for pair in matching.renamed:
        old, new = sides.columns(pair)
        changes.append(_column_change(Kind.COLUMN_RENAMED, sides.new, (old.name, new.name), new, where))
    for retype in paired.retypes:
        change = _column_change(Kind.COLUMN_RETYPED, sides.new, (retype.new.name,), retype.new, where)
        changes.append(replace(change, detail=_types(retype)))
    if matching.is_reordered:
        changes.append(_reordered(sides))
    return changes


def _column_change(kind: Kind, table: Table, names: tuple[str, ...], column: Column, where: bool) -> Change:
    # The address of a column is that of its header.
    return Change(kind, columns=names, where=(table.address(-1, column),) if where else ())


def _types(retype: Retype) -> str:
    if retype.old.type is retype.new.type:
        return f"{retype.old.native} → {retype.new.native}"
    return f"{retype.old.type.value} → {retype.new.type.value}"


def _reordered(sides: Sides) -> Change:
    """Name the columns that have another rank among the shared ones than before."""
    rank = {pair: n for n, pair in enumerate(sorted(sides.matching.shared, key=lambda pair: pair.old))}
    moved = [pair for n, pair in enumerate(sides.matching.shared) if rank[pair] != n]
    return Change(Kind.COLUMNS_REORDERED, count=len(moved), columns=_names(sides, moved))


def _key_changes(paired: _Paired, options: CompareOptions) -> list[Change]:
    """A key that only one side has, or that is another than the old side was recorded with."""
    sides, named = paired.sides, options.key or ()
    old = [column.name for column in sides.old.columns]
    new = [column.name for column in sides.new.columns]
    now = paired.key.columns
    if named and not keys.wanted_key(sides, named) and (set(named) <= set(old) or set(named) <= set(new)):
        before, after = (named, now) if set(named) <= set(old) else (now, named)
        return [_key_change(before, after)]
    before = options.old_key or now
    was = keys.wanted_key(sides, before)
    return [_key_change(before, now)] if now and was and set(_names(sides, was)) != set(now) else []


def _key_change(before: Sequence[str], after: Sequence[str]) -> Change:
    detail = f"{', '.join(before) or 'none'} → {', '.join(after) or 'none'}"
    return Change(Kind.KEY_CHANGED, columns=tuple(dict.fromkeys((*before, *after))), detail=detail)
