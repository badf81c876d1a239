"""A line on standard error that shows how far long work has come, while a terminal is there."""

from __future__ import annotations

import sys
import time

from hotpass.report.text import amount

_PATIENCE = 0.5
_INTERVAL = 0.1


class Meter:
    """Progress as one line that is drawn over itself and leaves nothing behind; quick work is not shown."""

    def __init__(self) -> None:
        self._what, self._total, self._done, self._unit = "", 0, 0, "bytes"
        self._next = 0.0
        self._shown = False
        self._open = False

    def begin(self, what: str, total: int, unit: str) -> None:
        """Start a new line."""
        self.end()
        self._what, self._total, self._done, self._unit = what, total, 0, unit
        self._next = time.monotonic() + _PATIENCE
        self._open = True

    def advance(self, amount: int) -> None:
        """Draw the line anew, ten times a second at most; what is done outside of announced work is not shown."""
        if not self._open:
            return
        self._done += amount
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _INTERVAL
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{self._what} {self._figures()}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        self._open = False
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = False

    def _figures(self) -> str:
        share = f" ({100 * self._done // self._total} %)" if self._total else ""
        if self._unit == "bytes":
            return f"{amount(self._done)} of {amount(self._total)}{share}"
        return f"{self._done} of {self._total} {self._unit}{share}"
