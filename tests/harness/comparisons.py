"""Comparisons made by hand: what a report is tried on. Made-up sites and people only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hotpass.compare.changes import (
    CellChange,
    Change,
    Comparison,
    KeyChoice,
    Kind,
    RowChange,
    TableComparison,
)

HOSTILE = (
    "<script>fetch('http://127.0.0.1:9/')</script>",
    '"onmouseover="document.title=1" x="',
    "' onfocus=alert(1) autofocus '",
    "javascript:alert(1)",
    "</style><style>*{display:none}</style>",
    "</script><script>document.title='run'</script>",
    "<img src=x onerror=document.title='run'>",
    "<!--",
    "]]>",
    "a\u202egnp.exe\u2066\u2028",
    "\x1b]0;title\x07\x1b[31m\r\n\t\x00\x9b",
    "&lt;b&gt; &amp;amp;",
    "=cmd|' /C calc'!A0",
    "e\u0301 caf\u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u05e9\u05dc\u05d5\u05dd",
    "x" * 32_000,
    "word " * 6_400,
)


@dataclass(frozen=True)
class Log:
    """A log that makes its changes when it is asked for them, as one over an engine does."""

    make_cells: Callable[[], Iterator[CellChange]] = lambda: iter(())
    make_rows: Callable[[], Iterator[RowChange]] = lambda: iter(())

    def rows(self) -> Iterator[RowChange]:
        return self.make_rows()

    def cells(self) -> Iterator[CellChange]:
        return self.make_cells()


def cell(
    key: str, column: str, old: str | None, new: str | None, at: str = "", kind: Kind = Kind.CELLS_CHANGED
) -> CellChange:
    return CellChange(kind, (key,), column, old, new, at, at)


SITES_CELLS = (
    cell("S-014", "phone", "031 555 0199", "031 555 0198", "sites.xlsx!Sites!D15"),
    cell("S-020", "name", "Heron House", "Finch House", "sites.xlsx!Sites!B21"),
    cell("S-021", "fax", None, "031 555 0200", "sites.xlsx!Sites!E22", Kind.CELLS_FILLED),
    cell("S-033", "contact", "T. Okafor", None, "sites.xlsx!Sites!F34", Kind.CELLS_EMPTIED),
)
SITES_ROWS = (
    RowChange(
        Kind.ROWS_ADDED,
        ("S-121",),
        (("site_id", "S-121"), ("name", "Wren Cottage"), ("phone", "+27 31 555 0301"), ("fax", None)),
        "sites.xlsx!Sites!A122",
    ),
    RowChange(
        Kind.ROWS_REMOVED,
        ("S-007",),
        (("site_id", "S-007"), ("name", "Old Mill"), ("phone", "-"), ("fax", "")),
        "sites.xlsx!Sites!A8",
    ),
)
SITES = TableComparison(
    "Sites",
    (120, 120),
    KeyChoice(("site_id",), "found", "unique and without blanks on both sides"),
    (
        Change(Kind.COLUMN_RENAMED, "Sites", 1, ("tel", "phone"), "same position"),
        Change(Kind.CELLS_CHANGED, "Sites", 2, ("phone", "name"), "", ("sites.xlsx!Sites!D15",)),
        Change(Kind.CELLS_FILLED, "Sites", 1, ("fax",), "", ("sites.xlsx!Sites!E22",)),
        Change(Kind.CELLS_EMPTIED, "Sites", 1, ("contact",), "", ("sites.xlsx!Sites!F34",)),
        Change(Kind.ROWS_ADDED, "Sites", 1, (), "", ("sites.xlsx!Sites!A122",)),
        Change(Kind.ROWS_REMOVED, "Sites", 1, (), "", ("sites.xlsx!Sites!A8",)),
    ),
    SITES_CELLS,
    SITES_ROWS,
    log=Log(lambda: iter(SITES_CELLS), lambda: iter(SITES_ROWS)),
)
STAFF = TableComparison("Staff", (40, 40), KeyChoice(("email",), "given"), (), resorted=True)
SMALL = Comparison(
    "sites@1.0.0", "sites@1.1.0", False, (SITES, STAFF), (), ("sites.xlsx: hidden sheet Lists left out",)
)
NOTHING = Comparison(
    "sites@1.0.0", "sites.csv", True, (replace(SITES, changes=(), cells=(), rows_changed=(), log=None),)
)
RESAVED = replace(NOTHING, same_bytes=False, tables=(*NOTHING.tables, STAFF))


def many(cells: int, *, tables: int = 3, wide: int = 24) -> Comparison:
    """A comparison of ``cells`` changed cells and some rows, made as they are read."""
    return Comparison(
        "refined_data@2.3.1",
        "refined_data",
        False,
        tuple(_big(place, cells // tables, wide) for place in range(tables)),
    )


def _big(place: int, count: int, wide: int) -> TableComparison:
    name = ("Organisations", "Places", "People")[place % 3] + ("" if place < 3 else f" {place}")
    columns = ("phone", "postal address", "opening hours", "notes", "capacity")
    added = count // 20

    def cells() -> Iterator[CellChange]:
        for row in range(count):
            column = columns[row % 5]
            at = f"refined_data.xlsx!{name}!{'CDEFG'[row % 5]}{row + 2}"
            old = f"{row * 7919 % 100_000} Old Mill Road, the house beside the river, Ashford {row % 97:04}"
            yield CellChange(
                Kind.CELLS_CHANGED, (f"ORG-{row:06}",), column, old, old.replace("Mill", "Mint"), at, at
            )

    def rows() -> Iterator[RowChange]:
        for row in range(added):
            values = (
                ("organisation", f"NEW-{row:05}"),
                *((f"field {n}", f"value {row * n % 977}") for n in range(wide)),
            )
            yield RowChange(
                Kind.ROWS_ADDED, (f"NEW-{row:05}",), values, f"refined_data.xlsx!{name}!A{row + count}"
            )

    first = next(cells()), next(rows())
    return TableComparison(
        name,
        (count * 10, count * 10 + added),
        KeyChoice(("organisation",), "configured"),
        (
            Change(Kind.CELLS_CHANGED, name, count, columns, "", (first[0].new_at,)),
            Change(Kind.ROWS_ADDED, name, added, (), "", (first[1].at,)),
            Change(Kind.COLUMN_RETYPED, name, 1, ("capacity",), "integer → text"),
        ),
        (first[0],),
        (first[1],),
        log=Log(cells, rows),
    )


def hostile() -> Comparison:
    """Every field is something that a terminal, a spreadsheet or a browser might obey."""
    # The long ones once: they are slow to parse, not dangerous.
    tables = tuple(
        _hostile_table(text, HOSTILE if text is HOSTILE[0] else HOSTILE[:14]) for text in HOSTILE[:14]
    )
    return Comparison(HOSTILE[0], HOSTILE[9], False, tables, (), HOSTILE)


def _hostile_table(text: str, values: tuple[str, ...]) -> TableComparison:
    cells = tuple(
        CellChange(Kind.CELLS_CHANGED, (value, "2"), value, value, f"{value}!", value, value)
        for value in values
    ) + tuple(CellChange(Kind.CELLS_FILLED, (value, "2"), value, None, value, "", value) for value in values)
    rows = tuple(
        RowChange(kind, (value, "2"), tuple((name, value) for name in values), value)
        for value in values
        for kind in (Kind.ROWS_ADDED, Kind.ROWS_REMOVED)
    )
    changes = (
        Change(Kind.COLUMN_RETYPED, text, 1, (text,), text, (text,)),
        Change(Kind.COLUMN_RENAMED, text, 1, (text, text), text, (text,)),
        Change(Kind.CELLS_CHANGED, text, len(values), (text,), text, (text,)),
        Change(Kind.CELLS_FILLED, text, len(values)),
        Change(Kind.ROWS_ADDED, text, len(values)),
        Change(Kind.ROWS_REMOVED, text, len(values)),
    )
    return TableComparison(
        text, (1, 2), KeyChoice((text, "year"), "found", text), changes, cells, rows, resorted=True
    )
