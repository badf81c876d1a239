"""Tags ↔ releases: what was released, what the next number is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from hotpass.values import frozen
from hotpass.versioning.errors import UnknownVersionError
from hotpass.versioning.git import TagRef
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.pointer import Md5, parse_md5
from hotpass.versioning.version import ZERO, Bump, DatasetVersion, parse_tag
from hotpass.versioning.wanted import Wanted

_PREFIX = "Hotpass-"
_SIGNATURES = ("-----BEGIN PGP ", "-----BEGIN SSH ", "-----BEGIN SIGNED ")


@frozen
class Release:
    """An annotated tag on a commit. ``facts`` are the tag's trailers, empty for tags that others made."""

    dataset: str
    version: DatasetVersion
    tag: str
    object: Oid
    commit: Oid
    date: str
    author: str
    description: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def md5(self) -> Md5 | None:
        """The md5 the tag names."""
        return parse_md5(self.facts.get("Md5"))

    @property
    def path(self) -> str | None:
        """Where the data was, relative to the root."""
        return self.facts.get("Path")


@frozen
class Catalogue:
    """One dataset's tags: ``releases`` oldest version first, ``taken`` every tag of its name by version."""

    dataset: str
    releases: tuple[Release, ...]
    taken: Mapping[DatasetVersion, TagRef]

    @property
    def newest(self) -> Release | None:
        """The release with the highest version."""
        return self.releases[-1] if self.releases else None

    def find(self, version: DatasetVersion) -> Release | None:
        """The release of a version, or None."""
        return next((release for release in self.releases if release.version == version), None)

    def get(self, version: DatasetVersion) -> Release:
        """The release of a version; raises UnknownVersionError naming those there are."""
        found = self.find(version)
        if found is None:
            known = tuple(str(release.version) for release in self.releases)
            raise UnknownVersionError(self.dataset, str(version), known)
        return found

    def pick(self, wanted: Wanted) -> Release:
        """The newest release that fits; raises UnknownVersionError naming those there are."""
        found = [release for release in self.releases if wanted.matches(release.version)]
        if not found:
            known = tuple(str(release.version) for release in self.releases)
            raise UnknownVersionError(self.dataset, str(wanted), known)
        return found[-1]

    def next(self, current: DatasetVersion | None, part: Bump) -> DatasetVersion:
        """The bump of the greater of the newest release and the current version, where that is a draft."""
        base = self.newest.version if self.newest else ZERO
        if current is not None and self.find(current) is None:
            base = max(base, current)
        return base.bump(part)


def catalogue_of(dataset: str, tags: Iterable[TagRef]) -> Catalogue:
    """Read a dataset's releases from tags (of any datasets).

    Lightweight tags and tags that lead to no commit are no releases; their numbers are taken all the same.
    """
    taken: dict[DatasetVersion, TagRef] = {}
    releases: list[Release] = []
    for tag in tags:
        parsed = parse_tag(tag.name)
        if parsed is None or parsed[0] != dataset:
            continue
        taken[parsed[1]] = tag
        if tag.annotated and tag.commit is not None and parsed[1].is_release:
            description, facts = parse_message(tag.message)
            releases.append(
                Release(*parsed, tag.name, tag.object, tag.commit, tag.date, tag.author, description, facts)
            )
    return Catalogue(dataset, tuple(sorted(releases, key=lambda release: release.version)), taken)


def catalogues_of(tags: Iterable[TagRef]) -> list[Catalogue]:
    """The catalogue of every dataset that has a tag, by name."""
    groups: dict[str, list[TagRef]] = {}
    for tag in tags:
        if (parsed := parse_tag(tag.name)) is not None:
            groups.setdefault(parsed[0], []).append(tag)
    return [catalogue_of(name, groups[name]) for name in sorted(groups)]


def render_message(
    dataset: str, version: DatasetVersion, description: str, facts: Mapping[str, str | int | None]
) -> str:
    """A tag's message: a subject, the description, and the facts as trailers (git-interpret-trailers)."""
    trailers = {"Dataset": dataset, "Version": str(version), **facts}
    body = f"\n{description.strip()}\n" if description.strip() else ""
    lines = "".join(f"{_PREFIX}{key}: {value}\n" for key, value in trailers.items() if value is not None)
    return f"{dataset} {version}\n{body}\n{lines}"


def parse_message(message: str) -> tuple[str, dict[str, str]]:
    """Description and facts of a tag's message; a message of somebody else is all description."""
    body, facts = _facts(message)
    # A description may hold such a mark, too: the signature's is the last, and the facts stand above it.
    at = max(message.rfind(f"\n{mark}") for mark in _SIGNATURES)
    if not facts and at >= 0:
        body, facts = _facts(message[: at + 1])
    return (body.partition("\n\n")[2] if facts else body).strip(), facts


def _facts(message: str) -> tuple[str, dict[str, str]]:
    """What stands above the last paragraph, and its trailers; all of the message where it has none of ours."""
    body, _, last = message.strip("\n").rpartition("\n\n")
    pairs = [line.partition(": ") for line in last.split("\n")]
    if not all(colon and key.startswith(_PREFIX) for key, colon, _ in pairs):
        return message, {}
    return body, {key.removeprefix(_PREFIX): value for key, _, value in pairs}
