"""How much a file may ask for before it is refused: the guard against bombs, each limit with a name and a setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take. Each is named in the error, and has a setting ``limit_NAME``.

    ``bytes``: what a workbook or a compressed file unpacks to. ``ratio``: unpacked to packed, looked at from 64 MiB on.
    ``cells``, ``sheets``: of a workbook. ``columns``: of a table. ``memory``: bytes, of the engine and of each process
    that reads a workbook. ``seconds``: for reading a workbook.
    """

    bytes: int = 4 * GIB
    ratio: int = 200
    cells: int = 100_000_000
    sheets: int = 1_000
    columns: int = 16_384
    memory: int = 6 * GIB
    seconds: int = 300

    @classmethod
    def of(cls, setting: Callable[[str], int] | Mapping[str, int]) -> Limits:
        """Take the limits from settings: ``Limits.of(settings.__getitem__)``."""
        get = setting if callable(setting) else setting.__getitem__
        return cls(**{limit.name: get(f"limit_{limit.name}") for limit in fields(cls)})
