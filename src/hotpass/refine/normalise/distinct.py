"""Work on the distinct values of a column instead of on every row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

Row = tuple[Any, ...]


def on_distinct(values: pl.Series, function: Callable[[str], Row], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Call a function once for each distinct text; one row for each value, null for null (an empty list for lists)."""
    return spread(values, lambda texts: table([function(text) for text in texts.to_list()], schema), schema)


def spread(
    values: pl.Series, function: Callable[[pl.Series], pl.DataFrame], schema: Mapping[str, Any]
) -> pl.DataFrame:
    """Call a function with the distinct texts; it gives a row for each, in their order."""
    import polars as pl

    distinct = values.drop_nulls().unique()
    found = function(distinct).with_columns(distinct.alias("?"))
    joined = values.alias("?").to_frame().join(found, on="?", how="left", maintain_order="left")
    lists = [name for name, kind in schema.items() if kind.is_nested()]
    empty = [pl.col(name).fill_null(pl.lit([], dtype=schema[name])) for name in lists]
    return joined.select(list(schema)).with_columns(empty)


def table(rows: Sequence[Row], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a frame."""
    import polars as pl

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pl.DataFrame(
        {
            name: pl.Series(name, list(column), dtype=kind)
            for (name, kind), column in zip(schema.items(), columns, strict=True)
        }
    )


def where(values: pl.Series, mask: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Replace some values by what a function makes of them; it sees no others."""
    mask = mask.fill_null(value=False)
    if not mask.any():
        return values
    places = mask.arg_true()
    changed = function(values.gather(places))
    return values.clone().scatter(places, changed)


def placed(values: pl.Series, places: pl.Series, changed: pl.Series) -> pl.Series:
    """Lists cannot be scattered: what stands at the places comes by a join."""
    import polars as pl

    numbered = pl.DataFrame({"n": pl.int_range(len(values), eager=True, dtype=pl.UInt32), "v": values})
    other = pl.DataFrame({"n": places.cast(pl.UInt32), "w": changed})
    joined = numbered.join(other, on="n", how="left", maintain_order="left")
    return joined.select(pl.coalesce("w", "v").alias(values.name)).to_series()
