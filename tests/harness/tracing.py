"""strace as a maker of faults: signals and errors at chosen system calls, and the order in which calls were made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest


@cache
def _works() -> str:
    """Why strace cannot be used here, or an empty text."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    done = subprocess.run(
        [strace, "-qq", "-o", os.devnull, "true"], capture_output=True, check=False, text=True
    )
    return "" if done.returncode == 0 else f"strace may not trace here: {done.stderr.strip()[:80]}"


def need_strace() -> None:
    """Skip the test, saying why, where strace is missing or not allowed."""
    if reason := _works():
        pytest.skip(reason)


def git_under_strace(folder: Path, verb: str, options: str) -> dict[str, str]:
    """An environment in which ``git VERB`` runs under strace with these options, every other git as it is."""
    git = shutil.which("git")
    wrapper = folder / "git"
    folder.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" {verb} "*) exec strace -qq -o /dev/null {options} {git} "$@";; esac\n'
        f'exec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@dataclass(frozen=True)
class Call:
    """One finished system call: its name, and its arguments and result as strace writes them (descriptors with paths)."""

    name: str
    text: str


def traced(log: Path) -> Iterator[Call]:
    """The calls in a log of strace, all processes in the order in which calls finished; interrupted lines are joined."""
    begun: dict[str, str] = {}
    for line in log.read_text(errors="replace").splitlines():
        # Without -f there is no process number before the call.
        process, _, rest = line.partition(" ") if line[:1].isdigit() else ("", "", line)
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[process] = rest.removesuffix("<unfinished ...>")
            continue
        if found := re.match(r"<\.\.\. (\w+) resumed>(.*)", rest):
            rest = begun.pop(process, found[1] + "(") + found[2]
        if (found := re.match(r"(\w+)\(", rest)) and " = -1 " not in rest:
            yield Call(found[1], rest)
