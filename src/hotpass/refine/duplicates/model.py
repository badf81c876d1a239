"""What speaks for two records being one: comparisons, blocking rules and thresholds, as values. Pure.

Nothing here is a weight. How much each grade of a comparison says is estimated from the records themselves
(:mod:`hotpass.refine.duplicates.scoring`); where each number that stands here comes from is told in
docs/explanation/finding-duplicates.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

MATCH = 0.9
"""Two records with at least this probability are taken for one, unless something stronger keeps them apart."""
REVIEW = 0.7
"""From here to :data:`MATCH` a person is asked."""
SEEN = 0.01
"""A pair with less is not kept, and counts in a group as having this."""

_ALIKE = 0.92
"""The Jaro-Winkler similarity from which Splink's own comparison of names speaks of a likely slip of the pen."""


@dataclass(frozen=True, slots=True)
class Level:
    """One grade of agreement: a condition in SQL over ``X_l`` and ``X_r``, and what to call it.

    ``frequency_of`` is the column whose common values count less than its rare ones. ``contradicts``: two records that
    agree no better than this are never joined by themselves, whatever else they share.
    """

    condition: str
    label: str
    frequency_of: str = ""
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence, in grades from the strongest to the weakest.

    ``unknown`` is the condition under which nothing can be said; the last level's condition is ``ELSE``.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]

    def level(self, grade: int) -> Level | None:
        """The level of a grade (the highest is the strongest, 0 the last), None for -1: unknown."""
        return self.levels[-1 - grade] if grade >= 0 else None


@dataclass(frozen=True, slots=True)
class Model:
    """How records of one kind are compared.

    ``blocking``: pairs are looked at that agree on all columns of at least one of these; a column of lists agrees where
    the lists share an item. ``training``: among pairs that agree on one of these the other comparisons' weights are
    learnt. ``sure``: pairs that agree on one of these are the same, as far as a first estimate needs; ``recall`` is the
    part of all same pairs that they are taken to find. ``match`` and ``review`` are :data:`MATCH` and :data:`REVIEW`,
    where a profile has no others.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    blocking: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]
    sure: tuple[tuple[str, ...], ...]
    recall: float = 0.7
    match: float = MATCH
    review: float = REVIEW

    @property
    def frequency_columns(self) -> tuple[str, ...]:
        """The columns whose values' frequencies are needed."""
        found = (level.frequency_of for comparison in self.comparisons for level in comparison.levels)
        return tuple(sorted({column for column in found if column}))

    def without(self, name: str) -> Model:
        """The same model with one comparison less."""
        return replace(self, comparisons=tuple(each for each in self.comparisons if each.name != name))


def _unknown(*columns: str) -> str:
    return " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")


def _fits(column: str) -> str:
    """Whether two values are equal or one is not known."""
    return f"coalesce({column}_l = {column}_r, true)"


def _alike(column: str, least: float = _ALIKE) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _one_slip(column: str) -> str:
    """One character wrong, missing, too many, or two exchanged."""
    return f"damerau_levenshtein({column}_l, {column}_r) <= 1"


# Lists of words with their bits: an equal word has equal bits, so the structs can be intersected.
_SHARED = "list_sum(list_transform(list_intersect(words_l, words_r), lambda each: each.bits))"


def _within(part: float) -> str:
    return f"least(bits_l, bits_r) > 0 AND coalesce({_SHARED}, 0) >= {part} * least(bits_l, bits_r)"


NAME = Comparison(
    "name",
    _unknown("name_key"),
    (
        Level("name_key_l = name_key_r", "same name", "name_key"),
        Level(_alike("squashed"), "name spelt alike"),
        Level(_within(0.8), "one name within the other"),
        Level(_within(0.5), "half of the name shared"),
        Level("ELSE", "different names"),
    ),
)
"""Shares are of the shorter name's information: rare words count, a list's own usual words hardly do."""

PLACE = Comparison(
    "place",
    _unknown("place"),
    (
        Level(
            f"place_l = place_r AND {_fits('direction')} AND {_fits('street_kind')} AND {_fits('unit')}",
            "same house and street",
        ),
        Level(
            f"place_l = place_r AND {_fits('direction')} AND {_fits('street_kind')}", "same house, other unit"
        ),
        Level(
            f"house_number_l = house_number_r AND {_alike('street_name')}", "same house, street spelt alike"
        ),
        Level(
            f"street_name_l = street_name_r AND {_one_slip('house_number')}", "house number one slip apart"
        ),
        Level("street_name_l = street_name_r", "another house of the street", contradicts=True),
        Level("ELSE", "another address", contradicts=True),
    ),
)
"""An address names one site, so two that differ keep the sites of one chain apart."""

PHONE = Comparison(
    "phone",
    _unknown("phone"),
    (
        Level("list_has_any(phones_l, phones_r)", "shared phone", "phone"),
        Level("length(phone_l) = length(phone_r) AND hamming(phone_l, phone_r) = 1", "phone one digit apart"),
        Level("ELSE", "different phones"),
    ),
)

POSTCODE = Comparison(
    "postcode",
    _unknown("postcode"),
    (Level("postcode_l = postcode_r", "same postcode"), Level("ELSE", "different postcodes")),
)

ONLINE = Comparison(
    "online",
    # Nothing to compare unless both have an e-mail or both a domain.
    "(email_l IS NULL OR email_r IS NULL) AND (domain_l IS NULL OR domain_r IS NULL)",
    (
        Level("list_has_any(emails_l, emails_r)", "shared e-mail"),
        Level("domain_l = domain_r", "same domain", "domain"),
        Level("ELSE", "different e-mail and domain"),
    ),
)

ORGANISATION = Model(
    "organisation",
    (NAME, PLACE, PHONE, POSTCODE, ONLINE),
    blocking=(
        ("place",),
        ("phones",),
        ("emails",),
        ("name_key",),
        ("rare_words", "street_name"),
        ("rare_words", "postcode"),
        ("rare_words", "domain"),
    ),
    training=(("place",), ("phone", "own_phone")),
    sure=(("place", "phone"), ("place", "name_key"), ("phone", "name_key")),
)
"""Organisations by site: a chain's sites are organisations of their own."""


def _word(column: str, what: str) -> Comparison:
    return Comparison(
        column,
        _unknown(column),
        (
            Level(f"{column}_l = {column}_r", f"same {what}", column),
            Level(_alike(column), f"{what} spelt alike"),
            Level(_alike(column, 0.7), f"{what} somewhat alike"),
            Level("ELSE", f"different {what}s"),
        ),
    )


def _number(column: str, what: str) -> Comparison:
    return Comparison(
        column,
        _unknown(column),
        (
            Level(f"{column}_l = {column}_r", f"same {what}"),
            Level(_one_slip(column), f"{what} one slip apart"),
            Level("ELSE", f"different {what}s"),
        ),
    )


PERSON = Model(
    "person",
    (
        _word("given_name", "given name"),
        _word("surname", "surname"),
        _number("date_of_birth", "date of birth"),
        _number("national_id", "number"),
        Comparison(
            "street",
            _unknown("street_name"),
            (
                Level("place_l = place_r", "same house and street"),
                Level("street_name_l = street_name_r", "same street"),
                Level(_alike("street_name"), "street spelt alike"),
                Level("ELSE", "another street"),
            ),
        ),
        Comparison(
            "area",
            _unknown("postcode"),
            (
                Level("postcode_l = postcode_r", "same postcode", "postcode"),
                Level("locality_l = locality_r", "same locality"),
                Level("ELSE", "another area"),
            ),
        ),
        PHONE,
        Comparison(
            "email",
            _unknown("email"),
            (Level("list_has_any(emails_l, emails_r)", "shared e-mail"), Level("ELSE", "different e-mails")),
        ),
    ),
    blocking=(
        ("national_id",),
        ("phones",),
        ("emails",),
        ("date_of_birth",),
        ("given_name", "surname"),
        ("surname", "postcode"),
        ("street_name", "house_number"),
    ),
    training=(("national_id",), ("date_of_birth",)),
    sure=(("national_id", "date_of_birth"), ("given_name", "surname", "date_of_birth")),
)
"""People. An address does not contradict: people move."""
