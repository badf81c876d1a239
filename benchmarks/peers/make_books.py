"""Make the two states of a list as workbooks: ``make_books.py FOLDER`` writes old.xlsx and new.xlsx from the Parquet files."""

import sys
from pathlib import Path

import duckdb
import xlsxwriter


def main(folder: Path) -> None:
    for state in ("old", "new"):
        found = duckdb.connect().execute(f"SELECT * FROM '{folder / state}.parquet'")
        names = [column[0] for column in found.description or ()]
        with xlsxwriter.Workbook(folder / f"{state}.xlsx", {"constant_memory": True}) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet("list")
            sheet.write_row(0, 0, names)
            dates = {n for n, name in enumerate(names) if name.startswith("d")}
            number = 0
            while rows := found.fetchmany(10_000):
                for row in rows:
                    number += 1
                    for place, value in enumerate(row):
                        if place in dates:
                            sheet.write_datetime(number, place, value, day)
                        else:
                            sheet.write(number, place, value)


main(Path(sys.argv[1]))
