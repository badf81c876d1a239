"""Single keys from a terminal, without the return key where the terminal can do that."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """Yield what reads the next key in lower case, empty at the end of input.

    Keys that are typed ahead wait for their turn. Where keys cannot be had, each line's first letter is one.
    """
    # Loaded here alone: no other verb reads keys.
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(descriptor)
    except termios.error:
        yield sys.stdin.readline().strip()[:1].lower
        return
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield lambda: _key(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _key(descriptor: int) -> str:
    # The table engine's handler lets a read begin anew after Ctrl-C, but no library can do that to select.
    select.select([descriptor], [], [])
    key = os.read(descriptor, 1)
    if key == b"\x1b":
        # An arrow or function key: what belongs to it is no answer.
        os.set_blocking(descriptor, False)
        try:
            with suppress(BlockingIOError):
                os.read(descriptor, 32)
        finally:
            os.set_blocking(descriptor, True)
        return "?"
    return key.decode("ascii", "replace").lower() if key != b"\x04" else ""
