"""Text and names as tables."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.normalise import clean, clean_text, fold, garbled, name_key, names, split_person, words
from hotpass.refine.profiles import load_profile

FORMS = load_profile("generic").legal_forms
NOTHING = load_profile("generic").placeholders


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Blue  Sky ", "Blue  Sky"),
        ("Blue\u00a0Sky", "Blue Sky"),
        ("\ufb01ne \uff21", "fine A"),
        ("a\x00b\u200bc\ufeff", "abc"),
        ("one\r\ntwo", "one\ntwo"),
        ("n/a", None), ("N/A", None), (" - ", None), ("None", None), ("#N/A", None), ("TBA", None), ("", None), (" ", None),
        ("None Such School", "None Such School"),
        ("0", "0"),
    ],
)  # fmt: skip
def test_clean(text: str, cleaned: str | None) -> None:
    assert clean_text(text, NOTHING) == cleaned


@pytest.mark.slow
@given(st.lists(st.text(max_size=12) | st.none(), max_size=8))
def test_cleaning_twice_is_cleaning_once(texts: list[str | None]) -> None:
    once = clean(pl.Series(texts, dtype=pl.String), NOTHING)
    assert clean(once, NOTHING).to_list() == once.to_list()
    assert once.to_list() == [None if text is None else clean_text(text, NOTHING) for text in texts]


def test_wrong_encodings_are_told_and_not_mended() -> None:
    values = pl.Series(["Caf\u00c3\u00a9", "It\u00e2\u20acs", "x\ufffdy", "Caf\u00e9", None])
    assert garbled(values).to_list() == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Blue Sky (Pty) Ltd", "blue sky"),
        ("Blue Sky Pty. Ltd.", "blue sky"),
        ("Blue Sky CC", "blue sky"),
        ("Blue Sky C.C.", "blue sky"),
        ("Blue Sky NPC", "blue sky"),
        ("Blue Sky, Inc.", "blue sky"),
        ("Blue Sky (Edms) Bpk", "blue sky"),
        ("M\u00fcller & S\u00f6hne GmbH", "muller and sohne"),
        ("Stra\u00dfe \u00c6r\u00f8 \u0141\u00f3d\u017a", "strasse aero lodz"),
        ("St. Mary\u2019s  School", "st marys school"),
        ("Y.M.C.A. of the North", "ymca of the north"),
        ("R.E. Wood Club", "r e wood club"),
        ("A&B Flying", "a and b flying"),
        ("CC", "cc"),
        ("Ltd Inc", "ltd"),
        (
            "\u041f\u0440\u0438\u043c\u0435\u0440 \u041e\u041e\u041e",
            "\u043f\u0440\u0438\u043c\u0435\u0440 \u043e\u043e\u043e",
        ),
        ("---", None),
    ],
)
def test_keys_of_names(text: str, key: str | None) -> None:
    assert name_key(text, FORMS) == key


@given(st.lists(st.text("aB&'.-\u00e9\u00df ()", max_size=10), min_size=1, max_size=6))
def test_the_engine_and_the_words_fold_alike(texts: list[str]) -> None:
    keys = names(pl.Series(texts, dtype=pl.String), ())["key"].to_list()
    assert keys == [" ".join(words(text)) or None for text in texts]


def test_the_display_form_stays_but_for_white_space() -> None:
    found = names(pl.Series(["Blue \n Sky (Pty) Ltd", None]), FORMS)
    assert found.rows() == [("Blue Sky (Pty) Ltd", "blue sky"), (None, None)]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Thandi Nkosi (Principal)", ("Thandi Nkosi", "Principal")),
        ("Jo  Botha [Head of Training]", ("Jo Botha", "Head of Training")),
        ("Jo Botha", ("Jo Botha", None)),
        ("(Principal)", ("(Principal)", None)),
        ("Jo (Acting) Botha", ("Jo (Acting) Botha", None)),
        ("Jo Botha (082 555 0100)", ("Jo Botha (082 555 0100)", None)),
    ],
)
def test_people_with_their_role(text: str, person: tuple[str, str | None]) -> None:
    assert split_person(text) == person


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
