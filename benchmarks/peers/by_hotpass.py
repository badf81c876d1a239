"""The same by Hotpass as a library, as long as the command is not there; prints cells changed, rows come and gone."""

import sys
from collections.abc import Sequence
from pathlib import Path

from hotpass.compare import CompareOptions, Kind, compare_books
from hotpass.tables import BookSource, ReadOptions, open_engine, read_books


def main(paths: Sequence[str]) -> None:
    with open_engine() as engine:
        sources = [BookSource(Path(path).name, Path(path)) for path in paths]
        old, new = read_books(engine, sources, ReadOptions(careful=False))
        engine.lock()
        found = compare_books(engine, old, new, CompareOptions(key=("id",)))
        counts = dict.fromkeys(Kind, 0)
        for change in found.all_changes:
            counts[change.kind] += change.count
        cells = sum(n for kind, n in counts.items() if kind.value.startswith("cells"))
        print(cells, counts[Kind.ROWS_ADDED], counts[Kind.ROWS_REMOVED])


main(sys.argv[1:])
