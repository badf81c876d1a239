"""Flags and their combinations: documented, or a usage error; never silently one of two."""

from __future__ import annotations

import itertools
from argparse import Namespace

import pytest
from harness.repository import FILE, Repo

from hotpass.cli.parser import ACTIONS, CommandLineError, build_parser, parse

VALUES = {
    "init": [],
    "add": ["x.csv"],
    "status": [],
    "get": ["x"],
    "set": ["1.0.0"],
    "bump": ["patch"],
    "tag": [],
}
OPTIONS = {
    "remote": ["s3://x/y"],
    "remote-name": ["a"],
    "no-input": [],
    "dataset": ["x"],
    "repair": [],
    "check": [],
    "description": ["words"],
    "force": [],
    "dry-run": [],
}
# CLI.md, line by line.
KNOWN = {
    "init": {"remote", "remote-name", "no-input"},
    "add": {"dataset", "repair"},
    "status": {"dataset", "check"},
    "get": set(),
    "set": {"dataset", "description", "force"},
    "bump": {"dataset", "description", "dry-run"},
    "tag": {"dataset"},
}
EVERYWHERE = [
    ["--repo-root", "a"],
    ["--json"],
    ["-q"],
    ["--quiet"],
    ["-v"],
    ["--verbose"],
    ["--no-color"],
    ["--lock-timeout", "5"],
]
VERBS = {
    "publish": [],
    "verify": [],
    "version": ["--status"],
    "restore": ["x@1.0.0"],
    "history": ["x"],
    "show": ["x@1.0.0"],
    "identify": ["x.csv"],
    "doctor": [],
    "compare": ["x@1.0.0"],
    "trace": ["x", "1"],
    "refine": [],
    "review": [],
    "backfill": [],
    "query": ["SELECT 1"],
    "demo": [],
    "completion": ["bash"],
    "trust": [],
    "hook": ["agreement"],
    "clean": [],
    "fetch": ["x"],
    "withdraw": ["x@1.0.0", "--reason", "a"],
}


def version(*words: str) -> Namespace:
    return parse(["version", *words])


def flag(name: str, values: dict[str, list[str]]) -> list[str]:
    return [f"--{name}", *values[name]]


def refused(*words: str) -> CommandLineError:
    with pytest.raises(CommandLineError) as caught:
        parse(words)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert caught.value.hint.endswith("--help")
    return caught.value


# --- actions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_alone_is_that_action(action: str) -> None:
    assert version(*flag(action, VALUES)).action == action


def test_no_action_is_an_error_that_names_them_all() -> None:
    error = refused("version")
    assert all(f"--{action}" in str(error) for action in ACTIONS)
    refused("version", "--dataset", "x")
    refused("version", "--json")


@pytest.mark.parametrize(("first", "second"), itertools.permutations(ACTIONS, 2))
def test_two_actions_are_an_error_that_names_both_but_for_a_tag_with_its_number(
    first: str, second: str
) -> None:
    """Case 42."""
    words = [*flag(first, VALUES), *flag(second, VALUES)]
    if {first, second} in ({"set", "tag"}, {"bump", "tag"}):
        options = version(*words)
        assert (options.action, options.tag) == (({first, second} - {"tag"}).pop(), True)
    else:
        error = refused("version", *words)
        assert f"--{first}" in str(error)
        assert f"--{second}" in str(error)


@pytest.mark.parametrize(
    "words", [["--set", "1.0.0", "--bump", "patch", "--tag"], ["--init", "--add", "x", "--status"]]
)
def test_three_actions_are_an_error(words: list[str]) -> None:
    refused("version", *words)


@pytest.mark.parametrize(("action", "option"), list(itertools.product(ACTIONS, OPTIONS)))
def test_an_option_goes_with_the_actions_of_the_reference_and_no_other(action: str, option: str) -> None:
    """Case 42."""
    words = [*flag(action, VALUES), *flag(option, OPTIONS)]
    if option in KNOWN[action]:
        assert version(*words).action == action
    else:
        error = refused("version", *words)
        assert f"--{option}" in str(error)
        assert f"--{action}" in str(error)
    assert set(KNOWN) == set(ACTIONS)


@pytest.mark.parametrize("option", ["add", "get", "set", "dataset", "description", "remote", "remote-name"])
def test_an_empty_value_counts_as_given(option: str) -> None:
    """Case 42: ``--description ''`` is no silence."""
    if option in VALUES:
        assert getattr(version(f"--{option}", ""), option) == ""
        refused("version", f"--{option}", "", "--status")
    else:
        refused("version", "--get", "x", f"--{option}", "")


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "1.0.0", "--set", "2.0.0"],
        ["--bump", "patch", "--bump", "minor"],
        ["--get", "x", "--get", "y"],
        ["--add", "x", "--add", "y"],
        ["--set", "1.0.0", "--dataset", "x", "--dataset", "y"],
        ["--set", "1.0.0", "--description", "x", "--description", "y"],
        ["--status", "--repo-root", "x", "--repo-root", "y"],
        ["--status", "--lock-timeout", "1", "--lock-timeout", "2"],
    ],
)
def test_a_value_that_is_given_twice_is_an_error(words: list[str]) -> None:
    """Case 42: never silently the first or the last."""
    assert "given twice" in str(refused("version", *words))


def test_a_switch_that_is_given_twice_means_the_same() -> None:
    assert version("--status", "--status", "-q", "-q").quiet


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["--nonsense"],
        ["version", "nonsense"],
        ["version", "--nonsense"],
        ["version", "--stat"],
        ["version", "--desc", "x", "--set", "1.0.0"],
        ["version", "--set"],
        ["version", "--set", "--tag"],
        ["version", "--bump", "huge"],
        ["version", "--bump", "Patch"],
        ["version", "--tag", "x"],
        ["version", "--status", "x"],
        ["restore"],
        ["restore", "x@1.0.0", "y@1.0.0"],
        ["restore", "x@1.0.0", "--tag"],
        ["history"],
        ["show"],
        ["identify"],
        ["doctor", "x"],
        ["completion", "tcsh"],
        ["version", "--status", "--lock-timeout", "-1"],
        ["version", "--status", "--lock-timeout", "soon"],
        ["version", "--status", "--lock-timeout", "nan"],
        ["version", "--status", "--lock-timeout", "inf"],
        ["version", "--status", "--lock-timeout", "86401"],
        ["vers", "--status"],
    ],
)
def test_what_is_not_in_the_reference_is_a_usage_error(words: list[str]) -> None:
    refused(*words)


@pytest.mark.parametrize(("verb", "option"), list(itertools.product(VERBS, range(len(EVERYWHERE)))))
def test_the_options_of_everywhere_are_everywhere(verb: str, option: int) -> None:
    assert parse([verb, *VERBS[verb], *EVERYWHERE[option]]).verb == verb


def test_every_verb_is_tried_here() -> None:
    (verbs,) = [action.choices for action in build_parser()._actions if action.dest == "verb"]
    assert verbs is not None
    assert set(verbs) == set(VERBS)


def test_values_that_look_like_flags_can_be_given() -> None:
    assert version("--set", "1.0.0", "--description=--tag").description == "--tag"
    assert version("--add=-x.csv").add == "-x.csv"
    assert not version("--set", "1.0.0", "--description=--tag").tag


@pytest.mark.parametrize("words", [["--help"], ["-h"], *([verb, "-h"] for verb in VERBS)])
def test_help_has_a_line_for_every_flag_and_examples_that_parse(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(words)
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: hotpass")
    if len(words) == 2:
        assert "examples:" in said
        assert all(option[0] in said for option in EVERYWHERE)


# --- what becomes of them --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--set", "1.0.0", "--description", ""], 2),
        (["--set", "1.0.0", "--description", " \n"], 2),
        (["--set", "1.0.0", "--description", "\x1b[31m"], 2),
        (["--set", "1.0.0", "--description", "x" * 10_001], 2),
        (["--set", "", "--dataset", "refined_data"], 2),
        (["--get", ""], 2),
        (["--get", "HEAD"], 2),
        (["--get", "none"], 3),
        (["--set", "1.0.0", "--dataset", ""], 3),
        (["--add", ""], 2),
        (["--tag", "--dataset", "refined_data"], 3),
        (["--set", "v1.0.0", "--dataset", "refined_data"], 2),
        (["--set", "1.0.0\n", "--dataset", "refined_data"], 2),
    ],
)
def test_values_without_sense_are_refused_and_change_nothing(
    tracked: Repo, words: list[str], code: int
) -> None:
    """Cases 36, 37, 40 and 42."""
    before = tracked.files(".git/refs"), tracked.status(), tracked.read(FILE)
    done = tracked.hotpass("version", *words, check=False)
    assert done.code == code, done
    assert done.stdout == ""
    assert (tracked.files(".git/refs"), tracked.status(), tracked.read(FILE)) == before


def test_tag_alone_releases_the_current_version(drafted: Repo) -> None:
    """Case 42."""
    assert (
        "released as refined_data-v1.0.0"
        in drafted.hotpass("version", "--tag", "--dataset", "refined_data").stdout
    )
    assert drafted.tags() == ["refined_data-v1.0.0"]


def test_a_dry_run_writes_nothing(drafted: Repo) -> None:
    before = drafted.status(), drafted.tags(), drafted.rev("HEAD")
    said = drafted.hotpass(
        "version", "--bump", "minor", "--tag", "--dry-run", "--dataset", "refined_data"
    ).stdout
    assert "1.1.0  would be released as refined_data-v1.1.0" in said
    assert (drafted.status(), drafted.tags(), drafted.rev("HEAD")) == before
