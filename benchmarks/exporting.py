"""``python -m benchmarks.exporting``: writing 100,000 rows of 20 columns, against rustpy-xlsxwriter alone.

Targets: at most 1.3 times its time, the same bytes twice, every cell equal when read back. Exit 0: all met; 1: one is
missed. Both sides run in turn in one process and are judged by the median of their ratios, in processor time: a machine
that does other things as well says little by the clock.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import rustpy_xlsxwriter
from python_calamine import CalamineWorkbook

from hotpass.refine.export import Sheet, workbook_bytes

ROWS, ROUNDS, TARGET = 100_000, 5, 1.3


def made(rows: int) -> pl.DataFrame:
    """Texts, floats to the last digit, whole numbers, URLs and dates: the same at every run."""
    maker = random.Random(20)
    columns: dict[str, list[object]] = {
        f"text{n}": [f"{maker.choice('=+-@ab')}{maker.randrange(10**9)} & é" for _ in range(rows)]
        for n in range(8)
    }
    for n in range(5):
        columns[f"float{n}"] = [maker.random() * 10.0 ** maker.randrange(-5, 12) for _ in range(rows)]
    for n in range(4):
        columns[f"whole{n}"] = [maker.randrange(10**9) for _ in range(rows)]
    columns["url"] = [f"https://example.org/{n}" for n in range(rows)]
    for name in ("day", "seen"):
        columns[name] = [date(2000, 1, 1) + timedelta(maker.randrange(9_000)) for _ in range(rows)]
    return pl.DataFrame(columns)


def seconds(act: Callable[[], object]) -> float:
    """The processor time of an act."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def unequal(frame: pl.DataFrame, book: bytes) -> int:
    """How many cells are not what was written."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[1:]
    pairs = zip(rows, frame.iter_rows(), strict=True)
    return sum(there != here for read, wrote in pairs for there, here in zip(read, wrote, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exporting", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    frame = made(asked.rows)
    sheets = [Sheet("Data", frame)]

    def alone() -> None:
        rustpy_xlsxwriter.write_worksheets([("Data", frame)], io.BytesIO())

    alone()
    times = [(seconds(lambda: workbook_bytes(sheets)), seconds(alone)) for _ in range(asked.rounds)]
    ratio = statistics.median(ours / theirs for ours, theirs in times)
    ours, theirs = (statistics.median(side) for side in zip(*times, strict=True))
    first, again = workbook_bytes(sheets), workbook_bytes(sheets)
    wrong = unequal(frame, first)
    print(f"{asked.rows:,} x {frame.width}: {ours:.2f} s, rustpy-xlsxwriter alone {theirs:.2f} s")
    print(
        f"ratio {ratio:.2f} (target at most {TARGET}); same bytes twice: {first == again}; unequal cells: {wrong}"
    )
    return 0 if ratio <= TARGET and first == again and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main())
