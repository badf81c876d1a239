"""Comparison is exact, symmetric and can be carried out; the fast ways say what a slow and plain one says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from harness.slow_compare import Difference, Row, canonical, differences, type_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hotpass.compare import CompareOptions, Kind, TableComparison, compare_tables, finding, keys, settling
from hotpass.tables import Column, Engine, Table, Type, open_engine

NAMES = ("id", "v", "w")
# One value in several writings, values of each type, and what ends a type.
VALUES = st.sampled_from(
    [None, "", "1", "1.0", "1.50", "1.5", "-0", "0", "007", "10", "true", "True", "x", "y", "x ", "1e+2", "100",
     "2024-01-31", "2024-01-31 10:00", "2024-01-31T10:00:00", "12345678901234567890"]
)  # fmt: skip
NUMBERS = st.sampled_from([None, "1", "2", "2.0", "2.50", "2.5", "-3", "1e+2"])
WORDS = st.sampled_from([None, "", "x", "y", "1"])
KEYS = st.sampled_from([None, "", "1", "2", "3", "4", "5", "1.0", "x", "6"])
# Keys that are whole numbers until one is written otherwise; a column of one type until something else comes.
NUMBERED = st.sampled_from([*"12345", *"12345", "1.0", "2.0"])
RARELY = st.sampled_from([None, *"123456789", *"123456789", "2.5", "x"])
WHOLE = st.integers(1, 9).map(str)


def tables(
    key: st.SearchStrategy[str | None], *cells: st.SearchStrategy[str | None]
) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(key, *cells), max_size=7)


PAIRS = st.one_of(
    [st.tuples(tables(WHOLE, cells, WORDS), tables(WHOLE, cells, WORDS)) for cells in (VALUES, NUMBERS)]
) | st.one_of(
    [st.tuples(tables(key, VALUES, RARELY), tables(key, VALUES, RARELY)) for key in (KEYS, NUMBERED)]
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A table with unique keys and what became of it: few cells changed, rows gone, come and moved."""
    names = draw(st.lists(WHOLE | st.sampled_from(["a", "b"]), unique=True, max_size=8))
    kinds = [draw(st.sampled_from([VALUES, NUMBERS, WORDS, RARELY])) for _ in NAMES[1:]]
    old = [(name, *(draw(kind) for kind in kinds)) for name in names]
    new = [
        (
            row[0],
            *(
                cell if draw(st.integers(0, 3)) else draw(kind)
                for cell, kind in zip(row[1:], kinds, strict=True)
            ),
        )
        for row in draw(st.permutations(old))
        if draw(st.integers(0, 9))
    ]
    come = draw(st.lists(st.sampled_from(["11", "12", "c", "d"]), unique=True, max_size=2))
    new += [(name, *(draw(kind) for kind in kinds)) for name in come]
    return old, new


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as engine:
        yield engine


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at two rows first, so that small tables are as large ones."""
    monkeypatch.setattr(finding, "_FIRST_ROWS", 2)
    monkeypatch.setattr(finding, "_MORE", 2)
    monkeypatch.setattr(settling, "_LOOK", 1)
    monkeypatch.setattr(keys, "FIRST", 2)


USUAL = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table(engine: Engine, rows: Sequence[Row], *, raw: bool) -> Table:
    """A table as delimited text is one: texts, numbered by reading alone."""
    relation = engine.new_name("made")
    engine.execute(f"CREATE TABLE {relation} (c1 VARCHAR, c2 VARCHAR, c3 VARCHAR)")
    if rows:
        values = ", ".join(f"(${3 * n + 1}, ${3 * n + 2}, ${3 * n + 3})" for n in range(len(rows)))
        engine.execute(f"INSERT INTO {relation} VALUES {values}", [text for row in rows for text in row])
    engine.add_delimited(relation, "list.csv")
    columns = tuple(Column(name, Type.UNDECIDED, n) for n, name in enumerate(NAMES, 1))
    found = Table("", "list.csv", columns, 2, relation)
    return found if raw else engine.decide_types(found)


def compare(
    engine: Engine, pair: tuple[list[Row], list[Row]], *, raw: bool, **options: Any
) -> TableComparison:
    old, new = (table(engine, rows, raw=raw) for rows in pair)
    return compare_tables(engine, old, new, CompareOptions(**options))


def as_difference(found: TableComparison, old: Sequence[Row], new: Sequence[Row]) -> Difference:
    """A comparison in the terms of the slow one; rows as their canonical texts."""
    assert found.log is not None
    kinds = [type_of(row[n] for row in (*old, *new)) for n in range(len(NAMES))]
    names = {Kind.ROWS_ADDED: "added", Kind.ROWS_REMOVED: "removed", Kind.DUPLICATES_REMOVED: "copies"}
    rows: Counter[tuple[str, Row]] = Counter()
    for row in found.log.rows():
        values = tuple(canonical(kind, text) for kind, (_, text) in zip(kinds, row.values, strict=True))
        rows[names[row.kind], values] += row.count
    cells = Counter(
        (canonical(kinds[0], cell.key[0]) or "", NAMES.index(cell.column), cell.old, cell.new)
        for cell in found.log.cells()
    )
    retyped = [NAMES.index(c.columns[0]) for c in found.changes if c.kind is Kind.COLUMN_RETYPED]
    return Difference(frozenset(retyped), cells, rows)


WHOLE_UNTIL: tuple[list[Row], list[Row]] = (
    [("1", "x", None), ("2", "x", None), ("3", "x", None)],
    [("1", "x", None), ("2", "x", None), ("3.0", "y", None)],
)


@pytest.mark.slow
@pytest.mark.parametrize("raw", [True, False], ids=["types open", "types known"])
@given(pair=PAIRS | edited())
@example(pair=WHOLE_UNTIL)
@USUAL
def test_fast_says_what_slow_says(engine: Engine, raw: bool, pair: tuple[list[Row], list[Row]]) -> None:
    found = compare(engine, pair, raw=raw, key=("id",), sample=3)
    assert as_difference(found, *pair) == differences(*pair, len(NAMES), 0)
    assert found.rows == (len(pair[0]), len(pair[1]))
    # The counts, the first ones and the addresses agree with the log.
    assert found.log is not None
    cells, rows = list(found.log.cells()), list(found.log.rows())
    assert (list(found.cells), list(found.rows_changed)) == (cells[:3], rows[:3])
    counts = Counter(change.kind for change in cells) + Counter(dict.fromkeys(Kind, 0))
    for row in rows:
        counts[row.kind] += row.count
    about_rows = [change for change in found.changes if not change.kind.value.startswith("column")]
    assert {change.kind: change.count for change in about_rows} == {k: n for k, n in counts.items() if n}
    for change in about_rows:
        told = [cell.new_at for cell in cells if cell.kind is change.kind] or [
            row.at for row in rows if row.kind is change.kind
        ]
        assert change.where == tuple(told[:10])
    for cell in cells:
        assert at(pair[0], cell.old_at) == cell.old
        assert at(pair[1], cell.new_at) == cell.new


def at(rows: Sequence[Row], address: str) -> str | None:
    place = address.partition("!")[2]
    return rows[int(place[1:]) - 2]["ABC".index(place[0])]


@pytest.mark.slow
@given(pair=PAIRS | edited())
@settings(USUAL, max_examples=25)
def test_without_a_key_rows_are_a_multiset(engine: Engine, pair: tuple[list[Row], list[Row]]) -> None:
    found = compare(engine, pair, raw=True)
    if found.key.origin == "none":
        assert as_difference(found, *pair) == differences(*pair, len(NAMES), None)
    else:
        for rows in pair:
            values = [tuple(row[NAMES.index(name)] for name in found.key.columns) for row in rows]
            assert all(all(value) for value in values)
            assert len(set(values)) == len(values)


@pytest.mark.slow
@pytest.mark.parametrize("raw", [True, False], ids=["types open", "types known"])
@given(pair=PAIRS | edited(), keyed=st.booleans())
@settings(USUAL, max_examples=25)
def test_equal_is_empty_and_back_is_the_inverse(
    engine: Engine, raw: bool, pair: tuple[list[Row], list[Row]], keyed: bool
) -> None:
    key = ("id",) if keyed else None
    old, new = (table(engine, rows, raw=raw) for rows in pair)
    options = CompareOptions(key=key)
    assert not compare_tables(engine, old, old, options).changes
    forth, back = compare_tables(engine, old, new, options), compare_tables(engine, new, old, options)
    assert back.rows == (forth.rows[1], forth.rows[0])
    kinds = {Kind.CELLS_FILLED: Kind.CELLS_EMPTIED, Kind.CELLS_EMPTIED: Kind.CELLS_FILLED}
    there = {(c.column, c.kind, c.old, c.new, c.old_at, c.new_at) for c in forth.cells}
    again = {(c.column, kinds.get(c.kind, c.kind), c.new, c.old, c.new_at, c.old_at) for c in back.cells}
    assert there == again
    turned = {True: "gone", False: "come"}
    assert Counter(
        (turned[r.kind is not Kind.ROWS_ADDED], r.at, r.count) for r in forth.rows_changed
    ) == Counter((turned[r.kind is Kind.ROWS_ADDED], r.at, r.count) for r in back.rows_changed)
    assert forth.resorted == back.resorted


@pytest.mark.slow
@given(pair=edited(), raw=st.booleans())
@settings(USUAL, max_examples=30)
def test_a_comparison_carried_out_gives_the_new_table(
    engine: Engine, pair: tuple[list[Row], list[Row]], raw: bool
) -> None:
    old, new = pair
    found = compare(engine, pair, raw=raw, key=("id",))
    rows = {row[0]: list(row) for row in old}
    assert found.log is not None
    for row in found.log.rows():
        if row.kind is Kind.ROWS_ADDED:
            rows[row.key[0]] = [text for _, text in row.values]
        else:
            del rows[row.key[0]]
    for cell in found.log.cells():
        assert rows[cell.key[0]][NAMES.index(cell.column)] == cell.old
        rows[cell.key[0]][NAMES.index(cell.column)] = cell.new
    kinds = [type_of(row[n] for row in (*old, *new)) for n in range(len(NAMES))]

    def content(row: Sequence[str | None]) -> Row:
        return tuple(canonical(kind, text) for kind, text in zip(kinds, row, strict=True))

    assert Counter(map(content, rows.values())) == Counter(map(content, new))


@pytest.mark.slow
@given(pair=edited(), tolerance=st.sampled_from([0.0, 0.5, 1.0]))
@settings(USUAL, max_examples=20)
def test_a_tolerance_takes_out_what_is_within_it(
    engine: Engine, pair: tuple[list[Row], list[Row]], tolerance: float
) -> None:
    every = compare(engine, pair, raw=False, key=("id",)).cells
    kept = compare(engine, pair, raw=True, key=("id",), tolerance=tolerance).cells
    kinds = [type_of(row[n] for row in (*pair[0], *pair[1])) for n in range(len(NAMES))]

    def is_within(cell: Any) -> bool:
        numeric = kinds[NAMES.index(cell.column)] in ("integer", "number")
        return numeric and bool(cell.old and cell.new) and abs(float(cell.old) - float(cell.new)) <= tolerance

    assert list(kept) == [cell for cell in every if not is_within(cell)]
