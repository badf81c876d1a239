"""One key from a terminal, without the return key where the terminal can do that."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def read_key() -> str:
    """The next key in lower case, empty at the end of input; a whole line's first letter where keys cannot be had."""
    # Loaded here alone: no other verb reads keys.
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(descriptor)
    except termios.error:
        return sys.stdin.readline().strip()[:1].lower()
    try:
        tty.setcbreak(descriptor)
        key = os.read(descriptor, 1)
        if key == b"\x1b":
            # An arrow or function key: what belongs to it is no answer.
            os.set_blocking(descriptor, False)
            with suppress(BlockingIOError):
                os.read(descriptor, 32)
            return "?"
    finally:
        os.set_blocking(descriptor, True)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    return key.decode("ascii", "replace").lower() if key != b"\x04" else ""
