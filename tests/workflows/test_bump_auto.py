"""Releases of real files and the bump that each demands, end to end; and what git is told of the data."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from harness.picture import picture
from harness.repository import Repo

from hotpass.versioning import DVCManager

Rows = Sequence[Sequence[object]]
Sheets = Mapping[str, Rows]

SITES: Rows = (
    ("id", "name", "phone", "places"),
    (1, "Sparrow House", "0110000001", 12),
    (2, "Heron Place", "0110000002", 20),
    (3, "Finch Row", None, 8),
)


def csv(rows: Rows, separator: str = ",") -> bytes:
    """Rows as delimited text; None is nothing between the separators."""
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def xlsx(sheets: Sheets) -> bytes:
    """Sheets as a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(rows: Rows) -> bytes:
    """Rows as Parquet."""
    import pyarrow as pa
    from pyarrow import parquet as files

    names, *values = rows
    table = pa.table({str(name): [row[at] for row in values] for at, name in enumerate(names)})
    stream = io.BytesIO()
    files.write_table(table, stream)
    return stream.getvalue()


def edited(rows: Rows, *edits: tuple[int, int, object]) -> Rows:
    """The rows with single cells replaced: (row, column, value), the header is row 0."""
    cells = [list(row) for row in rows]
    for row, column, value in edits:
        cells[row][column] = value
    return cells


def without_column(rows: Rows, at: int) -> Rows:
    """The rows with a column less."""
    return [[*row[:at], *row[at + 1 :]] for row in rows]


@dataclass(frozen=True)
class Step:
    """A release and the one after it: the bump the second demands (None: none), and what is said of it."""

    name: str
    old: bytes
    new: bytes
    bump: str | None
    says: str = ""
    suffix: str = "csv"


_CSV = csv(SITES)
_XLSX = xlsx({"Sites": SITES})
_TWO = xlsx({"Sites": SITES, "Notes": [("id", "note"), (1, "by appointment")]})
_SHORT = SITES[:3]
STEPS = [
    Step(
        "a cell corrected", _CSV, csv(edited(SITES, (1, 2, "0119999999"))), "patch", "1 cell changed in phone"
    ),
    Step(
        "two cells corrected",
        _CSV,
        csv(edited(SITES, (1, 2, "0119"), (2, 2, "0118"))),
        "patch",
        "2 cells changed",
    ),
    Step("a blank filled", _CSV, csv(edited(SITES, (3, 2, "0110000003"))), "patch", "1 cell filled in phone"),
    Step("a cell emptied", _CSV, csv(edited(SITES, (2, 2, None))), "patch", "1 cell emptied in phone"),
    Step("rows added", csv(_SHORT), _CSV, "minor", "1 row added"),
    Step("rows removed", _CSV, csv(_SHORT), "major", "1 row removed"),
    Step("a column added", csv(without_column(SITES, 3)), _CSV, "minor", "column places added"),
    Step("a column removed", _CSV, csv(without_column(SITES, 3)), "major", "column places removed"),
    Step("a column renamed", _CSV, csv(edited(SITES, (0, 3, "capacity"))), "major", "places"),
    Step(
        "a number became text",
        _CSV,
        csv(edited(SITES, (1, 3, "twelve"))),
        "major",
        "column places has another type",
    ),
    Step(
        "columns in another order",
        _CSV,
        csv([[row[0], row[2], row[1], row[3]] for row in SITES]),
        "minor",
        "order",
    ),
    Step("rows in another order", _CSV, csv([SITES[0], *reversed(SITES[1:])]), None),
    Step("another separator", _CSV, csv(SITES, ";"), None),
    Step(
        "rows added and a cell corrected",
        csv(_SHORT),
        csv(edited(SITES, (1, 2, "0119"))),
        "minor",
        "1 cell changed",
    ),
    Step("a workbook saved again", _XLSX, xlsx({"Sites": SITES}), None, suffix="xlsx"),
    Step(
        "a cell of a sheet",
        _TWO,
        xlsx({"Sites": SITES, "Notes": [("id", "note"), (1, "any time")]}),
        "patch",
        "1 cell changed in note of Notes",
        "xlsx",
    ),
    Step("a sheet added", _XLSX, _TWO, "minor", "table Notes added", "xlsx"),
    Step("a sheet removed", _TWO, _XLSX, "major", "table Notes removed", "xlsx"),
    Step("text for a number", _XLSX, xlsx({"Sites": edited(SITES, (1, 3, "12"))}), "major", "places", "xlsx"),
    Step(
        "a cell in Parquet",
        parquet(SITES),
        parquet(edited(SITES, (1, 2, "0119"))),
        "patch",
        "phone",
        "parquet",
    ),
    Step("a row in Parquet", parquet(SITES), parquet(_SHORT), "major", "1 row removed", "parquet"),
    Step("what is no table", b"%PDF-1.4 one", b"%PDF-1.4 two", "patch", "file itself changed", "pdf"),
    Step("what should be a workbook", b"refined 1\n", b"refined 2\n", "patch", "file itself changed", "xlsx"),
    Step("a workbook that was cut", _XLSX, _XLSX[:-200], "patch", "file itself changed", "xlsx"),
]


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repositories that managers here open are not looked at by later tests."""
    monkeypatch.setattr("hotpass.versioning.metadata._opened", [])


def release_first(repo: Repo, data: bytes, suffix: str = "csv") -> str:
    """Track data as ``sites`` and release it as 1.0.0; returns its path."""
    path = f"dist/sites.{suffix}"
    repo.write(path, data)
    repo.hotpass("version", "--add", path)
    repo.hotpass("version", "--bump", "auto", "--tag", "--dataset", "sites", "--description", "first")
    assert repo.tags() == ["sites-v1.0.0"]
    return path


def _bump(repo: Repo, *more: str, check: bool = True) -> Any:
    return repo.hotpass("version", "--bump", "auto", "--tag", "--dataset", "sites", *more, check=check)


def _next(bump: str) -> str:
    return {"patch": "1.0.1", "minor": "1.1.0", "major": "2.0.0"}[bump]


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_number_follows_from_what_changed(initialised: Repo, step: Step) -> None:
    """DATA-SEMVER."""
    path = release_first(initialised, step.old, step.suffix)
    initialised.write(path, step.new)
    before = picture(initialised)
    if step.bump is None:
        done = _bump(initialised)
        assert done.stdout.startswith("sites already 1.0.0")
        assert picture(initialised) == before
        return
    for lower in ["patch", "minor", "major"][: ["patch", "minor", "major"].index(step.bump)]:
        refused = initialised.hotpass(
            "version", "--bump", lower, "--tag", "--dataset", "sites", "--json", check=False
        )
        error = refused.json["error"]
        assert (refused.code, error["type"], error["facts"]["asked"]) == (10, "BumpTooLowError", step.bump)
        assert picture(initialised) == before
    done = _bump(initialised, "--json").json
    assert (done["version"], done["asked"], done["since"]) == (_next(step.bump), step.bump, "1.0.0")
    assert step.says in done["changes"]
    assert any(step.says in reason for reason in done["reasons"])
    record = json.loads(initialised.git("show", f"sites-v{_next(step.bump)}:{path}.version.json").stdout)
    assert record["changes"]["since"] == "1.0.0"
    assert record["changes"]["bump"] == step.bump


def test_a_change_that_only_a_hidden_sheet_has_is_no_unchanged_content(initialised: Repo) -> None:
    def book(note: str) -> bytes:
        made = openpyxl.load_workbook(
            io.BytesIO(xlsx({"Sites": SITES, "Notes": [("id", "note"), (1, note)]}))
        )
        made["Notes"].sheet_state = "hidden"
        stream = io.BytesIO()
        made.save(stream)
        return stream.getvalue()

    path = release_first(initialised, book("by appointment"), "xlsx")
    initialised.write(path, book("any time"))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["changes"]) == ("1.0.1", "1 cell changed in note of Notes")


def test_a_hidden_sheet_that_went_counts_beside_a_corrected_cell(initialised: Repo) -> None:
    made = openpyxl.load_workbook(io.BytesIO(xlsx({"Sites": SITES, "Notes": [("id", "note"), (1, "x")]})))
    made["Notes"].sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    path = release_first(initialised, stream.getvalue(), "xlsx")
    del made["Notes"]
    made["Sites"]["B2"] = "Corrected"
    stream = io.BytesIO()
    made.save(stream)
    initialised.write(path, stream.getvalue())
    done = _bump(initialised, "--json").json
    assert done["version"] == "2.0.0"
    assert "table Notes removed" in done["changes"]
    assert "1 cell changed" in done["changes"]


def test_a_formula_that_became_its_value_is_a_patch(initialised: Repo) -> None:
    path = release_first(initialised, _with_formula("=4*3"), "xlsx")
    initialised.write(path, _with_formula(None))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["asked"]) == ("1.0.1", "patch")
    assert "formula changed" in done["changes"]


def _with_formula(formula: str | None) -> bytes:
    """A workbook with a formula and its cached value 12, or 12 alone."""
    data = xlsx({"Sites": SITES})
    if formula is None:
        return data
    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<v>12</v>" in part
                part = part.replace(b"<v>12</v>", f"<f>{formula.lstrip('=')}</f><v>12</v>".encode())
            new.writestr(name, part)
    return stream.getvalue()


def test_the_output_names_what_and_where(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write(path, csv([*edited(SITES, (1, 2, "0119")), (4, "Wren Court", "0110000004", 3)]))
    dry = _bump(initialised, "--dry-run").stdout.splitlines()
    assert dry[0].startswith("sites 1.1.0  would be released as sites-v1.1.0")
    assert dry[1] == "asks for a minor after 1.0.0:"
    assert dry[2] == "  minor: 1 row added at sites.csv!A5"
    assert dry[3] == "  patch: 1 cell changed in phone at sites.csv!C2"
    assert initialised.tags() == ["sites-v1.0.0"]
    assert _bump(initialised).stdout.splitlines()[1:] == dry[1:]
    assert "sites-v1.1.0" in initialised.tags()
    history = initialised.hotpass("history", "sites").stdout
    assert "1 row added; 1 cell changed in phone" in history
    shown = initialised.hotpass("show", "sites@1.1.0").stdout
    assert "4 rows, 4 columns, key id" in shown
    assert re.search(r"minor  1  rows added", shown)


def test_a_lower_bump_with_a_reason(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write(path, csv(_SHORT))
    low = ("version", "--bump", "patch", "--tag", "--dataset", "sites")
    refused = initialised.hotpass(*low, check=False)
    assert refused.code == 10
    assert "1 row removed" in refused.stderr
    assert "hint: hotpass version --bump major --tag --dataset sites" in refused.stderr
    assert initialised.hotpass(*low, "--allow-lower", check=False).code == 2
    initialised.hotpass(*low, "--allow-lower", "--description", "the test row goes")
    said = initialised.git("tag", "-l", "--format=%(contents)", "sites-v1.0.1").stdout
    assert "Hotpass-Asked: major\nHotpass-Allow-Lower: the test row goes\n" in said


def test_a_draft_warns_and_keeps_what_was_found(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write(path, csv(_SHORT))
    done = initialised.hotpass("version", "--bump", "patch", "--dataset", "sites")
    assert "the data asks for a major after 1.0.0" in done.stderr
    assert json.loads(initialised.read(f"{path}.version.json"))["rows"] == 2


@pytest.mark.parametrize("action", ["--set", "--tag"])
def test_every_way_to_release_is_judged(initialised: Repo, action: str) -> None:
    path = release_first(initialised, _CSV)
    initialised.write(path, csv(_SHORT))
    if action == "--tag":
        initialised.hotpass("version", "--bump", "minor", "--dataset", "sites")
        args: tuple[str, ...] = ("version", "--tag", "--dataset", "sites")
    else:
        args = ("version", "--set", "1.7.0", "--tag", "--dataset", "sites")
    assert initialised.hotpass(*args, check=False).code == 10
    initialised.hotpass(*args, "--allow-lower", "--description", "test rows")


def test_three_bumps_in_a_row_of_unchanged_data_go_through(initialised: Repo) -> None:
    """The guide does so."""
    release_first(initialised, _CSV)
    for part, version in [("patch", "1.0.1"), ("minor", "1.1.0"), ("major", "2.0.0")]:
        done = initialised.hotpass("version", "--bump", part, "--tag", "--dataset", "sites")
        assert "the data is the same as in" in done.stderr
        assert f"sites-v{version}" in initialised.tags()


def test_the_library_bumps_by_the_data_too(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write(path, csv(_SHORT))
    outcome = DVCManager(initialised.root).bump("auto", "sites", tag=True)
    assert (outcome.version, outcome.asked, outcome.rows) == ("2.0.0", "major", 2)


# Settings.


def test_a_rule_of_the_dataset_overrides_the_usual_one(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write("hotpass.toml", '[datasets.sites.rules]\nrows_removed = "minor"\n')
    initialised.write(path, csv(_SHORT))
    assert _bump(initialised, "--json").json["version"] == "1.1.0"


def test_a_key_of_the_dataset_tells_rows_apart(initialised: Repo) -> None:
    rows: Rows = [("town", "no", "name"), ("Elm", 1, "a"), ("Elm", 2, "b"), ("Oak", 1, "a")]
    initialised.write("hotpass.toml", '[datasets.sites]\nkey = ["town", "no"]\n')
    path = release_first(initialised, csv(rows))
    initialised.write(path, csv(edited(rows, (1, 2, "b"))))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["changes"]) == ("1.0.1", "1 cell changed in name")
    record = json.loads(initialised.git("show", f"sites-v1.0.1:{path}.version.json").stdout)
    assert record["tables"][0]["key"] == ["town", "no"]


def test_a_key_that_no_table_has_is_said_and_another_is_found(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    initialised.write("hotpass.toml", '[datasets.sites]\nkey = ["site_id"]\n')
    initialised.write(path, csv(edited(SITES, (1, 2, "0119"))))
    done = _bump(initialised, "--json").json
    assert done["version"] == "1.0.1"
    assert any("site_id" in note for note in done["notes"])


# Folders, and files that cannot be read.


def test_a_folder_is_judged_file_by_file(initialised: Repo) -> None:
    files = {"north.csv": _CSV, "book.xlsx": _TWO, "readme.txt": b"read me\n", "scan.pdf": b"%PDF one"}
    initialised.fill("lists", files)
    initialised.hotpass("version", "--add", "lists")
    initialised.hotpass("version", "--bump", "auto", "--tag", "--dataset", "lists")
    bump = ("version", "--bump", "auto", "--tag", "--dataset", "lists", "--json")
    steps: list[tuple[dict[str, bytes | None], str, str]] = [
        ({"scan.pdf": b"%PDF two"}, "1.0.1", "file scan.pdf changed"),
        ({"south.csv": _CSV}, "1.1.0", "table south.csv added"),
        ({"north.csv": csv(edited(SITES, (1, 2, "0119")))}, "1.1.1", "1 cell changed in phone of north.csv"),
        ({"book.xlsx": _XLSX}, "2.0.0", "Notes removed"),
        ({"south.csv": None}, "3.0.0", "table south.csv removed"),
    ]
    for change, version, says in steps:
        files = {**files, **{name: data for name, data in change.items() if data is not None}}
        files = {name: data for name, data in files.items() if change.get(name, data) is not None}
        initialised.fill("lists", files)
        done = initialised.hotpass(*bump).json
        assert done["version"] == version, done
        assert says in done["changes"]


def test_what_cannot_be_read_is_a_file_and_a_note_says_why(initialised: Repo) -> None:
    path = release_first(initialised, _XLSX, "xlsx")
    initialised.write(path, b"PK\x03\x04 this is no workbook")
    done = _bump(initialised, "--json").json
    assert done["version"] == "1.0.1"
    assert any("taken as a file" in note and "sites.xlsx" in note for note in done["notes"])
    initialised.write(path, _XLSX)
    assert _bump(initialised, "--json").json["rows"] == 3


# The release before is not at hand.


def _forget_objects(repo: Repo, *, keep_remote: bool) -> None:
    if keep_remote:
        repo.dvc("push", "-q")
    shutil.rmtree(repo.root / ".dvc" / "cache")


def test_a_release_that_the_store_lacks_is_fetched(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    _forget_objects(initialised, keep_remote=True)
    initialised.write(path, csv(_SHORT))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["changes"], done["notes"]) == ("2.0.0", "1 row removed", [])


@pytest.mark.parametrize(
    ("new", "version", "says"),
    [
        (csv(_SHORT), "2.0.0", "1 row removed"),
        (csv(edited(SITES, (1, 2, "0119"))), "1.0.1", "how many is not known"),
        (csv(without_column(SITES, 3)), "2.0.0", "column places removed"),
        (csv([*SITES, (4, "Wren Court", "011", 3)]), "1.1.0", "1 row added"),
        (csv(edited(SITES, (1, 3, "twelve"))), "2.0.0", "integer → text"),
        (csv([SITES[0], *reversed(SITES[1:])]), None, ""),
    ],
)
def test_a_release_that_is_lost_is_compared_by_its_record(
    initialised: Repo, new: bytes, version: str | None, says: str
) -> None:
    path = release_first(initialised, _CSV)
    _forget_objects(initialised, keep_remote=False)
    initialised.write(path, new)
    done = _bump(initialised, "--json").json
    assert done["version"] == (version or "1.0.0")
    assert done["unchanged"] is (version is None)
    assert says in done["changes"]
    assert any("the record of 1.0.0" in note for note in done["notes"])


def test_a_release_that_left_nothing_is_not_compared(initialised: Repo) -> None:
    path = release_first(initialised, _CSV)
    record = json.loads(initialised.read(f"{path}.version.json"))
    plain = {name: record[name] for name in record if name not in ("rows", "content", "tables", "changes")}
    initialised.write(f"{path}.version.json", json.dumps(plain))
    initialised.commit("an older record")
    initialised.git("tag", "-f", "-a", "sites-v1.0.0", "-m", "by hand")
    initialised.git("tag", "-d", "sites-v1.0.0")
    initialised.git("tag", "-a", "sites-v1.0.0", "-m", "by hand")
    _forget_objects(initialised, keep_remote=False)
    initialised.write(path, csv(_SHORT))
    refused = _bump(initialised, check=False)
    assert refused.code == 10
    assert "cannot be worked out" in refused.stderr
    done = initialised.hotpass("version", "--bump", "patch", "--tag", "--dataset", "sites")
    assert "not compared with 1.0.0" in done.stderr


# What git is told.

_SECRETS = ("Quentin Zyzzyva", "zq9-771-key", "+27 82 555 0199", "quentin@zyzzyva.example")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx", "folder"])
def test_no_value_of_a_cell_is_in_git(initialised: Repo, form: str) -> None:
    """Case 53: neither a value nor a key, nor one that was replaced or removed."""
    name, key, phone, mail = _SECRETS
    head = ("organization_id", "name", "phone", "mail")
    states: list[Rows] = [
        [head, (key, "Sparrow House", "011", None)],
        [head, (key, name, phone, None), ("k2", "Heron Place", "012", None)],
        [head, (key, name, phone, mail)],
        [head[:3], (key, name, phone)],
        [("organization_id", "title", "phone"), (key, name, phone)],
        [head, ("k3", "Finch Row", "013", "x@example.org")],
    ]
    path = {"csv": "dist/sites.csv", "xlsx": "dist/sites.xlsx", "folder": "sites"}[form]
    for number, rows in enumerate(states):
        if form == "folder":
            initialised.fill(path, {"a.csv": csv(rows), "b.xlsx": xlsx({"S": rows}), "c.bin": name.encode()})
        else:
            initialised.write(path, csv(rows) if form == "csv" else xlsx({"S": rows}))
        if number == 0:
            initialised.hotpass("version", "--add", path)
        initialised.hotpass("version", "--bump", "auto", "--dataset", "sites", "--description", f"{number}")
        initialised.commit("draft")
        initialised.hotpass(
            "version", "--bump", "auto", "--tag", "--dataset", "sites", "--description", f"{number}"
        )
    assert len(initialised.tags()) == len(states)
    told = initialised.git("log", "-p", "--all").stdout
    told += initialised.git("for-each-ref", "--format=%(contents)").stdout
    told += "".join(
        file.read_text(errors="replace")
        for file in (initialised.root / ".git" / "hotpass").rglob("*")
        if file.is_file()
    )
    for secret in _SECRETS:
        assert secret not in told
    assert "organization_id" in told


# Real lists.

LISTS = Path(__file__).parents[3] / "shared" / "data" / "childcare"


@pytest.mark.slow
@pytest.mark.skipif(not LISTS.is_dir(), reason="the shared spreadsheets are not beside this repository")
def test_the_real_lists_are_judged_as_people_would(initialised: Repo) -> None:
    """Issue C, "Done when"."""
    first = _sheets(LISTS / "delivery-1" / "purple_binder.xlsx")
    second = _sheets(LISTS / "delivery-2" / "ounce_site_locations.xlsx")
    (name,) = first
    rows, more = list(first[name]), list(second["Locations"])[1:]
    path = release_first(initialised, xlsx(first), "xlsx")

    # The first list has telephone numbers as numbers: texts among them would be another type, which is major.
    phone = list(rows[0]).index("Phone")
    added = [
        [int(str(cell)) if at == phone and cell else cell for at, cell in enumerate(row)] for row in more
    ]
    both: list[Sequence[object]] = [*rows, *added]
    initialised.write(path, xlsx({name: both}))
    done = _bump(initialised, "--json").json
    assert done["version"] == "1.1.0", done
    assert f"{len(more)} rows added" in done["changes"]
    assert f"sites.xlsx!{name}!A{len(rows) + 1}" in done["reasons"][0]

    both = list(edited(both, (2, phone, 5550101), (3, phone, 5550102)))
    initialised.write(path, xlsx({name: both}))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["changes"]) == ("1.1.1", f"2 cells changed in Phone of {name}"), done

    ordered = [both[0], *sorted(both[1:], key=lambda row: str(row[1]))]
    initialised.write(path, xlsx({name: ordered}))
    assert _bump(initialised, "--json").json["unchanged"]

    initialised.write(path, xlsx({name: without_column(ordered, phone)}))
    done = _bump(initialised, "--json").json
    assert done["version"] == "2.0.0", done
    assert "column Phone removed" in done["changes"]


@pytest.mark.slow
@pytest.mark.skipif(not LISTS.is_dir(), reason="the shared spreadsheets are not beside this repository")
def test_a_sheet_that_is_added_to_the_real_book_is_minor(initialised: Repo) -> None:
    """Issue C, "Done when"."""
    sheets = dict(_sheets(LISTS / "delivery-1" / "chapin_providers_2011.xlsx"))
    assert len(sheets) == 2
    path = release_first(initialised, xlsx(sheets), "xlsx")
    initialised.write(path, xlsx({**sheets, "Remarks": [("id", "remark"), (1, "made up")]}))
    done = _bump(initialised, "--json").json
    assert (done["version"], done["changes"]) == ("1.1.0", "table Remarks added")


def _sheets(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


_INTERRUPTED = """
import os, signal, threading
from hotpass.tables import open_engine
signal.signal(signal.SIGINT, signal.default_int_handler)
with open_engine() as engine:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        engine.execute("SELECT count(*) FROM range(1000000000000)")
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupt_while_tables_are_read_is_an_interrupt() -> None:
    """The engine would turn it into an error of its own, and the data would be judged as a file."""
    # In a process of its own: those that run tests for others do not see their signals while the engine works.
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED], capture_output=True, timeout=30, check=False)
    assert (done.stdout, done.returncode) == (b"interrupted\n", 0), done
