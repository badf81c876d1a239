"""Version numbers, dataset names and tag names."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hotpass.versioning.errors import BadDatasetNameError, BadReleaseNameError, BadVersionError
from hotpass.versioning.version import (
    ZERO,
    Bump,
    DatasetVersion,
    check_name,
    parse_tag,
    tag_name,
)
from hotpass.versioning.wanted import Wanted, parse_release_name

NUMBERS = st.integers(0, 999_999_999)
RELEASES = st.builds(DatasetVersion, NUMBERS, NUMBERS, NUMBERS)
IDENTIFIERS = st.one_of(
    st.integers(0, 10**12).map(str),
    st.from_regex(r"[0-9]{0,3}[A-Za-z-][0-9A-Za-z-]{0,5}", fullmatch=True),
)
PRE = st.lists(IDENTIFIERS, max_size=3).map(".".join)
BUILD = st.lists(st.from_regex(r"[0-9A-Za-z-]{1,6}", fullmatch=True), max_size=3).map(".".join)
VERSIONS = st.builds(DatasetVersion, st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), PRE, BUILD)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", fullmatch=True)

# FAULTS 36, and neighbours.
BAD_VERSIONS = [
    "",
    "1",
    "1.0",
    "1.0.0.0",
    "1_0.0.0",
    " 1.0.0",
    "1.0.0 ",
    " 1.0.0 ",
    "1.0.0\n",
    "\n1.0.0",
    "01.0.0",
    "1.00.0",
    "1.0.00",
    "-1.0.0",
    "+1.0.0",
    "v1.0.0",
    "V1.0.0",
    "1e1.0.0",
    "0x1.0.0",
    "1,0,0",
    "1..0",
    ".1.0.0",
    "1.0.0.",
    "1.0.x",
    "1.0.0-rc.1",
    "1.0.0+build",
    "\uff11.\uff10.\uff10",
    "\u0661.\u0660.\u0660",
    "\u00b2.0.0",
    "1" * 30 + ".0.0",
    "0.0." + "9" * 10,
    "1.0.0\0",
    "latest",
    "None",
]


@pytest.mark.parametrize("text", BAD_VERSIONS)
def test_only_plain_x_y_z_is_a_version(text: str) -> None:
    """Case 36."""
    with pytest.raises(BadVersionError) as caught:
        DatasetVersion.parse(text)
    assert caught.value.exit_code == 2
    assert caught.value.text == text


@given(RELEASES)
def test_a_version_is_read_back_as_it_was_written(version: DatasetVersion) -> None:
    assert DatasetVersion.parse(str(version)) == version
    assert version.is_release


@given(st.text(alphabet="0123456789.-+ vrc\n\u0661", max_size=12))
def test_what_is_accepted_is_written_back_letter_by_letter(text: str) -> None:
    try:
        version = DatasetVersion.parse(text)
    except BadVersionError:
        return
    assert str(version) == text


@given(VERSIONS)
def test_a_semver_is_read_back_as_it_was_written(version: DatasetVersion) -> None:
    assert DatasetVersion.parse_semver(str(version)) == version


@pytest.mark.parametrize(
    "text",
    [
        "0.0.4",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-0A.is.legal",
        "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
        "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
        "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
        "1.0.0--",
        "1.0.0-0",
    ],
)
def test_versions_that_semver_org_calls_valid_are_read(text: str) -> None:
    """From the examples of semver.org's regular expression."""
    version = DatasetVersion.parse_semver(text)
    assert version is not None
    assert str(version) == text


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.2",
        "1.2.3-0123",
        "1.2.3-0123.0123",
        "1.1.2+.123",
        "+invalid",
        "-invalid",
        "alpha",
        "1.0.0-alpha..1",
        "1.0.0-",
        "1.0.0+",
        "1.0.0-alpha_beta",
        "01.1.1",
        "1.2.3.DEV",
        "1.1.2+b+c",
        "1.0.0-\u00e9",
        "1.0.0\n",
    ],
)
def test_versions_that_semver_org_calls_invalid_are_not_read(text: str) -> None:
    assert DatasetVersion.parse_semver(text) is None


# --- order ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ladder",
    [
        # SemVer 2.0.0, 11.2 and 11.4
        ["1.0.0", "2.0.0", "2.1.0", "2.1.1"],
        [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
        ],
        ["1.9.0", "1.10.0-rc.1", "1.10.0", "1.11.0"],
        ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a1"],
        ["0.0.0", "0.0.1", "0.1.0", "1.0.0", "10.0.0", "100.0.0"],
    ],
)
def test_order_is_that_of_semver_section_11(ladder: list[str]) -> None:
    versions = [DatasetVersion.parse_semver(text) for text in ladder]
    assert None not in versions
    for low, high in pairwise(versions):
        assert low is not None
        assert high is not None
        assert low < high
        assert high > low
        assert low != high


@given(VERSIONS, VERSIONS, VERSIONS)
def test_order_is_total(a: DatasetVersion, b: DatasetVersion, c: DatasetVersion) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a < b < c) or a < c
    assert sorted([a, b, c]) == sorted([c, b, a])


@given(VERSIONS, BUILD)
def test_the_build_part_never_puts_a_version_past_another_number(version: DatasetVersion, build: str) -> None:
    """SemVer 2.0.0, 11.1: build metadata has no say in precedence."""
    other = DatasetVersion(version.major, version.minor, version.patch + 1)
    assert DatasetVersion(version.major, version.minor, version.patch, version.pre, build) < other


def test_a_version_is_not_compared_with_a_text() -> None:
    with pytest.raises(TypeError):
        assert DatasetVersion(1, 0, 0) < "2.0.0"
    assert DatasetVersion(1, 0, 0) != "1.0.0"  # type: ignore[comparison-overlap]  # the point


@given(VERSIONS)
def test_equal_versions_have_equal_hashes(version: DatasetVersion) -> None:
    again = DatasetVersion.parse_semver(str(version))
    assert again == version
    assert len({version, again}) == 1


# --- bumps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "part", "new"),
    [
        ("1.0.0", "patch", "1.0.1"),
        ("1.0.1", "minor", "1.1.0"),
        ("1.1.0", "major", "2.0.0"),
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.9.9", "patch", "1.9.10"),
        ("0.0.0", "patch", "0.0.1"),
        ("0.0.0", "minor", "0.1.0"),
        ("0.0.0", "major", "1.0.0"),
        ("1.0.0-rc.1", "patch", "1.0.0"),
        ("1.0.0+b", "patch", "1.0.1"),
    ],
)
def test_a_bump_raises_its_part_and_clears_those_below(old: str, part: str, new: str) -> None:
    version = DatasetVersion.parse_semver(old)
    assert version is not None
    assert str(version.bump(part)) == new
    assert version.bump(Bump(part)) == version.bump(part)


@given(VERSIONS, st.sampled_from(Bump))
def test_a_bumped_version_is_a_release_above_the_old_one(version: DatasetVersion, part: Bump) -> None:
    bumped = version.bump(part)
    assert bumped > version
    assert bumped.is_release


@pytest.mark.parametrize("word", ["", "huge", "Patch", "auto", "1"])
def test_an_unknown_part_is_no_bump(word: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Bump"):
        ZERO.bump(word)


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-d",
        "--help",
        "_x",
        "a b",
        "a..b",
        "a.b",
        "a@{b",
        "x.lock",
        ".x",
        "@",
        "HEAD",
        "head",
        "refs/heads/main",
        "../x",
        "a/b",
        "a\\b",
        "a\nb",
        "a\n",
        "a\x1b[31m",
        "a\0",
        "a\u202eb",
        "\u00e9",
        "e\u0301",
        "x" * 101,
        "x" * 300,
        "CON",
        "con",
        "Nul",
        "lpt1",
        "COM9",
        "x.",
        "x ",
        " x",
        "\uff41",
    ],
)
def test_names_that_could_do_harm_cannot_be_created(name: str) -> None:
    """Case 37."""
    with pytest.raises(BadDatasetNameError) as caught:
        check_name(name)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["a", "0", "refined_data", "Data-2", "x" * 100, "com10", "console", "s-v2"])
def test_names_of_the_pattern_can_be_created(name: str) -> None:
    assert check_name(name) == name


@given(NAMES, RELEASES)
def test_tag_name_and_parse_tag_are_inverse(name: str, version: DatasetVersion) -> None:
    assert parse_tag(tag_name(name, version)) == (name, version)


@given(NAMES, VERSIONS)
def test_tags_of_others_are_read_with_every_part(name: str, version: DatasetVersion) -> None:
    # `1.0.0-v2.0.0` in a tag could be a name's end; releases of ours have no such part.
    assume(parse_tag(f"x-v{version}") == ("x", version))
    parsed = parse_tag(tag_name(name, version))
    assert parsed is not None
    assert tag_name(*parsed) == tag_name(name, version)


@given(st.text(alphabet="sv-0129.rc+_@", max_size=20))
def test_what_is_no_tag_name_of_ours_is_none_and_what_is_is_written_back(text: str) -> None:
    parsed = parse_tag(text)
    if parsed is not None:
        assert tag_name(*parsed) == text


def test_a_dataset_whose_name_ends_like_a_tag_is_kept_apart() -> None:
    """Case 33: datasets ``s`` and ``s-v2``."""
    assert parse_tag("s-v2.0.0") == ("s", DatasetVersion(2, 0, 0))
    assert parse_tag("s-v2-v1.0.0") == ("s-v2", DatasetVersion(1, 0, 0))
    assert parse_tag("s-v2-v2-v1.0.0") == ("s-v2-v2", DatasetVersion(1, 0, 0))
    assert parse_tag("s-v2") is None


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "v1.0.0",
        "-v1.0.0",
        "s-1.0.0",
        "s-v1.0",
        "s-v01.0.0",
        "s-v1.0.0\n",
        "s-v",
        "s.t-v1.0.0",
        "s@v1.0.0",
    ],
)
def test_other_tags_are_no_releases(tag: str) -> None:
    assert parse_tag(tag) is None


@given(NAMES, RELEASES)
def test_a_release_name_is_read(name: str, version: DatasetVersion) -> None:
    assert parse_release_name(f"{name}@{version}") == (name, Wanted.only(version))
    assert parse_release_name(name) == (name, None)


@pytest.mark.parametrize(
    "text", ["", "@", "@1.0.0", "a@", "a b@1.0.0", "-d@1.0.0", "../x@1.0.0", "a\n@1.0.0"]
)
def test_what_names_no_release_is_refused(text: str) -> None:
    with pytest.raises(BadReleaseNameError):
        parse_release_name(text)


@pytest.mark.parametrize(
    "text", ["a@1.0.0@1.0.0", "a@newest", "a@v1.0.0", "a@ 1.0.0", "a@1.0.0.0", "a@^", "a@01"]
)
def test_a_release_name_with_another_version_is_refused(text: str) -> None:
    with pytest.raises(BadVersionError):
        parse_release_name(text)
