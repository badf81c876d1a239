"""The error tree: every expected failure is one of these, with its exit code.

An error carries facts (its fields, also in ``args``), the sentence a person reads (``str``), and the next
step (``hint``). Nobody but the command line turns them into text on a screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, dataclass_transform

DIFFERENCES_FOUND = 4
INTERRUPTED = 130
TERMINATED = 143


@dataclass_transform()
class HotpassError(Exception):
    """The base of every expected failure.

    A subclass lists its facts as annotated fields and is made like a dataclass: by position or by name. It is
    not one, because making sixty of them would double the start-up of a small command.
    """

    exit_code: ClassVar[int] = 1
    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        # A class without fields of its own shows its parent's annotations, hence the dict.
        own = (name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar"))
        cls._names = tuple(dict.fromkeys((*cls._names, *own)))

    def __init__(self, *values: Any, **named: Any) -> None:
        facts = dict(zip(self._names, values, strict=False))
        twice = facts.keys() & named.keys()
        facts |= named
        for name in self._names:
            if name not in facts and hasattr(type(self), name):
                facts[name] = getattr(type(self), name)
        if twice or len(values) > len(self._names) or set(facts) != set(self._names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names) or 'nothing'}")
        super().__init__(*(facts[name] for name in self._names))
        self.__dict__.update(facts)

    @property
    def hint(self) -> str:
        """The next command or step, or an empty text."""
        return ""

    @property
    def facts(self) -> dict[str, object]:
        """The fields by name, as plain values for JSON."""
        return {name: _plain(getattr(self, name)) for name in self._names}


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known word that a mistyped one most likely meant, or nothing."""
    # Loaded for a mistake alone: it would be a tenth of a quick command's start-up.
    from difflib import get_close_matches

    return tuple(get_close_matches(word, list(known), 1))


def without_secrets(line: str, secrets: Iterable[str] = ()) -> str:
    """The line with ``***`` for the user and password, and the query, of each address in it, and for these secrets."""
    # A password may hold an @ or a slash that should have been written otherwise; `host:port/` is none.
    line = re.sub(r"://(?:[^/:\s]*:(?!\d+/)\S*|[^/\s]*)@", "://***@", line)
    line = re.sub(r"(://[^?\s]*\?)\S+", r"\1***", line)
    for secret in secrets:
        line = line.replace(secret, "***") if secret else line
    return line


def hide_passwords(text: str) -> str:
    """The text with ``***`` for user and password of each address in it that has both, all else word for word."""
    return re.sub(r"(?<=://)[^/@:\s]*:(?!\d+/)\S+@", "***@", text)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value)


class UsageError(HotpassError):
    """What was asked for makes no sense as it stands."""

    exit_code = 2


class NotFoundError(HotpassError):
    """Something named by the user does not exist."""

    exit_code = 3


class ToolError(HotpassError):
    """A program or an extra that is needed is missing, too old or does not work."""

    exit_code = 5


class NotReadyError(HotpassError):
    """The repository is not in a state in which this can be done."""

    exit_code = 6


class RemoteError(HotpassError):
    """A remote could not be reached or refused."""

    exit_code = 7


class ConflictError(HotpassError):
    """Somebody else was there first, or two things claim the same name."""

    exit_code = 8


class IntegrityError(HotpassError):
    """Bytes or records are not what they claim to be, or are gone."""

    exit_code = 9


class RefusedError(HotpassError):
    """It could be done and would do harm."""

    exit_code = 10


class QualityError(HotpassError):
    """The data is not good enough for what was asked."""

    exit_code = 11


class WriteError(HotpassError):
    """The operating system would not write a file (disk full, read only, input or output error)."""

    path: str
    reason: str
    file_system: str = ""

    def __str__(self) -> str:
        where = f" (file system of {self.file_system})" if self.file_system else ""
        return f"cannot write {self.path}: {self.reason}{where}"

    @property
    def hint(self) -> str:
        return "nothing was changed; free space or mend the permissions, then run the same command again"


class NoRoomError(HotpassError):
    """A file system has less room than what is about to be written needs."""

    path: str
    needed: int
    free: int
    file_system: str

    def __str__(self) -> str:
        return (
            f"no room at {self.path}: {self.needed} bytes are needed, {self.free} are free"
            f" (file system of {self.file_system})"
        )

    @property
    def hint(self) -> str:
        return "nothing was changed; free space there, then run the same command again"


class ReadError(HotpassError):
    """The operating system would not read a file."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"cannot read {self.path}: {self.reason}"

    @property
    def hint(self) -> str:
        return "mend the permissions or the path, then run the same command again"


class ToolMissingError(ToolError):
    """A program is not installed."""

    tool: str

    def __str__(self) -> str:
        return f"{self.tool} not found on PATH"

    @property
    def hint(self) -> str:
        return f"install {self.tool} and run the same command again"


class ToolTooOldError(ToolError):
    """A program is older than what Hotpass rests on."""

    tool: str
    found: str
    needed: str

    def __str__(self) -> str:
        return f"{self.tool} {self.found} is too old: {self.needed} or newer is needed"

    @property
    def hint(self) -> str:
        return f"install {self.tool} {self.needed} or newer and run the same command again"


class ToolTimeoutError(ToolError):
    """A program did not answer within its time."""

    command: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.command} did not finish within {self.seconds:g} s"

    @property
    def hint(self) -> str:
        return "look for a prompt or a hanging network drive, then run the same command again"


class ToolFailedError(ToolError):
    """A program failed in a way that Hotpass does not know."""

    command: str
    code: int
    message: str

    def __str__(self) -> str:
        last = self.message.strip().splitlines()
        return f"{self.command} failed with exit code {self.code}: {last[-1] if last else 'no message'}"

    @property
    def hint(self) -> str:
        return f"run it by hand to see more: {self.command}"
