from __future__ import annotations

import pytest
from benchmarks.linkage.made import made
from harness.organisations import organisation, organisations

from hotpass.refine.duplicates import PERSON, Answer, Decision, Doubtful, Resolution, resolve
from hotpass.refine.records import PERSON_COLUMNS, RecordRef, records

BLUE = organisation("Blue Sky")
SCHOOL = organisation("Blue Sky School")
FOX = organisation("Red Fox", "9 long", "+27115550199")


def decided(one: int, other: int, answer: Answer) -> Decision:
    return Decision.of(RecordRef("list", str(one)), RecordRef("list", str(other)), answer)


def test_nothing_and_one_are_resolved() -> None:
    assert resolve(organisations()).clusters == ()
    assert resolve(records([], PERSON_COLUMNS), PERSON).clusters == ()
    assert resolve(organisations(BLUE)).clusters == ((0,),)


def test_copies_and_near_copies_are_one() -> None:
    found = resolve(organisations(BLUE, FOX, SCHOOL, BLUE | {"source": "other"}))
    assert found.clusters == ((0, 2, 3), (1,))
    copy, near = found.evidence(0)
    assert (copy.left, copy.right, copy.because, copy.weight) == (0, 3, "copy", None)
    assert (near.left, near.right, near.because) == (0, 2, "compared")
    assert [(grade.comparison, grade.label) for grade in near.grades] == [
        ("prior", "any two records"),
        ("name", "one name within the other"),
        ("place", "same house and street"),
        ("phone", "shared phone"),
    ]
    assert near.weight == pytest.approx(sum(grade.weight for grade in near.grades), abs=1e-5)
    assert near.probability == pytest.approx(1 / (1 + 2 ** -(near.weight or 0)), abs=1e-5)
    assert found.evidence(1) == ()


def test_another_address_keeps_two_sites_of_a_chain_apart_and_a_person_is_asked() -> None:
    found = resolve(
        organisations(
            BLUE | {"emails": ["a@x.example"]}, BLUE | {"house_number": "57", "emails": ["a@x.example"]}
        )
    )
    assert found.clusters == ((0,), (1,))
    (doubt,) = found.doubts
    assert doubt.why is Doubtful.CONTRADICTED
    assert (doubt.left, doubt.right) == (RecordRef("list", "0"), RecordRef("list", "1"))
    assert found.between(0, 1) == doubt.evidence


def test_a_person_can_join_what_nothing_else_does() -> None:
    frame = organisations(BLUE, FOX)
    found = resolve(frame, decisions=[decided(0, 1, Answer.SAME)])
    assert found.clusters == ((0, 1),)
    assert [each.because for each in found.evidence(0)] == ["decided"]


def test_a_person_can_keep_apart_what_is_alike_or_the_same() -> None:
    for other in (SCHOOL, BLUE):
        found = resolve(organisations(BLUE, other), decisions=[decided(0, 1, Answer.DIFFERENT)])
        assert found.clusters == ((0,), (1,))
        assert found.doubts == ()


def test_a_copy_that_a_decision_is_about_is_still_a_copy() -> None:
    frame = organisations(BLUE, BLUE, FOX)
    found = resolve(frame, decisions=[decided(1, 2, Answer.UNSURE)])
    assert found.clusters == ((0, 1), (2,))
    assert [each.because for each in found.evidence(0)] == ["copy"]


def test_a_pair_that_was_answered_is_not_asked_again() -> None:
    frame = organisations(
        BLUE | {"emails": ["a@x.example"]}, BLUE | {"house_number": "57", "emails": ["a@x.example"]}
    )
    for answer in Answer:
        assert resolve(frame, decisions=[decided(0, 1, answer)]).doubts == ()


def test_a_decision_about_records_that_are_not_there_is_reported() -> None:
    lost = decided(0, 7, Answer.SAME)
    found = resolve(organisations(BLUE, FOX), decisions=[lost])
    assert found.unused == (lost,)
    assert found.clusters == ((0,), (1,))


@pytest.fixture(scope="module")
def learnt() -> Resolution:
    return resolve(made(3000), threads=1)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2, 4, None])
def test_threads_do_not_show_in_the_result(learnt: Resolution, threads: int | None) -> None:
    again = resolve(made(3000), threads=threads)
    assert again == learnt
    assert again.weights == learnt.weights
    assert [again.evidence(number) for number in range(40)] == [
        learnt.evidence(number) for number in range(40)
    ]


def test_weights_are_learnt_where_there_are_records_enough(learnt: Resolution) -> None:
    weights = {(grade.comparison, grade.label): grade.weight for grade in learnt.weights}
    assert weights["place", "same house and street"] > 5
    assert weights["place", "another address"] < 0
    short = resolve(organisations(BLUE, SCHOOL))
    assert [grade.weight for grade in short.weights if grade.comparison == "phone"] == pytest.approx(
        [10, 3, -5], abs=1e-4
    )


def test_evidence_connects_the_rows_of_every_cluster(learnt: Resolution) -> None:
    for number, rows in enumerate(learnt.clusters):
        evidence = learnt.evidence(number)
        assert len(evidence) == len(rows) - 1
        reached = {rows[0]}
        for _ in rows:
            reached |= {
                end
                for each in evidence
                if {each.left, each.right} & reached
                for end in (each.left, each.right)
            }
        assert reached == set(rows)
