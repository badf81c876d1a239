"""The content digest computed anew from docs/reference/tables.md: slow, plain, and without a line of the real one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal


def canonical(kind: str, value: str | None) -> str | None:
    """The canonical text of a cell of delimited text or of a workbook."""
    if value is None or value == "":
        return value
    if kind == "boolean":
        return value.lower()
    if kind == "number":
        plain = format(Decimal(value), "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return "0" if plain in ("-0", "") else plain
    if kind == "time":
        return _time(value)
    if kind == "datetime":
        day, clock = value[:10], value[11:]
        parts = re.fullmatch(r"([0-9:.]+)(Z|[+-][0-9:]+)?", clock)
        assert parts
        zone = parts[2] or ""
        digits = zone.replace(":", "")[1:]
        if zone and (zone == "Z" or not int(digits)):
            zone = "Z"
        elif zone:
            zone = zone[0] + digits[:2] + ":" + (digits[2:] or "00")
        return f"{day} {_time(parts[1])}{zone}"
    return value


def _time(value: str) -> str:
    whole, _, fraction = value.partition(".")
    if whole.count(":") == 1:
        whole += ":00"
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def row_bytes(kinds: Sequence[str], cells: Sequence[str | None]) -> bytes:
    """A row as one text: cells between U+001F, blank as U+001E, both and U+001D escaped inside text."""
    texts = []
    for kind, cell in zip(kinds, cells, strict=True):
        value = canonical(kind, cell)
        if value is None:
            texts.append("\x1e")
            continue
        for sign, letter in (("\x1d", "3"), ("\x1e", "2"), ("\x1f", "1")):
            value = value.replace(sign, "\x1d" + letter)
        texts.append(value)
    return "\x1f".join(texts).encode()


def digest(names: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """The digest of a table."""
    high = low = count = 0
    for cells in rows:
        number = int.from_bytes(hashlib.md5(row_bytes(kinds, cells)).digest(), "little")
        high, low, count = high + (number >> 64), low + (number & (1 << 64) - 1), count + 1
    header = json.dumps(
        [[name, kind] for name, kind in zip(names, kinds, strict=True)], separators=(",", ":")
    )
    text = f"hotpass table 1\n{header}\n{count}\n{high}\n{low}\n"
    return "t1:" + hashlib.sha256(text.encode()).hexdigest()
