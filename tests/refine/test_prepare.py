"""Grids → prepared records: what the next steps are promised, and that every cell can be found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from harness.grids import grid

from hotpass.refine import records
from hotpass.refine.grid import Grid, Skip
from hotpass.refine.ingest import discover
from hotpass.refine.prepare import prepare
from hotpass.refine.prepared import FURTHER, Prepared
from hotpass.refine.profiles import load_profile
from hotpass.refine.reading import read_grids

GENERIC = load_profile("generic")
AVIATION = load_profile("aviation").with_settings(area_code="011")
LISTS = Path(__file__).parents[3] / "shared" / "data" / "childcare"

HEADER = [
    "Ref", "School", "Physical address", "Province", "Tel", "Cell", "E-mail", "Web site", "Contact person",
    "Contact e-mail", "Last contact", "ATO number", "Hours",
]  # fmt: skip
ROW = [
    "A1", "Blue  Sky (Pty) Ltd", "12 Main Road, Sandton, 2196", "KZN", "011 555 0100", "082 555 0123 / 011 555 0100",
    "Info@bluesky.co.za", "www.bluesky.co.za", "Jo Nkosi (Principal)", "jo@gmail.com", "2021-03-04", "7", "8-5",
]  # fmt: skip


def _prepare(*grids: Grid) -> Prepared:
    return prepare(grids, AVIATION)


def _flags(prepared: Prepared) -> list[tuple[int, str, str]]:
    return [(row, str(slot), str(flag)) for row, slot, flag in prepared.flags.iter_rows()]


def test_a_row_becomes_a_record() -> None:
    found = _prepare(grid([["Schools"], HEADER, ROW], row=2, column=3))
    record = found.records.row(0, named=True)
    assert record == {
        "row": 0, "source": "list.xlsx!Sites", "source_record": "A1", "name": "Blue Sky (Pty) Ltd", "name_key": "blue sky",
        "name_tokens": ["blue", "sky"], "address": "12 Main Road, Sandton, 2196", "house_number": "12",
        "street_key": "main rd", "street_name": "main", "unit": None, "postcode": "2196", "locality": "Sandton",
        "region": "ZA-KZN", "country": "ZA", "phones": ["+27115550100", "+27825550123"],
        "emails": ["info@bluesky.co.za", "jo@gmail.com"], "website": "www.bluesky.co.za", "domain": "bluesky.co.za",
        "category": None, "last_interaction_date": dt.date(2021, 3, 4),
    }  # fmt: skip
    further = found.further.row(0, named=True)
    assert list(further)[: len(FURTHER)] == list(FURTHER)
    assert (further["contact_name"], further["contact_role"]) == ("Jo Nkosi", "Principal")
    assert further["contact_emails"] == ["jo@gmail.com"]
    assert further["website_url"] == "https://www.bluesky.co.za"
    assert further["ato_number"] == "7"
    assert _flags(found) == [(0, "contact_email#0", "free mail"), (0, "email#0", "role mailbox")]


def test_every_value_names_its_cell() -> None:
    found = _prepare(grid([["Schools"], HEADER, ROW], row=2, column=3))
    assert found.cells_of(0, "name") == ("list.xlsx!Sites!D4",)
    assert found.cells_of(0, "house_number") == ("list.xlsx!Sites!E4",)
    assert found.cells_of(0, "phones", "+27825550123") == ("list.xlsx!Sites!H4",)
    assert found.cells_of(0, "phones", "+27115550100") == ("list.xlsx!Sites!G4", "list.xlsx!Sites!H4")
    assert found.cells_of(0, "emails", "jo@gmail.com") == ("list.xlsx!Sites!L4",)
    assert found.cells_of(0, "contact_role") == ("list.xlsx!Sites!K4",)
    # The profile's country stands in no cell.
    assert found.cells_of(0, "country") == ()
    assert found.raw["organization_name#0"][0] == ROW[1]


def test_lists_of_other_columns_come_together() -> None:
    one = grid([["School", "Tel"], ["Blue Sky", "0115550100"]], file="a.csv", sheet="")
    two = grid(
        [["Company", "E-mail", "Postal code"], ["River", "jo@river.co.za", "2196"]], file="b/b.csv", sheet=""
    )
    found = _prepare(one, two)
    assert found.records["source"].to_list() == ["a.csv", "b.csv"]
    assert found.records["name"].to_list() == ["Blue Sky", "River"]
    assert found.records["phones"].to_list() == [["+27115550100"], []]
    assert found.cells_of(1, "postcode") == ("b/b.csv!C2",)


def test_lists_of_one_name_are_told_apart_by_their_folder() -> None:
    rows = [["School", "Tel"], ["Blue Sky", "0115550100"]]
    found = _prepare(grid(rows, file="a/l.csv", sheet=""), grid(rows, file="b/l.csv", sheet=""))
    assert found.records["source"].to_list() == ["a/l.csv", "b/l.csv"]


def test_rows_without_a_name_are_kept_apart_and_told() -> None:
    rows = [
        ["School", "Tel"],
        ["Blue Sky", "0115550100"],
        ["n/a", "0115550101"],
        [None, "0115550102"],
        ["River", None],
    ]
    found = _prepare(grid(rows))
    assert found.records["name"].to_list() == ["Blue Sky", "River"]
    assert found.unnamed["phone#0"].to_list() == ["0115550101", "0115550102"]
    assert [(row.first, row.last) for row in found.skipped if row.reason is Skip.NO_NAME] == [(3, 4)]


def test_a_sheet_that_names_nobody_is_left_out_with_its_reason() -> None:
    found = _prepare(grid([["Tel", "E-mail"], ["0115550100", "a@b.org"]]))
    assert not found.records.height
    assert [left.reason for left in found.left_out] == ["no column of it names an organisation"]
    assert [(row.first, row.last) for row in found.skipped if row.reason is Skip.LEFT_OUT] == [(2, 2)]


def test_nothing_gives_no_records() -> None:
    found = prepare([], GENERIC)
    assert found.records.equals(records.empty())
    assert not found.flags.height


def test_extras_are_kept_with_their_place() -> None:
    from dataclasses import replace

    found = prepare([grid([HEADER, ROW])], replace(AVIATION, extras="all"))
    assert found.extras.rows() == [(0, 0, 13, "8-5")]


def test_a_country_that_is_written_and_unknown_is_not_the_profiles() -> None:
    rows = [["School", "Country"], ["Blue Sky", "Narnia"], ["River", None], ["Eagle", "Namibia"]]
    found = _prepare(grid(rows))
    assert found.records["country"].to_list() == [None, "ZA", "NA"]
    assert _flags(found) == [(0, "country#0", "unknown country")]


def test_the_input_order_is_the_order_of_the_records() -> None:
    rows: list[Sequence[str | None]] = [["School"], *[[f"School {number}"] for number in range(50, 0, -1)]]
    found = prepare([grid(rows, "School")], GENERIC)
    assert found.records["name"].to_list() == [name for (name,) in rows[1:]]


def test_a_workbook_from_a_folder_to_records(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sites"
    sheet["B3"], sheet["C3"] = "School name", "Telephone"
    sheet["B4"], sheet["C4"] = "Blue Sky", 115550100.0
    book.create_sheet("Lookups").append(["Code", "Meaning"])
    book.save(tmp_path / "list.xlsx")
    found = prepare(read_grids(discover(tmp_path).files).grids, AVIATION)
    assert found.records["phones"].to_list() == [["+27115550100"]]
    assert found.cells_of(0, "phones", "+27115550100") == ("list.xlsx!Sites!C4",)
    assert [left.name for left in found.left_out] == ["list.xlsx!Lookups"]


# All nine real lists, with the generic profile and nothing but the country and the area code.


@pytest.fixture(scope="module")
def grids() -> tuple[Grid, ...]:
    if not LISTS.is_dir():
        pytest.skip("the shared spreadsheets are not beside this repository")
    files = [*discover(LISTS / "delivery-1").files, *discover(LISTS / "delivery-2").files]
    return read_grids(files).grids


@pytest.fixture(scope="module")
def found(grids: tuple[Grid, ...]) -> Prepared:
    return prepare(grids, GENERIC.with_settings(country="US", area_code="312"))


def test_all_rows_of_real_lists_are_records(found: Prepared) -> None:
    assert found.records.height == 3337
    assert found.records["source"].n_unique() == 9
    assert not found.left_out
    assert not found.unnamed.height
    assert found.records["source_record"].n_unique() == 3337


def test_the_right_columns_of_real_lists(found: Prepared) -> None:
    mapped = {
        table.source: {column.field: column.header.text for column in table.plan.columns if column.is_mapped}
        for table in found.tables
    }
    usual = {"source_record": "Record", "address": "Address", "postcode": "Zip"}
    assert mapped == {
        "chapin_providers_2011.xlsx!DFSS": usual | {"organization_name": "Provider", "phone": "Contact number"},
        "chapin_providers_2011.xlsx!Ounce": usual | {"organization_name": "Provider", "phone": "Contact number"},
        "cps_early_childhood_portal.csv": {
            "source_record": "Record", "organization_name": "School", "address": "Address", "phone": "Phone Number",
        },
        "dfss_agency_sites_2012.xlsx!Sites": usual
        | {"organization_name": "Site", "phone": "Telephone", "website": "Web site"},
        "ece_find_a_school.csv": usual | {"organization_name": "Name", "phone": "Tel"},
        "idhs_provider_list.csv": usual | {"organization_name": "Facility", "phone": "Phone"},
        "purple_binder.xlsx!Export": usual
        | {"organization_name": "Organization Name", "address": "Street Address", "phone": "Phone", "notes": "Notes"},
        "naeyc_accreditation.csv": usual
        | {"organization_name": "Program", "phone": "Phone", "email": "Purple binder service type"},
        "ounce_site_locations.xlsx!Locations": usual | {"organization_name": "Site Name", "phone": "Phone"},
    }  # fmt: skip


def test_every_cell_of_real_lists_is_where_its_address_says(found: Prepared, grids: tuple[Grid, ...]) -> None:
    cells = {grid.sheet: grid for grid in grids}
    for slot in (column for column in found.raw.columns if column != "row"):
        for row, text in enumerate(found.raw[slot]):
            table, sheet_row = found.origins.row(row)[1:3]
            if text is not None:
                one = cells[found.tables[table].sheet]
                column = found.tables[table].slots[slot] - one.column
                assert one.cells.row(sheet_row - one.row)[column] == text
