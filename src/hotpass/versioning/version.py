"""Version numbers, dataset names, and the tag names made of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering

from hotpass.versioning.errors import BadDatasetNameError, BadVersionError

_NUMBER = r"(0|[1-9][0-9]{0,8})"
_RELEASE = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_SEMVER = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_TAG = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,99})-v([0-9].*)", re.DOTALL)
# Names that Windows keeps for devices, so that no clone there could hold a file of that name.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)


class Bump(Enum):
    """Which part of a version goes up."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@total_ordering
@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """A semantic version of a dataset: X.Y.Z, ordered as SemVer 2.0.0 orders (section 11).

    Pre-release and build parts are read from tags that others made; Hotpass never makes them. The build
    part, which says nothing of precedence there, only settles which of two otherwise equal versions comes first.
    """

    major: int
    minor: int
    patch: int
    pre: str = ""
    build: str = ""

    @classmethod
    def parse(cls, text: str) -> DatasetVersion:
        """Read exactly ``X.Y.Z``: ASCII digits, no leading zeros, at most nine digits each.

        Raises BadVersionError.
        """
        found = _RELEASE.fullmatch(text)
        if found is None:
            raise BadVersionError(text)
        return cls(int(found[1]), int(found[2]), int(found[3]))

    @classmethod
    def parse_semver(cls, text: str) -> DatasetVersion | None:
        """Read any SemVer, pre-release and build parts included, or None: for tags made by others."""
        found = _SEMVER.fullmatch(text)
        if found is None:
            return None
        return cls(int(found[1]), int(found[2]), int(found[3]), found[4] or "", found[5] or "")

    def bump(self, part: Bump | str) -> DatasetVersion:
        """The next version when ``part`` (a Bump, or "major", "minor", "patch") goes up.

        Raises ValueError for any other word.
        """
        part = Bump(part)
        if part is Bump.MAJOR:
            return DatasetVersion(self.major + 1, 0, 0)
        if part is Bump.MINOR:
            return DatasetVersion(self.major, self.minor + 1, 0)
        # SemVer 2.0.0, 11.3: 1.0.0-rc.1 comes before 1.0.0, so the next patch is 1.0.0 itself.
        return DatasetVersion(self.major, self.minor, self.patch + (0 if self.pre else 1))

    @property
    def is_release(self) -> bool:
        """True for plain X.Y.Z."""
        return not self.pre and not self.build

    def _order(self) -> tuple[object, ...]:
        # A release sorts above its pre-releases; numeric identifiers below alphanumeric ones.
        parts = (
            tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in self.pre.split("."))
            if self.pre
            else ()
        )
        return (self.major, self.minor, self.patch, not self.pre, parts)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, DatasetVersion):
            return NotImplemented
        return (self._order(), self.build) < (other._order(), other.build)

    def __str__(self) -> str:
        pre = f"-{self.pre}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"


ZERO = DatasetVersion(0, 0, 0)


def check_name(name: str) -> str:
    """Return a dataset name that may be created; raises BadDatasetNameError.

    The pattern keeps names safe as parts of tags, file names and command lines on every system.
    """
    if _NAME.fullmatch(name) is None:
        raise BadDatasetNameError(
            name, "names are letters, digits, _ and -, start with a letter or digit, at most 100"
        )
    if name.lower() in _DEVICES or name.lower() == "head":
        raise BadDatasetNameError(name, "that name is reserved by git or Windows")
    return name


def is_dataset_name(text: str) -> bool:
    """Whether a text has the form of a dataset's name."""
    return _NAME.fullmatch(text) is not None


def tag_name(dataset: str, version: DatasetVersion) -> str:
    """The tag of a release, without ``refs/tags/``: ``refined_data-v1.0.1``."""
    return f"{dataset}-v{version}"


def parse_tag(name: str) -> tuple[str, DatasetVersion] | None:
    """Dataset and version of a tag name, or None where it is no release's name.

    ``s-v2-v1.0.0`` is version 1.0.0 of ``s-v2``: a dataset name has no dots, so the split is never in doubt.
    """
    found = _TAG.fullmatch(name)
    if found is None:
        return None
    version = DatasetVersion.parse_semver(found[2])
    return None if version is None else (found[1], version)


def twin_name(dataset: str, version: DatasetVersion) -> str:
    """The tag by which GTO knows a release (dvc.org/doc/gto): ``refined_data@v1.0.1``."""
    return f"{dataset}@v{version}"


def parse_any_tag(name: str) -> tuple[str, DatasetVersion] | None:
    """Dataset and version of a tag in our form or in GTO's, or None."""
    head, at, rest = name.partition("@v")
    return parse_tag(f"{head}-v{rest}" if at and is_dataset_name(head) else name)


def release_ref(dataset: str, version: DatasetVersion) -> str:
    """The full ref of a release's tag."""
    return f"refs/tags/{tag_name(dataset, version)}"
