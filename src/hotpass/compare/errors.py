"""What can go wrong while comparing."""

from __future__ import annotations

from hotpass.errors import UsageError, nearest


class UnknownKeyError(UsageError):
    """A key was asked for that no table has on either side."""

    columns: tuple[str, ...]
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"no table has the key column{'s' if len(self.columns) > 1 else ''} {', '.join(self.columns)}"

    @property
    def hint(self) -> str:
        meant = [name for column in self.columns for name in nearest(column, self.known)]
        return f"did you mean {', '.join(meant)}?" if meant else f"columns: {', '.join(self.known) or 'none'}"
