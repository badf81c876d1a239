"""E-mails: several in a cell, as people write them. Checked by email-validator, without network. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from hotpass.refine.normalise.distinct import placed, spread, table
from hotpass.refine.normalise.flags import Flag

if TYPE_CHECKING:
    import polars as pl

# What is valid beyond doubt, in lower case; proved to agree with email-validator by tests. All else is asked.
_SURE = r"^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9][a-z0-9]*(?:-[a-z0-9]+)*\.)+[a-z]{2,24}$"
_SPECIAL = r"\.(?:arpa|invalid|local|localhost|onion|test)$"
_LONGEST_LOCAL, _LONGEST = 64, 200
_NOBODY = frozenset(
    [
        "noemail",
        "no-email",
        "no_email",
        "nomail",
        "no-mail",
        "noone",
        "nobody",
        "none",
        "na",
        "n-a",
        "test",
        "testing",
        "unknown",
        "example",
        "xxx",
        "xx",
        "x",
        "asdf",
    ]
)
_SEPARATORS = re.compile(r"[;,|\s]+|/(?=[^/]*@)")
_ANGLED = re.compile(r"<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)
_DISGUISED = re.compile(
    r"\S+\s*(?:\(at\)|\[at\]|\{at\}|\bat\b)\s*\S+\s*(?:\(dot\)|\[dot\]|\bdot\b|\.)\s*\w+", re.IGNORECASE
)


def emails(values: pl.Series, free: Collection[str] = (), roles: Collection[str] = ()) -> pl.DataFrame:
    """Columns ``emails`` (lower case, each once, in the order of the cell) and ``flags`` (values of Flag)."""
    import polars as pl

    schema = {"emails": pl.List(pl.String), "flags": pl.List(pl.String)}
    return spread(values, lambda texts: _emails(texts, frozenset(free), frozenset(roles)), schema)


def _emails(texts: pl.Series, free: frozenset[str], roles: frozenset[str]) -> pl.DataFrame:
    import polars as pl

    schema = {"emails": pl.List(pl.String), "flags": pl.List(pl.String)}
    frame = (
        texts.alias("text").to_frame().with_columns(plain=pl.col("text").str.to_lowercase().str.strip_chars())
    )
    at = pl.col("plain").str.find("@", literal=True)
    frame = frame.with_columns(
        sure=pl.col("plain").str.contains(_SURE)
        & ~pl.col("plain").str.contains(_SPECIAL)
        & (at <= _LONGEST_LOCAL)
        & (pl.col("plain").str.len_bytes() <= _LONGEST)
        & ~pl.col("plain").str.contains(r"[^.@]{64}|@(?:.*\.)?..--"),
        local=pl.col("plain").str.extract(r"^([^@]*)@"),
        domain=pl.col("plain").str.extract(r"@(.*)$"),
    )
    nobody = pl.col("local").is_in(sorted(_NOBODY))
    frame = frame.with_columns(sure=pl.col("sure").fill_null(value=False) & ~nobody.fill_null(value=False))
    flags = pl.concat_list(
        pl.when(pl.col("local").is_in(sorted(roles))).then(pl.lit(Flag.EMAIL_ROLE.value)),
        pl.when(pl.col("domain").is_in(sorted(free))).then(pl.lit(Flag.EMAIL_FREE.value)),
    ).list.drop_nulls()
    quick = frame.select(
        emails=pl.when("sure").then(pl.concat_list("plain")), flags=pl.when("sure").then(flags)
    ).cast(pl.Schema(schema))
    rest = (~frame["sure"]).arg_true()
    if not len(rest):
        return quick
    slow = table([parse_emails(text, free, roles) for text in texts.gather(rest)], schema)
    return quick.with_columns(placed(quick[name], rest, slow[name]) for name in schema)


def parse_emails(
    text: str, free: Collection[str] = (), roles: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The e-mails of one cell, and what was noticed."""
    found: list[str] = []
    flags: list[Flag] = []
    angled = _ANGLED.findall(text)
    # Beside <address> stands a name, which is no e-mail; what is left may still hold others.
    rest = _ANGLED.sub(" ", text) if angled else text
    parts = [part for part in _SEPARATORS.split(rest) if "@" in part]
    if not angled and not parts:
        flag = Flag.EMAIL_DISGUISED if _DISGUISED.search(text) else Flag.EMAIL_INVALID
        return [], [flag.value]
    for part in [*angled, *parts]:
        address = _valid(part)
        if address is None:
            flags.append(Flag.EMAIL_INVALID)
            continue
        local, _, domain = address.rpartition("@")
        if local in _NOBODY:
            flags.append(Flag.EMAIL_PLACEHOLDER)
            continue
        if local in roles:
            flags.append(Flag.EMAIL_ROLE)
        if domain in free:
            flags.append(Flag.EMAIL_FREE)
        found.append(address)
    return list(dict.fromkeys(found)), [flag.value for flag in dict.fromkeys(flags)]


def _valid(part: str) -> str | None:
    """One e-mail in its usual form, or None."""
    from email_validator import EmailNotValidError, validate_email

    part = part.strip(' .,;:<>()[]"')
    # An apostrophe is a sign of an address like others, unless it stands on both sides.
    part = part[1:-1] if part.startswith("'") and part.endswith("'") else part
    part = re.sub(r"^(?:mailto:|e-?mail:)+", "", part, flags=re.IGNORECASE).split("?", maxsplit=1)[0]
    try:
        checked = validate_email(part, check_deliverability=False)
    except EmailNotValidError:
        return None
    return checked.normalized.lower()
