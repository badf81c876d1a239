"""Promises 9 and 10: whatever the input, add, release, clone, restore is byte-exact or refused with a hint."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from harness.picture import damaged_objects, leftovers
from harness.repository import Repo, Result, Templates
from harness.snapshots import snapshot
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("ANY_INPUT_EXAMPLES", "40"))
"""How many inputs are drawn; more by hand, where the input's own code has changed."""


@dataclass(frozen=True)
class Input:
    """What a user may come with: ``files`` by path in the dataset, "" for a dataset that is a file."""

    path: str
    files: dict[str, bytes] = field(default_factory=dict)
    name: str = "odd"
    description: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Every part of a path that is to be on the disk."""
        return (*self.path.split("/"), *(part for name in self.files for part in name.split("/") if part))


# Lone surrogates stand for bytes that are no UTF-8, as Python names such files.
_CHARACTERS = st.one_of(
    st.sampled_from(
        "aZ09._- '\"#!*?[]\\:~$%&;@{}()+=,^`|<>\t\n\r\x1b\x7f\u202e\u00a0é\u0301\ufeff数\U0001f600"
    ),
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]),
    st.integers(0xDC80, 0xDCFF).map(chr),
)
_PARTS = st.one_of(
    st.text(_CHARACTERS, min_size=1, max_size=12),
    st.sampled_from(
        ["a", "data.csv", "-rf", "--help", ".hidden", "...", "CON", "a.dvc", "x.version.json", ".gitignore",
         ".dvcignore", "dvc.yaml", ".git", ".DVC", "~$lock.xlsx", ".DS_Store", "é.csv", "e\u0301.csv",
         "trailing ", "a\\", "[!a]", "**", "#x", "!x", "null", "1e3", "n" * 200, "y" * 243]
    ),
).filter(lambda part: part not in (".", ".."))  # fmt: skip
_PATHS = st.lists(_PARTS, min_size=1, max_size=3).map("/".join)
_CONTENTS = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"", b"\r\n", b"a,b\r\n1,2\r\n", b"\0" * 70_000])
)
_FILES = st.one_of(
    _CONTENTS.map(lambda data: {"": data}),
    st.dictionaries(_PATHS, _CONTENTS, max_size=4),
)
_NAMES = st.one_of(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True),
    st.text(_CHARACTERS, max_size=6),
    st.sampled_from(["HEAD", "head", "CON", "aux", "a.b", "a..b", "a@{b", "x.lock", "@", "refs/heads/main",
                     "../x", "-d", "--help", "a b", "x\n", "１", "a" * 100, "a" * 101]),
)  # fmt: skip
_DESCRIPTIONS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["Hotpass-Md5: 0", "a\n\nHotpass-Version: 9.9.9", "# no comment", "-----BEGIN PGP SIGNATURE-----\n",
         "a\n\n\nb", "  a\n b ", "key: [value]", "'\"\\", "\x1b[31m", "\udc80", "…", "%(refname)", "x" * 10_001]
    ),
)  # fmt: skip
INPUTS = st.builds(Input, _PATHS, _FILES, _NAMES, _DESCRIPTIONS)


@contextmanager
def _repository(templates: Templates, base: Path, number: int) -> Iterator[Repo]:
    place = base / str(number)
    try:
        yield templates.copy("initialised", place)
    finally:
        shutil.rmtree(place)


def _write(repo: Repo, given_input: Input) -> None:
    """Put the input on the disk; what no disk takes is no input."""
    try:
        for relpath, data in given_input.files.items():
            repo.write(f"box/{given_input.path}" + (f"/{relpath}" if relpath else ""), data)
        if not given_input.files:
            repo.path(f"box/{given_input.path}").mkdir(parents=True)
    except (OSError, UnicodeEncodeError):
        assume(False)


def _refused(repo: Repo, result: Result, before: dict[str, object]) -> None:
    """A refusal has a class, names the thing in one line and the next step, and has changed nothing."""
    assert result.code in (2, 10), result
    error = result.json["error"]
    assert error["message"]
    assert "\n" not in error["message"]
    assert error["hint"]
    assert snapshot(repo) == before
    assert leftovers(repo) == []


def _is_plain(given_input: Input) -> bool:
    """Names that nothing speaks against, by the words of FAULTS 38 and of ARCHITECTURE: these must be taken."""
    return all(
        re.fullmatch(r"[^\W_][\w .,;'#!\[\]*:+=()&%$@-]*", part) is not None
        and part == part.rstrip(" .")
        and len(part.encode()) < 230
        and not part.lower().endswith((".dvc", ".version.json"))
        and part.lower() not in ("dvc.yaml", "dvc.lock")
        for part in given_input.texts
    )


def _is_name(name: str) -> bool:
    reserved = {
        "head",
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)),
    }
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", name) is not None and name.lower() not in reserved


def _is_description(text: str | None) -> bool:
    if text is None:
        return True
    controls = any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in text)
    surrogates = any(0xD800 <= ord(c) < 0xE000 for c in text)
    return bool(text.strip()) and len(text) <= 10_000 and not controls and not surrogates


def _kept(files: dict[str, bytes]) -> dict[str, bytes]:
    """What a folder's release holds: lock files and files of the desktop are left out, by printed rules."""
    junk = re.compile(r"(^|/)(~\$[^/]*|\.~lock\.[^/]*#|\.DS_Store|Thumbs\.db|desktop\.ini)(/|$)")
    return {path: data for path, data in files.items() if not junk.search(path)}


def _push_by_copy(repo: Repo) -> None:
    """What ``dvc push`` does to a local folder, in a hundredth of its time: the layouts are the same."""
    shutil.copytree(repo.root / ".dvc" / "cache" / "files", repo.remote / "files", dirs_exist_ok=True)


@pytest.fixture
def numbers() -> Iterator[int]:
    return count()


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(given_input=INPUTS)
@example(Input("sub/-rf", {"": b"\r\n"}, "a" * 100, "a\n\nHotpass-Version: 9.9.9"))
@example(Input("raw", {"~$book.xlsx": b"lock", "sub/é.csv": b"1", "sub/e\u0301.csv": b"2"}, "raw", "it's"))
@example(Input("raw", {}, "raw", None))
@example(Input("a", {"": b""}, ""))
@example(Input(".gitignore/a", {"": b""}))
@example(Input(".DVC/a", {"": b""}))
@example(Input("\n\udc80", {"": b""}))
def test_any_input_comes_back_byte_for_byte_or_is_refused_with_a_hint(
    templates: Templates, tmp_path: Path, numbers: Iterator[int], given_input: Input
) -> None:
    """Issue B, "Done when"."""
    with _repository(templates, tmp_path, next(numbers)) as repo:
        _write(repo, given_input)
        before = snapshot(repo)
        added = repo.hotpass(
            "version", "--json", f"--add=box/{given_input.path}", f"--dataset={given_input.name}", check=False
        )
        if added.code != 0:
            event("refused by --add")
            _refused(repo, added, before)
            assert not (_is_plain(given_input) and _is_name(given_input.name)), added
            return
        assert _is_name(given_input.name)
        before = snapshot(repo)
        words = () if given_input.description is None else (f"--description={given_input.description}",)
        released = repo.hotpass("version", "--json", "--set", "1.0.0", "--tag", *words, check=False)
        if released.code != 0:
            event("refused by --set")
            _refused(repo, released, before)
            assert not _is_description(given_input.description), released
            return
        assert _is_description(given_input.description)
        event("came back")
        _comes_back(repo, given_input)


def _comes_back(repo: Repo, given_input: Input) -> None:
    assert repo.tags() == [f"{given_input.name}-v1.0.0"]
    assert damaged_objects(repo) == []
    assert leftovers(repo) == []
    _push_by_copy(repo)
    clone = Repo(repo.root.parent / "clone", repo.remote)
    repo.git("clone", "-q", str(repo.root), str(clone.root))
    # By its tag alone, whatever the branch has come to since.
    clone.git("checkout", "-q", f"{given_input.name}-v1.0.0^{{commit}}")
    restored = clone.hotpass("restore", f"{given_input.name}@1.0.0", "--json")
    assert restored.json["version"] == "1.0.0"
    place = f"box/{given_input.path}"
    if "" in given_input.files:
        assert clone.read(place) == given_input.files[""]
    else:
        assert clone.path(place).is_dir()
        assert clone.files(place) == _kept(given_input.files)
    assert clone.status() == ""
    assert clone.hotpass("version", "--status", "--check", check=False).code == 0
    wanted = (given_input.description or "").strip()
    for verb in (("history", given_input.name), ("show", f"{given_input.name}@1.0.0")):
        shown = clone.hotpass(*verb, "--json").json
        entry = shown["releases"][0] if verb[0] == "history" else shown["record"]
        assert entry["description"] == wanted, verb
