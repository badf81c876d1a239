from __future__ import annotations

import polars as pl
from harness.organisations import organisation, organisations

from hotpass.refine.duplicates.features import organisation_features, person_features
from hotpass.refine.records import PERSON_COLUMNS, records


def test_records_that_say_the_same_are_one() -> None:
    frame = organisations(organisation(), organisation("Red Fox"), organisation(source="other"))
    found = organisation_features(frame)
    assert found.of_row == (0, 1, 0)
    assert found.table["id"].to_list() == [0, 1]


def test_a_row_can_be_kept_by_itself() -> None:
    frame = organisations(organisation(), organisation(), organisation())
    assert organisation_features(frame, [1]).of_row == (0, 1, 0)


def test_a_phone_is_as_common_as_the_places_it_is_seen_at() -> None:
    frame = organisations(
        organisation("A", "1 main", "+1"),
        organisation("A school", "1 main", "+1"),
        organisation("B", "2 main", "+2"),
        organisation("C", "3 main", "+2"),
        organisation("D", None, "+2"),
        organisation("E", "4 main", None),
    )
    found = organisation_features(frame)
    assert dict(found.frequencies["phone"].iter_rows()) == {"+1": 1 / 4, "+2": 3 / 4}
    assert found.table["own_phone"].to_list() == ["+1", "+1", None, None, None, None]


def test_a_word_says_the_less_the_more_places_it_is_seen_at() -> None:
    frame = organisations(
        organisation("Blue School", "1 main"),
        organisation("Red School", "2 main"),
        organisation("Green School", "3 main"),
    )
    found = organisation_features(frame)
    bits = {each["word"]: each["bits"] for words in found.table["words"] for each in words}
    assert bits == {"blue": 2.0, "red": 2.0, "green": 2.0, "school": 0.375}
    assert found.table["bits"].to_list() == [2.375] * 3
    assert found.table["rare_words"].to_list()[0] == ["blue", "school"]


def test_an_address_is_taken_apart() -> None:
    frame = organisations(
        organisation(house_number="7", street_key="n homan ave", street_name="homan"),
        organisation(house_number="7", street_key="homan", street_name="homan"),
        organisation(place=None),
    )
    table = organisation_features(frame).table
    assert table.select("place", "direction", "street_kind").rows() == [
        ("7 homan", "n", "ave"),
        ("7 homan", None, None),
        (None, None, None),
    ]


def test_nothing_has_no_features() -> None:
    for found in (organisation_features(organisations()), person_features(records([], PERSON_COLUMNS))):
        assert found.table.height == 0
        assert found.of_row == ()


def test_an_organisation_without_a_name_has_no_words() -> None:
    table = organisation_features(organisations(organisation(None))).table
    assert table.select("bits", pl.col("words").is_null()).rows() == [(0.0, True)]
