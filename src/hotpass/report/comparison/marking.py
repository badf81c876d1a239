"""Two texts → the part of each that the other does not have, for people to see. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT = 24
"""How much of what is equal is kept before the first difference where a text is too long to be shown whole."""
_WORD = re.compile(r"\w+|\s|[^\w\s]")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a text; ``before`` and ``after`` are how many characters are left out on each side."""

    text: str
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text that the other side has too, or not."""

    text: str
    changed: bool


def windows(old: str, new: str, room: int) -> tuple[Window, Window]:
    """At most ``room`` characters of each text, with the first difference among them."""
    if len(old) <= room and len(new) <= room:
        return Window(old), Window(new)
    start = 0
    first = common_start(old, new)
    if first > room - CONTEXT:
        start = max(0, first - min(CONTEXT, room // 2))
    return window(old, start, room), window(new, start, room)


def window(text: str, start: int, room: int) -> Window:
    """A piece of a text from ``start`` on, or the whole if that is short."""
    if len(text) <= room:
        return Window(text)
    start = min(start, len(text) - room)
    return Window(text[start : start + room], start, len(text) - start - room)


def common_start(old: str, new: str) -> int:
    """How many characters two texts begin with in common; by halves, since cells can be long."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def marked(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Split two texts into runs that are equal and runs that changed; joined again they are the texts.

    Words that differ are marked as wholes unless at least two thirds of them are equal. Meant for texts of some hundred
    characters: it costs their product.
    """
    from difflib import SequenceMatcher

    words = [_words(old), _words(new)]
    matcher = SequenceMatcher(None, words[0], words[1], autojunk=False)
    sides: tuple[list[Part], list[Part]] = ([], [])
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        texts = "".join(words[0][old_from:old_to]), "".join(words[1][new_from:new_to])
        pairs = [(texts, False)] if tag == "equal" else list(_inside(*texts))
        for pair, changed in pairs:
            for side, text in zip(sides, pair, strict=True):
                _append(side, text, changed)
    return sides


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(text):
        if words and _leans(word[0]):
            words[-1] += word
        else:
            words.append(word)
    return words


def _inside(old: str, new: str) -> Iterator[tuple[tuple[str, str], bool]]:
    """What two different runs have in common at their ends, where that is at least two thirds of the longer one."""
    start = common_start(old, new)
    # Never between a letter and what is written on top of it.
    while start and any(side[start : start + 1] and _leans(side[start]) for side in (old, new)):
        start -= 1
    end = min(common_start(old[start:][::-1], new[start:][::-1]), len(old) - start, len(new) - start)
    while end and any(_leans(side[len(side) - end]) for side in (old, new)):
        end -= 1
    if 3 * (start + end) < 2 * max(len(old), len(new)):
        yield (old, new), True
        return
    yield (old[:start], new[:start]), False
    yield (old[start : len(old) - end], new[start : len(new) - end]), True
    yield (old[len(old) - end :], new[len(new) - end :]), False


def _leans(char: str) -> bool:
    return bool(unicodedata.combining(char)) or char in _JOINERS


def _append(parts: list[Part], text: str, changed: bool) -> None:
    if not text:
        return
    if parts and parts[-1].changed is changed:
        parts[-1] = Part(parts[-1].text + text, changed)
    else:
        parts.append(Part(text, changed))
