"""Which release is meant: ``@1.0.0`` exactly, or the newest that fits ``@latest``, ``@1``, ``@1.2``, ``@^1.2``, ``@~1.2.3``."""

from __future__ import annotations

import re

from hotpass.values import frozen
from hotpass.versioning.errors import BadReleaseNameError, BadVersionError
from hotpass.versioning.version import ZERO, DatasetVersion, is_dataset_name

_RANGE = re.compile(r"([\^~]?)(0|[1-9][0-9]{0,8})(?:\.(0|[1-9][0-9]{0,8}))?(?:\.(0|[1-9][0-9]{0,8}))?")


@frozen
class Wanted:
    """A version or a range of versions: from ``low`` up to but without ``high`` (None: no end)."""

    text: str
    low: DatasetVersion
    high: DatasetVersion | None

    @classmethod
    def only(cls, version: DatasetVersion) -> Wanted:
        """Exactly one version."""
        return cls(str(version), version, DatasetVersion(version.major, version.minor, version.patch + 1))

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """Read what stands after the ``@``; raises BadVersionError.

        ``^`` keeps the leftmost number that is not zero and ``~`` the second, as npm and Cargo read them.
        """
        if text == "latest":
            return cls(text, ZERO, None)
        found = _RANGE.fullmatch(text)
        if found is None:
            raise BadVersionError(text)
        sign, numbers = found[1], [int(number) for number in found.groups()[1:] if number is not None]
        low = _version(numbers)
        if sign == "^":
            fixed = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
        elif sign == "~":
            fixed = min(1, len(numbers) - 1)
        else:
            fixed = len(numbers) - 1
        return cls(text, low, _version([*numbers[:fixed], numbers[fixed] + 1]))

    @property
    def is_exact(self) -> bool:
        """True where one version alone can be meant."""
        return self.high == DatasetVersion(self.low.major, self.low.minor, self.low.patch + 1)

    def matches(self, version: DatasetVersion) -> bool:
        """Whether a release's version fits; those with pre-release parts never do."""
        return version.is_release and self.low <= version and (self.high is None or version < self.high)

    def __str__(self) -> str:
        return self.text


def _version(numbers: list[int]) -> DatasetVersion:
    major, minor, patch = (*numbers, 0, 0)[:3]
    return DatasetVersion(major, minor, patch)


def parse_release_name(text: str) -> tuple[str, Wanted | None]:
    """Read ``DATASET@VERSION`` or ``DATASET`` (None); raises BadReleaseNameError and BadVersionError."""
    name, at, version = text.partition("@")
    if not is_dataset_name(name) or (at and not version):
        raise BadReleaseNameError(text)
    return name, Wanted.parse(version) if at else None
