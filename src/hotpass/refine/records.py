"""The prepared records: the frame that stands between the normalisers and the search for duplicates.

One row is one input row that names an organisation (or a person). The normalisers fill the frame and the steps after
them read it and nothing else, so each side can be tested without the other. Display values are for people; keys are
for comparing, and a key that could not be decided is null, never guessed and never an empty text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

COLUMNS: Mapping[str, str] = {
    # Which row this is.
    "row": "int",
    "source": "text",
    "source_record": "text",
    # The name: as written; ASCII fold, lower case and without its legal form; and the words of that in their order.
    "name": "text",
    "name_key": "text",
    "name_tokens": "texts",
    # The address: as written, line breaks kept; then its parts. `street_key` has direction and kind of street in their
    # short forms ("n homan ave"), `street_name` has neither ("homan"); ordinals are numbers ("51").
    "address": "text",
    "house_number": "text",
    "street_key": "text",
    "street_name": "text",
    "unit": "text",
    "postcode": "text",
    "locality": "text",
    "region": "text",
    "country": "text",
    # Phones in E.164, or as national digits where no country is known, e-mails in lower case: in the order of the cells.
    "phones": "texts",
    "emails": "texts",
    # The website as written, and the registrable domain of it or of an e-mail. Null for a provider of free mail.
    "website": "text",
    "domain": "text",
    "category": "text",
    "last_interaction_date": "date",
}
"""The columns of organisations. ``row`` counts from 0 in the order of the input, without gaps.

``source`` is the list a row came from, ``source_record`` the id it has there (null where the list has none).
"""

PERSON_COLUMNS: Mapping[str, str] = {
    "row": "int",
    "source": "text",
    "source_record": "text",
    "given_name": "text",
    "surname": "text",
    "date_of_birth": "text",
    "national_id": "text",
    "house_number": "text",
    "street_name": "text",
    "locality": "text",
    "postcode": "text",
    "phones": "texts",
    "emails": "texts",
}
"""The columns of people; all of them keys. ``date_of_birth`` has eight digits, year first."""


class RecordsError(ValueError):
    """A frame is not what :data:`COLUMNS` promises: a mistake of the step before, never of a user."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """How a decision, a provenance or an id names a record across runs: by its list and its id there.

    ``record`` begins with ``#`` for a record without an id: a digest of its content follows.
    """

    source: str
    record: str

    def __str__(self) -> str:
        return f"{self.source}:{self.record}"


def empty(columns: Mapping[str, str] = COLUMNS) -> pl.DataFrame:
    """A frame of no records with the columns and types agreed."""
    import polars as pl

    return pl.DataFrame(schema=dict(_types(columns)))


def records(rows: list[dict[str, Any]], columns: Mapping[str, str] = COLUMNS) -> pl.DataFrame:
    """A frame from rows as plain values: what is left out is null (an empty list for phones, e-mails and tokens).

    ``row`` is counted here.
    """
    import polars as pl

    data: dict[str, list[Any]] = {}
    for column, kind in columns.items():
        blank: Any = [] if kind == "texts" else None
        data[column] = [row.get(column, blank) for row in rows]
    data["row"] = list(range(len(rows)))
    return pl.DataFrame(data, schema=dict(_types(columns)))


def check(frame: pl.DataFrame, columns: Mapping[str, str] = COLUMNS) -> pl.DataFrame:
    """The frame with its columns in the agreed order.

    :raises RecordsError: a column is missing or of another type, rows are not counted from 0, a source is null or a
        key is an empty text.
    """
    import polars as pl

    for column, kind in _types(columns):
        if column not in frame.columns:
            raise RecordsError(f"column {column} is missing")
        if frame.schema[column] != kind:
            raise RecordsError(f"column {column} is {frame.schema[column]}, not {kind}")
    frame = frame.select(list(columns))
    if not frame["row"].equals(pl.int_range(frame.height, eager=True, dtype=pl.Int64).alias("row")):
        raise RecordsError("rows are not counted from 0 without gaps")
    if frame["source"].null_count():
        raise RecordsError("a row has no source")
    texts = [column for column, kind in columns.items() if kind == "text"]
    empties = frame.select((pl.col(texts) == "").any()).row(0, named=True)
    if found := sorted(column for column, is_empty in empties.items() if is_empty):
        raise RecordsError(f"empty texts that should be null in {', '.join(found)}")
    return frame


def references(frame: pl.DataFrame) -> list[RecordRef]:
    """How each row is named across runs, in the order of the rows.

    A row without an id of its list, or with one that occurs twice there, is named by a digest of its content; equal
    rows of one list are numbered in their order.
    """
    import polars as pl

    single = (pl.len().over("source", "source_record") == 1) & pl.col("source_record").is_not_null()
    keyed = frame.select("source", "source_record", single=single)
    digests = iter(content_digests(frame.filter(~keyed["single"])))
    seen: dict[tuple[str, str], int] = {}
    refs = []
    for source, record, is_single in keyed.iter_rows():
        if is_single:
            # An id that looks like a digest must not be taken for one.
            refs.append(RecordRef(source, f"={record}" if record[0] in "#=" else record))
            continue
        digest = next(digests)
        count = seen[source, digest] = seen.get((source, digest), 0) + 1
        refs.append(RecordRef(source, f"#{digest}" if count == 1 else f"#{digest}-{count}"))
    return refs


def content_digests(frame: pl.DataFrame) -> list[str]:
    """Sixteen hex digits of what each row says, whatever its place in its list and its id there."""
    import hashlib

    columns = [column for column in sorted(frame.columns) if column not in ("row", "source", "source_record")]
    return [
        hashlib.sha256("\x1f".join(_spelt(value) for value in values).encode()).hexdigest()[:16]
        for values in frame.select(columns).iter_rows()
    ]


def _spelt(value: object) -> str:
    if value is None:
        return "\x00"
    if isinstance(value, list):
        return "\x1e".join(map(_spelt, value))
    return str(value)


def _types(columns: Mapping[str, str]) -> list[tuple[str, Any]]:
    import polars as pl

    types: Mapping[str, Any] = {
        "int": pl.Int64,
        "text": pl.String,
        "texts": pl.List(pl.String),
        "date": pl.Date,
    }
    return [(column, types[kind]) for column, kind in columns.items()]
