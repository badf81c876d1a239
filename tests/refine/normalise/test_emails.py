"""E-mails as a table; and the quick test beside email-validator itself."""

from __future__ import annotations

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from hotpass.refine.normalise.emails import emails, parse_emails

FREE, ROLES = frozenset(["gmail.com"]), frozenset(["info"])


@pytest.mark.parametrize(
    ("text", "found", "flags"),
    [
        ("Jo@School.co.za", ["jo@school.co.za"], []),
        (" info@school.co.za ", ["info@school.co.za"], ["role mailbox"]),
        ("jo@gmail.com", ["jo@gmail.com"], ["free mail"]),
        ("mailto:jo@x.org", ["jo@x.org"], []),
        ("mailto:jo@x.org?subject=hi", ["jo@x.org"], []),
        ("Jo Nkosi <jo@x.org>", ["jo@x.org"], []),
        ('"Nkosi, Jo" <jo@x.org>; b@y.org', ["jo@x.org", "b@y.org"], []),
        ("a@x.org; b@x.org,a@x.org", ["a@x.org", "b@x.org"], []),
        ("a@x.org / b@y.org", ["a@x.org", "b@y.org"], []),
        ("a@x.org/b@y.org", ["a@x.org", "b@y.org"], []),
        ("a@x.org\nb@y.org", ["a@x.org", "b@y.org"], []),
        ("E-mail: a@x.org.", ["a@x.org"], []),
        ("jo@x", [], ["no valid e-mail"]),
        ("jo@@x.org", [], ["no valid e-mail"]),
        ("jo.@x.org", [], ["no valid e-mail"]),
        ("jo@x.org, wrong@", ["jo@x.org"], ["no valid e-mail"]),
        ("none yet", [], ["no valid e-mail"]),
        ("jo (at) school dot org", [], ["disguised e-mail"]),
        ("noemail@x.org", [], ["placeholder e-mail"]),
        ("j\u00fcrgen@b\u00fccher.example", ["j\u00fcrgen@b\u00fccher.example"], []),
        ("jo@school.test", [], ["no valid e-mail"]),
    ],
)
def test_cells_as_people_write_them(text: str, found: list[str], flags: list[str]) -> None:
    both = emails(pl.Series([text, None], dtype=pl.String), FREE, ROLES)
    assert both.row(0) == (found, flags)
    assert both.row(1) == ([], [])


LOCAL = st.text("abAB01.+-_%'", min_size=1, max_size=8)
DOMAIN = st.text("abz09-.", min_size=1, max_size=12)
ENDING = st.sampled_from(["org", "co.za", "test", "local", "x", "example", "1a", "xn--p1ai"])


@given(LOCAL, DOMAIN, ENDING)
def test_the_quick_test_agrees_with_email_validator(local: str, domain: str, ending: str) -> None:
    text = f"{local}@{domain}.{ending}"
    quick = emails(pl.Series([text]))["emails"][0].to_list()
    slow = parse_emails(text)[0]
    assert quick == slow
    try:
        asked = [validate_email(text, check_deliverability=False).normalized.lower()]
    except EmailNotValidError:
        return
    if quick:
        assert quick == asked


def test_lengths_at_the_limits() -> None:
    for local in (63, 64, 65):
        for label in (62, 63, 64):
            text = f"{'a' * local}@{'b' * label}.org"
            assert emails(pl.Series([text]))["emails"][0].to_list() == parse_emails(text)[0]
