"""Phones that are valid beyond doubt, told by patterns that are made of phonenumbers' own. Pure.

Only what is sure: digits and the usual signs between them, which are a valid number of the country in its national or
international form. Everything else is for phonenumbers to judge, and tests prove that it would judge these alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

WRITTEN = r"^\s*\+?[0-9 ().\-]{6,24}\s*$"
"""What is looked at: digits with spaces, brackets, points and hyphens."""


@dataclass(frozen=True, slots=True)
class FastPattern:
    """``national`` and ``international`` match what is left when all but digits (and a leading plus) is gone.

    Their one group is the national number, without the country's ``code``.
    """

    code: int
    national: str
    international: str


@cache
def fast_pattern(country: str) -> FastPattern | None:
    """The patterns of a country, or None where its numbers have rules beyond patterns."""
    import phonenumbers

    meta = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    if (
        meta is None
        or meta.country_code is None
        or meta.national_prefix_transform_rule
        or meta.leading_digits
    ):
        return None
    prefix = meta.national_prefix or ""
    if (meta.national_prefix_for_parsing or "") != prefix:
        return None
    # Of countries that share a code the main one is asked first; numbers of +1 have area codes of their own.
    regions = phonenumbers.region_codes_for_country_code(meta.country_code)
    if country != regions[0] and meta.country_code != 1:
        return None
    # A number that could begin with the prefix for calls abroad would be taken apart.
    if not re.fullmatch(r"0[0-9]*", meta.international_prefix or ""):
        return None
    kinds = (
        meta.fixed_line, meta.mobile, meta.toll_free, meta.premium_rate, meta.shared_cost, meta.voip,
        meta.personal_number, meta.pager, meta.uan, meta.voicemail,
    )  # fmt: skip
    # A number that begins with zero is left to phonenumbers (fast_phones): leading zeros have rules of their own.
    patterns = {
        kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern
    }
    general = meta.general_desc.national_number_pattern if meta.general_desc else None
    if not patterns or general is None:
        return None
    union = "|".join(f"(?:{pattern})" for pattern in sorted(patterns))
    return FastPattern(
        meta.country_code,
        f"^(?:{prefix})?((?:{union}))$" if prefix else f"^((?:{union}))$",
        f"^\\+{meta.country_code}((?:{union}))$",
    )
