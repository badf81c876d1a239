"""Ignore rules as text: hide a dataset from git, keep its pointer visible. Pure.

The forms are those that git and DVC both accept: DVC's own matcher loses everything below a folder that is
ignored by ``dist/`` or ``dist/*``, and sees it with ``dist/?*`` and the two exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_SPECIAL = re.compile(r"([\\*?\[\]!#])")


def escaped(name: str) -> str:
    """A path as a pattern that means exactly it (gitignore: backslash before what has a meaning)."""
    text = _SPECIAL.sub(r"\\\1", name)
    return text[:-1] + "\\ " if text.endswith(" ") else text


def hide_line(path: str) -> str:
    """The rule, for the ``.gitignore`` in the same folder, that hides a dataset."""
    return "/" + escaped(PurePosixPath(path).name)


def with_lines(text: str, lines: Sequence[str]) -> str:
    """The text with those of the lines at its end that it does not have."""
    ending = "\r\n" if "\r\n" in text else "\n"
    present = text.splitlines()
    missing = [line for line in lines if line not in present]
    if not missing:
        return text
    if text and not text.endswith("\n"):
        text += ending
    return text + "".join(line + ending for line in missing)


def folder_rules(base: str, folder: str, deepest: str) -> list[str]:
    """The rules that hide what is in ``folder`` but show the pointers in ``deepest`` (at or below it).

    Paths are relative to the repository; the rules are for ``base``'s ``.gitignore``. ``base`` may be the
    folder itself.
    """
    if base == folder == deepest:
        return ["*", "!.gitignore", "!*.dvc", "!*.version.json"]
    if base == folder:
        below = PurePosixPath(deepest).relative_to(base).parts
        steps = ["/".join(below[:end]) for end in range(1, len(below) + 1)]
        name = escaped(steps[-1])
        shown = [f"!/{escaped(step)}/" for step in steps]
        return ["*", "!.gitignore", *shown, f"!/{name}/*.dvc", f"!/{name}/*.version.json"]
    lines = []
    place = PurePosixPath(folder)
    chain = [place]
    for part in PurePosixPath(deepest).relative_to(folder).parts:
        place = place / part
        chain.append(place)
    for number, step in enumerate(chain):
        name = escaped(_below(base, str(step)))
        if number:
            lines.append(f"!{name}/")
        lines.append(f"{name}/?*")
    name = escaped(_below(base, deepest))
    return [*lines, f"!{name}/*.dvc", f"!{name}/*.version.json"]


def appended_rules(base: str, folder: str, deepest: str) -> list[str]:
    """:func:`folder_rules` for the end of a file whose rule against ``folder`` stays: it is shown first."""
    rules = folder_rules(base, folder, deepest)
    return rules if base == folder else [f"!/{escaped(_below(base, folder))}/", *rules]


def exception_line(base: str, path: str) -> str:
    """The rule, for ``base``'s ``.gitignore``, that shows one file."""
    return f"!/{escaped(_below(base, path))}"


def reopened(text: str, base: str, deepest: str) -> str | None:
    """The text of ``base``'s ``.gitignore`` so that pointers in ``deepest`` show and all else stays hidden.

    Replaces the first rule that ignores ``deepest`` or a folder above it as a whole; None where no such rule is
    found in a form that is understood.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines):
        folder = _folder_of(line.rstrip(), base, deepest)
        if folder is None:
            continue
        rules = [*_elsewhere(line.strip(), folder), *folder_rules(base, folder, deepest)]
        kept = [other for other in lines[number + 1 :] if other not in rules]
        result = [*lines[:number], *rules, *kept]
        return "".join(f"{entry}\n" for entry in result)
    return None


def showing(text: str, base: str, deepest: str, rules: Sequence[str]) -> str:
    """:func:`reopened` where replacing one rule is enough, and else these rules at the end of the text."""
    new = reopened(text, base, deepest)
    if new is None or reopened(new, base, deepest) is not None:
        return with_lines(text, rules)
    return new


def _elsewhere(line: str, folder: str) -> list[str]:
    """The rule that goes on hiding folders of the same name elsewhere, where the replaced one did (``dist/``)."""
    name = line.removeprefix("**/").removesuffix("/")
    return [] if "/" in name or "/" in folder or "*" in name else [f"/*/**/{name}/"]


def reopening_rules(text: str, base: str, deepest: str) -> list[str]:
    """The rules for ``deepest`` that :func:`reopened` once put into a text, in order; empty where it did not."""
    lines = text.splitlines()
    last = folder_rules(base, deepest, deepest)[-2:]
    if not all(rule in lines for rule in last):
        return []
    folders = [
        str(place) for place in (PurePosixPath(deepest), *PurePosixPath(deepest).parents) if str(place) != "."
    ]
    for folder in reversed(folders):
        if base in ("", folder) or folder.startswith(base + "/"):
            for rules in (appended_rules(base, folder, deepest), folder_rules(base, folder, deepest)):
                if all(rule in lines for rule in rules):
                    return rules
    return []


def _folder_of(line: str, base: str, deepest: str) -> str | None:
    """The folder, ``deepest`` or one above it, that a rule in ``base``'s ``.gitignore`` hides as a whole."""
    if not line or line.startswith(("#", "!")):
        return None
    if line in ("*", "/*", "**", "/**") and base:
        return base
    pattern = line.removesuffix("/**").removesuffix("/*").removesuffix("/")
    anchored = "/" in pattern
    pattern = pattern.removeprefix("**/")
    anchored = anchored and ("/" in pattern.removeprefix("/") or pattern.startswith("/"))
    pattern = pattern.removeprefix("/")
    parts = PurePosixPath(_below(base, deepest)).parts
    for end in range(1, len(parts) + 1):
        below = "/".join(parts[:end])
        if pattern in (escaped(below), below) or (
            not anchored and pattern in (escaped(parts[end - 1]), parts[end - 1])
        ):
            return f"{base}/{below}" if base else below
    return None


def _below(base: str, path: str) -> str:
    return str(PurePosixPath(path).relative_to(base)) if base else path
