"""Which pairs of records are worth comparing: those that agree on something that few others have. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotpass.refine.duplicates.model import Model

if TYPE_CHECKING:
    import polars as pl

LARGEST = 500
"""A value that more records share tells none of them from the others, and would cost its square in pairs."""
EACH = 20
"""How many pairs for each record one rule may ask for: the work grows with the records then, not with their square.
Lists of real organisations ask for one or two; the largest blocks are left out first."""
_FEW = 200_000
"""So many pairs are compared whatever the number of records."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Blocks that were too large: the columns agreed on, how many blocks, and how many records in the largest."""

    columns: tuple[str, ...]
    blocks: int
    largest: int


@dataclass(frozen=True)
class Blocked:
    """``pairs`` has ``left`` < ``right`` (ids of features), each pair once, sorted."""

    pairs: pl.DataFrame
    skipped: tuple[Skipped, ...]


def blocked_pairs(table: pl.DataFrame, model: Model, largest: int = LARGEST) -> Blocked:
    """All pairs that agree on one of the model's blocking rules, in blocks of no more than ``largest`` records.

    Where the blocks of a rule ask for more than `EACH` pairs a record, the largest are left out.
    """
    import polars as pl

    found: list[pl.DataFrame] = [pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64})]
    skipped = []
    for columns in model.blocking:
        members = _members(table, columns)
        sizes = members.group_by(columns).agg(size=pl.len()).filter(pl.col("size") > 1)
        most = _most(sizes, max(EACH * table.height, _FEW), largest)
        large = sizes.filter(pl.col("size") > most)
        if large.height:
            skipped.append(Skipped(columns, large.height, large["size"].to_list()[_argmax(large)]))
        members = members.join(sizes.filter(pl.col("size") <= most), on=columns).drop("size")
        pairs = members.rename({"id": "left"}).join(members.rename({"id": "right"}), on=columns)
        found.append(pairs.filter(pl.col("left") < pl.col("right")).select("left", "right").unique())
    return Blocked(pl.concat(found).unique().sort("left", "right"), tuple(skipped))


def _most(sizes: pl.DataFrame, pairs: int, largest: int) -> int:
    """The size of the largest blocks that, with all smaller ones, ask for no more than so many pairs."""
    import polars as pl

    size = pl.col("size").cast(pl.Int64)
    asked = sizes.group_by(size).agg(pairs=pl.len() * (size.first() * (size.first() - 1) // 2)).sort("size")
    fit = asked.filter((pl.col("pairs").cum_sum() <= pairs) & (pl.col("size") <= largest))
    return int(fit["size"].to_list()[-1]) if fit.height else 1


def _members(table: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    import polars as pl

    members = table.select("id", *columns)
    for column in columns:
        if isinstance(members.schema[column], pl.List):
            members = members.explode(column)
    return members.drop_nulls(columns).unique()


def _argmax(large: pl.DataFrame) -> int:
    return large["size"].arg_max() or 0
