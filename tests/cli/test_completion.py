"""Completion: the words offered, and the scripts in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.repository import FILE, Repo

from hotpass.cli import completion
from hotpass.cli.parser import build_parser

_HERE = os.path.dirname(sys.executable)


def _words(repo: Repo, *words: str) -> list[str]:
    return repo.hotpass("completion", "words", "--", *words).stdout.splitlines()


def test_the_first_word_is_a_verb(released: Repo) -> None:
    assert {"version", "restore", "history", "show", "identify", "doctor", "demo", "completion"} <= set(
        _words(released, "")
    )
    assert _words(released, "his") == ["history"]
    assert _words(released, "--v") == ["--version"]


def test_options_are_those_of_the_verb(released: Repo) -> None:
    assert _words(released, "version", "--bu") == ["--bump"]
    assert _words(released, "restore", "--bu") == []
    assert "--force" in _words(released, "restore", "--")


def test_values_of_an_option_are_its_choices(released: Repo) -> None:
    assert _words(released, "version", "--bump", "") == ["auto", "major", "minor", "patch"]
    assert _words(released, "version", "--bump", "m") == ["major", "minor"]
    assert {"bash", "fish", "zsh"} <= set(_words(released, "completion", ""))


def test_datasets_and_versions_are_those_of_the_repository(released: Repo) -> None:
    for before in (["version", "--get"], ["version", "--bump", "patch", "--dataset"], ["history"]):
        assert _words(released, *before, "") == ["data", "refined_data"]
    assert _words(released, "history", "ref") == ["refined_data"]
    assert _words(released, "restore", "") == ["data@", "refined_data@"]
    assert _words(released, "restore", "refined_data@") == [
        "refined_data@1.0.0",
        "refined_data@1.1.0",
        "refined_data@latest",
    ]
    assert _words(released, "restore", "refined_data@1.0") == ["refined_data@1.0.0"]
    for verb in ("fetch", "verify"):
        assert _words(released, verb, "") == ["data", "refined_data"]
        assert _words(released, verb, "data@1.0") == ["data@1.0.0"]
    assert _words(released, "withdraw", "") == ["data@", "refined_data@"]
    assert _words(released, "publish", "re") == ["refined_data"]
    assert _words(released, "hook", "") == ["agreement", "profile", "raw-data"]
    assert _words(released, "show", "refined_data@l") == ["refined_data@latest"]
    assert "refined_data" in _words(released, "show", "")


@pytest.mark.parametrize(
    "words",
    [
        ["identify", ""],
        ["version", "--add", ""],
        ["restore", "a@1", "--to", ""],
        ["nonsense", ""],
        ["restore", "unknown@"],
    ],
)
def test_where_a_file_can_stand_nothing_is_offered_and_the_shell_offers_files(
    released: Repo, words: list[str]
) -> None:
    assert _words(released, *words) == []


def test_outside_a_repository_or_in_a_broken_one_completion_is_silent(tmp_path: Path, released: Repo) -> None:
    answer = Repo(tmp_path, tmp_path).hotpass("completion", "words", "--", "restore", "")
    assert (answer.stdout, answer.stderr) == ("", "")
    released.write("hotpass.toml", "nonsense\n")
    answer = released.hotpass("completion", "words", "--", "restore", "")
    assert (answer.stdout, answer.stderr) == ("", "")


def test_a_dataset_of_a_stranger_cannot_reach_the_shell(released: Repo) -> None:
    """Case 37: a pointer of others may have any name; completion types no commands."""
    for name in ("$(touch pwned)", "a b", "x;y", "`id`", "\x1b[31m"):
        released.write(f"{name}.csv.dvc", released.read(f"{FILE}.dvc").decode().replace("refined_data", name))
    offered = _words(released, "restore", "")
    assert offered == ["data@", "refined_data@"]


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_every_script_is_printed(shell: str, released: Repo) -> None:
    assert released.hotpass("completion", shell).stdout == completion.SCRIPTS[shell]


def test_an_unknown_shell_is_a_usage_error(released: Repo) -> None:
    assert released.hotpass("completion", "powershell", check=False).code == 2


def test_every_verb_can_be_completed_without_a_traceback() -> None:
    parser = build_parser()
    for verb in completion.candidates(parser, [""]):
        completion.candidates(parser, [verb, "-"])
        completion.candidates(parser, [verb, "x", "y", ""])
    assert completion.candidates(parser, []) == completion.candidates(parser, [""])


# ------------------------------------------------------------------------------------------------ real shells


def _shell(repo: Repo, shell: str, script: str) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    options = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    environment = os.environ | {"PATH": _HERE + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(
        [shell, *options, "-c", script],
        cwd=repo.root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


_ASK = """
source <(hotpass completion bash)
complete -p hotpass >/dev/null || exit 9
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _hotpass; printf '%s\\n' "${COMPREPLY[@]}"; echo .; }
"""


@pytest.mark.slow
def test_bash_offers_verbs_datasets_releases_and_files(released: Repo) -> None:
    released.write("my file.csv", "x")
    script = _ASK + "\n".join(
        [
            "ask hotpass his",
            "ask hotpass version --bump ''",
            "ask hotpass restore refined_data@1",
            "ask hotpass identify my",
        ]
    )
    found = "\n".join(_shell(released, "bash", script)).split("\n.")
    assert [part.strip().splitlines() for part in found][:4] == [
        ["history"],
        ["auto", "major", "minor", "patch"],
        ["refined_data@1.0.0", "refined_data@1.1.0"],
        ["my file.csv"],
    ]


@pytest.mark.slow
def test_bash_keeps_the_at_sign_in_a_word(released: Repo) -> None:
    """By default bash breaks words there and would ask for a release's version alone."""
    assert _shell(released, "bash", _ASK + "[[ $COMP_WORDBREAKS != *@* ]] && echo kept") == ["kept"]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_accept_their_script(released: Repo, shell: str) -> None:
    if shell == "zsh":
        _shell(released, "zsh", "autoload -U compinit; compinit -u; source <(hotpass completion zsh)")
    else:
        offered = _shell(released, "fish", "hotpass completion fish | source; complete -C 'hotpass his'")
        assert offered[0].split()[0] == "history"
