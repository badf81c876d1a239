"""Ignore rules, judged by git itself: they hide what they should and nothing beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hotpass.versioning.ignore import escaped, hide_line, reopened, reopening_rules, with_lines

SPECIAL = "ab1 *?[]!#\\{}-^~$'\"`:;,.()&%@=+|<>\t\u00e9\u2028\u00a0\U0001f600"
NAMES = st.text(SPECIAL, min_size=1, max_size=8).filter(lambda name: name not in (".", "..", ".git"))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """An empty repository whose ignore file a test writes anew as often as it likes."""
    root = tmp_path_factory.mktemp("judge")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return Judge(root)


class Judge:
    """Asks real git which paths a text of ``.gitignore`` hides."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def hidden(self, text: str, paths: Iterable[str], base: str = "") -> set[str]:
        """Those of the paths that git ignores when ``base``'s ``.gitignore`` holds the text."""
        file = self.root / base / ".gitignore"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
        try:
            done = subprocess.run(
                ["git", "check-ignore", "--no-index", "-z", "--stdin"],
                cwd=self.root,
                # "./", for a leading colon would be pathspec magic.
                input=b"".join(b"./" + path.encode() + b"\0" for path in paths),
                capture_output=True,
                check=False,
            )
        finally:
            file.unlink()
        assert done.returncode in (0, 1), done.stderr
        return {name.decode().removeprefix("./") for name in done.stdout.split(b"\0")[:-1]}


def neighbours(name: str) -> list[str]:
    """Names one step away, and those that a careless pattern would match, too."""
    return [
        other
        for other in {
            name + "x",
            "x" + name,
            name[:-1],
            name[1:],
            name.swapcase(),
            name.replace("*", "x"),
            name.replace("?", "x"),
            name.replace("\\", ""),
            name.replace("[", "").replace("]", ""),
            name.rstrip(),
            name.lstrip("!#\\ "),
            "deep/" + name,
            "x",
        }
        if other and other != name and other not in (".", "..")
    ]


@settings(max_examples=150)
@given(NAMES)
def test_hide_line_hides_exactly_that_name(judge: Judge, name: str) -> None:
    others = neighbours(name)
    text = hide_line(name) + "\n"
    assert judge.hidden(text, [name, *others]) == {name}


@settings(max_examples=80)
@given(NAMES, NAMES)
def test_hide_line_stands_in_the_folder_of_the_data(judge: Judge, folder: str, name: str) -> None:
    # What is in a hidden folder is hidden with it.
    assume(name not in ("a", "b", folder))
    line = hide_line(f"{folder}/{name}")
    assert judge.hidden(line + "\n", ["a/" + name, "a/b/" + name, name], base="a") == {"a/" + name}


@settings(max_examples=80)
@given(NAMES)
def test_an_escaped_name_as_an_exception_shows_exactly_it(judge: Judge, name: str) -> None:
    others = neighbours(name)
    text = f"*\n!/{escaped(name)}\n"
    hidden = judge.hidden(text, [name, *others])
    assert name not in hidden
    assert hidden >= {other for other in others if "/" not in other}


@given(st.lists(st.sampled_from(["*.tmp", "# words", "", "/x", "build/"])), st.booleans(), st.booleans())
def test_lines_are_added_once_and_nothing_else_changes(lines: list[str], ended: bool, windows: bool) -> None:
    ending = "\r\n" if windows else "\n"
    text = ending.join(lines) + (ending if ended and lines else "")
    new = with_lines(text, ["/data", "/x"])
    assert new.startswith(text)
    assert new.splitlines().count("/data") == 1
    assert new.splitlines().count("/x") == max(1, lines.count("/x"))
    assert with_lines(new, ["/data", "/x"]) == new
    assert windows or "\r" not in new


def test_a_file_without_a_last_newline_keeps_its_last_rule() -> None:
    assert with_lines("*.tmp", ["/x"]) == "*.tmp\n/x\n"


def test_windows_line_ends_stay() -> None:
    assert with_lines("*.tmp\r\n", ["/x"]) == "*.tmp\r\n/x\r\n"


# --- opening a hidden folder ------------------------------------------------------------------------------------

DIST = ["dist/", "dist", "/dist", "/dist/", "dist/*", "/dist/*", "dist/**", "/dist/**", "**/dist", "**/dist/"]


def shown_and_hidden(deepest: str) -> tuple[set[str], set[str]]:
    """What must show and what must stay hidden when pointers in a folder are opened."""
    return (
        {f"{deepest}/out.xlsx.dvc", f"{deepest}/out.xlsx.version.json"},
        {f"{deepest}/out.xlsx", f"{deepest}/other.bin", f"{deepest}/sub/file", f"{deepest}/a.dvcx"},
    )


@pytest.mark.parametrize("rule", DIST)
@pytest.mark.parametrize("around", ["{}\n", "*.tmp\n{}\nbuild/\n", "# dist\n{}", "{}   \n"])
def test_a_hidden_folder_shows_its_pointers_and_nothing_else(judge: Judge, rule: str, around: str) -> None:
    """Case 32, as git sees it."""
    text = reopened(around.format(rule), "", "dist")
    assert text is not None
    shown, hidden = shown_and_hidden("dist")
    assert judge.hidden(text, shown | hidden) == hidden


@pytest.mark.parametrize("rule", DIST)
def test_a_pointer_deeper_in_a_hidden_folder_shows(judge: Judge, rule: str) -> None:
    text = reopened(f"{rule}\n", "", "dist/2025/june")
    assert text is not None
    shown, hidden = shown_and_hidden("dist/2025/june")
    hidden |= {"dist/other.bin", "dist/2025/other.bin", "dist/2024/x.bin"}
    assert judge.hidden(text, shown | hidden) == hidden


@pytest.mark.parametrize("rule", ["*", "/*", "dist/", "/dist", "dist/*"])
def test_a_rule_in_a_folder_of_its_own_is_opened_there(judge: Judge, rule: str) -> None:
    base = "work" if "dist" in rule else "work/dist"
    text = reopened(f"{rule}\n", base, "work/dist")
    assert text is not None
    shown, hidden = shown_and_hidden("work/dist")
    assert judge.hidden(text, shown | hidden, base=base) == hidden


@pytest.mark.parametrize("rule", ["dist", "dist/", "**/dist", "**/dist/"])
def test_a_rule_for_a_name_anywhere_goes_on_hiding_it_elsewhere(judge: Judge, rule: str) -> None:
    before = judge.hidden(f"{rule}\n", ["web/dist/x.js", "a/b/dist/x.js"])
    assert before == {"web/dist/x.js", "a/b/dist/x.js"}
    text = reopened(f"{rule}\n", "", "dist")
    assert text is not None
    assert judge.hidden(text, before) == before


@settings(max_examples=60)
@given(NAMES, st.sampled_from(["{}", "{}/", "/{}", "/{}/", "{}/*", "/{}/*", "/{}/**"]))
def test_folders_with_special_names_are_opened(judge: Judge, folder: str, form: str) -> None:
    text = reopened(form.format(escaped(folder)) + "\n", "", folder)
    if text is None:
        return  # a form that is not understood is left to the caller, who refuses
    shown, hidden = shown_and_hidden(folder)
    assert judge.hidden(text, shown | hidden) == hidden


@pytest.mark.parametrize(
    "text", ["", "*.xlsx\n", "# dist/\n", "!dist/\n", "dist2/\n", "di*/\n", "dist/sub/\n", "other/dist/\n"]
)
def test_a_rule_that_does_not_hide_the_folder_as_a_whole_is_not_touched(text: str) -> None:
    assert reopened(text, "", "dist") is None


@pytest.mark.parametrize("rule", DIST)
@pytest.mark.parametrize("deepest", ["dist", "dist/2025"])
def test_the_rules_of_an_opening_are_found_again(rule: str, deepest: str) -> None:
    """So that a release commits them, and an opening is done once."""
    text = reopened(f"*.tmp\n{rule}\nbuild/\n", "", deepest)
    assert text is not None
    rules = reopening_rules(text, "", deepest)
    assert rules
    assert set(rules) <= set(text.splitlines())
    assert reopening_rules(f"*.tmp\n{rule}\n", "", deepest) == []


@pytest.mark.parametrize("rule", DIST)
def test_a_second_pointer_in_an_opened_folder_needs_no_rule(judge: Judge, rule: str) -> None:
    text = reopened(f"{rule}\n", "", "dist")
    assert text is not None
    assert judge.hidden(text, ["dist/another.csv.dvc", "dist/another.csv"]) == {"dist/another.csv"}
