"""Names of organisations: as they are shown, and the key they are compared by. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hotpass.refine.normalise.distinct import spread, where
from hotpass.refine.normalise.text import squeeze, words

if TYPE_CHECKING:
    import polars as pl

_ROLE = re.compile(
    r"^(?P<name>[^()\[\]]*[^\W\d_][^()\[\]]*?)\s*[(\[]\s*(?P<role>[^()\[\]]*[^\W\d_][^()\[\]]*)[)\]]\s*$"
)


def names(values: pl.Series, legal_forms: Sequence[str]) -> pl.DataFrame:
    """Each name's display form and key: columns ``name`` and ``key``; a key is null where there is no letter or digit.

    The key has the words in ASCII (other scripts keep their letters) and lower case, legal forms at the end left off.
    """
    import polars as pl

    shown = squeeze(values)
    schema = {"key": pl.String}
    keyed = spread(shown, lambda texts: _keys(texts, legal_forms).to_frame("key"), schema)
    return keyed.select(name=pl.Series(shown), key="key")


def name_key(text: str, legal_forms: Sequence[str]) -> str | None:
    """The key of one name."""
    import polars as pl

    return _keys(pl.Series([text]), legal_forms)[0]  # type: ignore[no-any-return]


def split_person(text: str) -> tuple[str, str | None]:
    """``Name (Role)`` as name and role; a text that is not so written is a name."""
    found = _ROLE.match(" ".join(text.split()))
    return (found["name"].strip(" ,-"), found["role"].strip()) if found else (" ".join(text.split()), None)


def _keys(shown: pl.Series, legal_forms: Sequence[str]) -> pl.Series:
    """The engine folds plain ASCII; letters beyond it, and dots between letters, are folded one by one."""
    import polars as pl

    odd = (shown.str.len_bytes() != shown.str.len_chars()) | shown.str.contains(
        r"\b[A-Za-z]\.[A-Za-z]\b|[&'`]"
    )
    plain = shown.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", " ")

    def by_hand(_: pl.Series) -> pl.Series:
        return pl.Series([" ".join(words(text)) for text in shown.filter(odd)], dtype=pl.String)

    keys = where(plain, odd, by_hand).str.strip_chars()
    keys = _without_legal_forms(keys, legal_forms)
    return keys.to_frame("k").select(pl.when(pl.col("k") != "").then("k")).to_series()


def _without_legal_forms(keys: pl.Series, legal_forms: Sequence[str]) -> pl.Series:
    """Leave legal forms off the end, as many as there are; a name that is nothing else stays."""
    if not legal_forms:
        return keys
    forms = sorted({" ".join(words(form)) for form in legal_forms}, key=lambda form: (-len(form), form))
    last = sorted({form.rpartition(" ")[2] for form in forms})
    ends = keys.str.extract(r"([^ ]+)$").is_in(last)
    pattern = f"(?: (?:{'|'.join(forms)}))+$"
    return where(keys, ends, lambda some: some.str.replace(pattern, ""))
