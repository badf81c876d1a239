"""What the command line shows: data on standard output, talk on standard error."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterable

from hotpass.errors import HotpassError
from hotpass.report.document import error_document
from hotpass.report.text import Paint, coloured, inert, plain
from hotpass.values import frozen


@frozen
class Screen:
    """How to show things: as JSON, quietly, in colour."""

    json: bool = False
    quiet: bool = False
    paint: Paint = plain
    paint_talk: Paint = plain

    @classmethod
    def plain(cls, json: bool) -> Screen:
        """For errors before the options are known."""
        return cls(json=json)

    @classmethod
    def of(cls, options: Namespace) -> Screen:
        """As the options and the environment (NO_COLOR, https://no-color.org) ask."""
        wanted = not options.no_color and not options.json and not os.environ.get("NO_COLOR")
        out = coloured if wanted and sys.stdout.isatty() else plain
        talk = coloured if wanted and sys.stderr.isatty() else plain
        return cls(options.json, options.quiet, out, talk)

    def data(self, text: str) -> None:
        """Write a result to standard output, at once: a number must be out before the journal goes."""
        try:
            sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self.detach()

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines of a result, unless quiet."""
        if not self.quiet:
            self.data("".join(f"{line}\n" for line in lines))

    def talk(self, text: str) -> None:
        """Write a remark to standard error, unless quiet."""
        if not self.quiet:
            self._aside(inert(text))

    def problem(self, text: str) -> None:
        """Write what is wrong, quiet or not: it is why the exit code is not 0."""
        self._aside(f"{self.paint_talk('red', 'error:')} {inert(text)}")

    def error(self, error: HotpassError) -> None:
        """Show an error: one line that names the thing, one with the next step; JSON on standard output."""
        if self.json:
            self.data(error_document(error))
            return
        self._aside(f"{self.paint_talk('red', 'error:')} {inert(str(error))}")
        if error.hint:
            self._aside(f"{self.paint_talk('dim', 'hint:')} {inert(error.hint)}")

    def detach(self) -> None:
        """Stop writing to a pipe that nobody reads, and keep Python from complaining about it at the end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    @staticmethod
    def _aside(text: str) -> None:
        try:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        except OSError:
            pass
