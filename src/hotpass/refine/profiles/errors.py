"""What can be wrong with a profile."""

from __future__ import annotations

from hotpass.errors import NotFoundError, UsageError


class ProfileError(UsageError):
    """A profile says something that no profile can: the file, the line, what was expected there and what stands there."""

    file: str
    line: int
    expected: str
    found: str = ""
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = f", found {self.found!r}" if self.found else ""
        return f"{self.file}, line {self.line}: expected {self.expected}{found}"

    @property
    def hint(self) -> str:
        return f"did you mean {self.near[0]!r}?" if self.near else "mend the profile at that line"


class UnknownProfileError(NotFoundError):
    """There is no profile of that name, and no file."""

    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"there is no profile {self.name!r}"

    @property
    def hint(self) -> str:
        return f"name a YAML file, or one of {', '.join(self.known)}"
