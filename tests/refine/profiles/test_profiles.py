"""Profiles: those that ship, what extends what, and every mistake with its line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotpass.refine.profiles import (
    ProfileError,
    Severity,
    UnknownProfileError,
    load_profile,
    shipped_profiles,
)


def test_the_profiles_that_ship() -> None:
    assert shipped_profiles() == ("aviation", "generic")
    generic, aviation = load_profile("generic"), load_profile("aviation")
    assert (generic.country, generic.area_code, generic.extras) == (None, None, "none")
    assert (aviation.country, aviation.date_order) == ("ZA", "dmy")
    # What aviation says comes first, what generic says stays.
    names = aviation.headers["organization_name"]
    assert names[0] == "flight school"
    assert set(generic.headers["organization_name"]) < set(names)
    assert aviation.extra_fields == ("ato_number", "aerodrome", "fleet_size")
    assert [rule.name for rule in aviation.rules][:5] == [rule.name for rule in generic.rules]
    assert aviation.regions["kzn"] == "ZA-KZN"
    assert generic.rules[0].severity is Severity.ERROR
    assert generic.digest != aviation.digest


def test_no_header_of_a_shipped_profile_means_two_fields() -> None:
    for name in shipped_profiles():
        headers = [(header, field) for field, names in load_profile(name).headers.items() for header in names]
        twice = {header for header, _ in headers if sum(other == header for other, _ in headers) > 1}
        assert not twice


def test_regions_of_shipped_profiles_are_in_iso_3166() -> None:
    import pycountry

    for code in load_profile("aviation").regions.values():
        assert pycountry.subdivisions.get(code=code), code  # type: ignore[no-untyped-call]


def test_what_a_run_knows_better() -> None:
    profile = load_profile("generic").with_settings(country="US", area_code="312")
    assert (profile.country, profile.area_code, profile.date_order) == ("US", "312", None)


def _load(folder: Path, text: str) -> object:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_profile(str(path))


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "profile: mine\n"
        "extends: generic\n"
        "country: NO\n"
        "area_code: '011'\n"
        "extras: [Hours]\n"
        "header_row:\n  'list.xlsx!*': 3\n  plain.csv: none\n"
        "columns:\n  list.xlsx!Sites: {Agency: organization_name, C: none}\n"
        "headers:\n  phone: [Fax]\n"
        "placeholders: [Nothing]\n"
        "source_priority: [a.csv, b.csv]\n"
        "thresholds: {match: 0.95}\n"
        "rules:\n  - {rule: 'e-mails are valid', field: email, check: valid, severity: error, threshold: 0.5}\n"
    )
    profile = load_profile(str(path))
    assert profile.country == "NO"
    assert profile.keeps("hours:")
    assert not profile.keeps("Grade")
    assert profile.header_row == {"list.xlsx!*": 3, "plain.csv": 0}
    assert profile.columns["list.xlsx!Sites"] == {"Agency": "organization_name", "C": None}
    assert profile.headers["phone"][0] == "fax"
    assert "fax" not in profile.ignored_headers
    assert {"nothing", "n/a"} <= profile.placeholders
    assert (profile.thresholds.match, profile.thresholds.review) == (0.95, 0.7)
    rules = {rule.name: rule for rule in profile.rules}
    assert rules["e-mails are valid"].severity is Severity.ERROR
    assert len(rules) == 5


@pytest.mark.parametrize(
    ("text", "line", "expected", "hint"),
    [
        ("profile: x\ncontry: ZA\n", 2, "expected one of profile, description, extends, country, ", "did you mean 'country'?"),
        ("profile: x\n\ncountry: South Africa\n", 3, "expected a country code of two capital letters (ISO 3166-1), such as ZA, found 'South Africa'", ""),
        ("profile: x\narea_code: 11\n", 2, "expected digits in quotes, such as \"011\", found '11'", ""),
        ("profile: x\nheaders:\n  phone: [a]\n  emial: [b]\n", 4, "expected one of source_record, ", "did you mean 'email'?"),
        ("profile: x\nheaders:\n  phone: tel\n", 3, "expected a list, found 'tel'", ""),
        ("profile: x\nheaders:\n  phone:\n    - tel\n    - 5\n", 5, "expected a text (in quotes where it looks like something else), found '5'", ""),
        ("profile: x\nheaders: 5\n", 2, "expected a mapping (name: value), found '5'", ""),
        ("profile: x\nthresholds:\n  match: 90\n", 3, "expected a number from 0 to 1, found '90'", ""),
        ("profile: x\nextras: some\n", 2, "expected one of all, none, found 'some'", ""),
        ("profile: x\ndate_order: ymd\n", 2, "expected one of dmy, mdy, found 'ymd'", "did you mean 'mdy'?"),
        ("profile: x\nheader_row: {a: 0}\n", 2, "expected the number of a row, from 1, or none, found '0'", ""),
        ("profile: x\ncolumns:\n  a.csv: {Agency: nam}\n", 3, "expected a field, or none, found 'nam'", ""),
        ("profile: x\nrules:\n  - rule: r\n    field: emails\n    check: valid\n", 4, "expected a field of the refined table, found 'emails'", "did you mean 'email'?"),
        ("profile: x\nrules:\n  - rule: r\n    field: email\n", 3, "expected a rule with check", ""),
        ("profile: x\nrules:\n  - {rule: r, field: email, check: vaild}\n", 3, "expected one of present, valid, unique, one_of, matches, found 'vaild'", "did you mean 'valid'?"),
        ("profile: x\nrules:\n  - {rule: r, field: country, check: one_of}\n", 3, "expected values with the check one_of, and with no other", ""),
        ("profile: x\nrules:\n  - {rule: r, field: country, check: matches, pattern: '('}\n", 3, "expected a regular expression, found '( (", ""),
        ("profile: x\nrules:\n  - {rule: r, field: country, check: matches, pattern: 'a(?=b)'}\n", 3, "expected a regular expression that looks neither", ""),
        ("profile: x\nextra_fields: [phone]\n", 2, "expected names of further fields, of letters, digits and _, found 'phone'", ""),
        ("country: ZA\n", 1, "expected the key profile, with the profile's name", ""),
        ("- a\n", 1, "expected a mapping (name: value), found 'a list'", ""),
        ("", 1, "expected a mapping (name: value), found 'nothing'", ""),
        ("profile: x\n  y: [\n", 2, "expected YAML", ""),
        ("profile: x\nprofile: y\n", 2, "expected YAML", ""),
    ],
)  # fmt: skip
def test_every_mistake_has_its_line(tmp_path: Path, text: str, line: int, expected: str, hint: str) -> None:
    with pytest.raises(ProfileError) as caught:
        _load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'mine.yaml'}, line {line}: {expected}")
    assert caught.value.hint == (hint or "mend the profile at that line")


def test_a_profile_that_extends_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("profile: other\nextends: mine.yaml\n")
    with pytest.raises(ProfileError, match="expected a profile that does not extend this one"):
        _load(tmp_path, "profile: mine\nextends: other.yaml\n")


def test_an_unknown_profile_is_told_from_a_missing_file(tmp_path: Path) -> None:
    for name in ("genric", str(tmp_path / "no.yaml")):
        with pytest.raises(UnknownProfileError) as caught:
            load_profile(name)
        assert "aviation, generic" in caught.value.hint


def test_text_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes("profile: x\ndescription: café\n".encode("cp1252"))
    with pytest.raises(ProfileError, match="line 2: expected text in UTF-8"):
        load_profile(str(tmp_path / "mine.yaml"))


def test_the_reference_page_has_every_key_and_field() -> None:
    from hotpass.refine.profiles.fields import FIELDS
    from hotpass.refine.profiles.loading import KEYS

    page = (Path(__file__).parents[3] / "docs" / "reference" / "profiles.md").read_text(encoding="utf-8")
    missing = [name for name in (*KEYS, *FIELDS) if f"`{name}`" not in page]
    assert not missing
