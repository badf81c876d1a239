"""A person at a terminal: runs a program on a pseudo-terminal and presses keys when it asks for one."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def at_terminal(
    command: Sequence[str],
    keys: Sequence[str] = (),
    *,
    asks: str = "[q]uit",
    cwd: Path,
    env: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> tuple[int, str]:
    """Run a command on a terminal; exit code, and all it showed without colours.

    Each of ``keys`` is pressed as soon as the program shows ``asks`` (the first), or right after the one before: people
    do not wait.
    """
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=os.environ | {"TERM": "xterm"} | dict(env or {}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, pressed = b"", False
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            shown += piece
            if not pressed and asks.encode() in shown:
                pressed = True
                os.write(ours, "".join(keys).encode())
        code = process.wait(timeout=max(1.0, end - time.monotonic()))
    finally:
        process.kill()
        os.close(ours)
    return code, _seen(shown.decode("utf-8", "replace"))


def _seen(shown: str) -> str:
    """What stands on the screen in the end: lines that were drawn over are gone."""
    lines = shown.replace("\r\n", "\n").split("\n")
    return "\n".join(_ESCAPES.sub("", line.split("\r\x1b[K")[-1]).replace("\r", "") for line in lines)
