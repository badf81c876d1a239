"""The join as one writes it by hand for DuckDB; prints how many cells changed and how many rows came and went."""

import sys
from collections.abc import Sequence

import duckdb
import pyarrow.compute as pc


def main(paths: Sequence[str]) -> None:
    kind = "read_csv('{}', all_varchar = true)" if paths[0].endswith(".csv") else "read_parquet('{}')"
    old, new = (kind.format(path) for path in paths)
    connection = duckdb.connect()
    described = connection.execute(f"DESCRIBE SELECT * FROM {old}").fetchall()
    names = [row[0] for row in described if row[0] != "id"]
    differ = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in names)
    cells = ", ".join(
        f"CASE WHEN a.{name} IS DISTINCT FROM b.{name} "
        f"THEN {{'o': a.{name}::VARCHAR, 'n': b.{name}::VARCHAR}} END AS {name}"
        for name in names
    )
    found = connection.sql(
        f"SELECT coalesce(a.id, b.id) AS id, a.id IS NULL AS added, b.id IS NULL AS removed, {cells} "
        f"FROM {old} a FULL JOIN {new} b ON a.id = b.id WHERE a.id IS NULL OR b.id IS NULL OR {differ}"
    ).to_arrow_table()
    added, removed = (pc.sum(found[name]).as_py() or 0 for name in ("added", "removed"))
    both = found.filter(pc.invert(pc.or_(found["added"], found["removed"])))
    print(sum(len(both) - both[name].null_count for name in names), added, removed)


main(sys.argv[1:])
