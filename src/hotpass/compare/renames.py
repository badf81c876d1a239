"""Which columns have the same values under another name, on all keys that both sides have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hotpass.compare import keys
from hotpass.compare.joining import KeyTexts
from hotpass.compare.matching import Shared, left_over
from hotpass.compare.sides import Sides


def same_values(sides: Sides, wanted: Sequence[str] | None) -> Mapping[int, Sequence[int]]:
    """For each column that only the old side has, those that only the new side has with equal cells on all shared keys.

    ``sides`` match by name alone. There must be a key, unique on both sides, and a value on a key that both have: blank
    columns are equal without being one and the same.
    """
    if not sides.matching.shared:
        return {}
    key = keys.wanted_key(sides, wanted) if wanted else next(keys.found_keys(sides), ())
    if not key or not all(keys.is_key(sides, key)):
        return {}
    removed, added = left_over(sides.old.columns, sides.new.columns)
    candidates = [Shared(old, new) for old in removed for new in added]
    found: dict[int, list[int]] = {}
    texts = keys.key_texts(sides, key, decided=True)
    if texts is None:
        sides = sides.typed()
        texts = keys.key_texts(sides, key) or KeyTexts()  # there always are, where types are known
    same = _are_same(sides, texts, candidates)
    for pair, equal in zip(candidates, same, strict=True):
        if equal:
            found.setdefault(pair.old, []).append(pair.new)
    return found


def _are_same(sides: Sides, texts: KeyTexts, candidates: Sequence[Shared]) -> Sequence[bool]:
    tests = []
    for pair in candidates:
        a, b = sides.compared(pair)
        tests.append(f"bool_and({a} IS NOT DISTINCT FROM {b}) AND count({a}) > 0")
    engine = sides.engine
    on = " AND ".join(f"{a} = {b}" for a, b in zip(texts.old, texts.new, strict=True))
    sql = f"SELECT {', '.join(tests)} FROM (FROM {sides.old.relation}) a JOIN (FROM {sides.new.relation}) b ON {on}"
    return [bool(same) for same in engine.execute(sql)[0]]
