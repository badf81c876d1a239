"""What could stand where the cursor is: verbs, flags, and the datasets and versions of the repository.

The scripts for the shells are a few lines each and ask ``hotpass completion words -- WORDS`` at every tab.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from hotpass import versioning
from hotpass.errors import HotpassError

SCRIPTS = {
    "bash": """_hotpass() {
    local IFS=$'\\n'
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=($(hotpass completion words -- "${words[@]}" 2>/dev/null))
    [ "${#COMPREPLY[@]}" -eq 0 ] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}
complete -o filenames -F _hotpass hotpass
""",
    "zsh": """#compdef hotpass
_hotpass() {
    local -a found
    found=("${(@f)$(hotpass completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
}
compdef _hotpass hotpass
""",
    "fish": """function __hotpass_words
    set -l words (commandline -opc) (commandline -ct)
    hotpass completion words -- $words[2..-1] 2>/dev/null
end
complete -c hotpass -a '(__hotpass_words)'
""",
}
"""The script for each shell."""

_DATASET_OPTIONS = frozenset(["--dataset", "--get"])
_DATASET_VERBS = frozenset(["compare", "fetch", "history", "publish", "show", "trace", "verify"])
_RELEASE_VERBS = frozenset(["compare", "fetch", "restore", "show", "verify", "withdraw"])


def candidates(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """What the last of the words could become, sorted; nothing where only a file can stand."""
    before, last = list(words[:-1]), words[-1] if words else ""
    verbs = _verbs(parser)
    if not before:
        found: Iterator[str] = iter([*verbs, "--help", "--version"])
    elif before[0] in verbs:
        found = _of_verb(verbs[before[0]], before, last)
    else:
        found = iter(())
    return sorted({word for word in found if word.startswith(last)})


def _verbs(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001  # argparse has no public way to ask for its own actions
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _of_verb(parser: argparse.ArgumentParser, before: list[str], last: str) -> Iterator[str]:
    verb, previous = before[0], before[-1]
    options = {flag: action for action in parser._actions for flag in action.option_strings}  # noqa: SLF001
    if previous in _DATASET_OPTIONS:
        yield from _datasets()
    elif (action := options.get(previous)) is not None and action.nargs != 0:
        yield from map(str, action.choices or ())
    elif last.startswith("-"):
        yield from options
    elif verb in _RELEASE_VERBS and "@" in last:
        yield from _releases(last.partition("@")[0])
    elif verb in _RELEASE_VERBS and verb not in _DATASET_VERBS:
        yield from (f"{name}@" for name in _datasets())
    elif verb in _DATASET_VERBS:
        yield from _datasets()
    else:
        for action in parser._actions:  # noqa: SLF001
            if not action.option_strings:
                yield from map(str, action.choices or ())


def _datasets() -> Iterator[str]:
    try:
        known = versioning.dataset_names(versioning.Project.find("."))
    except HotpassError:
        return
    # A pointer of somebody else may give any name; what reaches a shell is plain.
    yield from filter(versioning.is_dataset_name, known)


def _releases(name: str) -> Iterator[str]:
    try:
        history = versioning.read_history(versioning.Project.find("."), name)
    except HotpassError:
        return
    yield f"{name}@latest"
    yield from (f"{name}@{entry.version}" for entry in history.releases)
