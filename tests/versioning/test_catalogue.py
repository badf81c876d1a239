"""Tags ↔ releases: messages, current, next."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.versioning.catalogue import catalogue_of, parse_message, render_message
from hotpass.versioning.errors import UnknownVersionError
from hotpass.versioning.git import TagRef
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.version import Bump, DatasetVersion, release_ref

MD5 = "0cc175b9c0f1b6a831c399e269772661"
_ids = itertools.count(1)


def tag(name: str, *, annotated: bool = True, commit: bool = True, message: str = "words\n") -> TagRef:
    oid = Oid(f"{next(_ids):040x}")
    return TagRef(name, oid, annotated, Oid("c" * 40) if commit else None, "2025-11-02", "Test", message)


def v(text: str) -> DatasetVersion:
    return DatasetVersion.parse(text)


def test_releases_are_ordered_by_version_and_not_by_name_or_date() -> None:
    names = ["x-v1.10.0", "x-v1.9.0", "x-v2.0.0", "x-v1.2.0"]
    catalogue = catalogue_of("x", [tag(name) for name in names])
    assert [str(release.version) for release in catalogue.releases] == ["1.2.0", "1.9.0", "1.10.0", "2.0.0"]
    assert catalogue.newest is not None
    assert catalogue.newest.tag == "x-v2.0.0"


def test_tags_of_datasets_with_a_like_name_are_not_ours() -> None:
    """Case 33."""
    tags = [
        tag("s-v1.0.0"),
        tag("s-v2-v9.0.0"),
        tag("S-v3.0.0"),
        tag("s_v2-v1.0.0"),
        tag("s-1.0.0"),
        tag("s"),
    ]
    assert [release.tag for release in catalogue_of("s", tags).releases] == ["s-v1.0.0"]
    assert [release.tag for release in catalogue_of("s-v2", tags).releases] == ["s-v2-v9.0.0"]


def test_lightweight_tags_and_tags_on_blobs_are_no_releases_and_take_their_number() -> None:
    """Case 33."""
    catalogue = catalogue_of("x", [tag("x-v1.0.0", annotated=False), tag("x-v1.1.0", commit=False)])
    assert catalogue.releases == ()
    assert set(catalogue.taken) == {v("1.0.0"), v("1.1.0")}
    assert catalogue.find(v("1.0.0")) is None


def test_pre_releases_of_others_are_no_releases() -> None:
    catalogue = catalogue_of("x", [tag("x-v1.10.0-rc.1"), tag("x-v1.9.0"), tag("x-v1.9.0+b")])
    assert [str(release.version) for release in catalogue.releases] == ["1.9.0"]


def test_an_unknown_version_names_those_there_are() -> None:
    catalogue = catalogue_of("x", [tag("x-v1.0.0"), tag("x-v1.0.1")])
    assert catalogue.get(v("1.0.1")).tag == "x-v1.0.1"
    with pytest.raises(UnknownVersionError) as caught:
        catalogue.get(v("1.0.2"))
    assert caught.value.known == ("1.0.0", "1.0.1")


@pytest.mark.parametrize(
    ("released", "current", "part", "expected"),
    [
        ([], None, "patch", "0.0.1"),
        ([], None, "minor", "0.1.0"),
        ([], None, "major", "1.0.0"),
        ([], "1.0.0", "patch", "1.0.1"),
        (["1.0.0"], "1.0.0", "patch", "1.0.1"),
        (["1.0.0"], "1.1.0", "patch", "1.1.1"),  # a draft counts on from itself
        (["1.0.0", "2.0.0"], "1.0.0", "patch", "2.0.1"),  # after checking out an old tag
        (["1.0.0", "2.0.0"], "1.0.1", "patch", "2.0.1"),  # a draft below the newest does not
        (["1.9.0", "1.10.0"], "1.10.0", "minor", "1.11.0"),
        (["1.0.0"], None, "major", "2.0.0"),
    ],
)
def test_next_is_the_bump_of_the_greater_of_newest_release_and_draft(
    released: list[str], current: str | None, part: str, expected: str
) -> None:
    """Case 28, and ARCHITECTURE, "current, next"."""
    catalogue = catalogue_of("x", [tag(f"x-v{version}") for version in released])
    assert str(catalogue.next(v(current) if current else None, Bump(part))) == expected


NUMBERS = st.integers(0, 3)
VERSIONS = st.builds(DatasetVersion, NUMBERS, NUMBERS, NUMBERS)


@given(st.sets(VERSIONS, max_size=5), st.none() | VERSIONS, st.sampled_from(Bump))
def test_next_is_above_every_release_and_never_one_of_them(
    released: set[DatasetVersion], current: DatasetVersion | None, part: Bump
) -> None:
    catalogue = catalogue_of("x", [tag(f"x-v{version}") for version in released])
    following = catalogue.next(current, part)
    assert all(following > version for version in released)


def test_next_is_never_a_number_that_some_other_tag_has_taken() -> None:
    """Case 33: a lightweight tag in the way must not make every bump fail."""
    catalogue = catalogue_of("x", [tag("x-v1.0.0"), tag("x-v1.0.1", annotated=False)])
    assert str(catalogue.next(v("1.0.0"), Bump.PATCH)) == "1.0.1"
    assert v("1.0.1") in catalogue.taken  # so the release is refused by name and the user decides


# --- messages -------------------------------------------------------------------------------------------------

FACTS: dict[str, str | int | None] = {"Path": "dist/x.csv", "Md5": MD5, "Size": 12, "Files": None}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60).map(
    lambda text: text.strip()
)


def test_a_message_carries_subject_description_and_trailers() -> None:
    message = render_message("x", v("1.0.1"), "Two phones corrected", FACTS)
    assert message == (
        "x 1.0.1\n\nTwo phones corrected\n\n"
        "Hotpass-Dataset: x\nHotpass-Version: 1.0.1\n"
        f"Hotpass-Path: dist/x.csv\nHotpass-Md5: {MD5}\nHotpass-Size: 12\n"
    )


@given(WORDS)
def test_description_and_facts_are_read_back(description: str) -> None:
    message = render_message("x", v("1.0.1"), description, FACTS)
    found, facts = parse_message(message)
    assert facts == {"Dataset": "x", "Version": "1.0.1", "Path": "dist/x.csv", "Md5": MD5, "Size": "12"}
    assert found == description


@pytest.mark.parametrize(
    "description",
    [
        "",
        "one line",
        "two\nlines",
        "two\n\nparagraphs",
        "three\n\n\nempty lines",
        "# a heading that git would drop",
        f"Hotpass-Md5: {'f' * 32}",
        f"words\n\nHotpass-Md5: {'f' * 32}",
        "Signed-off-by: someone",
        "-----BEGIN PGP SIGNATURE-----",
        "words\n-----BEGIN PGP SIGNATURE-----\nwords",
        "a: b",
        "trailing colon:",
        "caf\u00e9 \u2028 \U0001f600",
    ],
)
def test_no_description_can_pass_for_a_fact(description: str) -> None:
    message = render_message("x", v("1.0.1"), description, FACTS)
    found, facts = parse_message(message)
    assert facts["Md5"] == MD5
    assert facts["Version"] == "1.0.1"
    assert found == description


@pytest.mark.parametrize("kind", ["PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"])
def test_a_signature_below_is_no_part_of_the_message(kind: str) -> None:
    message = render_message("x", v("1.0.1"), "words", FACTS)
    signed = f"{message}-----BEGIN {kind}-----\n\nabc\nHotpass-Md5: {'f' * 32}\n-----END {kind}-----\n"
    assert parse_message(signed) == parse_message(message)


@pytest.mark.parametrize("message", ["", "words", "words\n\nmore words\n", "Release 1.0.0\n\nKey: value\n"])
def test_a_message_of_somebody_else_is_all_description(message: str) -> None:
    assert parse_message(message) == (message.strip(), {})


def test_a_release_knows_bytes_and_path_of_its_tag() -> None:
    message = render_message("x", v("1.0.0"), "words", FACTS)
    (release,) = catalogue_of("x", [tag("x-v1.0.0", message=message)]).releases
    assert (release.md5, release.path, release.description) == (MD5, "dist/x.csv", "words")
    (foreign,) = catalogue_of("x", [tag("x-v1.0.0")]).releases
    assert (foreign.md5, foreign.path) == (None, None)


def test_a_ref_is_named_in_full() -> None:
    """Case 33: a branch of the same name is never meant."""
    assert release_ref("x", v("1.0.0")) == "refs/tags/x-v1.0.0"
