"""Pointers and listings: what we write, we, YAML and DVC read the same; what is hostile is refused."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from hotpass.versioning.errors import DamagedListingError, DamagedPointerError
from hotpass.versioning.pointer import (
    POINTER_LIMIT,
    ListedFile,
    Md5,
    Pointer,
    Stamp,
    _loaded,
    _plain,
    _pointer,
    parse_listing,
    parse_md5,
    parse_pointer,
    render_listing,
    render_pointer,
)
from hotpass.versioning.version import DatasetVersion

A = Md5("0cc175b9c0f1b6a831c399e269772661")
B = Md5("92eb5ffee6ae2fec3ad71c777531578f")

HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
# Digests that a careless writer would have read back as numbers: digits alone, or digits around one e.
NUMBERLIKE = st.one_of(
    st.text("0123456789", min_size=32, max_size=32),
    st.integers(1, 30).flatmap(
        lambda at: st.tuples(
            st.text("0123456789", min_size=at, max_size=at),
            st.text("0123456789", min_size=31 - at, max_size=31 - at),
        ).map("e".join)
    ),
)
FILE_MD5 = st.one_of(HEX, NUMBERLIKE).map(Md5)
MD5 = st.one_of(FILE_MD5, FILE_MD5.map(lambda md5: Md5(md5 + ".dir")))
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
NUMBERS = st.integers(0, 999_999_999)
STAMPS = st.builds(
    Stamp,
    NAMES,
    st.none() | st.builds(DatasetVersion, NUMBERS, NUMBERS, NUMBERS),
    st.sampled_from(["", "2025-11-02T10:11:12Z"]),
    st.none() | MD5,
    st.just("") | HEX | NUMBERLIKE,
)
ODD_WORDS = st.sampled_from(
    [
        "true",
        "True",
        "null",
        "Null",
        "NULL",
        "~",
        "yes",
        "No",
        "ON",
        "off",
        "y",
        "N",
        ".inf",
        ".NaN",
        "0x1f",
        "0o17",
        "017",
        "1e3",
        "1_000",
        "12:30",
        "2025-01-01",
        "=",
        "<<",
        "-",
        "-",
        "-a",
        "?",
        ":",
        "#",
        "a:",
        "a:b",
        "a",
        "#b",
        "!tag",
        "&anchor",
        "*alias",
        "%dir",
        "@at",
        "`tick",
        "|-",
        ">",
        "'",
        '"',
        "''",
        '""',
        "[]",
        "{}",
        "a,b",
        "{a}",
        "[a]",
        "\\",
        "\\n",
        "---",
        "...",
        "café",
        "\ufeff",
        "\ud7ff",
        "😀",
        "a",
        "b",
        "\u200b",
        "\u202e",
        "\x7f",
        "\x80",
        "\x9f",
    ]
)
TEXT = st.one_of(
    ODD_WORDS,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(
        " \t\n\r\"'\\:#-{}[]&*!|>%@`,?=~0123456789eE.+_axyn\u00e9\u0085\u2028\ufeff\x07\x1b", max_size=20
    ),
)
PATHS = TEXT.filter(
    lambda path: bool(path) and "://" not in path and not any(ord(char) < 32 for char in path)
)
POINTERS = st.builds(
    Pointer,
    PATHS,
    MD5,
    st.none() | st.integers(0, 10**15),
    st.none() | st.integers(0, 10**9),
    TEXT,
    st.none() | STAMPS,
)


def by_yaml(text: str) -> Any:
    """What a YAML 1.2 reader that is not ours finds."""
    return YAML(typ="safe", pure=True).load(text)


def by_dvc(text: str) -> Any:
    """What DVC finds: its own loader and its own check of the fields."""
    from dvc.schema import COMPILED_SINGLE_STAGE_SCHEMA
    from dvc.utils.serialize import parse_yaml
    from dvc.utils.strictyaml import validate

    return validate(parse_yaml(text, "x.dvc"), COMPILED_SINGLE_STAGE_SCHEMA, path="x.dvc")


def fields(pointer: Pointer) -> dict[str, Any]:
    """The out that a reader should find."""
    out: dict[str, Any] = {"md5": pointer.md5, "hash": "md5", "path": pointer.path}
    if pointer.size is not None:
        out["size"] = pointer.size
    if pointer.files is not None:
        out["nfiles"] = pointer.files
    if pointer.description:
        out["desc"] = pointer.description
    if pointer.stamp is not None:
        stamp = pointer.stamp
        mine = {
            "dataset": stamp.dataset,
            "version": str(stamp.version) if stamp.version else "",
            "timestamp": stamp.timestamp,
            "of": stamp.of or "",
            "content": stamp.content,
        }
        out["meta"] = {"hotpass": {key: value for key, value in mine.items() if value}}
    return out


# --- round trips --------------------------------------------------------------------------------------------


@given(POINTERS)
def test_a_pointer_is_read_back_as_it_was_written(pointer: Pointer) -> None:
    assert parse_pointer(render_pointer(pointer)) == pointer


@given(POINTERS)
def test_our_pointers_need_no_yaml_library(pointer: Pointer) -> None:
    """``--get`` stays quick because what we write is always in the form the small parser knows."""
    assert _plain(render_pointer(pointer)) is not None


@given(POINTERS)
def test_yaml_reads_our_pointers_as_we_do(pointer: Pointer) -> None:
    assert by_yaml(render_pointer(pointer)) == {"outs": [fields(pointer)]}


@given(POINTERS)
def test_dvc_reads_our_pointers_as_we_do(pointer: Pointer) -> None:
    (out,) = by_dvc(render_pointer(pointer))["outs"]
    assert out == fields(pointer)


@given(POINTERS)
def test_our_pointers_are_one_field_a_line(pointer: Pointer) -> None:
    """So that ``git diff`` and a merge see fields, and no text of a user's can add a line."""
    text = render_pointer(pointer)
    shown = fields(pointer)
    stamped = shown.pop("meta", {"hotpass": {}})["hotpass"]
    lines = 1 + len(shown) + (2 + len(stamped) if stamped else 0)
    assert len(text.splitlines()) == lines
    assert text.endswith("\n")


@pytest.mark.parametrize(
    "md5",
    [
        "0" * 32,
        "1" * 32,
        "12345678901234567890123456789012",
        "1234567890123456789012345678e012",
        "1e" + "0" * 30,
        "0" * 31 + "1",
        "e" * 32,
        "0e0e" + "0" * 28,
        "1" * 32 + ".dir",
        "1e" + "0" * 30 + ".dir",
    ],
)
def test_a_digest_that_looks_like_a_number_stays_a_text(md5: str) -> None:
    pointer = Pointer("x.csv", Md5(md5), 1, None, "", Stamp("x", DatasetVersion(1, 0, 0), "", Md5(md5), md5))
    text = render_pointer(pointer)
    assert parse_pointer(text) == pointer
    for reader in (by_yaml, by_dvc):
        (out,) = reader(text)["outs"]
        assert out["md5"] == md5
        assert out["meta"]["hotpass"]["of"] == md5
        assert out["meta"]["hotpass"]["content"] == md5


def test_dvc_and_we_write_the_same_pointer_for_plain_data() -> None:
    """A pointer without a version is byte for byte what ``dvc add`` writes."""
    from dvc.utils.serialize import dumps_yaml

    pointer = Pointer("data.csv", A, 12)
    assert render_pointer(pointer) == dumps_yaml(
        {"outs": [{"md5": A, "size": 12, "hash": "md5", "path": "data.csv"}]}
    )
    folder = Pointer("data", Md5(A + ".dir"), 12, 3)
    assert render_pointer(folder) == dumps_yaml(
        {"outs": [{"md5": A + ".dir", "size": 12, "nfiles": 3, "hash": "md5", "path": "data"}]}
    )


# --- the small parser agrees with the big one ------------------------------------------------------------------

BASE = render_pointer(
    Pointer(
        "caf\u00e9 list.csv",
        A,
        12,
        3,
        'a "quoted" text',
        Stamp("x", DatasetVersion(1, 2, 3), "2025-11-02T10:11:12Z", A, B),
    )
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """One of our pointers with a few small changes at random places."""
    text = draw(st.one_of(st.just(BASE), POINTERS.map(render_pointer)))
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["cut", "put", "line", "value", "swap"]))
        lines = text.split("\n")
        number = draw(st.integers(0, len(lines) - 1))
        at = draw(st.integers(0, len(text)))
        if kind == "cut":
            text = text[:at] + text[at + draw(st.integers(1, 4)) :]
        elif kind == "put":
            piece = st.sampled_from(list("\t \n\r:#-\"'\\{}[]&*!|>,?0e1.x\x00\x85\u2028\ufeff\x7f\x1b"))
            text = text[:at] + draw(piece) + text[at:]
        elif kind == "line":
            other = draw(st.sampled_from([*lines, "  desc:", "  size:", "  wdir: a", "---", "- md5: a"]))
            text = "\n".join([*lines[:number], other, *lines[number:]])
        elif kind == "value":
            head, _, _ = lines[number].partition(": ")
            value = draw(
                st.one_of(
                    ODD_WORDS,
                    HEX,
                    NUMBERLIKE,
                    st.sampled_from(
                        [
                            "",
                            "0123",
                            "1.0",
                            "1.0.0",
                            "1.0.0-rc.1",
                            '"\\u0041"',
                            '"\\ud83d\\ude00"',
                            '"\\ud83d"',
                        ]
                    ),
                    st.sampled_from(['"\\/"', '"\\x41"', '"a\\tb"', '"a\tb"', '"\x85"', '"\x7f"', '"', "''"]),
                )
            )
            lines[number] = f"{head}: {value}"
            text = "\n".join(lines)
        else:
            other_number = draw(st.integers(0, len(lines) - 1))
            lines[number], lines[other_number] = lines[other_number], lines[number]
            text = "\n".join(lines)
    return text


def outcome(out: Any) -> Pointer | None:
    try:
        return _pointer(out())
    except DamagedPointerError:
        return None


@settings(max_examples=200)
@given(mutated())
@example(BASE.replace("size: 12", "size:"))
@example(BASE.replace(f"md5: {A}", "md5: " + "1" * 32))
@example(BASE.replace(f"of: {A}", "of: " + "1" * 32))
@example(BASE.replace(f"content: {B}", "content: 0123"))
@example(BASE.replace('"2025-11-02T10:11:12Z"', "2025-11-02"))
@example(BASE.replace('"2025-11-02T10:11:12Z"', "true"))
@example(BASE.replace("size: 12", "size: 012"))
@example(BASE.replace('a \\"quoted\\" text', "\\ud83d\\ude00"))
@example(BASE.replace('a \\"quoted\\" text', "\\ud83d"))
@example(BASE.replace('a \\"quoted\\" text', "\x85"))
@example(BASE.replace('a \\"quoted\\" text', "\x7f"))
@example(BASE.replace('a \\"quoted\\" text', "\ufffe"))
def test_the_small_parser_agrees_with_yaml_on_all_it_accepts(text: str) -> None:
    small = _plain(text)
    if small is not None:
        assert outcome(lambda: small) == outcome(lambda: _loaded(text))


@settings(max_examples=150)
@given(mutated())
def test_any_text_is_a_pointer_or_damaged_and_nothing_else(text: str) -> None:
    try:
        pointer = parse_pointer(text)
    except DamagedPointerError as error:
        assert error.reason
    else:
        assert parse_md5(pointer.md5) == pointer.md5
        assert pointer.path


# --- what others wrote stays --------------------------------------------------------------------------------------

FOREIGN = f"""\
# who to ask: data team
outs:
- md5: {A}   # the first
  size: 5
  hash: md5
  path: x.csv
  desc: old words
  type: dataset
  labels:
  - public
  - yearly
  remote: archive
  cache: true
  push: false
  meta:
    owner: someone
    hotpass:
      dataset: x
      version: 1.0.0
      of: {A}
  annotation: kept
meta:
  ticket: 12
"""


def test_comments_and_unknown_keys_are_kept() -> None:
    new = Pointer("x.csv", B, 7, None, "new words", Stamp("x", DatasetVersion(1, 0, 1), "", B))
    text = render_pointer(new, FOREIGN)
    assert parse_pointer(text) == new
    content = by_yaml(text)
    (out,) = content["outs"]
    assert content["meta"] == {"ticket": 12}
    assert (out["type"], out["labels"], out["remote"], out["push"]) == (
        "dataset",
        ["public", "yearly"],
        "archive",
        False,
    )
    assert out["annotation"] == "kept"
    assert out["meta"]["owner"] == "someone"
    assert "# who to ask: data team" in text
    assert "# the first" in text


@pytest.mark.slow
@given(POINTERS)
def test_into_a_pointer_of_others_goes_every_field_of_ours(pointer: Pointer) -> None:
    """``render`` into a base and ``parse`` are inverse, too; what DVC reads is what we meant."""
    base = FOREIGN.replace("  annotation: kept\n", "")
    text = render_pointer(pointer, base)
    kept = parse_pointer(FOREIGN).stamp
    assert parse_pointer(text) == replace(pointer, stamp=pointer.stamp or kept)
    (out,) = by_dvc(text)["outs"]
    assert (out["md5"], out["path"]) == (pointer.md5, pointer.path)
    assert out["labels"] == ["public", "yearly"]


def test_counts_that_no_longer_hold_go_away() -> None:
    folder = FOREIGN.replace(f"md5: {A}   # the first", f"md5: {A}.dir\n  nfiles: 3")
    assert parse_pointer(folder).files == 3
    text = render_pointer(Pointer("x.csv", B, 7), folder)
    (out,) = by_yaml(text)["outs"]
    assert "nfiles" not in out
    assert "desc" not in out


def test_a_stage_digest_of_dvc_2_goes_away_with_the_change() -> None:
    text = render_pointer(Pointer("x.csv", B, 7), f"md5: {B}\n" + FOREIGN)
    assert "md5" not in by_yaml(text)


def test_a_long_description_is_not_broken_into_lines() -> None:
    words = "word " * 500 + "end"
    text = render_pointer(Pointer("x.csv", B, 7, None, words), FOREIGN.replace("  annotation: kept\n", ""))
    assert by_dvc(text)["outs"][0]["desc"] == words


def test_dvc_2_pointers_are_known_as_such() -> None:
    assert parse_pointer(f"outs:\n- md5: {A}\n  size: 1\n  path: x\n").legacy
    assert not parse_pointer(f"outs:\n- md5: {A}\n  size: 1\n  hash: md5\n  path: x\n").legacy


# --- damage and malice -----------------------------------------------------------------------------------------

GOOD = f"outs:\n- md5: {A}\n  size: 1\n  hash: md5\n  path: x\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no outs"),
        ("\n", "no outs"),
        ("outs:\n", "md5"),
        ("outs: []\n", "no outs"),
        ("outs: x\n", "no outs"),
        ("- a\n", "no outs"),
        ("x\n", "no outs"),
        ("outs:\n- x\n", "1 outs"),
        (GOOD + f"- md5: {B}\n  hash: md5\n  path: y\n", "2 outs"),
        (GOOD[:40], "md5"),
        (GOOD.replace("  path: x\n", ""), "path"),
        (GOOD.replace("path: x", "path: 12"), "path"),
        (GOOD.replace("path: x", 'path: ""'), "path"),
        (GOOD.replace("path: x", 'path: "a\\0b"'), "path"),
        (GOOD.replace("path: x", "path: [x]"), "path"),
        (GOOD.replace(A, "../../x"), "md5"),
        (GOOD.replace(A, A[:31]), "md5"),
        (GOOD.replace(A, A + "0"), "md5"),
        (GOOD.replace(A, A.upper()), "md5"),
        (GOOD.replace(A, A + ".dir.dir"), "md5"),
        (GOOD.replace(A, "'" + A + "\\n'"), "md5"),
        (GOOD.replace(A, "z" * 32), "md5"),
        (GOOD.replace(A, "1" * 32), "md5"),
        (GOOD.replace("size: 1", "size: -1"), "size"),
        (GOOD.replace("size: 1", "size: 1.5"), "size"),
        (GOOD.replace("size: 1", "size: true"), "size"),
        (GOOD.replace("size: 1", "size: many"), "size"),
        (GOOD.replace("size: 1", "size: '1'"), "size"),
        (GOOD + "  nfiles: x\n", "nfiles"),
        (GOOD + "  path: y\n", "no YAML"),
        (GOOD + GOOD, "no YAML"),
        (GOOD + "wdir: ..\n", "wdir"),
        (GOOD + "  meta:\n    hotpass:\n", "read"),
        (GOOD + "  meta:\n    hotpass: 5\n", "names no dataset"),
        (GOOD + "  meta:\n    hotpass:\n      version: 1.0.0\n", "names no dataset"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: 5\n", "names no dataset"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: x\n      version: 1.0\n", "X.Y.Z"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: x\n      version: 1.0.0-rc.1\n", "X.Y.Z"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: x\n      version: []\n", "X.Y.Z"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: x\n      of: x\n", "not an md5"),
        (GOOD + "  meta:\n    hotpass:\n      dataset: x\n      of: 5\n", "not an md5"),
        (BOMB + GOOD, "aliases"),
        ("a: &a [*a]\n" + GOOD, "aliases"),
        (GOOD.replace("path: x", "path: !!python/object/apply:os.system ['true']"), "no YAML"),
        (GOOD.replace("path: x", "path: !!python/name:os.system"), "no YAML"),
        (GOOD.replace("path: x", "path: !thing x"), "no YAML"),
        ("<<<<<<< HEAD\n" + GOOD + "=======\n" + GOOD + ">>>>>>> other\n", "no YAML"),
        ("outs:\n\t- x\n", "no YAML"),
        ("%YAML 9.9\n---\n" + GOOD, "read"),
        (GOOD + "---\n" + GOOD, "no YAML"),
        ("[" * 60_000, "more than a pointer"),
        ("{" * 60_000, "more than a pointer"),
        ("? " * 30_000, "more than a pointer"),
        (GOOD.replace("path: x", 'path: "\\ud800"'), "names no file"),
        (GOOD.replace("path: x", 'path: "a\\nb"'), "names no file"),
        (GOOD.replace("path: x", "path: s3://bucket/x"), "names no file"),
        (GOOD + '  desc: "\\udcff"\n', "no Unicode text"),
        (GOOD + '  meta:\n    hotpass:\n      dataset: "\\ud83d"\n', "no Unicode text"),
        (GOOD + '  meta:\n    hotpass:\n      dataset: x\n      content: "\\ud83d"\n', "no Unicode text"),
        ("\0", "no YAML"),
        ("\x1b[31m", "no YAML"),
    ],
)
def test_what_is_no_pointer_is_damaged_with_the_reason(text: str, says: str) -> None:
    """Case 47, and case 2 for what a crash leaves."""
    assert len(text) <= POINTER_LIMIT
    begun = time.monotonic()
    try:
        pointer = parse_pointer(text)
    except DamagedPointerError as error:
        assert says in error.reason
        assert error.exit_code == 9
    else:
        # What is odd and means nothing else than it says may be read.
        assert says == "read"
        assert pointer.version is None
    assert time.monotonic() - begun < 1.0


def test_nothing_of_a_hostile_tag_is_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Case 47."""
    proof = tmp_path_factory.mktemp("x") / "ran"
    text = GOOD.replace("path: x", f"path: !!python/object/apply:os.mkdir ['{proof}']")
    with pytest.raises(DamagedPointerError):
        parse_pointer(text)
    assert not proof.exists()


@given(st.integers(0, len(BASE) - 2))
def test_a_truncated_pointer_never_keeps_a_wrong_version(length: int) -> None:
    """Case 2: what a full disk cut off is damaged, or still says the truth as far as it goes."""
    try:
        pointer = parse_pointer(BASE[:length])
    except DamagedPointerError:
        return
    assert pointer.md5 == A
    assert pointer.version in (None, DatasetVersion(1, 2, 3))


@pytest.mark.parametrize(
    "value", [None, 5, "", A[:31], A + "\n", "\n" + A, A + ".DIR", A.upper(), b"x" * 32, "\uff10" * 32]
)
def test_what_is_no_md5_is_none(value: object) -> None:
    assert parse_md5(value) is None


# --- listings -----------------------------------------------------------------------------------------------------

PARTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=8),
    st.sampled_from(
        ["caf\u00e9", "cafe\u0301", "a b", "a\\b", 'q"u', "\u2028", "\U0001f600", "~$x", "-d", "#", " "]
    ),
).filter(lambda part: part not in (".", "..") and part.lower() not in (".git", ".dvc"))
RELPATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@st.composite
def listings(draw: st.DrawFn) -> list[ListedFile]:
    """Files whose paths can lie together in one directory, in any order."""
    files: list[ListedFile] = []
    for relpath in draw(st.lists(RELPATHS, unique=True, max_size=8)):
        clash = any(
            other.relpath.startswith(relpath + "/") or relpath.startswith(other.relpath + "/")
            for other in files
        )
        if not clash:
            files.append(ListedFile(relpath, draw(FILE_MD5)))
    return draw(st.permutations(files))


@given(listings())
def test_a_listing_is_read_back_sorted_by_path(files: list[ListedFile]) -> None:
    assert parse_listing(render_listing(files)) == sorted(files, key=lambda file: file.relpath)


@given(listings())
def test_a_listing_is_byte_for_byte_dvcs(files: list[ListedFile]) -> None:
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.tree import Tree

    tree = Tree()
    for file in files:
        tree.add(tuple(file.relpath.split("/")), None, HashInfo("md5", file.md5))
    assert render_listing(files) == tree.as_bytes()


@given(listings(), st.randoms())
def test_the_order_in_which_files_were_found_does_not_matter(files: list[ListedFile], random: Any) -> None:
    shuffled = random.sample(files, len(files))
    assert render_listing(shuffled) == render_listing(files)


def entry(relpath: object, md5: object = A) -> dict[str, object]:
    return {"md5": md5, "relpath": relpath}


@pytest.mark.parametrize(
    "content",
    [
        {},
        "x",
        None,
        [1],
        [[]],
        [{}],
        [{"md5": A}],
        [{"relpath": "x"}],
        [entry("x", None)],
        [entry("x", "zz")],
        [entry("x", A + ".dir")],
        [entry("x", "../../etc")],
        [entry(5)],
        [entry("")],
        [entry("/etc/passwd")],
        [entry("../x")],
        [entry("a/../../x")],
        [entry("a/..")],
        [entry(".")],
        [entry("./x")],
        [entry("a//b")],
        [entry("a/")],
        [entry("a/./b")],
        [entry(".git/hooks/pre-commit")],
        [entry("a/.git/config")],
        [entry("a\0b")],
        [entry("a\ud800")],
        [entry("\udcff.csv")],
        [entry("a"), entry("a")],
        [entry("a"), entry("a/b")],
        [entry("a/b/c"), entry("a/b")],
    ],
)
def test_a_listing_that_could_lead_outside_is_damaged(content: object) -> None:
    """Promise 6, and DVC-FACTS: DVC writes where such a listing points."""
    with pytest.raises(DamagedListingError) as caught:
        parse_listing(json.dumps(content).encode())
    assert caught.value.exit_code == 9


@pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe[]", b"[" * 100_000, b"[{}", b"\x80"])
def test_what_is_no_json_is_a_damaged_listing(data: bytes) -> None:
    with pytest.raises(DamagedListingError):
        parse_listing(data)


def test_an_empty_directory_has_an_empty_listing() -> None:
    assert render_listing([]) == b"[]"
    assert parse_listing(b"[]") == []


def test_comments_and_fields_of_a_newer_hotpass_stay_in_its_part_of_the_pointer() -> None:
    base = _pointer_with_more()
    old = parse_pointer(base)
    assert old.stamp is not None
    new = replace(
        old, stamp=Stamp(old.stamp.dataset, DatasetVersion.parse("1.0.1"), "2026-01-01T00:00:00Z", old.md5)
    )
    text = render_pointer(new, base)
    assert parse_pointer(text) == new
    assert "reviewed: yes" in text
    assert "# the end\n" in text
    assert "content:" not in text, "a digest of other data does not stay"


def _pointer_with_more() -> str:
    md5 = "0" * 31 + "a"
    return (
        f"outs:\n- md5: {md5}\n  hash: md5\n  path: x.csv\n  meta:\n    hotpass:\n      dataset: x\n"
        f"      version: 1.0.0\n      reviewed: yes\n      content: abc\n      of: {md5}\n# the end\n"
    )
