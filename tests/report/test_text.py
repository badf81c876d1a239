"""What is shown to a person: exact, and inert whatever a file or a user put into it."""

from __future__ import annotations

import shlex
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from harness.repository import Repo
from hypothesis import given
from hypothesis import strategies as st

from hotpass.report import text
from hotpass.report.text import amount, coloured, inert, plain, shell_word
from hotpass.versioning import DatasetStatus, Initialised, Outcome, Restored, Status, Tracked

HOSTILE = "a\x1b]0;title\x07\r\n\t\x9b31m\u202egnp.exe\u2066\u2028<script>\x00"
MD5 = "0cc175b9c0f1b6a831c399e269772661"


def is_inert(line: str) -> bool:
    """No control character, no line separator, nothing that changes the direction of writing."""
    return not any(
        unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        for char in line
    )


# --- inert ------------------------------------------------------------------------------------------------------


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(value: str) -> None:
    """Case 45."""
    assert is_inert(inert(value))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])))
def test_plain_words_of_any_language_stay_as_they_are(value: str) -> None:
    assert inert(value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"),
        ("\x9b", "\\x9b"),
        ("\udcff", "\\udcff"),
        ("caf\u00e9 \U0001f600 \u65e5", "caf\u00e9 \U0001f600 \u65e5"),
    ],
)
def test_what_was_taken_out_can_be_seen(value: str, shown: str) -> None:
    assert inert(value) == shown


@pytest.mark.parametrize("colour", ["red", "green", "yellow", "dim", "bold"])
def test_a_colour_is_put_around_and_taken_off(colour: str) -> None:
    assert coloured(colour, "x").startswith("\x1b[")
    assert coloured(colour, "x").endswith("x\x1b[0m")
    assert plain(colour, "x") == "x"


# --- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (None, "unknown size"),
        (0, "0 bytes"),
        (1, "1 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (1_234, "1.2 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (999_999, "1.0 MB"),
        (20_000_000, "20.0 MB"),
        (999_999_999, "1.0 GB"),
        (1_500_000_000_000, "1500.0 GB"),
    ],
)
def test_amounts_are_said_as_people_say_them(size: int | None, said: str) -> None:
    assert amount(size) == said


# --- words for a shell ----------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12))
def test_a_word_is_inert_and_quoted_words_are_read_back(word: str) -> None:
    quoted = shell_word(word)
    assert is_inert(quoted)
    if is_inert(word):
        assert shlex.split(quoted) == [word]


def test_a_real_shell_reads_every_word_back() -> None:
    words = [
        "",
        "a b",
        "it's",
        "$HOME",
        "`x`",
        "a\\b",
        "*",
        "~",
        "-d",
        "#",
        "caf\u00e9",
        "a\nb",
        "\x1b[31m",
        "it's\t\\n",
        HOSTILE.replace("\0", ""),
    ]
    line = "printf '%s\\0' " + " ".join(shell_word(word) for word in words)
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words


# --- results ---------------------------------------------------------------------------------------------------------

OUTCOME = Outcome("x", "1.0.1", "1.0.0", "dist/x.csv", MD5, 1_234, None)
TRACKED = Tracked("x", "dist/x.csv", "dist/x.csv.dvc", MD5, 12, None, ("dist/x.csv.dvc", "dist/.gitignore"))
RESTORED = Restored("x", "1.0.0", "dist/x.csv", MD5, 12, None)
STATUS = DatasetStatus(
    "x", "dist/x.csv", "file", "1.0.0", "released", "x-v1.0.0", "unchanged", True, True, MD5, 12, None
)


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (OUTCOME, "x 1.0.1  draft  dist/x.csv (1.2 kB)"),
        (replace(OUTCOME, tag="x-v1.0.1"), "x 1.0.1  released as x-v1.0.1  dist/x.csv (1.2 kB)"),
        (
            replace(OUTCOME, tag="x-v1.0.1", already=True),
            "x 1.0.1  is released already as x-v1.0.1  dist/x.csv (1.2 kB)",
        ),
        (replace(OUTCOME, dry_run=True), "x 1.0.1  would be a draft  dist/x.csv (1.2 kB)"),
        (
            replace(OUTCOME, dry_run=True, tag="x-v1.0.1", files=3),
            "x 1.0.1  would be released as x-v1.0.1  dist/x.csv (3 files, 1.2 kB)",
        ),
        (replace(OUTCOME, files=1), "x 1.0.1  draft  dist/x.csv (1 file, 1.2 kB)"),
    ],
)
def test_a_version_act_is_one_line(outcome: Outcome, line: str) -> None:
    assert text.outcome_lines(outcome) == [line]


def test_an_add_prints_the_whole_git_add_line() -> None:
    assert text.tracked_lines(TRACKED) == [
        "x  tracked  dist/x.csv (12 bytes)",
        "record it:  git add dist/x.csv.dvc dist/.gitignore",
    ]
    again = replace(TRACKED, already=True, to_add=())
    assert text.tracked_lines(again) == ["x  already tracked, unchanged  dist/x.csv (12 bytes)"]
    ruled = replace(TRACKED, rules=((".gitignore", ("dist/?*", "!dist/*.dvc")),))
    assert text.tracked_lines(ruled)[1:3] == [
        "wrote to .gitignore: dist/?*",
        "wrote to .gitignore: !dist/*.dvc",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "a b.csv",
        "-d.csv",
        ":x.csv",
        ":(top)x.csv",
        "*.csv",
        "[1].csv",
        "?.csv",
        "it's.csv",
        "a\\b.csv",
        "#.csv",
        "!x.csv",
        "caf\u00e9.csv",
        "\u202e.csv",
    ],
)
def test_the_git_add_line_adds_exactly_that_pointer(initialised: Repo, name: str) -> None:
    """Case 38: the line is run as it was printed."""
    for other in ("1.csv.dvc", "x.csv.dvc", "b.csv.dvc"):
        initialised.write(other, "another's")
    initialised.write(name, b"data")
    printed = initialised.hotpass("version", "--add", f"./{name}", "--dataset", "odd").stdout
    (line,) = [line for line in printed.splitlines() if line.startswith("record it:  ")]
    assert is_inert(line)
    subprocess.run(["bash", "-c", line.removeprefix("record it:  ")], cwd=initialised.root, check=True)
    staged = initialised.git("diff", "--cached", "--name-only", "-z").stdout.split("\0")[:-1]
    assert set(staged) == {f"{name}.dvc", ".gitignore"}


def test_a_restore_is_one_line() -> None:
    assert text.restored_lines(RESTORED) == ["x 1.0.0  restored  dist/x.csv (12 bytes)"]
    assert text.restored_lines(replace(RESTORED, already=True)) == [
        "x 1.0.0  was there already  dist/x.csv (12 bytes)"
    ]


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        (Initialised((".dvc/config",), None, False, False), ["created .dvc/config"]),
        (Initialised((), None, False, False), ["DVC is initialised already"]),
        (
            Initialised((), "storage", True, True),
            ["DVC is initialised already", "remote storage added to .dvc/config.local, which git ignores"],
        ),
        (
            Initialised((), "storage", False, False),
            ["DVC is initialised already", "remote storage is already in .dvc/config"],
        ),
    ],
)
def test_an_init_says_what_it_made(done: Initialised, lines: list[str]) -> None:
    assert text.initialised_lines(done) == lines


def test_a_status_is_a_table_with_its_notes_below_each_row() -> None:
    other = replace(
        STATUS, dataset="longer_name", version=None, release="unversioned", committed=False, notes=("a note",)
    )
    assert text.status_lines(Status((STATUS, other)), plain) == [
        "dataset      version  release      data       commit         published    path",
        "x            1.0.0    released     unchanged  committed      not checked  dist/x.csv",
        "longer_name  -        unversioned  unchanged  not committed  -            dist/x.csv",
        "  a note",
    ]


def test_a_status_of_nothing_says_so() -> None:
    assert text.status_lines(Status(()), plain) == ["nothing is tracked here yet"]


def test_a_number_of_other_bytes_is_never_shown_as_theirs() -> None:
    """ARCHITECTURE: "1.0.0, changed since"."""
    lines = text.status_lines(Status((replace(STATUS, fits=False),)), plain)
    assert "1.0.0 (changed since)" in lines[1]
    assert lines[2] == "  1.0.0, changed since: the pointer names other bytes than the version was given to"


def test_a_damaged_pointer_is_red_and_says_why() -> None:
    damaged = replace(
        STATUS, version=None, release="unversioned", data="unreadable", fits=False, damage="it is empty"
    )
    lines = text.status_lines(Status((damaged,)), lambda colour, line: f"<{colour}>{line}")
    assert lines[1].startswith("<red>x ")
    assert " damaged " in lines[1]
    assert lines[2] == "<dim>  dist/x.csv.dvc is damaged: it is empty"


def test_only_what_differs_has_a_colour() -> None:
    lines = text.status_lines(
        Status((STATUS, replace(STATUS, data="changed")), interrupted=True),
        lambda colour, line: f"<{colour}>{line}",
    )
    assert lines[1].startswith("x ")
    assert lines[2].startswith("<yellow>x ")
    assert lines[3] == "an interrupted run waits: the next writing command finishes it"


def test_nothing_that_came_from_outside_is_obeyed() -> None:
    """Case 45."""
    lines = [
        *text.outcome_lines(replace(OUTCOME, dataset=HOSTILE, path=HOSTILE, tag=HOSTILE)),
        *text.tracked_lines(
            replace(TRACKED, dataset=HOSTILE, path=HOSTILE, to_add=(HOSTILE,), rules=((HOSTILE, (HOSTILE,)),))
        ),
        *text.restored_lines(replace(RESTORED, dataset=HOSTILE, path=HOSTILE)),
        *text.status_lines(
            Status(
                (
                    replace(STATUS, dataset=HOSTILE, path=HOSTILE, notes=(HOSTILE,)),
                    replace(STATUS, path=HOSTILE, damage=HOSTILE),
                )
            ),
            plain,
        ),
    ]
    assert all(is_inert(line) for line in lines)
    assert len(lines) == 10, "none of it breaks a line"


def test_no_line_of_this_module_is_printed_by_itself() -> None:
    """CONVENTIONS 4."""
    folder = Path(text.__file__).parent
    found = subprocess.run(
        ["grep", "-rnE", r"\bprint\(|sys\.(stdout|stderr)", str(folder), "--include=*.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
