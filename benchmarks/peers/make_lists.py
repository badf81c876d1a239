"""Make two states of a list: 20 columns, 1 % of cells changed, 0.5 % of rows gone and come, in another order.

``make_lists.py ROWS FOLDER`` writes old and new as .csv and .parquet. The same rows give the same data on any machine.
"""

import sys
from pathlib import Path

import duckdb

WORDS = """['Sparrow House', 'Heron Place', 'Finch, Row', 'Ålesund "North"', 'Kite Bay', 'Lark Hill', 'n/a', '']"""


def mixed(seed: int, most: int) -> str:
    return f"(hash(i, {seed}) % {most})::BIGINT"


def columns() -> dict[str, tuple[str, str]]:
    """Each column: its value, and what a changed one is."""
    made = {
        f"t{n}": (f"{WORDS}[1 + {mixed(n, 8)}] || {mixed(n + 100, 100_000)}", "{} || 'x'") for n in range(6)
    }
    made |= {f"i{n}": (f"{mixed(n + 10, 1_000_000)}::BIGINT", "{} + 1") for n in range(5)}
    made |= {f"f{n}": (f"{mixed(n + 20, 2**53)} / 2.0 ** 53 * 1000", "{} + 1") for n in range(4)}
    made |= {f"d{n}": (f"DATE '1970-01-01' + {mixed(n + 30, 20_000)}::INTEGER", "{} + 1") for n in range(2)}
    return made | {f"b{n}": (f"{mixed(n + 40, 2)} = 1", "NOT {}") for n in range(2)}


def main(rows: int, folder: Path) -> None:
    connection = duckdb.connect()
    made = columns()
    key = "'R' || lpad(i::VARCHAR, 9, '0') AS id"
    old = ", ".join(f"{value} AS {name}" for name, (value, _) in made.items())
    new = ", ".join(
        f"CASE WHEN {mixed(n + 1000, 100)} = 0 THEN {change.format(f'({value})')} ELSE {value} END AS {name}"
        for n, (name, (value, change)) in enumerate(made.items())
    )
    gone = f"i < {rows} AND {mixed(2000, 200)} = 0"
    states = {
        "old": f"SELECT {key}, {old} FROM range({rows}) r(i)",
        "new": f"SELECT {key}, {new} FROM range({rows + rows // 200}) r(i) WHERE NOT ({gone}) ORDER BY hash(i, 3000)",
    }
    for state, select in states.items():
        connection.execute(f"CREATE TABLE {state} AS {select}")
        connection.execute(f"COPY {state} TO '{folder / state}.csv' (HEADER)")
        connection.execute(f"COPY {state} TO '{folder / state}.parquet'")
        connection.execute(f"DROP TABLE {state}")


main(int(sys.argv[1]), Path(sys.argv[2]))
