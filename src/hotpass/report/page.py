"""The shell that every page of Hotpass shares: escaping, one look, and a policy that lets nothing run but our own.

A page is one file that asks the network for nothing. What came from data gets in as text alone: :func:`element`
escapes every child that is not markup made here, and knows only attributes that cannot do anything. The one script is
the same in every page and holds no data, so its digest in the policy is all that a browser will ever run.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable

from hotpass.report.text import inert

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_VOID = frozenset({"br", "input"})
_ATTRIBUTES = frozenset(
    {"autocomplete", "class", "for", "hidden", "id", "role", "scope", "tabindex", "type", "value"}
)
# What inert() writes out, and what else nobody can see: kinds of blank, zero-width characters, soft hyphens, tags.
_UNSAFE = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_UNSEEN = "\xa0\xad\u034f\u115f\u1680\u180e\u2000-\u200d\u202f\u205f-\u2064\u3000\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
_WRITTEN_OUT = {
    False: re.compile(f"([{_UNSAFE}])"),
    True: re.compile(f"([{_UNSAFE}{_UNSEEN}])"),
}


class Html(str):
    """Markup that is safe as it stands. Only this module makes it from a text."""

    __slots__ = ()


NOTHING = Html("")
"""No markup."""
BREAK = Html("<wbr>")
"""A place where a line may be broken."""


def escape(text: str) -> Html:
    """A text as markup that shows it, inert: in an element or between the quotes of an attribute."""
    return Html(inert(text).translate(_ENTITIES))


def joined(parts: Iterable[Html]) -> Html:
    """Markup after markup."""
    return Html("".join(parts))


def element(tag: str, *children: str, **attributes: str | bool) -> Html:
    """One element. Children that are no markup are escaped; attributes that could do something are refused.

    ``class_`` and ``for_`` stand for what Python keeps for itself, ``data_kind`` for ``data-kind``; an attribute that
    is True has no value, one that is False is left out.
    """
    inside = "".join(child if isinstance(child, Html) else escape(child) for child in children)
    opened = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Html(opened if tag in _VOID else f"{opened}{inside}</{tag}>")


def _attribute(name: str, value: str | bool) -> str:
    name = name.rstrip("_").replace("_", "-")
    if name not in _ATTRIBUTES and not name.startswith(("data-", "aria-")):
        raise ValueError(f"a page has no attribute {name!r}")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'


def link_beside(name: str, *children: str) -> Html:
    """A link to a file in the page's own folder. The name is a name: never a scheme, a path or a query."""
    from urllib.parse import quote

    target = quote(name.encode("utf-8", "surrogateescape"), safe="")
    inside = "".join(child if isinstance(child, Html) else escape(child) for child in children)
    return Html(f'<a href="./{target}" download>{inside}</a>')


def link_within(target: str, text: str, class_: str = "") -> Html:
    """A link to a place in the page, by its id."""
    return Html(f'<a class="{escape(class_)}" href="#{escape(target)}">{escape(text)}</a>')


def shown(text: str, *, unseen: bool = False) -> Html:
    """A value as a reader should see it: what has no shape is written out and set apart (``unseen``: all of it)."""
    pieces = _WRITTEN_OUT[unseen].split(text)
    if len(pieces) == 1:
        return escape(text)
    return joined(_written_out(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces))


def _written_out(char: str) -> Html:
    name = char.encode("unicode_escape", "surrogatepass").decode()
    mark = element("span", name, class_="esc")
    # A line break is both said and done.
    return Html(f"{mark}\n") if char == "\n" else mark


def look(*names: str) -> str:
    """Style sheets or scripts of this package, one after the other."""
    # Loaded for a page alone: it costs as much as a small command.
    from importlib import resources

    folder = resources.files("hotpass.report") / "look"
    return "".join((folder / name).read_text("utf-8") for name in names)


def page(title: str, body: Html, *, style: str = "", script: str = "") -> bytes:
    """A whole page. ``style`` is added to the shared one; ``script`` may hold no data."""
    style = look("page.css") + style
    for text in (style, script):
        if re.search(r"</|<!--", text):
            raise ValueError("a style or script may not hold markup")
    policy = f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src '{_digest(script)}'"
    head = (
        '<meta charset="utf-8">'
        # frame-ancestors would belong here, and browsers ignore it in a page's own head.
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>"
        f"<style>{style}</style>"
    )
    ending = f"<script>{script}</script>" if script else ""
    text = f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}{ending}</body></html>\n'
    return text.encode("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
