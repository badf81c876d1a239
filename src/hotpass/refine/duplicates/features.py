"""Prepared records → what is compared: distinct records, with keys, weights of words and frequencies. Pure.

Frequencies are counted over places (a house in a street), not over rows: an organisation that stands in nine lists
should not make its own name and phone look common, while the phone of a head office and the words in the names of a
chain are those that are seen at many places.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_SAID = (
    "name_key",
    "name_tokens",
    "house_number",
    "street_key",
    "street_name",
    "unit",
    "postcode",
    "phones",
    "emails",
    "domain",
)
_ID_COLUMNS = ("row", "source", "source_record")
_RAREST = 3
_OWN = 2


@dataclass(frozen=True)
class Features:
    """What the comparisons see.

    ``table`` has one row per distinct content; ``id`` counts them from 0 in the order of their first rows. ``of_row`` is
    the id of each input row. ``frequencies`` have, by column, its values and the share of places at which each is seen
    (``share``), sorted.
    """

    table: pl.DataFrame
    of_row: tuple[int, ...]
    frequencies: Mapping[str, pl.DataFrame]


def organisation_features(records: pl.DataFrame, single: Collection[int] = ()) -> Features:
    """The features of prepared records of organisations (:data:`hotpass.refine.records.COLUMNS`).

    Rows in ``single`` are kept by themselves, even where another says the same.
    """
    import polars as pl

    table, of_row = _distinct(records, _SAID, single)
    around = pl.col("street_key").str.splitn(pl.col("street_name"), 2)
    table = table.with_columns(
        place=pl.concat_str("house_number", "street_name", separator=" "),
        direction=_filled(around.struct.field("field_0")),
        street_kind=_filled(around.struct.field("field_1")),
        phone=pl.col("phones").list.first(),
        email=pl.col("emails").list.first(),
        squashed=pl.col("name_key").str.replace_all(" ", ""),
    )
    # A record without a street is a place of its own.
    table = table.with_columns(spot=pl.coalesce("place", pl.format("#{}", "id")))
    table = table.join(_words(table), on="id", how="left", maintain_order="left")
    table = table.with_columns(pl.col("bits").fill_null(0.0))
    frequencies = {column: _frequencies(table, column, "spot") for column in ("name_key", "phone", "domain")}
    return Features(_with_own(table, frequencies["phone"], "phone"), of_row, frequencies)


def person_features(records: pl.DataFrame, single: Collection[int] = ()) -> Features:
    """The features of prepared records of people (:data:`hotpass.refine.records.PERSON_COLUMNS`)."""
    import polars as pl

    said = tuple(column for column in records.columns if column not in _ID_COLUMNS)
    table, of_row = _distinct(records, said, single)
    table = table.with_columns(
        place=pl.concat_str("house_number", "street_name", separator=" "),
        phone=pl.col("phones").list.first(),
        email=pl.col("emails").list.first(),
    )
    columns = ("given_name", "surname", "postcode", "phone")
    return Features(table, of_row, {column: _frequencies(table, column, "id") for column in columns})


def _distinct(
    records: pl.DataFrame, columns: tuple[str, ...], single: Collection[int]
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    import polars as pl

    alone = pl.when(pl.col("row").is_in(sorted(single))).then("row")
    marked = records.select("row", *columns).with_columns(alone=alone)
    grouped = marked.group_by(*columns, "alone", maintain_order=True).agg("row").with_row_index("id")
    grouped = grouped.with_columns(pl.col("id").cast(pl.Int64))
    places = grouped.select("id", "row").explode("row").sort("row")
    return grouped.drop("row", "alone"), tuple(places["id"].to_list())


def _filled(text: pl.Expr) -> pl.Expr:
    import polars as pl

    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _frequencies(table: pl.DataFrame, column: str, per: str) -> pl.DataFrame:
    import polars as pl

    known = table.filter(pl.col(column).is_not_null())
    total = max(known[per].n_unique(), 1)
    return known.group_by(column).agg((pl.col(per).n_unique() / total).alias("share")).sort(column)


def _with_own(table: pl.DataFrame, frequencies: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the column's values that are seen at no more than a place or two: what is not a head office's.

    Two rather than one, or nothing could be learnt of organisations whose address stands in two spellings.
    """
    import polars as pl

    known = table.filter(pl.col(column).is_not_null())
    limit = (_OWN + 0.5) / max(known["spot"].n_unique(), 1)
    own = frequencies.filter(pl.col("share") < limit).select(column, pl.col(column).alias(f"own_{column}"))
    return table.join(own, on=column, how="left", maintain_order="left")


def _words(table: pl.DataFrame) -> pl.DataFrame:
    """Each name's words with the information of each in bits, the sum of them, and the rarest.

    A word that is seen at n of N places says -log2(n / (N + 1)) bits, rounded to eighths so that sums are exact in
    whatever order. The one more place is the one that was not seen: in a list of one, words still say something.
    """
    import polars as pl

    places = table["spot"].n_unique() + 1
    words = table.select("id", "spot", word="name_tokens").explode("word").drop_nulls("word")
    words = words.unique(["id", "word"], maintain_order=True)
    bits = words.group_by("word").agg(
        bits=(-(pl.col("spot").n_unique() / places).log(2) * 8).round() / 8 + 0.0  # never -0.0
    )
    weighed = words.join(bits, on="word").sort("id", "word")
    rarest = weighed.sort("id", "bits", "word", descending=[False, True, False])
    return (
        weighed.group_by("id", maintain_order=True)
        .agg(words=pl.struct("word", "bits"), bits=pl.col("bits").sum())
        .join(
            rarest.group_by("id", maintain_order=True).agg(rare_words=pl.col("word").head(_RAREST)), on="id"
        )
    )
