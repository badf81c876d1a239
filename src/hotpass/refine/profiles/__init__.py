"""What a sector and a country know about their lists: names of columns, settings, rules.

``load_profile`` reads a YAML file (or one that ships, by name) as a :class:`Profile`; everything that can be wrong with it
is found there, with the line. docs/reference/profiles.md has every key.
"""

from hotpass.refine.profiles.errors import ProfileError, UnknownProfileError
from hotpass.refine.profiles.fields import FIELDS, OUTPUT_FIELDS, Field, Takes
from hotpass.refine.profiles.loading import load_profile, shipped_profiles
from hotpass.refine.profiles.profile import CHECKS, Profile, Rule, Severity, Thresholds

__all__ = [
    "CHECKS",
    "FIELDS",
    "OUTPUT_FIELDS",
    "Field",
    "Profile",
    "ProfileError",
    "Rule",
    "Severity",
    "Takes",
    "Thresholds",
    "UnknownProfileError",
    "load_profile",
    "shipped_profiles",
]
