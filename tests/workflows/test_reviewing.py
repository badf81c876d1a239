"""review: uncertain pairs side by side, one key for each answer, at a terminal; and a file that later runs obey."""

from __future__ import annotations

import csv
import io
import shlex
from pathlib import Path
from typing import Any

import pytest
from harness.repository import Repo, Templates
from harness.terminal import at_terminal

from hotpass.workflows.demo import lists

DECISIONS = "decisions.csv"


@pytest.fixture(scope="module")
def base(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Two lists that no country is known of: three pairs are uncertain."""
    repo = templates.copy("initialised", tmp_path_factory.mktemp("review"))
    for name, content in lists.spring().items():
        repo.write(f"data/{name}", content)
    return repo


@pytest.fixture
def asked(base: Repo) -> Repo:
    """The same with nothing decided, for one test."""
    base.path(DECISIONS).unlink(missing_ok=True)
    return base


@pytest.fixture(scope="module")
def pairs(base: Repo) -> list[dict[str, Any]]:
    """The pairs, as ``review --json`` lists them."""
    base.path(DECISIONS).unlink(missing_ok=True)
    found: list[dict[str, Any]] = base.hotpass("review", "--json").json["pairs"]
    return found


def _decisions(repo: Repo) -> list[tuple[str, str, str]]:
    """The record of the left, of the right, and the answer, as the file has them."""
    lines = csv.DictReader(io.StringIO(repo.read(DECISIONS).decode()))
    return [(line["left_record"], line["right_record"], line["answer"]) for line in lines]


def _pair(pair: dict[str, Any], answer: str) -> tuple[str, str, str]:
    return pair["left_record"], pair["right_record"], answer


def _review(repo: Repo, keys: str) -> str:
    code, shown = at_terminal(repo.command("review"), keys, cwd=repo.root)
    assert code == 0, shown
    return shown


@pytest.mark.slow
def test_answers_are_kept_at_once_taken_back_and_resumed(asked: Repo, pairs: list[dict[str, Any]]) -> None:
    assert len(pairs) == 3
    shown = _review(asked, "sz?dxq")
    assert shown.count("pair 1 of 3") == 2, "the pair of an answer taken back is not shown again"
    assert shown.count("pair 2 of 3") == 2, "a key that is no answer shows the pair again"
    assert "taken back" in shown
    assert "1 decided, 2 left; kept in decisions.csv" in shown
    assert _decisions(asked) == [_pair(pairs[0], "different")]
    shown = _review(asked, "us")
    assert "pair 1 of 2" in shown
    assert "2 decided, 0 left" in shown
    first, second, third = pairs
    assert _decisions(asked) == [_pair(first, "different"), _pair(second, "unsure"), _pair(third, "same")]
    # What was decided is obeyed: one more row joins others, and nothing is asked again.
    after = asked.hotpass("refine", "--dry-run", "--json").json
    assert (after["merged"], after["doubts"]) == (2, 0)
    assert "no pair is uncertain" in _review(asked, "")


@pytest.mark.slow
def test_two_records_stand_side_by_side_with_their_differences_marked(asked: Repo) -> None:
    shown = _review(asked, "q")
    lines = shown.splitlines()
    marked = [line for line in lines if line.startswith("≠")]
    assert any("phones" in line and "0191498" in line for line in marked), shown
    assert any(line.startswith("= emails") for line in lines), shown
    cells = next(line for line in lines if "southern_list.csv!A" in line)
    assert "northern_register.xlsx!Register!A" in cells
    assert not cells.startswith("≠")
    assert "0 decided, 3 left" in shown
    assert not asked.path(DECISIONS).exists()


@pytest.mark.slow
def test_an_answer_that_contradicts_earlier_ones_is_not_kept(
    asked: Repo, pairs: list[dict[str, Any]]
) -> None:
    pair = pairs[0]
    left = f"{pair['left_source']},{pair['left_record']}"
    right = f"{pair['right_source']},{pair['right_record']}"
    before = (
        "left_source,left_record,right_source,right_record,answer,note\n"
        f"other.csv,7,{left},same,\nother.csv,7,{right},different,\n"
    )
    asked.write(DECISIONS, before)
    shown = _review(asked, "sq")
    assert "error: " in shown
    assert "0 decided" in shown
    assert asked.read(DECISIONS).decode() == before


@pytest.mark.slow
def test_broken_off_it_keeps_the_answers_and_leaves_the_terminal_as_it_was(
    asked: Repo, pairs: list[dict[str, Any]]
) -> None:
    review = shlex.join(asked.command("review"))
    line = f"{review}; echo exit $?; stty -a | tr ' ' '\\n' | grep -xE -- '-?(icanon|echo);?'"
    code, shown = at_terminal(["bash", "-c", line], "s", then=[("pair 2 of 3", "\x03")], cwd=asked.root)
    assert code == 0, shown
    assert "exit 130" in shown
    assert shown.split("exit 130")[1].split() == ["icanon", "echo"]
    assert _decisions(asked) == [_pair(pairs[0], "same")]


def test_without_a_terminal_it_says_what_else_can_be_done(asked: Repo) -> None:
    refused = asked.hotpass_process("review", check=False)
    assert refused.code == 2
    assert "review needs a terminal" in refused.stderr
    assert "hotpass review --json" in refused.stderr
    assert not asked.path(DECISIONS).exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("left,right\n", "line 1"),
        (
            "left_source,left_record,right_source,right_record,answer,note\na.csv,1,b.csv,2,perhaps,\n",
            "line 2",
        ),
    ],
)
def test_a_damaged_file_of_decisions_is_named_with_its_line(asked: Repo, text: str, problem: str) -> None:
    asked.write(DECISIONS, text)
    refused = asked.hotpass("refine", "--dry-run", check=False)
    assert refused.code == 6
    assert problem in refused.stderr
    assert asked.read(DECISIONS).decode() == text


def test_decisions_about_records_that_are_gone_do_no_harm(
    asked: Repo, pairs: list[dict[str, Any]], tmp_path: Path
) -> None:
    asked.write(
        DECISIONS, "left_source,left_record,right_source,right_record,answer,note\na.csv,1,b.csv,2,same,old\n"
    )
    found = asked.hotpass("review", "--json").json
    assert [pair["left_record"] for pair in found["pairs"]] == [pair["left_record"] for pair in pairs]
