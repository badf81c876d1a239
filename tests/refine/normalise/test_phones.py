"""Phones as tables: what people write, what comes of it; and the patterns beside phonenumbers itself."""

from __future__ import annotations

import random
import re

import phonenumbers
import polars as pl
import pytest

from hotpass.refine.normalise.fastphones import fast_pattern
from hotpass.refine.normalise.phones import PhoneRules, fast_phones, parse_phones, phones

ZA = PhoneRules("ZA", "011")
TERRITORIES = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = [
    kind for kind in phonenumbers.PhoneNumberType.values() if kind != phonenumbers.PhoneNumberType.UNKNOWN
]


@pytest.mark.parametrize(
    ("text", "numbers", "flags"),
    [
        ("011 555 0100", ["+27115550100"], []),
        ("(011) 555-0100", ["+27115550100"], []),
        ("115550100.0", ["+27115550100"], []),
        ("115550100", ["+27115550100"], []),
        ("27115550100", ["+27115550100"], []),
        ("+27 (0)11 555 0100", ["+27115550100"], []),
        ("0027 11 555 0100", ["+27115550100"], []),
        ("\uff10\uff11\uff11 555 0100", ["+27115550100"], []),
        ("(011)\n555-0100", ["+27115550100"], []),
        ("011 555 0100 / 082 555 0123", ["+27115550100", "+27825550123"], []),
        ("011 555 0100, 082 555 0123; 0115550100", ["+27115550100", "+27825550123"], []),
        ("011 555 0100 or 082 555 0123", ["+27115550100", "+27825550123"], []),
        ("Tel: 011 555 0100", ["+27115550100"], []),
        ("082 555 0123 (w)", ["+27825550123"], []),
        ("Cell no. 082 555 0123", ["+27825550123"], []),
        ("011 555 0100 ext 12", ["+27115550100"], ["extension left off"]),
        ("011 555 0100 x12", ["+27115550100"], ["extension left off"]),
        ("011 555 0100/1", ["+27115550100"], ["further lines left off"]),
        ("0800 FLYING", ["+27800359464"], ["vanity number"]),
        ("082 l23 4567", [], ["letters inside digits"]),
        ("O82 123 4567", [], ["letters inside digits"]),
        ("082 123 456O", [], ["letters inside digits"]),
        ("5550100", ["+27115550100"], ["area code added"]),
        ("555-0100", ["+27115550100"], ["area code added"]),
        ("9.99E+999", [], ["rounded number"]),
        ("1.1555E+08", [], ["rounded number"]),
        ("0000000000", [], ["placeholder phone"]),
        ("0123456789", [], ["placeholder phone"]),
        ("12", [], ["no possible phone"]),
        ("011 555 01000000", [], ["no possible phone"]),
        ("none of your business", [], ["no possible phone"]),
        ("Fax 011 555 0101", [], ["fax number"]),
        ("011 555 0100; fax 011 555 0101", ["+27115550100"], ["fax number"]),
        ("+44 20 7946 0958", ["+442079460958"], []),
        ("099 555 0100", ["+27995550100"], ["phone not in use"]),
    ],
)
def test_south_african_cells(text: str, numbers: list[str], flags: list[str]) -> None:
    found = phones(pl.Series([text]), ZA)
    assert (found["phones"][0].to_list(), found["flags"][0].to_list()) == (numbers, flags)


@pytest.mark.parametrize(
    ("text", "rules", "numbers", "flags"),
    [
        ("2859902", PhoneRules("US", "312"), ["+13122859902"], ["area code added"]),
        ("7281777.0", PhoneRules("US", "312"), ["+17737281777"], ["area code added"]),
        ("2859902", PhoneRules("US"), [], ["local number without area code"]),
        ("1-800-FLOWERS", PhoneRules("US"), ["+18003569377"], ["vanity number"]),
        ("(312) 285-9902", PhoneRules(), ["3122859902"], ["phone without country"]),
        ("+1 312 285 9902", PhoneRules(), ["+13122859902"], []),
        ("0027 11 555 0100", PhoneRules(), ["+27115550100"], []),
        ("123", PhoneRules(), [], ["no possible phone"]),
    ],
)
def test_other_countries_and_none(text: str, rules: PhoneRules, numbers: list[str], flags: list[str]) -> None:
    if text == "7281777.0":
        rules = PhoneRules("US", "773")
    assert parse_phones(text, rules) == (numbers, flags)


def test_empty_cells_have_no_phones() -> None:
    found = phones(pl.Series([None, "011 555 0100"], dtype=pl.String), ZA)
    assert found["phones"].to_list() == [[], ["+27115550100"]]
    assert found["flags"].to_list() == [[], []]


@pytest.mark.parametrize("territory", TERRITORIES)
def test_the_example_numbers_of_every_territory(territory: str) -> None:
    forms = phonenumbers.PhoneNumberFormat
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(territory, kind)
        if number is None or not phonenumbers.is_valid_number(number):
            continue
        expected = phonenumbers.format_number(number, forms.E164)
        digits = str(number.national_number)
        if re.fullmatch(r"(\d)\1{5,}", digits) or digits in "01234567890123456789":
            continue
        for form in (forms.E164, forms.INTERNATIONAL, forms.NATIONAL):
            text = phonenumbers.format_number(number, form)
            if form == forms.NATIONAL and not _is_read_back(text, territory, expected):
                continue
            found, flags = phones(pl.Series([text]), PhoneRules(territory)).row(0)
            assert (found, flags) == ([expected], []), (text, kind)


def _is_read_back(text: str, territory: str, expected: str) -> bool:
    """Whether phonenumbers itself reads its national form back: it does not for all (Argentina's mobiles)."""
    number = phonenumbers.parse(text, territory)
    return phonenumbers.is_valid_number(number) and phonenumbers.format_number(number, 0) == expected


def _judged(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, 0) if phonenumbers.is_valid_number(number) else None


def test_what_the_patterns_take_phonenumbers_judges_alike() -> None:
    made = random.Random(5)
    taken = 0
    for country in (each for each in TERRITORIES if fast_pattern(each)):
        texts: set[str] = set()
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(country, kind)
            if number is not None:
                texts |= {_varied(number, country, made) for _ in range(20)}
        ordered = sorted(texts)
        for text, fast in zip(ordered, fast_phones(pl.Series(ordered), country), strict=True):
            if fast is not None:
                taken += 1
                assert fast == _judged(text, country), (country, text)
    assert taken > 3000


def _varied(number: phonenumbers.PhoneNumber, country: str, made: random.Random) -> str:
    """A number with some last digits changed, a prefix or none, and a sign between digits or none."""
    digits = list(str(number.national_number))
    for place in range(len(digits) - made.randrange(len(digits) + 1), len(digits)):
        digits[place] = made.choice("0123456789")
    code = number.country_code
    trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
    text = made.choice(["", "", f"+{code}", "0", "1", f"00{code}", trunk, str(code)]) + "".join(digits)
    return text[:4] + made.choice(["", "", " ", "-", ".", ") "]) + text[4:]


def test_the_countries_of_the_profiles_have_patterns() -> None:
    assert fast_pattern("ZA")
    assert fast_pattern("US")
