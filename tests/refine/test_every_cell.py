"""Every cell of the output traces to cells of the inputs: all of them are read again, by libraries that are not ours."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pycountry
import pytest
from harness.lists import Cells, File, messy, said, workbook

from hotpass.refine import Refined, load_profile, read_inputs, refine
from hotpass.refine.export import workbook_bytes

CHILDCARE = Path(__file__).parents[3] / "shared" / "data" / "childcare"
COMPUTED = frozenset(
    ["organization_id", "merged_ids", "quality_score", "quality_flags", "quarantine_reasons", "source_datasets",
     "source_record_ids", "source"]
)  # fmt: skip
"""The columns that say something about a record and nothing that an input says."""


@dataclass(frozen=True)
class Case:
    """A folder that was refined, its workbook as another library reads it, and its inputs' cells."""

    refined: Refined
    sheets: Mapping[str, list[dict[str, Any]]]
    cells: Cells
    country: str


def case(
    folder: Path, files: Mapping[str, File], country: str, area_code: str | None, profile: str = "generic"
) -> Case:
    for name, file in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
    known = load_profile(profile).with_settings(country=country, area_code=area_code)
    refined = refine(read_inputs(folder), known)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(refined.sheets())))
    sheets = {}
    for sheet in book:
        header, *rows = sheet.iter_rows(values_only=True)
        sheets[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return Case(refined, sheets, Cells(folder, files), country)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case(tmp_path_factory.mktemp("made"), messy(), "ZA", None)


@pytest.fixture(scope="module")
def childcare(tmp_path_factory: pytest.TempPathFactory) -> Case:
    if not CHILDCARE.is_dir():
        pytest.skip("the shared spreadsheets are not beside this repository")
    how = {
        "cps_early_childhood_portal.csv": {"encoding": "cp1252"},
        "ece_find_a_school.csv": {"delimiter": ";", "encoding": "utf-8-sig"},
    }
    paths = sorted(CHILDCARE.glob("delivery-*/*"))
    files = {
        path.name: File(path.read_bytes(), **how.get(path.name, {"encoding": "utf-8-sig"})) for path in paths
    }
    return case(tmp_path_factory.mktemp("childcare"), files, "US", "312")


def test_every_cell_of_made_up_lists(made: Case) -> None:
    """Issue D, "Done when": title rows, headers of two rows, blocks side by side, blank headers, several sheets."""
    checked = check_everything(made)
    # What the lists have was not passed over by the test: all that has a place of its own is there.
    assert checked >= {
        *(("Data", column) for column in (
            "organization_name", "website", "address", "locality", "region", "country", "contact_name", "contact_role",
            "contact_email", "contact_phone", "email", "phone", "last_interaction_date", "notes")),
        *(("Quarantine", column) for column in ("address", "locality", "region", "phone")),
        *(("Contacts", column) for column in ("value", "organization_name", "name", "role")),
    }  # fmt: skip


def test_every_row_of_made_up_lists_is_in_the_output_once(made: Case) -> None:
    expected = {
        "north/register.xlsx!Schools": ["B5", "B6", "B7", "A8", "B9"],
        "north/register.xlsx!Blocks": ["A2", "A3", "A4", "D2", "D3", "D4"],
        "contacts.xlsx!People": ["A3", "A4", "A5"],
        "blank.xlsx!List": ["A2", "A3"],
        "west.csv": ["A2", "A3"],
        "east.csv": ["A2"],
    }
    assert rows_of(made) == Counter(f"{place}!{cell}" for place, cells in expected.items() for cell in cells)


def test_every_cell_of_columns_that_no_field_takes(tmp_path: Path) -> None:
    """Extras: their headers may be blank, twice there, called as a field is, or as one that says where another is from."""
    profile = tmp_path / "mine.yaml"
    profile.write_text(
        "profile: mine\nextends: generic\nextras: all\nextra_fields: [beds]\nheaders:\n  beds: [beds]\n"
    )
    rows: list[list[Any]] = [
        ["Name", "Phone", "Beds", "Rating", "rating", "Source", "Phone__source", None, "Address"],
        ["Heron House", "011 555 0101", 12, 3.5, "good", "x", "y", "z", "1 Oak Lane"],
        ["Heron House", "011 555 0101", 14, 4, "fair", "x", "yy", None, "1 Oak Lane"],
        ["Ibis Hall", "021 555 0102", None, None, None, None, None, "zz", "2 Elm Road"],
    ]
    files = {"a.xlsx": File(workbook({"S": rows})), "b.xlsx": messy()["blank.xlsx"]}
    folder = tmp_path / "lists"
    made = case(folder, files, "ZA", None, str(profile))
    values = {value for sheet, _, value, _ in _values(made) if sheet == "Data"}
    told = {text for each in made.refined.findings.conflicts for text, _ in each.others}
    # All that the lists say is in the output, or named among what lost against it.
    for row in rows[1:]:
        assert {said(cell) for cell in (*row[2:8],) if cell is not None} <= values | told, row
    check_everything(made)
    for each in made.refined.findings.conflicts:
        for text, place in ((each.value, each.address), *each.others):
            assert _folded(text) == _folded(made.cells.at(place)), each


@pytest.mark.slow
def test_every_cell_of_real_lists(childcare: Case) -> None:
    """Issue D, "Done when"."""
    checked = check_everything(childcare)
    assert ("Data", "phone") in checked
    assert ("Data", "postcode") in checked
    rows = rows_of(childcare)
    assert set(rows.values()) == {1}
    assert len(rows) == childcare.refined.findings.rows_in == 3_337


def rows_of(made: Case) -> Counter[str]:
    """The place of every row of the inputs that the output speaks of, and how often."""
    sheets = (*made.sheets["Data"], *made.sheets["Quarantine"])
    return Counter(place for row in sheets for place in row["source"].split("; "))


def check_everything(made: Case) -> set[tuple[str, str]]:
    """Check every filled cell of the three sheets with data; returns the columns that had any."""
    checked = set()
    for sheet, column, value, places in (*_values(made), *_contacts(made)):
        checked.add((sheet, column))
        if not places:
            assert (column, value) == ("country", made.country), (sheet, column, value)
            continue
        texts = [made.cells.at(place) for place in places]
        raw = sheet == "Quarantine" and all(text in value for text in texts)
        assert raw or _follows(column, value, texts), (sheet, column, value, places, texts)
    return checked


def _values(made: Case) -> Iterator[tuple[str, str, str, list[str]]]:
    for sheet in ("Data", "Quarantine"):
        for row in made.sheets[sheet]:
            for column, value in row.items():
                if value is None or column in COMPUTED or column.endswith("__source"):
                    continue
                places = row[f"{column}__source"]
                yield sheet, column, said(value), places.split("; ") if places else []


def _contacts(made: Case) -> Iterator[tuple[str, str, str, list[str]]]:
    known = {row["organization_id"]: row for row in made.sheets["Data"]}
    for row in made.sheets["Contacts"]:
        places = row["source"].split("; ")
        yield "Contacts", "value", row["value"], places
        organisation = known[row["organization_id"]]
        assert row["organization_name"] == organisation["organization_name"]
        yield (
            "Contacts",
            "organization_name",
            row["organization_name"],
            [organisation["organization_name__source"]],
        )
        for column in ("name", "role"):
            if row[column] is not None:
                # The person stands in the row of the way to reach them.
                line = [made.cells.row_of(place) for place in places]
                assert any(_folded(row[column]) in _folded(text) for text in line), row
                yield "Contacts", column, row[column], [organisation[f"contact_{column}__source"]]


# ------------------------------------------------------------------------------- what follows from what


def _follows(column: str, value: str, texts: list[str]) -> bool:
    """Whether a value of the output is what its cells say, written otherwise."""
    raw = "\n".join(texts)
    test = _TESTS.get(column, _is_text)
    return test(value, raw)


def _folded(text: str) -> str:
    text = "".join(
        sign for sign in unicodedata.normalize("NFKC", text) if sign.isprintable() or sign.isspace()
    )
    return " ".join(text.casefold().split())


def _is_text(value: str, raw: str) -> bool:
    return all(_folded(line) in _folded(raw) for line in value.split("\n"))


def _is_email(value: str, raw: str) -> bool:
    return all(part in raw.casefold() for part in value.casefold().split("; "))


def _is_phone(value: str, raw: str) -> bool:
    """The last seven digits are of the cell: what is before them may be the profile's country and area code."""
    digits = re.sub(r"\D", "", raw)
    return all(re.sub(r"\D", "", part)[-7:] in digits for part in value.split("; "))


def _is_contact(value: str, raw: str) -> bool:
    return _is_email(value, raw) if "@" in value else _is_phone(value, raw)


def _is_website(value: str, raw: str) -> bool:
    scheme, _, rest = value.partition("://")
    return scheme in ("http", "https") and rest.rstrip("/").casefold() in raw.casefold()


def _is_postcode(value: str, raw: str) -> bool:
    return re.sub(r"\W", "", value).casefold() in re.sub(r"\W", "", raw).casefold()


def _is_region(value: str, raw: str) -> bool:
    known: Any = {each.code: each for each in pycountry.subdivisions}[value]
    names = (known.name, value.partition("-")[2], *re.split(r"[-/]", known.name))
    return any(_folded(name) in _folded(raw) for name in names)


def _is_country(value: str, raw: str) -> bool:
    known: Any = {each.alpha_2: each for each in pycountry.countries}[value]
    return _folded(raw) in {_folded(name) for name in (known.name, known.alpha_2, known.alpha_3)}


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "email": _is_email,
    "contact_email": _is_email,
    "phone": _is_phone,
    "contact_phone": _is_phone,
    "value": _is_contact,
    "website": _is_website,
    "postcode": _is_postcode,
    "region": _is_region,
    "country": _is_country,
}


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("organization_name", "Heron House", "Heron Hall"),
        ("email", "a@example.org; b@example.org", "a@example.org"),
        ("phone", "+27115550101", "011 555 0102"),
        ("website", "https://heron.example.org", "www.avocet.example.org"),
        ("postcode", "60632", "6063"),
        ("region", "ZA-KZN", "Gauteng"),
        ("country", "ZA", "Namibia"),
        ("last_interaction_date", "2024-03-09", "2024-03-10"),
    ],
)
def test_a_value_that_its_cell_does_not_say_is_noticed(column: str, value: str, text: str) -> None:
    assert not _follows(column, value, [text])
