"""Where columns go: by header, by a header that is nearly one, by the look of the values; and what is said about it."""

from __future__ import annotations

import pytest
from harness.grids import grid

from hotpass.refine.columns import ColumnPlan, How, Mapped, map_columns
from hotpass.refine.headers import header_key
from hotpass.refine.layout import find_tables
from hotpass.refine.matching import likeness
from hotpass.refine.profiles import Profile, load_profile

GENERIC = load_profile("generic")
NAMES = ["Blue Sky Academy", "River Valley School", "Eagle Wings", "Delta Air", "Orion Flight"]
MAILS = ["info@bluesky.example", "jo@river.example", "a@eagle.example", "b@delta.example", "c@orion.example"]
PHONES = ["011 555 0100", "011 555 0101", "+27 11 555 0102", "(011) 555-0103", "082 555 0104"]
DATES = ["2015-10-01", "2017-08-01", "2015-04-30", "2017-07-01", "2015-11-01"]
SITES = ["www.bluesky.example", "http://river.example", "www.eagle.co.za", "delta.co.za", "https://orion.org"]
WORDS = ["Head Start", "Child Care", "Half day", "Full day", "Weekly"]
FLAGS = ["Yes", "No", "Yes", "Yes", "No"]


def _plan(columns: dict[str, list[str]], profile: Profile = GENERIC, *, header: bool = True) -> ColumnPlan:
    rows = [list(columns)] if header else []
    rows += [list(row) for row in zip(*columns.values(), strict=True)]
    (table,) = find_tables(grid(rows), profile.layout()).tables
    return map_columns(table, profile)


def _fate(plan: ColumnPlan) -> dict[str, str | None]:
    return {column.title: column.field if column.is_mapped else None for column in plan.columns}


def _column(plan: ColumnPlan, title: str) -> Mapped:
    return next(column for column in plan.columns if column.title == title)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Organisation Name", "organization_name"),
        ("SCHOOL", "organization_name"),
        ("E-mail address:", "email"),
        ("Tel. No.", "phone"),
        ("Cell #", "phone"),
        ("Web site", "website"),
        ("School phone", "phone"),
        ("Post Code", "postcode"),
        ("Phone number(s)", "phone"),
        ("Telephone (office)", "phone"),
        ("Adress", "address"),
        ("Phonenumber", "phone"),
        ("Contact E-mail", "contact_email"),
        ("Provinse", "region"),
    ],
)
def test_headers_as_people_write_them(header: str, field: str) -> None:
    values = {"email": MAILS, "contact_email": MAILS, "phone": PHONES, "website": SITES}.get(field, NAMES)
    other = "Name" if field != "organization_name" else "Notes"
    plan = _plan({other: WORDS, header: values})
    assert _column(plan, header).field == field
    assert _column(plan, header).is_mapped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("street name", "site name"),
        ("contact number", "contact name"),
        ("provider id", "provider"),
        ("program option", "program"),
    ],
)
def test_headers_that_share_a_word_are_not_nearly_the_same(one: str, other: str) -> None:
    assert likeness(one, other) < GENERIC.thresholds.sure
    assert likeness(one, other) == likeness(other, one)


def test_a_header_that_lies_is_overruled_and_said() -> None:
    """One real list has dates under "E-mail" and the e-mails under another list's header."""
    plan = _plan({"Program": NAMES, "E-mail": DATES, "Purple binder service type": MAILS, "URL": FLAGS})
    assert _fate(plan) == {
        "Program": "organization_name",
        "E-mail": None,
        "Purple binder service type": "email",
        "URL": None,
    }
    lied = _column(plan, "E-mail")
    assert (lied.how, lied.field) == (How.OVERRULED, "email")
    assert lied.why == "the header says email, of 5 different values 0% look like e-mails, they are dates"
    assert _column(plan, "Purple binder service type").why == "the values are e-mails"
    assert _column(plan, "URL").why == "the header says website, of 2 different values 0% look like websites"


def test_values_go_where_they_belong_against_their_header() -> None:
    plan = _plan({"Name": NAMES, "Phone": MAILS, "Email": PHONES})
    assert _fate(plan) == {"Name": "organization_name", "Phone": "email", "Email": "phone"}
    assert _column(plan, "Phone").why == "the header says phone, the values are e-mails"


def test_columns_without_a_telling_header_go_by_their_values() -> None:
    plan = _plan({"Name": NAMES, "X": MAILS, "Y": PHONES, "Z": SITES, "Since": DATES, "Program": WORDS})
    fate = _fate(plan)
    assert (fate["X"], fate["Y"], fate["Z"]) == ("email", "phone", "website")
    # Dates of what? Nobody knows.
    assert fate["Since"] is None


def test_numbers_are_no_phones_by_their_look() -> None:
    numbers = ["7281777", "2262649", "2653900", "8677010", "8701100"]
    assert _fate(_plan({"Name": NAMES, "Units": numbers}))["Units"] is None
    assert _fate(_plan({"Name": NAMES, "Tel": numbers}))["Tel"] == "phone"


def test_two_columns_never_fall_silently_into_one_field() -> None:
    plan = _plan({"Agency": NAMES, "Site": NAMES[::-1], "Phone": PHONES})
    assert _fate(plan) == {"Agency": None, "Site": "organization_name", "Phone": "phone"}
    conflict = _column(plan, "Agency")
    assert conflict.how is How.CONFLICT
    assert conflict.why == "organization_name has 'Site', which fits better or stands first"


def test_several_columns_of_phones_and_lines_of_an_address_are_all_taken() -> None:
    plan = _plan({"Name": NAMES, "Tel": PHONES, "Cell": PHONES[::-1], "Address 1": NAMES, "Address 2": WORDS})
    assert [column.title for column in plan.of("phone")] == ["Tel", "Cell"]
    assert [column.title for column in plan.of("address")] == ["Address 1", "Address 2"]


def test_a_fax_is_no_phone() -> None:
    column = _column(_plan({"Name": NAMES, "Fax": PHONES}), "Fax")
    assert (column.how, column.field) == (How.IGNORED, None)


def test_a_suggestion_is_made_and_not_followed_unless_the_values_agree() -> None:
    plan = _plan({"Name": NAMES, "Program option": WORDS, "Daytime phone": ["5550100", *PHONES[1:]]})
    assert _column(plan, "Program option").how is How.SUGGESTED
    assert _fate(plan)["Daytime phone"] == "phone"


def test_groups_say_whose_a_column_is() -> None:
    rows = [["School", "Contact", None], ["Name", "Name", "E-mail"]]
    rows[0:2] = [[None, "Contact", None], ["School", "Name", "E-mail"]]
    rows += [[name, "Jo Nkosi", mail] for name, mail in zip(NAMES, MAILS, strict=True)]
    (table,) = find_tables(grid(rows), GENERIC.layout()).tables
    plan = map_columns(table, GENERIC)
    assert [column.field for column in plan.columns] == ["organization_name", "contact_name", "contact_email"]


def test_a_list_without_a_header() -> None:
    streets = [f"{number} Main Road" for number in range(1, 6)]
    plan = _plan({"a": NAMES, "b": streets, "c": PHONES, "d": MAILS}, header=False)
    assert _fate(plan) == {
        "column A": "organization_name",
        "column B": "address",
        "column C": "phone",
        "column D": "email",
    }
    assert "first column of texts" in plan.columns[0].why


def test_the_profile_has_the_last_word() -> None:
    from dataclasses import replace

    told = replace(
        GENERIC, columns={"list.xlsx!Si*": {"Agency": "organization_name", "B": "notes", "Phone": None}}
    )
    plan = _plan({"Agency": NAMES, "Site": NAMES, "Phone": PHONES}, told)
    assert _fate(plan) == {"Agency": "organization_name", "Site": "notes", "Phone": None}


def test_unmapped_columns_are_kept_where_the_profile_says_so() -> None:
    from dataclasses import replace

    table = {"Name": NAMES, "Hours": WORDS, "Grade": FLAGS}
    assert [column.kept for column in _plan(table).columns] == [False, False, False]
    everything = replace(GENERIC, extras="all")
    assert [column.kept for column in _plan(table, everything).columns] == [False, True, True]
    some = replace(GENERIC, extras="listed", extra_headers=frozenset([header_key("Hours")]))
    assert [column.kept for column in _plan(table, some).columns] == [False, True, False]
