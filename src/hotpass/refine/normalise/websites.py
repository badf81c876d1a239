"""Websites: as written, as an https URL, and the registrable domain that organisations are compared by. Pure.

The public suffix list comes with the package publicsuffixlist; nothing is fetched.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from hotpass.refine.normalise.distinct import on_distinct
from hotpass.refine.normalise.flags import Flag

if TYPE_CHECKING:
    import polars as pl

_TRACKING = re.compile(
    r"utm_.*|(?:gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|_hs\w+"
    r"|hs\w*tracking|mkt_tok|oly_\w+|vero_id|wickedid|s_cid|ref_src|spm|trk)",
    re.IGNORECASE,
)
# Many organisations have pages there: the domain is not theirs.
_PLATFORMS = frozenset(
    [
        "facebook.com",
        "fb.com",
        "fb.me",
        "instagram.com",
        "twitter.com",
        "x.com",
        "linkedin.com",
        "youtube.com",
        "youtu.be",
        "tiktok.com",
        "pinterest.com",
        "wa.me",
        "whatsapp.com",
        "t.me",
        "linktr.ee",
        "google.com",
        "goo.gl",
        "bit.ly",
        "tinyurl.com",
        "yelp.com",
        "tripadvisor.com",
        "yellowpages.com",
        "wikipedia.org",
        "wordpress.com",
        "blogspot.com",
        "medium.com",
        "eventbrite.com",
    ]
)
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]", re.UNICODE)


def websites(values: pl.Series) -> pl.DataFrame:
    """Columns ``url``, ``domain`` (null where it is not the organisation's own) and ``flags`` (values of Flag)."""
    import polars as pl

    schema = {"url": pl.String, "domain": pl.String, "flags": pl.List(pl.String)}
    return on_distinct(values, parse_website, schema)


def parse_website(text: str) -> tuple[str | None, str | None, list[str]]:
    """The URL and domain of one cell, and what was noticed. Of several the first is taken."""
    parts = [part for part in re.split(r"[\s;,|<>\"]+", text.strip()) if "." in part]
    flags: list[Flag] = []
    for part in parts:
        if (url := _url(part)) is None:
            continue
        if sum(_url(other) not in (None, url) for other in parts):
            flags.append(Flag.WEBSITE_SEVERAL)
        host = urlsplit(url).hostname or ""
        domain = registrable_domain(host)
        if domain is None:
            flags.append(Flag.WEBSITE_UNKNOWN_SUFFIX)
        elif domain in _PLATFORMS:
            flags.append(Flag.WEBSITE_PLATFORM)
            domain = None
        return url, domain, [flag.value for flag in flags]
    return None, None, [Flag.WEBSITE_INVALID.value]


def _url(part: str) -> str | None:
    """One website as an https URL without tracking parameters, or None."""
    part = part.strip("()[]'.,")
    part = re.sub(r"^(?:https?|hhtps?|htp|ttps?)(?::/{0,3}|;//|//)", "", part, flags=re.IGNORECASE).lstrip(
        "/"
    )
    if "@" in part.split("/", maxsplit=1)[0] or not part:
        return None
    try:
        split = urlsplit(f"https://{part}")
        port = split.port
        host = (split.hostname or "").rstrip(".").lower()
        if not _HOST.fullmatch(host):
            return None
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return None
    pairs = parse_qsl(split.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    query = split.query if len(kept) == len(pairs) else urlencode(kept)
    path = quote(split.path, safe="/%:@!$&'()*+,;=~-._") if not split.path.isascii() else split.path
    place = f"{host}:{port}" if port not in (None, 80, 443) else host
    return urlunsplit(("https", place, "" if path == "/" and not query else path, query, ""))


def registrable_domain(host: str) -> str | None:
    """The part of a host that somebody registered (``school.co.za``), in ASCII; None where its ending is no known one."""
    host = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return None
    found = _suffixes().privatesuffix(host)
    return str(found) if found else None


def email_domain(email: str, free: Collection[str]) -> str | None:
    """The registrable domain of an e-mail, None for a provider of mail for everyone."""
    host = email.rpartition("@")[2].lower()
    domain = registrable_domain(host)
    return None if domain is None or host in free or domain in free or domain in _PLATFORMS else domain


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    # An unknown ending is no suffix: a slip ("school.co.zaa") must not become a domain.
    return PublicSuffixList(accept_unknown=False)
