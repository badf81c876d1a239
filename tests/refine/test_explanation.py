from __future__ import annotations

from harness.organisations import organisation, organisations

from hotpass.refine.duplicates import resolve
from hotpass.refine.explanation import explain
from hotpass.refine.records import RecordRef
from hotpass.refine.survivors import choose_survivors


def test_an_organisation_is_explained_by_rows_evidence_values_and_doubts() -> None:
    frame = organisations(
        organisation(emails=["a@x.example"]),
        organisation("Blue Sky School", website="blue.example"),
        organisation(house_number="57", emails=["a@x.example"]),
        organisation("Red Fox", "9 long", "+27115550199"),
    )
    found = resolve(frame)
    survivors = choose_survivors(frame, found.clusters)
    told = explain(found, 0, survivors[0])
    assert told.rows == ((0, RecordRef("list", "0")), (1, RecordRef("list", "1")))
    assert [(each.left, each.right) for each in told.evidence] == [(0, 1)]
    assert told.values == survivors[0].values
    assert [doubt.right for doubt in told.doubts] == [RecordRef("list", "2")]
    assert explain(found, 2, survivors[2]).doubts == ()
