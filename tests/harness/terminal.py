"""A person at a terminal: runs a program on a pseudo-terminal and presses keys when it asks for one."""

from __future__ import annotations

import fcntl
import os
import re
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ASKS = "[q]uit"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def at_terminal(
    command: Sequence[str],
    keys: Sequence[str] = (),
    *,
    then: Sequence[tuple[str, str]] = (),
    cwd: Path,
    env: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> tuple[int, str]:
    """Run a command on a terminal; exit code, and all it showed without colours.

    ``keys`` are pressed at once when the program shows its first question: people do not wait. ``then`` are further ones,
    each with what must be shown before.
    """
    wanted = [(ASKS, "".join(keys)), *then]
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=os.environ | {"TERM": "xterm"} | dict(env or {}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        # The terminal of the session: Ctrl-C is a signal then.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    os.close(theirs)
    shown = b""
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
            if wanted and wanted[0][0].encode() in shown:
                os.write(ours, wanted.pop(0)[1].encode())
        code = process.wait(timeout=max(1.0, end - time.monotonic()))
    finally:
        process.kill()
        os.close(ours)
    return code, _seen(shown.decode("utf-8", "replace"))


def _seen(shown: str) -> str:
    """What stands on the screen in the end: lines that were drawn over are gone."""
    lines = shown.replace("\r\n", "\n").split("\n")
    return "\n".join(_ESCAPES.sub("", line.split("\r\x1b[K")[-1]).replace("\r", "") for line in lines)
