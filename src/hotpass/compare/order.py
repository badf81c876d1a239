"""Whether rows that both sides have stand in another order."""

from __future__ import annotations

from hotpass.compare.finding import Rows

_SOME = 1_000


def is_resorted(rows: Rows, pairs: str, *, nothing_else: bool) -> bool:
    """Whether rows that both sides have stand in another order than before.

    Of large delimited text, whose rows have no numbers without reading it again, it is asked only where nothing else
    is to be told of its rows.
    """
    if rows.true_numbers:
        return _is_turned(rows, f"(SELECT ra, rb FROM {pairs} WHERE ra IS NOT NULL AND rb IS NOT NULL)")
    return nothing_else and _are_keys_turned(rows)


def _is_turned(rows: Rows, both: str) -> bool:
    """Whether a later row on one side is an earlier one on the other.

    In whatever order the pairs lie there: if both numbers rise, nothing is turned; if one of them rises and the other
    does not, something is. Only where neither does, pairs have to be sorted first.
    """
    execute = rows.sides.engine.execute
    rises = "coalesce(bool_and(ra > la), true), coalesce(bool_and(rb > lb), true)"
    steps = "SELECT ra, rb, lag(ra) OVER () AS la, lag(rb) OVER () AS lb"
    old, new = execute(f"SELECT {rises} FROM ({steps} FROM {both})")[0]
    if old or new:
        return not (old and new)
    steps = "SELECT ra, lag(ra) OVER (ORDER BY rb) AS la"
    # Two rows that are turned prove it, whichever they are: where all are, some will do.
    return any(
        not execute(f"SELECT coalesce(bool_and(ra > la), true) FROM ({steps} FROM {pairs})")[0][0]
        for pairs in (f"(FROM {both} LIMIT {_SOME})", both)
    )


def _are_keys_turned(rows: Rows) -> bool:
    """The same for rows with the same keys on both sides: each place holds the same key, or something is turned."""
    sides, texts = rows.sides, rows.texts
    engine = sides.engine
    columns = []
    for alias, table, keys in (("a", sides.old, texts.old), ("b", sides.new, texts.new)):
        named = ", ".join(f"{key} AS k{n}" for n, key in enumerate(keys, 1))
        columns.append(f"(SELECT {named}, {alias}.r AS r FROM {engine.numbered(table)} {alias})")
    differ = " OR ".join(f"a.k{n} IS DISTINCT FROM b.k{n}" for n in range(1, len(texts.old) + 1))
    found = engine.execute(
        f"SELECT 1 FROM {columns[0]} a JOIN {columns[1]} b ON a.r = b.r WHERE {differ} LIMIT 1"
    )
    return bool(found)
