"""Websites, addresses, countries, regions, postcodes and dates as tables."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from hotpass.refine.normalise import (
    Address,
    countries,
    country_code,
    dates,
    email_domain,
    order_of,
    parse_address,
    parse_date,
    parse_website,
    postcode,
    region_code,
    regions,
)
from hotpass.refine.profiles import load_profile

AVIATION = load_profile("aviation")


@pytest.mark.parametrize(
    ("text", "url", "domain", "flags"),
    [
        ("www.school.co.za", "https://www.school.co.za", "school.co.za", []),
        ("HTTP://School.org/", "https://school.org", "school.org", []),
        ("http://school.org/a?utm_source=x&id=3&fbclid=1", "https://school.org/a?id=3", "school.org", []),
        ("http//school.org", "https://school.org", "school.org", []),
        ("school.org:8080/x#top", "https://school.org:8080/x", "school.org", []),
        ("school.org, other.org", "https://school.org", "school.org", ["several websites"]),
        ("https://m\u00fcnchen.de/\u00e4", "https://xn--mnchen-3ya.de/%C3%A4", "xn--mnchen-3ya.de", []),
        ("school.wixsite.com/home", "https://school.wixsite.com/home", "school.wixsite.com", []),
        ("facebook.com/school", "https://facebook.com/school", None, ["page on a platform"]),
        ("school.co.zaa", "https://school.co.zaa", None, ["unknown top-level domain"]),
        ("jo@school.org", None, None, ["no website"]),
        ("none yet", None, None, ["no website"]),
        ("192.168.1.1", None, None, ["no website"]),
    ],
)
def test_websites(text: str, url: str | None, domain: str | None, flags: list[str]) -> None:
    assert parse_website(text) == (url, domain, flags)


def test_the_domain_of_a_mail_of_ones_own() -> None:
    free = AVIATION.free_mail
    assert email_domain("jo@mail.school.co.za", free) == "school.co.za"
    assert email_domain("jo@gmail.com", free) is None
    assert email_domain("jo@school.zzzz", free) is None


@pytest.mark.parametrize(
    ("text", "country", "address"),
    [
        ("12 Main Road", "ZA", Address("12", "main rd", "main")),
        ("12 N. Homan Av.", "US", Address("12", "n homan ave", "homan")),
        ("30 E. 61st Street", "US", Address("30", "e 61 st", "61")),
        ("7-11 First Avenue", "ZA", Address("7", "1 ave", "1")),
        ("33 West Monroe Street, Suite 2400", "US", Address("33", "w monroe st", "monroe", "suite 2400")),
        ("Unit 4, 12 Main Road", "ZA", Address("12", "main rd", "main", "unit 4")),
        ("Unit 4 12 Main Road", "ZA", Address("12", "main rd", "main", "unit 4")),
        ("Head Office\n11 E. Adams", "US", Address("11", "e adams", "adams")),
        ("14424 Wentworth Ave\nRiverdale, IL  60827\n", "US", Address("14424", "wentworth ave", "wentworth", None, "60827", "Riverdale", "US-IL")),
        ("12 Main Road, Sandton, Gauteng, 2196", "ZA", Address("12", "main rd", "main", None, "2196", "Sandton", "ZA-GP")),
        ("Hangar 5, Lanseria Airport, Johannesburg, 1748", "ZA", Address(unit="hangar 5", postcode="1748", locality="Johannesburg")),
        ("P.O. Box 1128\nLake Villa", "US", Address()),
        ("Posbus 12, 2196", "ZA", Address(postcode="2196")),
        ("Kerkstraat 12", "ZA", Address("12", "kerkstraat", "kerkstraat")),
        ("5 North Street", "US", Address("5", "north st", "north")),
        ("Lanseria Airport", "ZA", Address()),
        ("12", "ZA", Address()),
    ],
)  # fmt: skip
def test_addresses(text: str, country: str, address: Address) -> None:
    assert parse_address(text, country, AVIATION.regions) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("South Africa", "ZA"), ("za", "ZA"), ("ZAF", "ZA"), ("United States", "US"), ("U.S.A.", "US"), ("UK", "GB"),
        ("C\u00f4te d'Ivoire", "CI"), ("Deutschland", "DE"), ("Narnia", None), ("SA", "SA"), ("Sth Africa", None),
    ],
)  # fmt: skip
def test_countries(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_a_profile_knows_its_countries_and_regions() -> None:
    assert countries(pl.Series(["SA", "?", None]), AVIATION.countries).rows() == [
        ("ZA", []), (None, ["unknown country"]), (None, []),
    ]  # fmt: skip
    found = regions(pl.Series(["KZN", "Wes-Kaap", "Gauteng", "ZA-LP", "Jozi"]), "ZA", AVIATION.regions)
    assert found["region"].to_list() == ["ZA-KZN", "ZA-WC", "ZA-GP", "ZA-LP", None]
    assert found["flags"][4].to_list() == ["unknown region"]


def test_regions_by_name_need_a_country() -> None:
    assert region_code("Illinois", "US") == "US-IL"
    assert region_code("il", "US") == "US-IL"
    assert region_code("Illinois", None) is None
    assert region_code("US-IL", None) == "US-IL"
    assert region_code("US-ZZ", "US") is None


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("60624", "US", "60624"), ("60624-1234", "US", "60624"), ("60624.0", "US", "60624"), ("6100", "US", None),
        ("2196", "ZA", "2196"), ("0084", "ZA", "0084"), ("84", "ZA", None), ("sw1a  1aa", "GB", "SW1A 1AA"),
        ("K1A 0B6", "CA", "K1A 0B6"), ("12-345", None, "12-345"), ("Sandton", None, None),
    ],
)  # fmt: skip
def test_postcodes(text: str, country: str | None, code: str | None) -> None:
    assert postcode(text, country) == code


@pytest.mark.parametrize(
    ("text", "order", "date", "flags"),
    [
        ("2021-03-04", None, dt.date(2021, 3, 4), []),
        ("2021-03-04 05:06:00", None, dt.date(2021, 3, 4), []),
        ("2021/3/4", None, dt.date(2021, 3, 4), []),
        ("3/4/2021", None, None, ["day or month first"]),
        ("3/4/2021", "dmy", dt.date(2021, 4, 3), []),
        ("3/4/2021", "mdy", dt.date(2021, 3, 4), []),
        ("13/4/2021", "mdy", dt.date(2021, 4, 13), []),
        ("4/4/2021", None, dt.date(2021, 4, 4), []),
        ("4 March 2021", None, dt.date(2021, 3, 4), []),
        ("4-Mar-2021", None, dt.date(2021, 3, 4), []),
        ("4 Maart 2021", None, dt.date(2021, 3, 4), []),
        ("March 4th, 2021", None, dt.date(2021, 3, 4), []),
        ("10/01/15", "dmy", None, ["year of two digits"]),
        ("44197", None, None, ["number instead of a date"]),
        ("31/02/2020", None, None, ["no date"]),
        ("last week", None, None, ["no date"]),
    ],
)
def test_dates(text: str, order: str | None, date: dt.date | None, flags: list[str]) -> None:
    assert parse_date(text, order) == (date, flags)


def test_the_order_of_day_and_month_is_found_in_the_column() -> None:
    assert order_of(["3/4/2021", "13/4/2021"]) == "dmy"
    assert order_of(["3/4/2021", "4/13/2021"]) == "mdy"
    assert order_of(["13/4/2021", "4/13/2021"]) is None
    # The column's own evidence comes before the profile's.
    found = dates(pl.Series(["3/4/2021", "4/13/2021"]), "dmy")
    assert found["date"].to_list() == [dt.date(2021, 3, 4), dt.date(2021, 4, 13)]
