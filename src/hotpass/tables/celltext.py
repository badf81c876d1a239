"""The canonical text of a workbook's cells, and the tags of mixed columns. Pure; the same rules as canonical.py's SQL."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hotpass.tables.table import Type

Cell = str | int | float | bool | date | datetime | time | timedelta

TAGS = {
    Type.TEXT: "t",
    Type.NUMBER: "n",
    Type.BOOLEAN: "b",
    Type.DATE: "d",
    Type.DATETIME: "m",
    Type.TIME: "h",
    Type.DURATION: "u",
}
"""What a value in a mixed column begins with, before a colon; ``e`` for an error such as ``#N/A``.

Empty text stays empty: it fits every type.
"""

ERROR_TAG = "e"


# In this order: a bool is an int, a datetime is a date.
_KINDS: tuple[tuple[type | tuple[type, ...], Type], ...] = (
    (str, Type.TEXT),
    (bool, Type.BOOLEAN),
    ((int, float), Type.NUMBER),
    (datetime, Type.DATETIME),
    (date, Type.DATE),
    (time, Type.TIME),
    (timedelta, Type.DURATION),
)


def type_of(value: Cell) -> Type:
    """The type of one cell; whole numbers are numbers here."""
    return next(kind for classes, kind in _KINDS if isinstance(value, classes))


def text_of(value: Cell, *, as_datetime: bool = False) -> str:
    """The canonical text of one cell; ``as_datetime`` gives a date its midnight."""
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d ") + _time(value.time())
    elif isinstance(value, date):
        text = value.isoformat() + (" 00:00:00" if as_datetime else "")
    elif isinstance(value, time):
        text = _time(value)
    elif isinstance(value, timedelta):
        text = _duration(value)
    elif isinstance(value, float):
        text = _number(value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text


def tagged(value: Cell) -> str:
    """A cell of a mixed column."""
    return f"{TAGS[type_of(value)]}:{text_of(value)}" if value != "" else ""


def is_whole(value: Cell) -> bool:
    """Whether a number has no fraction."""
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _time(value: time) -> str:
    text = value.isoformat()
    return text.rstrip("0") if "." in text else text


def _duration(value: timedelta) -> str:
    """Hours may be more than 24: ``26:30:00``."""
    micro = round(value / timedelta(microseconds=1))
    sign = "-" if micro < 0 else ""
    seconds, micro = divmod(abs(micro), 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    return f"{sign}{hours:02d}:{minute:02d}:{second:02d}{fraction}"
