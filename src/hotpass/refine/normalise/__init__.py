"""Cells as people write them → values that can be compared: text, names, e-mails, phones, websites, places, dates.

Each normaliser takes the cells of one column and gives its values and its flags, one row for each cell; nothing is
guessed: what could not be decided is left out and flagged (:class:`Flag`), and the cell itself is kept by whoever called.
All of them work on the distinct values of a column.
"""

from hotpass.refine.normalise.addresses import Address, addresses, parse_address
from hotpass.refine.normalise.dates import dates, order_of, parse_date
from hotpass.refine.normalise.emails import emails, parse_emails
from hotpass.refine.normalise.flags import Flag
from hotpass.refine.normalise.names import name_key, names, split_person
from hotpass.refine.normalise.phones import PhoneRules, parse_phones, phones
from hotpass.refine.normalise.places import (
    countries,
    country_code,
    postcode,
    postcodes,
    region_code,
    regions,
)
from hotpass.refine.normalise.text import clean, clean_text, fold, garbled, words
from hotpass.refine.normalise.websites import email_domain, parse_website, registrable_domain, websites

__all__ = [
    "Address",
    "Flag",
    "PhoneRules",
    "addresses",
    "clean",
    "clean_text",
    "countries",
    "country_code",
    "dates",
    "email_domain",
    "emails",
    "fold",
    "garbled",
    "name_key",
    "names",
    "order_of",
    "parse_address",
    "parse_date",
    "parse_emails",
    "parse_phones",
    "parse_website",
    "phones",
    "postcode",
    "postcodes",
    "region_code",
    "regions",
    "registrable_domain",
    "split_person",
    "websites",
    "words",
]
