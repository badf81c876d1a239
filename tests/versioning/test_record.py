"""The version record: exact in what it says, never read as something it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.versioning.errors import BadMetadataError, DamagedRecordError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.record import (
    FACTS_LIMIT,
    METADATA_LIMIT,
    RECORD_LIMIT,
    Facts,
    VersionRecord,
    check_metadata,
    parse_record,
    render_record,
)
from hotpass.versioning.version import DatasetVersion

A = Md5("0cc175b9c0f1b6a831c399e269772661")
PATH = "dist/x.csv.version.json"
RECORD = VersionRecord(
    dataset="x",
    version=DatasetVersion(1, 2, 3),
    path="dist/x.csv",
    md5=A,
    size=12,
    files=None,
    description="two phones corrected",
    timestamp="2025-11-02T10:11:12Z",
    tag="x-v1.2.3",
    previous="1.2.2",
    metadata={"records": 1000, "pipeline_run_id": "abc123"},
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXT, values, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=4)
NEWER = OBJECTS.map(lambda content: {f"new_{name}": value for name, value in content.items()})
NUMBERS = st.integers(0, 999_999_999)
COUNTS = st.integers(0, 10**9)
FACTS = st.just(Facts()) | st.builds(
    Facts,
    rows=st.none() | COUNTS,
    content=st.text("0123456789abcdef:t", max_size=70),
    tables=st.lists(OBJECTS, max_size=3).map(tuple),
    changes=st.none() | OBJECTS,
).filter(lambda facts: facts.known)
RECORDS = st.builds(
    VersionRecord,
    dataset=TEXT,
    version=st.none() | st.builds(DatasetVersion, NUMBERS, NUMBERS, NUMBERS),
    path=TEXT,
    md5=st.text("0123456789abcdef", min_size=32, max_size=32).map(Md5),
    size=st.integers(0, 10**15),
    files=st.none() | st.integers(0, 10**9),
    description=TEXT,
    timestamp=TEXT,
    tag=st.none() | TEXT,
    previous=st.none() | TEXT,
    facts=FACTS,
    metadata=OBJECTS,
    others=NEWER,
)


def changed(**fields: Any) -> bytes:
    """A good record with some fields replaced; ``...`` takes a field out."""
    content = json.loads(render_record(RECORD)) | fields
    return json.dumps({name: value for name, value in content.items() if value is not ...}).encode()


@given(RECORDS)
def test_a_record_is_read_back_as_it_was_written(record: VersionRecord) -> None:
    assert parse_record(render_record(record).encode(), PATH) == record


@given(RECORDS)
def test_a_record_is_plain_json_one_field_a_line(record: VersionRecord) -> None:
    text = render_record(record)
    content = json.loads(text)
    assert (content["md5"], content["size"]) == (record.md5, record.size)
    assert text.endswith("}\n")
    assert sum(line.startswith('  "') for line in text.split("\n")) == len(content)


def test_fields_of_a_newer_hotpass_stay_when_a_record_is_written_again() -> None:
    """Case 39."""
    newer = changed(format=2, rows=5, lineage={"from": ["a"]})
    record = parse_record(newer, PATH)
    again = json.loads(render_record(replace(record, version=DatasetVersion(2, 0, 0))))
    assert again["rows"] == 5
    assert again["lineage"] == {"from": ["a"]}
    assert again["version"] == "2.0.0"


@pytest.mark.parametrize("length", range(0, len(render_record(RECORD)) - 2, 7))
def test_a_truncated_record_is_damaged(length: int) -> None:
    """Case 39, and case 4."""
    with pytest.raises(DamagedRecordError):
        parse_record(render_record(RECORD).encode()[:length], PATH)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"5", id="number"),
        pytest.param(b"{}", id="no fields"),
        pytest.param(b'{"format": 1}', id="format alone"),
        pytest.param(render_record(RECORD).encode("utf-16"), id="utf-16"),
        pytest.param(render_record(RECORD).encode("utf-16-le"), id="utf-16-le"),
        pytest.param(render_record(RECORD).encode("utf-8-sig"), id="byte order mark"),
        pytest.param(b"\xff" + render_record(RECORD).encode(), id="no utf-8"),
        pytest.param(b"\0" * 500, id="zeros after a power cut"),
        pytest.param(render_record(RECORD).encode() * 2, id="twice"),
        pytest.param(b"<<<<<<< HEAD\n" + render_record(RECORD).encode(), id="merge conflict"),
        pytest.param(b"[" * 100_000, id="deep list"),
        pytest.param(b'{"a":' * 100_000, id="deep object"),
        pytest.param(b" " * RECORD_LIMIT + render_record(RECORD).encode(), id="huge"),
        pytest.param(changed(format=...), id="no format"),
        pytest.param(changed(format="1"), id="format a text"),
        pytest.param(changed(format=0), id="format 0"),
        pytest.param(changed(format=True), id="format true"),
        pytest.param(changed(format=1.0), id="format 1.0"),
        pytest.param(changed(version=1), id="version a number"),
        pytest.param(changed(version=1.5), id="version a float"),
        pytest.param(changed(version=["1.0.0"]), id="version a list"),
        pytest.param(changed(version=""), id="version empty"),
        pytest.param(changed(version="1.0"), id="version too short"),
        pytest.param(changed(version="v1.0.0"), id="version with v"),
        pytest.param(changed(version="1.0.0-rc.1"), id="version pre"),
        pytest.param(changed(version=False), id="version false"),
        pytest.param(changed(md5=...), id="no md5"),
        pytest.param(changed(md5=5), id="md5 a number"),
        pytest.param(changed(md5="../../x"), id="md5 a path"),
        pytest.param(changed(md5=A.upper()), id="md5 upper case"),
        pytest.param(changed(size=...), id="no size"),
        pytest.param(changed(size=-1), id="size negative"),
        pytest.param(changed(size="12"), id="size a text"),
        pytest.param(changed(size=1.5), id="size a float"),
        pytest.param(changed(size=True), id="size true"),
        pytest.param(changed(files=-1), id="files negative"),
        pytest.param(changed(files="2"), id="files a text"),
        pytest.param(changed(files=False), id="files false"),
        pytest.param(changed(dataset=...), id="no dataset"),
        pytest.param(changed(dataset=None), id="dataset null"),
        pytest.param(changed(path=3), id="path a number"),
        pytest.param(changed(description={}), id="description an object"),
        pytest.param(changed(timestamp=1762078272), id="timestamp a number"),
        pytest.param(changed(tag=5), id="tag a number"),
        pytest.param(changed(description="\ud800"), id="half a surrogate pair"),
        pytest.param(changed(rows={"\udcff": 1}), id="half a surrogate pair in a new field"),
        pytest.param(changed(previous=[]), id="previous a list"),
        pytest.param(changed(metadata=[]), id="metadata a list"),
        pytest.param(changed(metadata=None), id="metadata null"),
        pytest.param(changed(metadata="x"), id="metadata a text"),
        pytest.param(changed().replace(b'"size": 12', b'"size": NaN'), id="NaN"),
        pytest.param(changed().replace(b'"records": 1000', b'"records": Infinity'), id="Infinity"),
        pytest.param(changed().replace(b'"records": 1000', b'"records": -Infinity'), id="-Infinity"),
        pytest.param(changed().replace(b'"size": 12', b'"size": 12, "size": 13'), id="size twice"),
        pytest.param(
            changed().replace(b'"format": 1', b'"format": 1, "version": "9.9.9"'), id="version twice"
        ),
        pytest.param(changed().replace(b'"records": 1000', b'"a": 1, "a": 1'), id="metadata twice"),
        pytest.param(
            changed().replace(b'"size": 12', b'"size": ' + b"9" * 5000), id="a number of 5000 digits"
        ),
    ],
)
def test_what_is_no_record_is_damaged_and_never_a_version(data: bytes) -> None:
    """Case 39."""
    with pytest.raises(DamagedRecordError) as caught:
        parse_record(data, PATH)
    assert caught.value.exit_code == 9
    assert caught.value.path == PATH
    assert caught.value.reason
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("old", [b'"files": null, ', b'"tag": "x-v1.2.3", ', b'"previous": "1.2.2", '])
def test_what_may_be_absent_may(old: bytes) -> None:
    assert old in changed()
    assert parse_record(changed().replace(old, b""), PATH).md5 == A


@given(OBJECTS)
def test_metadata_that_json_can_hold_is_taken_as_it_is(metadata: Mapping[str, Any]) -> None:
    assert check_metadata(metadata) == metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": {1, 2}},
        {"x": object()},
        {"x": b"bytes"},
        {1: "x"},
        {None: "x"},
        {("a", "b"): "x"},
        {"x": {2: "y"}},
        {"x": [{True: "y"}]},
        {"x": "\ud800"},
        {"\udcff": 1},
        {"x": 10**5000},
    ],
)
def test_metadata_that_json_cannot_hold_is_refused_before_anything_is_written(metadata: Any) -> None:
    with pytest.raises(BadMetadataError) as caught:
        check_metadata(metadata)
    assert caught.value.exit_code == 2


def test_metadata_that_holds_itself_is_refused() -> None:
    metadata: dict[str, Any] = {}
    metadata["x"] = metadata
    with pytest.raises(BadMetadataError):
        check_metadata(metadata)


def test_metadata_of_endless_depth_is_refused() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(BadMetadataError):
        check_metadata({"x": deep})


def test_a_record_with_as_much_metadata_as_may_be_is_readable_again() -> None:
    metadata = check_metadata({"x": [0] * (METADATA_LIMIT // 8)})
    record = replace(RECORD, metadata=metadata)
    assert parse_record(render_record(record).encode(), PATH) == record
    with pytest.raises(BadMetadataError):
        check_metadata({"x": "y" * METADATA_LIMIT})


def test_tuples_become_lists() -> None:
    assert check_metadata({"x": (1, (2,))}) == {"x": [1, [2]]}


@pytest.mark.parametrize(
    "fields",
    [{"rows": -1}, {"rows": "5"}, {"content": 5}, {"tables": {}}, {"tables": [1]}, {"changes": []}],
)
def test_what_a_record_says_of_the_data_has_its_form(fields: dict[str, Any]) -> None:
    with pytest.raises(DamagedRecordError):
        parse_record(changed(**fields), PATH)


def test_a_record_of_very_wide_tables_can_be_read_again_and_leaves_their_columns_out() -> None:
    columns = [{"name": f"column {number}", "type": "text", "blanks": 0} for number in range(16_384)]
    tables = tuple({"name": str(number), "rows": 1, "columns": columns, "key": None} for number in range(3))
    record = replace(RECORD, facts=Facts(3, "t1:0", tables))
    text = render_record(record).encode()
    assert len(text) < RECORD_LIMIT
    again = parse_record(text, PATH).facts
    assert [table["columns"] for table in again.tables] == [None] * 3
    assert (again.rows, again.content) == (3, "t1:0")


def test_a_record_of_very_many_tables_counts_the_rows_alone() -> None:
    tables = tuple({"name": "x" * 100 + str(number), "rows": 1} for number in range(FACTS_LIMIT // 100))
    again = parse_record(render_record(replace(RECORD, facts=Facts(9, "t1:0", tables))).encode(), PATH).facts
    assert (again.rows, again.tables) == (9, ())
