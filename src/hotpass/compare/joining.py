"""Rows paired by a key in one streaming join: the fast way, which proves afterwards that the key was one.

Each side is read once and nothing is read before. The join keeps, of every row, the numbers it has on both sides, and of
a row that differs its key and cells. From these follows all that has to be known:

*Is the key unique?* Every row of a side comes out of a full join at least once, with its own number. So a side's rows
came out once each if and only if as many numbers came out as the greatest says there are, and that is so if and only if
no matched key is there twice on the other side. Keys that found no match are all kept, and are counted. If the key is
not unique, the result is thrown away, and :mod:`hotpass.compare.careful` does it again.

*Are equal texts equal keys?* Two delimited texts are joined by what stands there. Where all keys are whole numbers as
they are written canonically, the column is one of whole numbers, or of text beside other text, and in both cases the
canonical text of each is itself. Other keys that could be numbers are decided on before (:mod:`hotpass.compare.keys`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotpass.compare.matching import Shared
from hotpass.compare.sides import Sides
from hotpass.tables import Table
from hotpass.tables.canonical import FITS
from hotpass.tables.errors import QueryError
from hotpass.tables.table import Type

_SLACK = 1_000_000
_TOO_MANY = "hotpass: rows pair up too often"


@dataclass(frozen=True, slots=True)
class Join:
    """What the fast join came to.

    ``relation`` has for each row or pair of rows ``ra`` and ``rb`` (its number on each side), and where it differs ``k``
    (the key's texts, NULL for a blank one) and ``cells`` (see :data:`hotpass.compare.sides.CELL`). ``rows`` are those
    of each side. ``true_numbers``: they count in the order of the file, and not only tell rows apart.
    """

    relation: str
    rows: tuple[int, int]
    true_numbers: bool


@dataclass(frozen=True, slots=True)
class KeyTexts:
    """SQL of a key's columns on both sides, to be joined on: blank is NULL.

    ``whole`` are the columns whose keys are joined as they stand there, which is right if all are whole numbers.
    """

    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    whole: tuple[bool, ...] = ()


def join_rows(sides: Sides, key: Sequence[Shared], texts: KeyTexts) -> Join | None:
    """Pair rows by a key that is taken to be unique; None where it turns out that it is not, or has blanks.

    None as well where a column of ``texts.whole`` holds anything but whole numbers, canonically written.
    """
    engine = sides.engine
    relation = engine.new_name("pairs")
    count = engine.new_name("seq")
    engine.execute(f"CREATE SEQUENCE {count} MINVALUE 0 START 0")
    try:
        engine.execute(f"CREATE TABLE {relation} AS {_query(sides, key, texts, count)}")
    except QueryError as error:
        if _TOO_MANY in str(error):
            return None
        raise
    finally:
        engine.execute(f"DROP SEQUENCE IF EXISTS {count}")
    whole = "bool_and(w)" if any(texts.whole) else "true"
    old, last_old, new, last_new, fits = engine.execute(
        f"SELECT count(ra), coalesce(max(ra), -1) + 1, count(rb), coalesce(max(rb), -1) + 1, {whole} FROM {relation}"
    )[0]
    unique = (old, new) == (last_old, last_new) and fits is not False
    if unique and not _alone_twice(sides, relation):
        return Join(relation, (old, new), not is_provisional(sides))
    engine.execute(f"DROP TABLE {relation}")
    return None


def is_provisional(sides: Sides) -> bool:
    """Whether rows are told apart by numbers that do not follow the order of the file, which would cost a thread."""
    return sides.raw


def _alone_twice(sides: Sides, relation: str) -> bool:
    """Whether a key without a match is blank or there twice on its side."""
    blank = "list_aggregate(list_transform(k, lambda x: x IS NULL), 'bool_or')"
    found = sides.engine.execute(
        f"SELECT count(*) - count(DISTINCT k), count(*) FILTER ({blank}) FROM {relation} "
        "WHERE ra IS NULL OR rb IS NULL GROUP BY ra IS NULL"
    )
    return any(twice or blanks for twice, blanks in found)


def _query(sides: Sides, key: Sequence[Shared], texts: KeyTexts, count: str) -> str:
    others = [pair for pair in sides.matching.shared if pair not in key]
    differs, cells = sides.differing(others)
    on = " AND ".join(f"{a} = {b}" for a, b in zip(texts.old, texts.new, strict=True))
    shown = ", ".join(f"({text})::VARCHAR" for text in kept_key(sides, key, texts))
    tests = [
        FITS[Type.INTEGER].replace("@", f"coalesce({a}, {b})")
        for a, b, whole in zip(texts.old, texts.new, texts.whole or (False,) * len(key), strict=True)
        if whole
    ]
    whole = f", {' AND '.join(tests)} AS w" if tests else ""
    # A key that is there a thousand times on both sides makes a million pairs. With a unique one, no more pairs have
    # come than rows of the side that streams by, give or take what the threads hold; more ends the query.
    guard = (
        "CASE WHEN a.r IS NOT NULL AND b.r IS NOT NULL "
        f"AND nextval('{count}') > greatest(a.r, b.r) + {_SLACK} THEN error('{_TOO_MANY}')::BIGINT ELSE 0 END"
    )
    return (
        f"SELECT a.r + {guard} AS ra, b.r AS rb{whole}, "
        f"CASE WHEN a.r IS NULL OR b.r IS NULL OR {differs} THEN [{shown}] END AS k, "
        f"CASE WHEN b.r IS NULL THEN {sides.row(sides.old, 'a')} WHEN a.r IS NULL THEN {sides.row(sides.new, 'b')} "
        f"WHEN {differs} THEN {cells} END AS cells "
        f"FROM {_side(sides, sides.old)} a FULL JOIN {_side(sides, sides.new)} b ON {on}"
    )


def kept_key(sides: Sides, key: Sequence[Shared], texts: KeyTexts) -> list[str]:
    """SQL of a row's key as it is kept, whichever side the row is on; NULL where it is blank."""
    shown = []
    for pair, a, b in zip(key, texts.old, texts.new, strict=True):
        if sides.raw:
            shown.append(f"coalesce({a}, {b})")
        else:
            old, new = sides.kept_pair(pair)
            shown.append(f"nullif(coalesce({old}, {new}), '')")
    return shown


def _side(sides: Sides, table: Table) -> str:
    """A side with a number for each row, ``r``, from 0 and without gaps."""
    if not is_provisional(sides):
        return sides.engine.numbered(table)
    sequence = sides.engine.new_name("seq")
    sides.engine.execute(f"CREATE SEQUENCE {sequence} MINVALUE 0 START 0")
    return f"(SELECT *, nextval('{sequence}') AS r FROM {table.relation})"
