"""Texts that a spreadsheet opens without obeying them. Pure.

A spreadsheet takes a cell that begins with ``= + - @``, a tab or a line break for more than text (OWASP, "CSV
injection"), and splits at semicolons where the locale says so. Such a cell, or a piece of it after a semicolon, gets an
apostrophe in front. What consists of digits, blanks and ``+ - ( ) . , /`` alone, or is a number, can neither call
nor name anything and stays as it is: -5, +27 31 555 0199, a dash.
"""

from __future__ import annotations

import re

_BEGINS = ("\t", "\r", "\n")
_RISKY = re.compile(r"(^|[;\t\r\n])((?:[^\S\t\r\n]|\")*)([=+\-@\uff1d\uff0b\uff0d\uff20])([^;\t\r\n]*)")
_HARMLESS = re.compile(r"[-+0-9().,/\s]*|[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")


def neutral(value: str) -> str:
    """A value that no spreadsheet takes for a formula; most come back as they are."""
    touched = _RISKY.sub(_apostrophe, value) if _RISKY.search(value) else value
    return f"'{touched}" if value.startswith(_BEGINS) else touched


def _apostrophe(match: re.Match[str]) -> str:
    edge, blanks, sign, rest = match.groups()
    return match[0] if _HARMLESS.fullmatch(sign + rest) else f"{edge}'{blanks}{sign}{rest}"
