"""Two tables of texts compared anew from docs/explanation/comparing.md: slow, plain, and without a line of the real one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Row = tuple[str | None, ...]

_TESTS: dict[str, Callable[[str], bool]] = {
    "boolean": lambda text: text.lower() in ("true", "false"),
    "integer": lambda text: re.fullmatch(r"0|-?[1-9][0-9]*", text) is not None,
    "number": lambda text: (
        re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-][0-9]{1,3})?", text) is not None
    ),
    "date": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and _is_date(text),
    "datetime": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", text) is not None,
}


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def type_of(texts: Iterable[str | None]) -> str:
    """The narrowest type that all texts fit; blank fits any."""
    kinds = {next((kind for kind, fits in _TESTS.items() if fits(text)), "text") for text in texts if text}
    if not kinds:
        return "empty"
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "text"


def canonical(kind: str, text: str | None) -> str | None:
    """The text in which equal values are equal."""
    if not text:
        return text
    if kind == "boolean":
        return text.lower()
    if kind == "number":
        plain = format(Decimal(text), "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain in ("-0", "") else plain
    if kind == "datetime":
        day, clock = text[:10], text[11:]
        return f"{day} {clock}{':00' if len(clock) == 5 else ''}"
    return text


@dataclass(frozen=True)
class Difference:
    """What differs: retyped columns, cells (key, column, old, new), rows (removed, added, copies) with how many."""

    retyped: frozenset[int]
    cells: Counter[tuple[str, int, str | None, str | None]]
    rows: Counter[tuple[str, Row]]


def differences(old: Sequence[Row], new: Sequence[Row], width: int, key: int | None) -> Difference:
    """Compare rows of texts by the column ``key``, or as multisets."""
    olds = [type_of(row[n] for row in old) for n in range(width)]
    news = [type_of(row[n] for row in new) for n in range(width)]
    both = [type_of(row[n] for row in (*old, *new)) for n in range(width)]
    retyped = frozenset(n for n in range(width) if olds[n] != news[n] and "empty" not in (olds[n], news[n]))

    def content(row: Row) -> Row:
        return tuple(canonical(kind, text) for kind, text in zip(both, row, strict=True))

    def by_key(rows: Sequence[Row]) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in rows:
            found[(content(row)[key] if key is not None else "") or ""].append(row)
        return found

    cells: Counter[tuple[str, int, str | None, str | None]] = Counter()
    gone: Counter[tuple[str, Row]] = Counter()
    before, after = by_key(old), by_key(new)
    for value in {*before, *after}:
        mine, theirs = before.get(value, []), after.get(value, [])
        if value and len(mine) == len(theirs) == 1:
            for n, (a, b) in enumerate(zip(mine[0], theirs[0], strict=True)):
                if canonical(both[n], a) != canonical(both[n], b):
                    cells[value, n, a, b] += 1
            continue
        counts = Counter(map(content, mine)), Counter(map(content, theirs))
        for row in {*counts[0], *counts[1]}:
            left, right = counts[0][row], counts[1][row]
            if left > right:
                gone["copies" if right else "removed", row] += left - right
            elif right > left:
                gone["added", row] += right - left
    return Difference(retyped, cells, gone)
