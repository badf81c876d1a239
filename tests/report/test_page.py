"""The shell of every page: whatever a text holds, it is text."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest
from harness.markup import TEXTS, Reader
from hypothesis import given
from hypothesis import strategies as st

from hotpass.report.page import Html, element, escape, joined, link_beside, page, shown
from hotpass.report.text import inert


@given(TEXTS)
def test_a_text_is_only_ever_text(text: str) -> None:
    """Case 45."""
    read = Reader(element("p", text, id=text))
    assert read.tags == [("p", {"id": inert(text)})]
    assert read.text == inert(text)


@given(TEXTS, st.booleans())
def test_a_value_shows_every_character_and_none_of_them_acts(text: str, unseen: bool) -> None:
    read = Reader(shown(text, unseen=unseen))
    assert {tag for tag, _ in read.tags} <= {"span"}
    assert all(attributes == {"class": "esc"} for _, attributes in read.tags)
    said = read.text.replace("\n", "")
    if not unseen:
        assert said == inert(text)
    assert inert(said) == said


@given(TEXTS)
def test_a_child_that_is_no_markup_is_escaped_however_it_was_made(text: str) -> None:
    markup = element("b", "x")
    for child in (str(markup) + text, markup + text, f"{markup}{text}"):
        assert type(child) is str
        assert Reader(element("p", child)).tags == [("p", {})]
    assert element("p", joined([markup, escape(text)])).startswith("<p><b>x</b>")


@pytest.mark.parametrize(
    "name", ["onclick", "style", "src", "href", "action", "srcdoc", "formaction", "ONLOAD"]
)
def test_attributes_that_could_do_something_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        element("p", **{name: "x"})


@pytest.mark.parametrize(
    "name",
    ["javascript:alert(1)", "//example.org/x", "../x", "a b.csv", "?x#y", '"><script>', "data:text/html,x"],
)
def test_a_link_leads_to_a_file_beside_the_page_whatever_its_name(name: str) -> None:
    ((_, attributes),) = Reader(link_beside(name, "all")).tags
    assert re.fullmatch(r"\./[A-Za-z0-9_.~%-]*", attributes["href"] or "")


def test_unseen_characters_are_written_out_where_they_are_the_difference() -> None:
    assert Reader(shown("a\u00a0b\u200b", unseen=True)).text == "a\\xa0b\\u200b"
    assert shown("a\u00a0b") == "a\u00a0b"


def test_the_policy_lets_our_style_and_script_run_and_nothing_else() -> None:
    text = page("<t>", element("p", "x"), style="p{}", script="let a = 1;").decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in unescape(policy).split("; "))
    style, script = (re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[0] for tag in ("style", "script"))
    for name, body in (("style-src", style), ("script-src", script)):
        assert rules.pop(name) == f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'"
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    assert "<title>&lt;t&gt;</title>" in text
    assert not re.search(r"https?:|@import|url\(", text)


def test_a_page_without_a_script_allows_none() -> None:
    assert b"script" not in page("t", Html(""))


@pytest.mark.parametrize("text", ["</script>", "</style>", "<!--"])
def test_style_and_script_hold_no_markup(text: str) -> None:
    with pytest.raises(ValueError, match="may not hold markup"):
        page("t", Html(""), script=text)
