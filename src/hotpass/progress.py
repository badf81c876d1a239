"""Tell whoever watches how far long work has come. Nobody watches unless the command line does."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Somebody who shows progress. Amounts are in ``unit``, for example bytes."""

    def begin(self, what: str, total: int, unit: str) -> None:
        """Work of a known amount begins."""

    def advance(self, amount: int) -> None:
        """So much more of it is done."""

    def end(self) -> None:
        """It is over, done or not."""


watchers: list[Watcher] = []
"""Everybody who is told."""


def begin(what: str, total: int, unit: str = "bytes") -> None:
    """Announce work: ``what`` in a word or two, ``total`` in ``unit``."""
    for watcher in watchers:
        watcher.begin(what, total, unit)


def advance(amount: int) -> None:
    """Report work done; cheap enough for every megabyte."""
    for watcher in watchers:
        watcher.advance(amount)


def end() -> None:
    """Report that the work is over."""
    for watcher in watchers:
        watcher.end()
