"""Which release is meant: the ranges after the `@`, as npm and Cargo read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.versioning.errors import BadReleaseNameError, BadVersionError
from hotpass.versioning.version import DatasetVersion
from hotpass.versioning.wanted import Wanted, parse_release_name

# From the tables in npm's node-semver README ("Caret Ranges", "Tilde Ranges", "X-Ranges") and in the Cargo book,
# "Specifying Dependencies": where both give a bound it is the same one. (A bare `1.2` is npm's: Cargo reads it as ^.)
RANGES = {
    "1.2.3": ("1.2.3", "1.2.4"),
    "0.0.0": ("0.0.0", "0.0.1"),
    "1": ("1.0.0", "2.0.0"),
    "0": ("0.0.0", "1.0.0"),
    "1.2": ("1.2.0", "1.3.0"),
    "0.0": ("0.0.0", "0.1.0"),
    "^1.2.3": ("1.2.3", "2.0.0"),
    "^1.2": ("1.2.0", "2.0.0"),
    "^1": ("1.0.0", "2.0.0"),
    "^0.2.3": ("0.2.3", "0.3.0"),
    "^0.2": ("0.2.0", "0.3.0"),
    "^0.0.3": ("0.0.3", "0.0.4"),
    "^0.0.0": ("0.0.0", "0.0.1"),
    "^0.0": ("0.0.0", "0.1.0"),
    "^0": ("0.0.0", "1.0.0"),
    "^1.0.0": ("1.0.0", "2.0.0"),
    "~1.2.3": ("1.2.3", "1.3.0"),
    "~1.2": ("1.2.0", "1.3.0"),
    "~1": ("1.0.0", "2.0.0"),
    "~0.2.3": ("0.2.3", "0.3.0"),
    "~0.2": ("0.2.0", "0.3.0"),
    "~0": ("0.0.0", "1.0.0"),
    "~0.0.1": ("0.0.1", "0.1.0"),
}


def _version(text: str) -> DatasetVersion:
    return DatasetVersion.parse(text)


@pytest.mark.parametrize(("text", "bounds"), RANGES.items(), ids=RANGES.keys())
def test_a_range_begins_and_ends_where_npm_and_cargo_say(text: str, bounds: tuple[str, str]) -> None:
    wanted = Wanted.parse(text)
    low, high = map(_version, bounds)
    assert (wanted.low, wanted.high) == (low, high)
    assert wanted.matches(low)
    assert not wanted.matches(high)
    if low.patch:
        assert not wanted.matches(DatasetVersion(low.major, low.minor, low.patch - 1))


def test_latest_is_every_release() -> None:
    wanted = Wanted.parse("latest")
    assert wanted.matches(_version("0.0.0"))
    assert wanted.matches(_version("999999999.999999999.999999999"))
    assert not wanted.is_exact


@pytest.mark.parametrize("text", ["1.2.3-rc.1", "1.2.4-rc.1", "1.3.0+build.5"])
def test_a_candidate_is_never_chosen_by_a_range(text: str) -> None:
    """npm: "not meant for general consumption"; Hotpass never makes one."""
    version = DatasetVersion.parse_semver(text)
    assert version is not None
    assert not any(
        Wanted.parse(range_).matches(version) for range_ in ("latest", "1", "^1.2", "~1.2.3", "1.2.3")
    )


@pytest.mark.parametrize("text", ["1.2.3", "0.0.0", "^0.0.3", "999999999.999999999.999999999"])
def test_what_can_mean_one_version_alone_is_exact(text: str) -> None:
    assert Wanted.parse(text).is_exact


@pytest.mark.parametrize("text", ["1", "1.2", "^1.2.3", "~1.2.3", "~0.0.3", "latest"])
def test_what_can_mean_several_is_not_exact(text: str) -> None:
    assert not Wanted.parse(text).is_exact


BAD = [
    "", " ", "^", "~", "v1.0.0", "V1", "=1.0.0", ">=1.0.0", "1.x", "1.*", "*", "x", "1.0.0.0", "1.", ".1", "01",
    "1.02", "1.0.00", "-1", "+1", " 1", "1 ", "1\n", "1.0.0\n", "1_0", "１", "1.0.0-rc.1", "^^1", "~^1", "LATEST",
    "Latest", "latest ", "1" * 10, "1." + "9" * 30, "1e1", "1,0", "1.0.0 - 2.0.0", "1||2", "\x1b[1m1",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadVersionError):
        Wanted.parse(text)


@given(st.text(max_size=12))
def test_any_text_is_a_range_or_refused_and_nothing_else(text: str) -> None:
    try:
        wanted = Wanted.parse(text)
    except BadVersionError:
        return
    assert wanted.matches(wanted.low)
    assert str(wanted) == text


_NUMBERS = st.integers(0, 5)
_VERSIONS = st.builds(DatasetVersion, _NUMBERS, _NUMBERS, _NUMBERS)


@given(_VERSIONS, _VERSIONS)
def test_the_shorter_a_range_the_more_it_holds(base: DatasetVersion, other: DatasetVersion) -> None:
    exact, minor, major = f"{base}", f"{base.major}.{base.minor}", f"{base.major}"
    ladder = [Wanted.parse(text).matches(other) for text in (exact, f"~{exact}", minor, major, "latest")]
    assert ladder == sorted(ladder)
    if Wanted.parse(f"~{exact}").matches(other) and base.major:
        assert Wanted.parse(f"^{exact}").matches(other)


@given(_VERSIONS, st.booleans())
def test_only_is_that_version_and_no_other(version: DatasetVersion, as_text: bool) -> None:
    wanted = Wanted.parse(str(version)) if as_text else Wanted.only(version)
    assert wanted.is_exact
    assert wanted.matches(version)
    assert not wanted.matches(version.bump("patch"))


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("refined_data", "refined_data", None),
        ("refined_data@latest", "refined_data", "latest"),
        ("refined_data@^1.2", "refined_data", "^1.2"),
        ("s-v2@1", "s-v2", "1"),
    ],
)
def test_a_release_name_is_dataset_and_range(text: str, name: str, wanted: str | None) -> None:
    found, range_ = parse_release_name(text)
    assert found == name
    assert (range_ and str(range_)) == wanted


@pytest.mark.parametrize("text", ["@", "@1", "refined_data@", "a b@1", "../x@1", "-d", "", "a/b@1.0.0"])
def test_what_names_no_release_is_refused(text: str) -> None:
    with pytest.raises(BadReleaseNameError):
        parse_release_name(text)


@pytest.mark.parametrize("text", ["a@@1", "a@1@2", "a@1.0.0@", "a@b"])
def test_two_at_signs_are_no_range(text: str) -> None:
    with pytest.raises(BadVersionError):
        parse_release_name(text)
