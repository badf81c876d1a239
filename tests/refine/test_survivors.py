from __future__ import annotations

from datetime import date
from typing import Any

from harness.organisations import organisation, organisations
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.survivors import ADDRESS, MANY, SINGLE, Reason, Survivor, choose_survivors


def survivor(*rows: dict[str, Any], priority: tuple[str, ...] = ()) -> Survivor:
    (found,) = choose_survivors(organisations(*rows), [range(len(rows))], priority)
    return found


def chosen(found: Survivor, field: str) -> tuple[Any, int, Reason, tuple[int, ...]]:
    (value,) = [each for each in found.values if each.field == field]
    return value.value, value.row, value.reason, value.others


def test_a_value_that_no_other_record_has_otherwise_is_the_only_one() -> None:
    found = survivor(organisation(), organisation(name=None))
    assert chosen(found, "name") == ("Blue Sky", 0, Reason.ONLY, ())


def test_the_first_source_wins_even_with_less() -> None:
    found = survivor(
        organisation("Long", website="w", category="c"),
        organisation("Short", phone=None, source="best"),
        priority=("best",),
    )
    assert found.rows == (1, 0)
    assert chosen(found, "name") == ("Short", 1, Reason.PRIORITY, (0,))
    assert chosen(found, "website") == ("w", 0, Reason.ONLY, ())


def test_then_the_more_complete_record_then_the_more_recent() -> None:
    found = survivor(organisation("A", phone=None), organisation("B"))
    assert chosen(found, "name") == ("B", 1, Reason.COMPLETENESS, (0,))
    old, new = date(2024, 1, 1), date(2025, 1, 1)
    found = survivor(
        organisation("A", last_interaction_date=old), organisation("B", last_interaction_date=new)
    )
    assert chosen(found, "name") == ("B", 1, Reason.RECENCY, (0,))
    assert chosen(found, "last_interaction_date") == (new, 1, Reason.RECENCY, (0,))


def test_a_tie_is_broken_by_the_names_of_list_and_record() -> None:
    found = survivor(organisation("B", source="b"), organisation("A", source="a"))
    assert chosen(found, "name") == ("A", 1, Reason.ORDER, (0,))


def test_an_address_comes_from_one_record() -> None:
    found = survivor(
        organisation(place="1 main", website="w", category="c"), organisation(place="2 long", postcode="2000")
    )
    assert found.value("house_number") == "1"
    assert found.value("street_key") == "main st"
    assert found.value("postcode") is None


def test_what_an_address_lacks_is_filled_from_another_of_the_same_house() -> None:
    found = survivor(
        organisation(website="w", category="c"),
        organisation(postcode="2000"),
        organisation(place="2 long", postcode="1"),
    )
    assert chosen(found, "postcode") == ("2000", 1, Reason.FILLED, (2,))


def test_a_street_comes_before_a_town() -> None:
    found = survivor(
        organisation(place=None, locality="Town", website="w", category="c", unit="4"),
        organisation(place="2 long"),
    )
    assert found.value("house_number") == "2"
    assert found.value("locality") is None


def test_all_phones_and_emails_are_kept_each_with_its_row() -> None:
    found = survivor(
        organisation(phone="+1", emails=["a@x.example"]),
        organisation(phone="+2", emails=["a@x.example", "b@x.example"]),
        organisation(phone="+1"),
    )
    assert set(found.all("phones")) == {"+1", "+2"}
    assert set(found.all("emails")) == {"a@x.example", "b@x.example"}
    rows = {(each.field, each.value): each.row for each in found.values if each.field in MANY}
    assert rows["phones", "+2"] == rows["emails", "b@x.example"] == 1


ROWS = st.lists(
    st.builds(
        organisation,
        name=st.sampled_from(["A", "B", None]),
        place=st.sampled_from(["1 main", "2 long", None]),
        phone=st.sampled_from(["+1", "+2", None]),
        source=st.sampled_from(["x", "y", "z"]),
        postcode=st.sampled_from(["1", "2", None]),
        website=st.sampled_from(["w", None]),
        last_interaction_date=st.sampled_from([date(2024, 1, 1), date(2025, 1, 1), None]),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS)
def test_every_value_is_in_the_row_it_is_said_to_come_from(rows: list[dict[str, Any]]) -> None:
    frame = organisations(*rows)
    (found,) = choose_survivors(frame, [range(len(rows))], ("y",))
    for each in found.values:
        theirs = frame[each.field].to_list()
        assert each.value in (theirs[each.row] if each.field in MANY else [theirs[each.row]])
        assert all(theirs[row] not in (None, each.value) for row in each.others)
    assert {field for field in (*SINGLE, *MANY) if found.all(field)} == {
        field for field in (*SINGLE, *MANY) if any(row.get(field) for row in rows)
    }
    assert {value for row in rows for value in row["phones"]} == set(found.all("phones"))
    houses = {each.row for each in found.values if each.field in ("house_number", "street_key")}
    assert len(houses) <= 1
    assert set(found.rows) == set(range(len(rows)))
    assert len({each.field for each in found.values if each.field in ADDRESS}) == len(
        [each for each in found.values if each.field in ADDRESS]
    )


@given(ROWS)
def test_the_order_of_a_clusters_rows_does_not_matter(rows: list[dict[str, Any]]) -> None:
    frame = organisations(*rows)
    numbers = list(range(len(rows)))
    assert choose_survivors(frame, [numbers]) == choose_survivors(frame, [numbers[::-1]])
