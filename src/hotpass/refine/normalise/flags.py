"""What a normaliser could not decide, or noticed: one name for each, as it stands in reports. Pure."""

from __future__ import annotations

from enum import Enum


class Flag(Enum):
    """A finding about one cell. Its value stands in the output; ``is_doubt`` says whether the value was left out."""

    ERROR_CELL = "error of the spreadsheet"
    GARBLED = "garbled letters"
    NO_WORDS = "no letter or digit"
    EMAIL_INVALID = "no valid e-mail"
    EMAIL_DISGUISED = "disguised e-mail"
    EMAIL_ROLE = "role mailbox"
    EMAIL_FREE = "free mail"
    EMAIL_PLACEHOLDER = "placeholder e-mail"
    PHONE_LETTERS = "letters inside digits"
    PHONE_LOCAL = "local number without area code"
    PHONE_AREA_ADDED = "area code added"
    PHONE_IMPOSSIBLE = "no possible phone"
    PHONE_UNASSIGNED = "phone not in use"
    PHONE_PLACEHOLDER = "placeholder phone"
    PHONE_ROUNDED = "rounded number"
    PHONE_VANITY = "vanity number"
    PHONE_EXTENSION = "extension left off"
    PHONE_RANGE = "further lines left off"
    PHONE_FAX = "fax number"
    PHONE_NO_COUNTRY = "phone without country"
    WEBSITE_INVALID = "no website"
    WEBSITE_SEVERAL = "several websites"
    WEBSITE_PLATFORM = "page on a platform"
    WEBSITE_UNKNOWN_SUFFIX = "unknown top-level domain"
    POSTCODE_INVALID = "no postcode of the country"
    POSTCODE_DIFFERS = "postcode differs from the address"
    REGION_UNKNOWN = "unknown region"
    COUNTRY_UNKNOWN = "unknown country"
    DATE_UNKNOWN = "no date"
    DATE_AMBIGUOUS = "day or month first"
    DATE_CENTURY = "year of two digits"
    DATE_SERIAL = "number instead of a date"

    @property
    def is_doubt(self) -> bool:
        """Whether something was left out because it could not be decided."""
        return self not in _REMARKS


_REMARKS = frozenset(
    [
        Flag.EMAIL_ROLE,
        Flag.EMAIL_FREE,
        Flag.PHONE_AREA_ADDED,
        Flag.PHONE_UNASSIGNED,
        Flag.PHONE_VANITY,
        Flag.PHONE_EXTENSION,
        Flag.PHONE_RANGE,
        Flag.PHONE_NO_COUNTRY,
        Flag.WEBSITE_PLATFORM,
        Flag.GARBLED,
    ]
)
