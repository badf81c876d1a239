"""Rows paired with all care, for tables whose key may be there twice, or blank, or missing.

All types are decided and rows have their true numbers. Rows whose key is blank, or is there more than once on either
side, are *loose*: they are compared as a multiset within their key and are never paired at random. Equal ones cancel each
other out, and those left over are rows removed and rows added. Without any key, all rows are loose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotpass.compare.joining import KeyTexts, kept_key
from hotpass.compare.matching import Shared
from hotpass.compare.sides import CELL, Sides
from hotpass.tables import Table


@dataclass(frozen=True, slots=True)
class Careful:
    """What careful pairing came to: ``relation`` as that of a :class:`hotpass.compare.rows.Rows`, and what was loose.

    ``pairs`` has the numbers ``ra`` and ``rb`` of all rows that were paired, or of equal loose rows in their order.
    """

    relation: str
    pairs: str
    rows: tuple[int, int]
    repeated: int
    blank: int


def pair_carefully(sides: Sides, key: Sequence[Shared], texts: KeyTexts) -> Careful:
    """Pair rows by a key that may be blank or repeated; no key at all makes every row loose. Types must be decided."""
    engine = sides.engine
    repeated = _repeated_keys(sides, texts) if key else ""
    old, new = (
        _keyed(sides, sides.old, "a", texts.old, repeated),
        _keyed(sides, sides.new, "b", texts.new, repeated),
    )
    relation, pairs = engine.new_name("changes"), engine.new_name("pairs")
    others = [pair for pair in sides.matching.shared if pair not in key]
    if key:
        _pair_keyed(sides, key, texts, (old, new), others, pairs)
    else:
        engine.execute(f"CREATE TABLE {pairs} (ra BIGINT, rb BIGINT, k VARCHAR[], cells {CELL})")
    engine.execute(
        f"CREATE TABLE {relation} AS SELECT {KIND} AS kind, ra, rb, k, 1::BIGINT AS n, cells FROM {pairs} "
        "WHERE cells IS NOT NULL"
    )
    _add_loose(sides, key, (old, new), (relation, pairs))
    rows = tuple(
        engine.execute(f"SELECT count(*) FROM {table.relation}")[0][0] for table in (sides.old, sides.new)
    )
    blank = sum(
        engine.execute(f"SELECT count(*) FROM {engine.numbered(table)} {alias} WHERE {_blank(columns)}")[0][0]
        for table, alias, columns in ((sides.old, "a", texts.old), (sides.new, "b", texts.new))
    )
    count = engine.execute(f"SELECT count(*) FROM {repeated}")[0][0] if repeated else 0
    return Careful(relation, pairs, (rows[0], rows[1]), count, blank if key else 0)


KIND = "CASE WHEN rb IS NULL THEN 'removed' WHEN ra IS NULL THEN 'added' ELSE 'both' END"


def _blank(columns: Sequence[str]) -> str:
    return " OR ".join(f"{column} IS NULL" for column in columns) or "false"


def _repeated_keys(sides: Sides, texts: KeyTexts) -> str:
    """A table of the keys that are there more than once on either side."""
    relation = sides.engine.new_name("repeated")
    parts = []
    for table, alias, columns in ((sides.old, "a", texts.old), (sides.new, "b", texts.new)):
        named = ", ".join(f"{column} AS k{n}" for n, column in enumerate(columns, 1))
        parts.append(
            f"SELECT {named} FROM {sides.engine.numbered(table)} {alias} WHERE NOT ({_blank(columns)}) "
            "GROUP BY ALL HAVING count(*) > 1"
        )
    sides.engine.execute(f"CREATE TABLE {relation} AS {' UNION '.join(parts)}")
    return relation


def _keyed(sides: Sides, table: Table, alias: str, columns: Sequence[str], repeated: str) -> str:
    """A side with its key as k1, k2 …, and whether the row is loose."""
    if not columns:
        return f"(SELECT *, true AS loose FROM {sides.engine.numbered(table)})"
    keys = ", ".join(f"{column} AS k{n}" for n, column in enumerate(columns, 1))
    match = " AND ".join(f"d.k{n} = s.k{n}" for n in range(1, len(columns) + 1))
    blank = " OR ".join(f"s.k{n} IS NULL" for n in range(1, len(columns) + 1))
    return (
        f"(SELECT s.*, ({blank} OR d.k1 IS NOT NULL) AS loose FROM "
        f"(SELECT {alias}.*, {keys} FROM {sides.engine.numbered(table)} {alias}) s LEFT JOIN {repeated} d ON {match})"
    )


def _pair_keyed(
    sides: Sides,
    key: Sequence[Shared],
    texts: KeyTexts,
    tables: tuple[str, str],
    others: Sequence[Shared],
    pairs: str,
) -> None:
    differs, cells = sides.differing(others)
    on = " AND ".join(f"a.k{n} = b.k{n}" for n in range(1, len(key) + 1))
    shown = ", ".join(f"({text})::VARCHAR" for text in kept_key(sides, key, texts))
    sides.engine.execute(
        f"CREATE TABLE {pairs} AS SELECT a.r AS ra, b.r AS rb, "
        f"CASE WHEN a.r IS NULL OR b.r IS NULL OR {differs} THEN [{shown}] END AS k, "
        f"CASE WHEN b.r IS NULL THEN {sides.row(sides.old, 'a')} WHEN a.r IS NULL THEN {sides.row(sides.new, 'b')} "
        f"WHEN {differs} THEN {cells} END AS cells "
        f"FROM (SELECT * FROM {tables[0]} WHERE NOT loose) a FULL JOIN (SELECT * FROM {tables[1]} WHERE NOT loose) b ON {on}"
    )


def _add_loose(
    sides: Sides,
    key: Sequence[Shared],
    tables: tuple[str, str],
    into: tuple[str, str],
) -> None:
    """Compare the loose rows as a multiset, and add what is left over to the changes, what is equal to the pairs.

    Of equal rows the first ones, in the order of each side, are taken for those that the other side has.
    """
    engine, (relation, pairs) = sides.engine, into
    contents = [sides.contents(pair) for pair in sides.matching.shared]
    parts = []
    for mark, alias, source, at in (("o", "a", tables[0], 0), ("n", "b", tables[1], 1)):
        content = ", ".join(pair[at] for pair in contents)
        parts.append(
            f"SELECT '{mark}' AS s, r, [{content}]::VARCHAR[] AS content FROM {source} {alias} WHERE loose"
        )
    loose = engine.new_name("loose")
    engine.execute(
        f"CREATE TABLE {loose} AS SELECT list(r ORDER BY r) FILTER (s = 'o') AS olds, "
        f"list(r ORDER BY r) FILTER (s = 'n') AS news FROM ({' UNION ALL '.join(parts)}) GROUP BY content"
    )
    both = "least(coalesce(len(olds), 0), coalesce(len(news), 0))"
    engine.execute(
        f"INSERT INTO {pairs} SELECT unnest(olds[:{both}]), unnest(news[:{both}]), NULL, NULL FROM {loose} WHERE {both} > 0"
    )
    # A copy went away while another stays: a duplicate was removed, and nothing that only it had.
    gone = f"CASE WHEN {both} > 0 THEN 'copies' ELSE 'removed' END"
    for mine, theirs, side, alias, kind, numbers in (
        ("olds", "news", sides.old, "a", gone, "x.r, NULL"),
        ("news", "olds", sides.new, "b", "'added'", "NULL, x.r"),
    ):
        shown = ", ".join(
            f"nullif(({sides.kept(side.columns[n - 1], f'{alias}.c{n}')})::VARCHAR, '')"
            for n in ((pair.old if alias == "a" else pair.new) for pair in key)
        )
        engine.execute(
            f"INSERT INTO {relation} SELECT x.kind, {numbers}, [{shown}]::VARCHAR[], x.n, {sides.row(side, alias)} "
            f"FROM (SELECT {kind} AS kind, {mine}[{both} + 1] AS r, len({mine}) - {both} AS n FROM {loose} "
            f"WHERE len({mine}) > coalesce(len({theirs}), 0)) x JOIN {engine.numbered(side)} {alias} ON x.r = {alias}.r"
        )
    engine.execute(f"DROP TABLE {loose}")
