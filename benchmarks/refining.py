"""``python -m benchmarks.refining``: preparing against the libraries it stands on, as ratios in one run.

- reading 40 workbooks of 100,000 rows together, against python-calamine alone: at most 1.3 times;
- names, e-mails and exact duplicates of 1,000,000 rows, against the same in bare polars: at most 2 times;
- phones of 1,000,000 rows, against phonenumbers row by row (measured on a part): at least 4 times faster;
- the whole of refine, from the files to the workbook's bytes: both deliveries of the child-care lists, against Splink alone
  on the prepared rows: at most 3 times; and 10,000 and 100,000 rows of one CSV, whose seconds a row must not grow.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import phonenumbers
import polars as pl
import python_calamine

from benchmarks.linkage import childcare, splink_alone
from hotpass.refine import read_inputs, refine
from hotpass.refine.export import csv_bytes, workbook_bytes
from hotpass.refine.ingest import discover
from hotpass.refine.normalise import PhoneRules, clean, emails, names, phones
from hotpass.refine.profiles import load_profile
from hotpass.refine.reading import read_grids

RESULTS = Path(__file__).parent / "results"
_HEADER = (
    "Organisation", "Address", "Postcode", "Phone", "E-mail", "Website", "Category", "Notes", "Amount", "Visited",
)  # fmt: skip
_WORDS = [
    "Blue",
    "Sky",
    "River",
    "Valley",
    "Eagle",
    "Wings",
    "Horizon",
    "Summit",
    "Coastal",
    "Karoo",
    "Delta",
    "Orion",
    "Falcon",
    "Meridian",
]
_TOWNS = ["Durban", "Pretoria", "Cape Town", "Bloemfontein", "Polokwane", "Kimberley", "Mbombela"]
_ROW_BY_ROW = 50_000


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0: every target is met, 1: one is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refining", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of names, e-mails and phones")
    parser.add_argument("--books", type=int, default=40, help="workbooks of 2,500 rows")
    parser.add_argument("--lines", type=int, default=100_000, help="rows of the CSV that is refined whole")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    asked = parser.parse_args(argv)
    lines: list[str] = []

    def say(text: str) -> None:
        print(text, flush=True)
        lines.append(text)

    met = [
        _reading(asked.books, asked.rounds, say),
        _texts(asked.rows, asked.rounds, say),
        _phones(asked.rows, asked.rounds, say),
        _lists(asked.rounds, say),
        _growing(asked.lines, say),
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "refining.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if all(met) else 1


def _by_turns(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The median seconds of each, after one run that does not count."""
    samples: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for place, work in enumerate(works):
            begin = time.perf_counter()
            work()
            if number:
                samples[place].append(time.perf_counter() - begin)
    return [statistics.median(each) for each in samples]


def _reading(books: int, rounds: int, say: Callable[[str], None]) -> bool:
    with tempfile.TemporaryDirectory(prefix="hotpass-bench-") as place:
        folder = Path(place)
        made = random.Random(1)
        for number in range(books):
            _write(folder / f"list{number:02}.xlsx", made)
        files = discover(folder).files

        def bare() -> None:
            for file in files:
                book = python_calamine.CalamineWorkbook.from_path(str(file.path))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()

        alone, ours = _by_turns(rounds, bare, lambda: read_grids(files))
    say(
        f"reading {books} workbooks: calamine {alone:.2f} s, hotpass {ours:.2f} s, ratio {ours / alone:.2f} (<= 1.3)"
    )
    return ours <= 1.3 * alone


def _write(path: Path, made: random.Random) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sites")
    sheet.append(_HEADER)
    for number in range(2_500):
        sheet.append(
            [
                _name(made), f"{made.randrange(9999)} Oak Road", f"{made.randrange(9999):04}", float(_national(made)),
                _email(made), f"www.school{made.randrange(10**5)}.example", made.choice("abc"), None, made.random(), number,
            ]
        )  # fmt: skip
    book.save(path)


def _name(made: random.Random) -> str:
    form = made.choice(("", " (Pty) Ltd", " CC", " Academy", " Inc."))
    return f"{made.choice(_WORDS)} {made.choice(_WORDS)} {made.randrange(10**5)}{form}"


def _email(made: random.Random) -> str:
    return f"{made.choice(('Info', 'office', 'jo'))}{made.randrange(10**5)}@school{made.randrange(10**3)}.example"


def _national(made: random.Random) -> int:
    return 110_000_000 + made.randrange(10**7)


def _texts(rows: int, rounds: int, say: Callable[[str], None]) -> bool:
    made = random.Random(2)
    few = max(1, rows * 2 // 5)
    some = [(_name(made), _email(made)) for _ in range(few)]
    chosen = [some[made.randrange(few)] for _ in range(rows)]
    frame = pl.DataFrame({"name": [name for name, _ in chosen], "email": [email for _, email in chosen]})
    profile = load_profile("generic")

    def bare() -> pl.DataFrame:
        fold = pl.col("name").str.normalize("NFKD").str.replace_all(r"[^\x00-\x7F]", "").str.to_lowercase()
        key = fold.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()
        key = key.str.replace(r"( (pty ltd|ltd|cc|npc|inc|gmbh|llc|corp))+$", "")
        mail = pl.col("email").str.strip_chars().str.to_lowercase()
        valid = mail.str.contains(r"^[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$")
        return frame.with_columns(key=key, mail=pl.when(valid).then(mail)).unique(["key", "mail"])

    def ours() -> pl.DataFrame:
        cleaned = frame.select(
            clean(frame["name"], profile.placeholders), clean(frame["email"], profile.placeholders)
        )
        keys = names(cleaned["name"], profile.legal_forms)
        mails = emails(cleaned["email"], profile.free_mail, profile.role_mail)
        return pl.DataFrame({"key": keys["key"], "mail": mails["emails"].list.first()}).unique(
            ["key", "mail"]
        )

    alone, mine = _by_turns(rounds, bare, ours)
    say(
        f"names, e-mails, duplicates of {rows:,} rows: polars {alone:.2f} s, hotpass {mine:.2f} s,"
        f" ratio {mine / alone:.2f} (<= 2)"
    )
    return mine <= 2 * alone


def _phones(rows: int, rounds: int, say: Callable[[str], None]) -> bool:
    made = random.Random(3)
    few = max(1, rows * 2 // 5)
    some = [_written(made) for _ in range(few)]
    texts = [some[made.randrange(few)] for _ in range(rows)]
    values = pl.Series(texts)
    part = texts[: min(rows, _ROW_BY_ROW)]

    def each() -> None:
        for text in part:
            try:
                number = phonenumbers.parse(text, "ZA")
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    alone, mine = _by_turns(rounds, each, lambda: phones(values, PhoneRules("ZA", "011")))
    alone *= rows / len(part)
    say(
        f"phones of {rows:,} rows: phonenumbers {alone:.1f} s (from {len(part):,} rows), hotpass {mine:.2f} s,"
        f" {alone / mine:.1f} times faster (>= 4)"
    )
    return alone >= 4 * mine


def _lists(rounds: int, say: Callable[[str], None]) -> bool:
    """The child-care lists from their files to the workbook's bytes."""
    if not childcare.LISTS.is_dir():
        say(f"the child-care lists are not in {childcare.LISTS.name}: not measured")
        return True
    records = childcare.read()
    profile = load_profile("generic").with_settings(country=childcare.COUNTRY, area_code=childcare.AREA_CODE)
    with tempfile.TemporaryDirectory(prefix="hotpass-bench-") as place:
        folder = Path(place)
        for path in childcare.LISTS.glob("delivery-*/*"):
            shutil.copy(path, folder / path.name)

        def ours() -> None:
            workbook_bytes(refine(read_inputs(folder), profile).sheets())

        alone, mine = _by_turns(rounds, lambda: splink_alone.cluster(records), ours)
    say(
        f"child-care lists, {records.height:,} rows, whole: Splink alone on prepared rows {alone:.2f} s,"
        f" hotpass {mine:.2f} s, ratio {mine / alone:.2f} (<= 3)"
    )
    return mine <= 3 * alone


def _growing(lines: int, say: Callable[[str], None]) -> bool:
    """One CSV refined whole, and a tenth of it: each in a process of its own, for its memory."""
    found = []
    for rows in (lines // 10, lines):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, memory = pool.apply(_whole, (rows,))
        say(f"one CSV of {rows:,} rows, whole: {seconds:.1f} s, {memory / 2**20:.2f} GiB at most")
        found.append(seconds / rows)
    say(f"seconds a row: {found[1] / found[0]:.2f} times those of a tenth of the rows (<= 1.3)")
    return found[1] <= 1.3 * found[0]


def _whole(rows: int) -> tuple[float, int]:
    """Seconds, and KiB of memory, of one run."""
    made = random.Random(5)
    profile = load_profile("generic").with_settings(country="ZA", area_code="011")
    with tempfile.TemporaryDirectory(prefix="hotpass-bench-") as place:
        with Path(place, "list.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Ref", "Organisation", "Address", "City", "Phone", "E-mail"])
            row: list[str] = []
            for number in range(rows):
                row = _again(row, made) if row and made.random() < 0.3 else _new(made, rows)
                writer.writerow([number, *row])
        begin = time.perf_counter()
        csv_bytes(refine(read_inputs(Path(place)), profile).data)
        seconds = time.perf_counter() - begin
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _new(made: random.Random, rows: int) -> list[str]:
    street = (
        f"{made.randrange(1, max(999, rows // 20))} {made.choice(_WORDS)}{made.choice(_WORDS).lower()} Street"
    )
    mail = f"jo{made.randrange(10**5)}@school{made.randrange(rows)}.example"
    return [_name(made), street, made.choice(_TOWNS), _written(made), mail]


def _again(row: Sequence[str], made: random.Random) -> list[str]:
    """The same organisation as somebody else writes it."""
    name, street, town, phone, mail = row
    return made.choice(
        (
            [name.upper(), street, town, phone, mail],
            [name, street.replace("Street", "St"), town, phone, mail],
            [name, street, town, phone, ""],
        )
    )


def _written(made: random.Random) -> str:
    """A phone as lists have them: nine of ten in plain forms, the rest with words, in twos, or wrong."""
    digits = f"{made.choice((11, 21, 31, 82, 83, 72))}{made.randrange(10**7):07}"
    forms = (
        f"0{digits}", f"0{digits[:2]} {digits[2:5]} {digits[5:]}", f"(0{digits[:2]}) {digits[2:5]}-{digits[5:]}",
        f"+27 {digits[:2]} {digits[2:5]} {digits[5:]}", f"{digits}.0", f"+27{digits}", f"0{digits[:2]}-{digits[2:]}",
        f"0{digits[:2]} {digits[2:]}", f"0{digits}",
    )  # fmt: skip
    odd = (
        f"Tel 0{digits}",
        f"0{digits} / 011 5550100",
        f"0{digits} ext 12",
        digits[2:],
        f"0{digits[:6]}l{digits[7:]}",
    )
    return made.choice(forms) if made.random() < 0.9 else made.choice(odd)


if __name__ == "__main__":
    sys.exit(main())
