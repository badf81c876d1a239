from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.duplicates import (
    Answer,
    Decision,
    DecisionsContradictError,
    DecisionsDamagedError,
    format_decisions,
    in_force,
    parse_decisions,
)
from hotpass.refine.records import RecordRef

HEADER = "left_source,left_record,right_source,right_record,answer,note\n"


def ref(record: str) -> RecordRef:
    return RecordRef("list", record)


def decided(one: str, other: str, answer: Answer = Answer.SAME) -> Decision:
    return Decision.of(ref(one), ref(other), answer)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
REFS = st.builds(RecordRef, TEXTS, TEXTS)


@given(
    st.lists(
        st.builds(Decision.of, REFS, REFS, st.sampled_from(Answer), TEXTS).filter(
            lambda each: each.left != each.right
        )
    )
)
def test_what_is_written_is_read(decisions: list[Decision]) -> None:
    assert parse_decisions(format_decisions(decisions)) == tuple(decisions)


def test_a_pair_is_written_one_way() -> None:
    assert decided("2", "1") == decided("1", "2")
    assert format_decisions([decided("2", "1")]) == HEADER + "list,1,list,2,same,\n"


def test_a_file_may_be_empty_or_come_from_a_spreadsheet() -> None:
    assert parse_decisions("") == ()
    text = "\ufeff" + HEADER.replace("\n", "\r\n") + "list,2,list,1,Different ,moved\r\n\r\n"
    assert parse_decisions(text) == (Decision.of(ref("1"), ref("2"), Answer.DIFFERENT, "moved"),)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a,b\n", 1, "the columns are 'a,b'"),
        (HEADER + "list,1,list\n", 2, "3 cells where 6 are expected"),
        (HEADER + "list,1,list,2,same,\nlist,1,list,3,perhaps,\n", 3, "the answer is 'perhaps'"),
        (HEADER + "list,1,list,1,same,\n", 2, "a record is compared with itself"),
    ],
)
def test_a_damaged_file_is_named_by_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(DecisionsDamagedError, match=problem) as caught:
        parse_decisions(text)
    assert caught.value.line == line


def test_the_last_answer_about_a_pair_holds() -> None:
    decisions = [decided("1", "2"), decided("3", "4"), decided("2", "1", Answer.DIFFERENT)]
    assert in_force(decisions) == (decided("1", "2", Answer.DIFFERENT), decided("3", "4"))


def test_decisions_that_cannot_all_be_obeyed_are_refused() -> None:
    decisions = [decided("1", "2"), decided("2", "3"), decided("1", "3", Answer.DIFFERENT)]
    with pytest.raises(DecisionsContradictError) as caught:
        in_force(decisions)
    assert (caught.value.left, caught.value.right) == ("list:1", "list:3")
    assert in_force([*decisions, decided("2", "3", Answer.UNSURE)])
