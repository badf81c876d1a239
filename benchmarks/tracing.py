"""Following one record through many releases of a table, against reading all of them once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Contender, RunFailedError
from benchmarks.scratch import HOTPASS, Scratch

RELEASES = 100
_DATASET = "table"
_TRACE = (*HOTPASS, "trace", _DATASET, "ORG-000777", "--key", "id")

# Releases by the hundred: nobody is asked which bump they need. One cell in a thousand changes each time, the traced
# record three times.
_MAKE = """
import random, sys
from pathlib import Path
from hotpass import versioning

versioning.judges.clear()
rows, releases = int(sys.argv[1]), int(sys.argv[2])
manager, place, chance = versioning.DVCManager("."), Path("table.csv"), random.Random(1)
head = "id,name,phone,amount,day,street,town,open,blank,note\\n"
data = [
    [f"ORG-{n:06d}", f"name {chance.randrange(50000)}", str(chance.randrange(10**9)), f"{chance.random() * 1000:.2f}",
     f"2024-0{chance.randrange(1, 9)}-1{chance.randrange(9)}", f"street {chance.randrange(9000)}",
     f"town {chance.randrange(300)}", chance.choice(["true", "false"]), "", f"note {chance.random()}"]
    for n in range(rows)
]
for release in range(releases):
    for _ in range(rows // 100):
        data[chance.randrange(rows)][chance.choice([1, 2, 3, 6])] = f"{release} {chance.randrange(1000)}"
    if release % (releases // 3) == 1:
        data[777][2] = f"07{release}"
    place.write_text(head + "".join(",".join(row) + "\\n" for row in data))
    if not release:
        manager.add(place)
    manager.set_version(f"1.{release}.0", "table", tag=True)
"""
_OBJECTS = """
import sys
from pathlib import Path
files = [file for file in Path(".dvc/cache/files/md5").glob("*/*") if file.stat().st_size > 1000]
"""
_POLARS = f"""{_OBJECTS}
import polars
for file in files:
    polars.read_csv(file, infer_schema=False)
"""
_DUCKDB = f"""{_OBJECTS}
import duckdb
for file in files:
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{{file}}', all_varchar=true)")
"""


def first(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Trace with nothing remembered."""
    place = _releases(scratch, rows)

    def forget(_round: int) -> None:
        shutil.rmtree(place / ".git" / "hotpass" / "trace", ignore_errors=True)

    return [
        Contender("hotpass", lambda _: [_TRACE], place, forget, lambda _: _check(scratch, place)),
        Contender("duckdb, into tables", lambda _: [(sys.executable, "-c", _DUCKDB)], place),
        Contender("polars, into frames", lambda _: [(sys.executable, "-c", _POLARS)], place),
    ]


def again(scratch: Scratch, rows: int) -> Sequence[Contender]:
    """Trace what was traced before."""
    place = _releases(scratch, rows)
    return [
        Contender("hotpass", lambda _: [_TRACE], place, check=lambda _: _check(scratch, place)),
        Contender("one second", lambda _: [("sleep", "1")], place),
    ]


def _releases(scratch: Scratch, rows: int) -> Path:
    place = scratch.repository("hotpass", "hotpass")
    scratch.run([sys.executable, "-c", _MAKE, str(rows), str(RELEASES)], place)
    return place


def _check(scratch: Scratch, place: Path) -> None:
    shown = scratch.run(_TRACE, place)
    if shown.count("phone: ") != 3 or f"{RELEASES} releases: " not in shown:
        raise RunFailedError(f"the story of the record is another: {shown}")
