"""What a comparison says beside kinds and counts: the key, the place, the words; and what is odd about tables."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from harness.pairs import Csv, Parquet, Sheets, compared, sheet

from hotpass.compare import CompareOptions, Kind, UnknownKeyError, compare_tables
from hotpass.compare.formulas import shifted
from hotpass.tables import Column, Table, Type, open_engine

HEADER = ["id", "n", "v"]


def formula(text: str, value: object) -> str:
    return f"<><f>{text}</f><v>{value}</v>"


def test_a_key_is_named_and_how_it_was_chosen(tmp_path: Path) -> None:
    with compared(tmp_path / "1", Csv("n,id/a,1/a,2"), Csv("n,id/a,1/b,2")) as found:
        key = found.tables[0].key
        assert (key.columns, key.origin) == (("id",), "found")
        assert (
            key.detail == "unique and without blanks in all 2 and 2 rows; 2 of its values are on both sides"
        )
    with compared(tmp_path / "2", Csv("a,b,n/1,1,x/1,2,x/2,1,x"), Csv("a,b,n/1,1,x/1,2,y/2,1,x")) as found:
        assert found.tables[0].key.columns == ("a", "b")
    with compared(tmp_path / "3", Csv("a/1/1"), Csv("a/1/1")) as found:
        assert found.tables[0].key.origin == "none"
        assert "name a key" in found.tables[0].key.detail
    with compared(
        tmp_path / "4", Csv("a,b/1,1/2,2"), Csv("a,b/1,1/2,2"), key=("b",), key_origin="profile"
    ) as found:
        assert (found.tables[0].key.columns, found.tables[0].key.origin) == (("b",), "profile")


def test_a_key_that_nobody_has_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(UnknownKeyError) as caught,
        compared(tmp_path / "1", Csv("id,n/1,a"), Csv("id,n/1,a"), key=("ids",)),
    ):
        pass
    assert (str(caught.value), caught.value.hint) == ("no table has the key column ids", "did you mean id?")
    with compared(tmp_path / "2", Csv("id/1"), Csv("id/1"), key=("ids",), key_origin="configured") as found:
        assert found.tables[0].key.origin == "found"
        assert found.tables[0].key.detail.startswith("ids is not on both sides; ")


def test_another_key_than_was_recorded_is_a_change(tmp_path: Path) -> None:
    rows = Csv("id,k/1,a/2,b")
    with compared(tmp_path, rows, rows, key=("k",), old_key=("id",)) as found:
        (change,) = found.all_changes
        assert (change.kind, change.detail) == (Kind.KEY_CHANGED, "id → k")


def test_places_are_those_of_the_new_side(tmp_path: Path) -> None:
    old = Sheets({"Sites": [HEADER, ["S1", "a", 1], ["S2", "b", 2]]})
    new = Sheets({"Sites": [[None] * 3, HEADER, ["S2", "b", 2], ["S1", "a", 5]]})
    with compared(tmp_path, old, new) as found:
        (table,) = found.tables
        (cell,) = table.cells
        assert (cell.old_at, cell.new_at, cell.old, cell.new) == (
            "list.xlsx!Sites!C2",
            "list.xlsx!Sites!C4",
            "1",
            "5",
        )
        assert table.changes[0].where == ("list.xlsx!Sites!C4",)
        assert table.resorted
    with compared(tmp_path / "2", old, new, addresses=False) as found:
        (cell,) = found.tables[0].cells
        assert (cell.old_at, found.all_changes[0].where) == ("", ())


def test_a_number_among_text_is_found_in_its_cell(tmp_path: Path) -> None:
    old = sheet(HEADER, ["S1", "x", 1], ["S2", "1", 2])
    new = sheet(HEADER, ["S1", "x", 1], ["S2", 1, 2])
    with compared(tmp_path, old, new) as found:
        (cell,) = found.tables[0].cells
        assert (cell.new_at, cell.old, cell.new) == ("list.xlsx!Sites!B3", "1", "1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (formula("B2*2", 4), 4, ("=B2*2", "4")),
        (4, formula("B2*2", 4), ("4", "=B2*2")),
        (formula("B2*2", 4), formula("B2+2", 4), ("=B2*2", "=B2+2")),
    ],
    ids=["became its value", "from a value", "another formula"],
)
def test_a_formula_that_changed(tmp_path: Path, old: object, new: object, told: tuple[str, str]) -> None:
    pair = (sheet(HEADER, ["S1", 2, cell], ["S2", 3, 1]) for cell in (old, new))
    with compared(tmp_path, *pair, formulas=True) as found:
        ((change,), (cell,)) = found.all_changes, found.tables[0].cells
        assert (change.kind, change.where, change.columns) == (
            Kind.FORMULAS_CHANGED,
            ("list.xlsx!Sites!C2",),
            ("v",),
        )
        assert ((cell.old, cell.new), cell.key) == (told, ("S1",))
        assert found.tables[0].log is not None
        assert tuple(found.tables[0].log.cells()) == (cell,)


def test_a_formula_that_moved_with_its_row_is_the_same(tmp_path: Path) -> None:
    old = sheet(HEADER, ["S1", 2, formula("B2*2", 4)], ["S2", 3, formula("B3*$B$1", 9)])
    new = sheet(HEADER, ["S2", 3, formula("B2*$B$1", 9)], ["S1", 2, formula("B3*2", 4)])
    with compared(tmp_path, old, new, formulas=True) as found:
        assert found.is_same
        assert found.tables[0].resorted


def test_only_relative_references_move() -> None:
    assert shifted('SUM(A1:B$2)+LOG10(C3)&"D4"', 2) == 'SUM(A3:B$2)+LOG10(C5)&"D4"'


def test_values_of_parquet_are_told_canonically(tmp_path: Path) -> None:
    old = Parquet({"id": pa.array([1.0, 2.0]), "v": pa.array([1e20, 0.5]), "l": pa.array([[1], [2]])})
    new = Parquet({"id": pa.array([2.0, 1.0]), "v": pa.array([-0.0, 1e20]), "l": pa.array([[3], [1]])})
    with compared(tmp_path, old, new, key=("id",)) as found:
        told = [(cell.key, cell.column, cell.old, cell.new) for cell in found.tables[0].cells]
        assert told == [(("2",), "v", "0.5", "0"), (("2",), "l", "[2]", "[3]")]


def test_signed_zeros_are_one_number_in_a_multiset(tmp_path: Path) -> None:
    with compared(tmp_path, Parquet({"v": [0.0, 0.0]}), Parquet({"v": [0.0, -0.0]})) as found:
        assert found.is_same


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Type.TEXT, Type.UNDECIDED], ids=["types known", "types open"])
def test_many_columns(kind: Type) -> None:
    columns = tuple(Column(f"k{n}", kind, n) for n in range(1, 1501))
    cells = ", ".join(f"({n} + i)::VARCHAR AS c{n}" for n in range(1, 1500))
    with open_engine() as engine:
        tables = []
        for last in ("'7'", "CASE WHEN i = 5 THEN 'x' ELSE '7' END"):
            relation = engine.new_name("wide")
            engine.execute(
                f"CREATE TABLE {relation} AS SELECT {cells}, {last} AS c1500, i AS r FROM range(20) q(i)"
            )
            if kind is Type.UNDECIDED:
                engine.add_delimited(relation, "list.csv")
            tables.append(Table("", "list.csv", columns, 2, relation))
        old, new = tables
        found = compare_tables(engine, old, new, CompareOptions(key=("k1",)))
        assert (found.cells[0].column, found.cells[0].new, len(found.cells)) == ("k1500", "x", 1)


def test_names_with_any_sign(tmp_path: Path) -> None:
    header = 'i\'d,"a""b; DROP TABLE x",{}'
    with compared(tmp_path, Csv(f"{header}/1,a,x"), Csv(f"{header}/1,b,x"), key=("i'd",), raw=True) as found:
        assert found.tables[0].cells[0].column == 'a"b; DROP TABLE x'


def test_no_column_in_common(tmp_path: Path) -> None:
    with compared(tmp_path, Csv("a/1/2"), Parquet({"x": [1], "b": [1]})) as found:
        kinds = {change.kind: change.count for change in found.all_changes}
        assert kinds[Kind.FORMAT_CHANGED] == 1
        assert found.tables[0].rows == (2, 1)


def test_tolerance_is_decimal(tmp_path: Path) -> None:
    with compared(
        tmp_path, Csv("id,v/1,1.00/2,1.00"), Csv("id,v/1,1.01/2,1.02"), raw=True, tolerance=0.01
    ) as found:
        assert [cell.new for cell in found.tables[0].cells] == ["1.02"]
