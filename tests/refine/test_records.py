from __future__ import annotations

import polars as pl
import pytest
from harness.organisations import organisation, organisations
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.records import (
    COLUMNS,
    PERSON_COLUMNS,
    RecordRef,
    RecordsError,
    check,
    content_digests,
    empty,
    records,
    references,
)


def test_rows_become_the_agreed_columns() -> None:
    frame = records([{"source": "a", "name": "Blue Sky"}])
    assert frame.columns == list(COLUMNS)
    assert frame.row(0, named=True) | {"name": None} == {
        **dict.fromkeys(COLUMNS),
        "row": 0,
        "source": "a",
        "name_tokens": [],
        "phones": [],
        "emails": [],
    }


@pytest.mark.parametrize("columns", [COLUMNS, PERSON_COLUMNS])
def test_no_records_are_as_agreed_too(columns: dict[str, str]) -> None:
    assert check(empty(columns), columns).height == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda frame: frame.drop("phones"), "column phones is missing"),
        (lambda frame: frame.with_columns(pl.lit(1).alias("name")), "column name is Int32, not String"),
        (lambda frame: frame.with_columns(pl.col("row") + 1), "rows are not counted from 0"),
        (lambda frame: frame.with_columns(source=pl.lit(None, pl.String)), "a row has no source"),
        (
            lambda frame: frame.with_columns(postcode=pl.lit("")),
            "empty texts that should be null in postcode",
        ),
    ],
)
def test_a_frame_that_is_not_as_agreed_is_refused(change: object, problem: str) -> None:
    frame = organisations(organisation())
    with pytest.raises(RecordsError, match=problem):
        check(change(frame))  # type: ignore[operator]


def test_other_columns_are_left_out_and_the_order_is_the_agreed_one() -> None:
    frame = organisations(organisation()).with_columns(more=pl.lit(1))
    assert check(frame.select(sorted(frame.columns))).columns == list(COLUMNS)


def test_a_record_is_named_by_its_id_or_by_its_content() -> None:
    frame = organisations(
        organisation(source_record="7"),
        organisation(source_record=None),
        organisation(source_record=None),
        organisation(source_record="8"),
        organisation("Red Fox", source_record="8"),
        organisation(source_record="#a"),
    )
    digest, fox = content_digests(frame)[1], content_digests(frame)[4]
    assert [ref.record for ref in references(frame)] == [
        "7",
        f"#{digest}",
        f"#{digest}-2",
        f"#{digest}-3",
        f"#{fox}",
        "=#a",
    ]
    assert str(RecordRef("list", "7")) == "list:7"


def test_a_content_digest_is_of_the_content_alone() -> None:
    one = organisations(organisation(), organisation("Red Fox"))
    other = organisations(organisation("Red Fox", source="other", source_record="x"))
    assert content_digests(one)[1] == content_digests(other)[0]
    assert content_digests(one)[0] != content_digests(one)[1]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2", "#1", "=1", "", None]))))
def test_no_two_records_have_one_name(ids: list[tuple[str, str | None]]) -> None:
    frame = records([{"source": source, "source_record": record or None} for source, record in ids])
    assert len(set(references(frame))) == frame.height
