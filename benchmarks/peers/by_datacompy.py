"""The same by datacompy on polars, all columns as text in CSV; prints how many cells changed and rows came and went."""

import sys
from collections.abc import Sequence

import datacompy
import polars as pl


def main(paths: Sequence[str]) -> None:
    old, new = (
        pl.read_csv(path, infer_schema=False) if path.endswith(".csv") else pl.read_parquet(path)
        for path in paths
    )
    found = datacompy.PolarsCompare(old, new, join_columns="id")
    cells = sum(column["unequal_cnt"] for column in found.column_stats)
    print(cells, len(found.df2_unq_rows), len(found.df1_unq_rows))


main(sys.argv[1:])
